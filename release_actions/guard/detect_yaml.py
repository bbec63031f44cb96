"""New fields of custom resources, keys of values.yaml, permissions, and defaults that changed, read from YAML.

Sources: "CustomResourceDefinition v1" and "Role v1" in the Kubernetes API reference, "Values Files" in Helm's manual.
Templates of a chart are read with their actions left out.
"""

import json
import re
from collections.abc import Iterable, Iterator, Sequence
from itertools import product

import msgspec

from release_actions.core.errors import ReleaseError
from release_actions.core.text import line_at
from release_actions.core.version import spelled_version
from release_actions.core.yaml_nodes import Limits, Node, parse_all, plain
from release_actions.guard.findings import FileChange, GuardFinding
from release_actions.history.change_class import ChangeClass

_LIMITS = Limits(size=8 * 1024 * 1024, depth=160, nodes=500_000, aliases=True)
_CRD = "CustomResourceDefinition"
_MARK = re.compile(r"\b(?:CustomResourceDefinition|Role|ClusterRole)\b")
_TEMPLATE = re.compile(r"(?:.*/)?templates/.*", re.DOTALL)
_VERSIONS = ("tag", "version", "appVersion", "digest")
_MOST_PERMISSIONS = 5_000
_SHOWN = 80


class _Document(msgspec.Struct, frozen=True):
    node: Node
    text: str
    file: str


def may_tell(path: str) -> bool:
    """Whether a file is YAML."""
    return path.endswith((".yaml", ".yml"))


def find(changes: Sequence[FileChange]) -> list[GuardFinding]:
    """What is new in the YAML files of a commit; a file that can't be read is a finding itself."""
    found: list[GuardFinding] = []
    before: list[_Document] = []
    after: list[_Document] = []
    for change in changes:
        if not may_tell(change.path) or (change.after is None and change.before is None):
            continue
        is_values = change.path.rpartition("/")[2] in ("values.yaml", "values.yml")
        if not is_values and not any(_MARK.search(text or "") for text in (change.before, change.after)):
            continue
        try:
            then, now = _documents(change.path, change.before), _documents(change.path, change.after)
        except ReleaseError as error:
            what = f"it can't be read, so nobody knows what it brings: {error.what}"
            found.append(GuardFinding(ChangeClass.UNREADABLE, change.path, error.line or 1, what))
            continue
        if is_values:
            found += _values(change, then, now)
        else:
            before += then
            after += now
    return [*found, *_resources(before, after), *_permissions(before, after)]


def _documents(file: str, text: str | None) -> list[_Document]:
    if text is None:
        return []
    readable = _without_actions(text) if "{{" in text and _TEMPLATE.fullmatch(file) else text
    return [_Document(node, readable, file) for node in parse_all(readable, file, limits=_LIMITS)]


def _without_actions(text: str) -> str:
    """A chart's template as plain YAML: `{{ … }}` is an `x`, or nothing where it stands alone on its line."""
    first, *parts = text.split("{{")
    pieces = [first]
    for part in parts:
        action, closed, rest = part.partition("}}")
        pieces += ["\0", "\n" * action.count("\n"), rest] if closed else ["{{", part]
    lines = "".join(pieces).split("\n")
    return "\n".join("" if not line.replace("\0", "").strip() else line.replace("\0", "x") for line in lines)


def _values(change: FileChange, before: list[_Document], after: list[_Document]) -> Iterator[GuardFinding]:
    if change.before is None and after:
        yield GuardFinding(ChangeClass.VALUES_KEY, change.path, 1, "the whole file is new")
        return
    left = [("", before[0].node if before else None, one.node) for one in after[:1]]
    while left:
        path, then, now = left.pop()
        known = _children(then)
        for key, child in _children(now).items():
            place = f"{path}.{key[:_SHOWN]}" if path else key[:_SHOWN]
            line = _line(after[0], key, child)
            if key not in known:
                yield GuardFinding(ChangeClass.VALUES_KEY, change.path, line, f"{_short(place)} is new")
            elif isinstance(child.value, dict) and (known[key].is_null or isinstance(known[key].value, dict)):
                left.append((place, known[key], child))
            elif key not in _VERSIONS and not _same(known[key], child):
                yield GuardFinding(ChangeClass.CHANGED_DEFAULT, change.path, line, _change(place, known[key], child))


def _resources(before: list[_Document], after: list[_Document]) -> Iterator[GuardFinding]:
    """New custom resources, versions, fields and defaults; only the uppermost of new fields is told."""
    known: dict[str, Node | None] = {}
    for document in before:
        for place, _, _, schema in _fields(document):
            known[place] = _get(schema, "default") or known.get(place)
    for document in after:
        for place, above, key, schema in _fields(document):
            if place not in known:
                if above in known or not above:
                    yield GuardFinding(
                        ChangeClass.CRD_FIELD, document.file, _line(document, key, schema), f"{_short(place)} is new"
                    )
                continue
            then, now = known[place], _get(schema, "default")
            if now is not None and not (then and _same(then, now)):
                line = _line(document, "default", now)
                yield GuardFinding(ChangeClass.CHANGED_DEFAULT, document.file, line, _change(place, then, now))


