"""One version of a chart as an entry of a chart repository's index, written as `helm repo index` writes it.

An entry is what the package's own Chart.yaml says, and where the package is, what it hashes to and when it was made
(helm.sh/docs/topics/chart_repository, "The index file"). Helm puts its clock there; here the moment is given, so that
the same package makes the same entry.
"""

import hashlib
import re
from collections.abc import Sequence
from datetime import datetime, timezone
from typing import Any

import msgspec
import yaml

from release_actions.chart import package as chart_package
from release_actions.core.errors import Code, ReleaseError
from release_actions.core.yaml_nodes import parse, plain

# Helm's strict reader refuses a whole index for one field that it does not know.
_FIELDS = frozenset(
    "annotations apiVersion appVersion condition dependencies deprecated description home icon keywords kubeVersion"
    " maintainers name sources tags type version".split()
)
# What Helm's YAML library takes for something else than text, so that text like it is quoted (go-yaml 2, resolve.go).
_BREAKS = re.compile("[\r\x85\u2028\u2029]")
_TYPED = re.compile(
    r"|~|null|Null|NULL|<<|[yYnN]|yes|Yes|YES|no|No|NO|on|On|ON|off|Off|OFF|true|True|TRUE|false|False|FALSE"
    r"|[-+]?(0[xX][0-9a-fA-F_]+|0[oO]?[0-7_]+|0[bB][01_]+|(\.[0-9_]+|[0-9][0-9_]*(\.[0-9_]*)?)([eE][-+]?[0-9]+)?)"
    r"|[-+]?\.(inf|Inf|INF)|\.(nan|NaN|NAN)|[-+]?[0-9][0-9_]*(:[0-5]?[0-9])+(\.[0-9_]*)?"
    r"|[0-9]{4}-[0-9]{1,2}-[0-9]{1,2}([Tt ].*)?",
    re.ASCII,
)


class IndexEntry(msgspec.Struct, frozen=True):
    """One version of a chart: `digest` is the package's SHA-256 in hex digits, `text` its name over a list of it.

    `created` is in seconds since 1970.
    """

    name: str
    version: str
    digest: str
    created: int
    text: str


def entry_of(package: bytes, *, urls: Sequence[str], created: int) -> IndexEntry:
    """The entry for a package that `helm package` made; `created` is in seconds since 1970.

    Raises E_CHART_PACKAGE when it can't be read, and E_YAML for what is not plain in its Chart.yaml.
    """
    fields = _metadata(chart_package.read(package))
    digest = hashlib.sha256(package).hexdigest()
    fields |= {"created": moment(created), "digest": digest, "urls": list(urls)}
    return IndexEntry(str(fields["name"]), str(fields["version"]), digest, created, _dump(str(fields["name"]), fields))


def moment(seconds: int) -> str:
    """A moment in UTC as RFC 3339 has it."""
    return datetime.fromtimestamp(seconds, timezone.utc).strftime("%Y-%m-%dT%H:%M:%SZ")


def _metadata(files: dict[str, bytes]) -> dict[str, Any]:
    """What Chart.yaml says; Helm has filled it in, typed it and sorted it when it packed the chart."""
    charts = [name for name in files if name.endswith("/Chart.yaml") and name.count("/") == 1]
    if len(charts) != 1:
        raise ReleaseError(
            Code.E_CHART_PACKAGE,
            "The chart's package has no Chart.yaml.",
            next_step="Pack the chart again with `helm package`.",
        )
    fields = plain(parse(files[charts[0]].decode("utf-8", "replace"), charts[0]))
    missing = {"apiVersion", "name", "version"} - fields.keys() if isinstance(fields, dict) else {"name"}
    if missing:
        raise ReleaseError(
            Code.E_CHART_PACKAGE,
            f"Chart.yaml in the chart's package has no `{min(missing)}`.",
            next_step="Pack the chart again with `helm package`.",
        )
    return {key: value for key, value in fields.items() if key in _FIELDS}


def _dump(name: str, fields: dict[str, Any]) -> str:
    """The entry as it stands in an index, where its depth says how long a line may be before it is folded."""
    index = yaml.dump(
        {"entries": {name: [_sorted(fields)]}},
        Dumper=_Dumper,
        default_flow_style=False,
        allow_unicode=True,
        sort_keys=False,
    )
    return re.sub(r"(?m)^  ", "", str(index).split("\n", 1)[1])


def _sorted(value: Any) -> Any:
    if isinstance(value, dict):
        return {key: _sorted(value[key]) for key in sorted(value, key=_rank)}
    return [_sorted(one) for one in value] if isinstance(value, list) else value


def _rank(key: str) -> list[tuple[int, int]]:
    """The order of Helm's YAML library: numbers by value, letters after all else (go-yaml 2, sorter.go)."""
    parts = re.findall(r"[0-9]+|[^0-9]", key)
    return [(1, int(part)) if part.isdecimal() else (2 if part.isalpha() else 0, ord(part)) for part in parts]


# libyaml's emitter, which Helm's library is a translation of; a PyYAML built without it has only its own.
_Emitter: Any = getattr(yaml, "CSafeDumper", yaml.SafeDumper)


_Dumper: Any = type("_Dumper", (_Emitter,), {})


def _text(dumper: Any, text: str) -> Any:
    breaks = bool(_BREAKS.search(text))  # they would be line ends in any other style
    style = '"' if breaks else "|" if "\n" in text else '"' if _TYPED.fullmatch(text) else None
    return dumper.represent_scalar("tag:yaml.org,2002:str", text, style)


_Dumper.add_representer(str, _text)
