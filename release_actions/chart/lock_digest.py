"""The digest in Chart.lock, as Helm computes it over the dependencies of Chart.yaml and of the lock.

Source: helm.sh/helm/v3 `internal/resolver.HashReq` and `pkg/chart.Dependency`: the SHA-256 of both lists as Go's
encoding/json writes them.
"""

import hashlib
import json
from typing import Any

from release_actions.core.yaml_nodes import Node, parse, plain

_KEYS = ("name", "version", "repository", "condition", "tags", "enabled", "import-values", "alias")
_ALWAYS, _TYPED = {"name", "repository"}, {"enabled", "import-values"}
_ESCAPED = {"<": "\\u003c", ">": "\\u003e", "&": "\\u0026", "\u2028": "\\u2028", "\u2029": "\\u2029"}


def digest_of(chart: Node, lock: Node) -> str:
    """The digest that a Chart.lock has to have beside a Chart.yaml; raises E_YAML for lists that are none."""
    lists = [[_dependency(one) for one in _listed(root)] for root in (chart, lock)]
    text = json.dumps(lists, ensure_ascii=False, separators=(",", ":"))
    for sign, escaped in _ESCAPED.items():
        text = text.replace(sign, escaped)
    return f"sha256:{hashlib.sha256(text.encode()).hexdigest()}"


def with_digest(chart: str, lock: str, file: str) -> str:
    """The text of a Chart.lock with the digest that belongs beside the text of a Chart.yaml, nothing else changed."""
    root = parse(lock, file)
    there = root.child("digest")
    digest = digest_of(parse(chart, file.replace("Chart.lock", "Chart.yaml")), root)
    return f"{lock[: there.start]}{there.style}{digest}{there.style}{lock[there.end :]}"


def _listed(root: Node) -> list[Node]:
    listed = root.mapping().get("dependencies")
    return [] if listed is None or listed.is_null else listed.sequence("`dependencies`")


def _dependency(node: Node) -> dict[str, Any]:
    """One entry in the order of Go's struct; what is empty is left out, but for name and repository."""
    fields = node.mapping()
    made: dict[str, Any] = {}
    for key in _KEYS:
        child = fields.get(key)
        text = child is not None and isinstance(child.value, str) and key not in _TYPED
        value = "" if child is None or child.is_null else child.value if text else _sorted(plain(child))
        if value or key in _ALWAYS:
            made[key] = value
    return made


def _sorted(value: Any) -> Any:
    """Go writes the keys of a map in their order."""
    if isinstance(value, dict):
        return {key: _sorted(value[key]) for key in sorted(value)}
    return [_sorted(one) for one in value] if isinstance(value, list) else value