def _fields(document: _Document) -> Iterator[tuple[str, str, str, Node]]:
    """The resource, its versions and all their fields: each one's place, the place above it, its key, its schema."""
    node = document.node
    versions = _get(node, "spec", "versions")
    if _text(_get(node, "kind")) != _CRD or versions is None:  # a patch of one has no versions of its own
        return
    name = _text(_get(node, "metadata", "name")) or "a custom resource"
    yield name, "", _CRD, node
    for version in _items(versions):
        spelled = _text(_get(version, "name")) or ""
        yield f"{name} {spelled}", name, spelled, version
        schema = _get(version, "schema", "openAPIV3Schema")
        left = [(f"{name} {spelled}", schema)] if schema else []
        while left:
            above, schema = left.pop()
            for key, child in _children(_get(schema, "properties")).items():
                place = f"{above}.{key[:_SHOWN]}"
                yield place, above, key, child
                left.append((place, child))
            for key, sign in (("items", "[]"), ("additionalProperties", "{}")):
                inner = _get(schema, key)
                if inner and isinstance(inner.value, dict):
                    yield f"{above}{sign}", above, key, inner
                    left.append((f"{above}{sign}", inner))


def _permissions(before: list[_Document], after: list[_Document]) -> Iterator[GuardFinding]:
    """Rules that allow what the role did not allow before, wildcards understood."""
    known: dict[str, set[tuple[str, str, str]]] = {}
    for document in before:
        for role, _, allowed in _rules(document):
            known.setdefault(role, set()).update(allowed)
    for document in after:
        for role, rule, allowed in _rules(document):
            had = known.get(role, set())
            new = [one for one in allowed if not _covers(had, one)]
            if not new:
                continue
            verbs = _get(rule, "verbs")
            fresh = [one for one in _items(verbs) if _text(one) in {verb for _, _, verb in new}]
            told = ", ".join(sorted({verb for _, _, verb in new}))
            on = ", ".join(sorted({thing for _, thing, _ in new}))
            line = fresh[0].line if fresh else rule.line
            yield GuardFinding(
                ChangeClass.RBAC_VERB, document.file, line, f"{_short(role)} may now {told[:_SHOWN]} {on[:_SHOWN]}"
            )


def _rules(document: _Document) -> Iterator[tuple[str, Node, list[tuple[str, str, str]]]]:
    """The rules of a role: the role, the rule, and what it allows as group, resource or address, and verb."""
    kind = _text(_get(document.node, "kind"))
    if kind not in ("Role", "ClusterRole"):
        return
    role = f"{kind} {_text(_get(document.node, 'metadata', 'name')) or ''}"
    for rule in _items(_get(document.node, "rules")):
        groups, resources, addresses, verbs = (
            [text for one in _items(_get(rule, key)) if (text := _text(one)) is not None]
            for key in ("apiGroups", "resources", "nonResourceURLs", "verbs")
        )
        names = sorted(text for one in _items(_get(rule, "resourceNames")) if (text := _text(one)))
        things = [f"{one} named {', '.join(names)}" if names else one for one in resources]
        if (len(groups) * len(things) + len(addresses)) * len(verbs) > _MOST_PERMISSIONS:
            yield role, rule, [("", "more than can be told", "*")]
        else:
            yield role, rule, [*product(groups, things, verbs), *product([""], addresses, verbs)]


def _covers(had: set[tuple[str, str, str]], one: tuple[str, str, str]) -> bool:
    group, thing, verb = one
    plain_thing = thing.partition(" named ")[0]
    return any(each in had for each in product((group, "*"), (thing, plain_thing, "*"), (verb, "*")))


def _children(node: Node | None) -> dict[str, Node]:
    return node.value if node and isinstance(node.value, dict) else {}


def _items(node: Node | None) -> Iterable[Node]:
    return node.value if node and isinstance(node.value, list) else []


def _get(node: Node | None, *keys: str) -> Node | None:
    for key in keys:
        node = _children(node).get(key)
    return node


def _text(node: Node | None) -> str | None:
    return node.value if node and isinstance(node.value, str) else None


def _same(before: Node, after: Node) -> bool:
    """Whether two defaults are one; a version that moves is the release's own business."""
    texts = (_text(before), _text(after))
    if all(text and spelled_version(text) for text in texts):
        return True
    return json.dumps(plain(before), sort_keys=True) == json.dumps(plain(after), sort_keys=True)


def _change(place: str, before: Node | None, after: Node) -> str:
    was = _short(json.dumps(plain(before))) if before else "not there"
    return f"the default of {_short(place)} was {was} and is {_short(json.dumps(plain(after)))}"


def _line(document: _Document, key: str, value: Node) -> int:
    """The line of a key, which stands before its value."""
    found = document.text.rfind(key, 0, value.start) if key else -1
    return line_at(document.text, found) if found >= 0 else value.line


def _short(text: str) -> str:
    return text if len(text) <= _SHOWN else f"…{text[-_SHOWN:]}"
