"""Flags, feature gates and dependencies of Go programs, read from their source as text.

Flags are those of the packages `flag` and `github.com/spf13/pflag`, gates those of `k8s.io/component-base/featuregate`.
"""

import re
from collections.abc import Iterable, Sequence

from release_actions.core.text import line_at
from release_actions.guard.findings import FileChange, GuardFinding
from release_actions.history.change_class import ChangeClass

_LITERAL = r'"(?:[^"\\\n]|\\.){0,400}"'
_FLAG = re.compile(
    r"(?:[fF]lags?|[fF]lag_?[sS]et|\b[fF][sS]|[fF]lags\(\))\.[A-Z][A-Za-z0-9]{1,30}\(\s{0,200}"
    r"(?:&?[\w.]{1,100}(?:\(\))?\s{0,9},\s{0,200})?"
    r'"(?P<name>[A-Za-z][\w.-]{0,100})"\s{0,9},\s{0,200}'
    r'(?:"\w?",\s{0,200})?'  # the one-letter form of pflag's functions whose names end in P
    rf"(?P<default>{_LITERAL}|[\w.*-]{{1,100}}(?:\{{[^{{}}\n]{{0,200}}\}}|\([^()\n]{{0,200}}\))?)",
)
_GATE = re.compile(
    r"(?P<name>[\w.]{1,100})\s{0,9}:\s{0,9}\{\s{0,200}(?:\{\s{0,9})?(?:Version:[^,{}\n]{0,100},\s{0,9})?"
    r"Default:\s{0,9}(?P<default>true|false)"
)
_MODULE = re.compile(
    r"^\s{0,9}(?:require\s{1,9})?(?P<name>[\w.~-]{1,100}(?:/[\w.~-]{1,100}){0,12}) "
    r"v(?P<version>\d{1,9}\.\d{1,9}\.\d{1,9})(?P<indirect>.{0,200}// indirect)?",
    re.MULTILINE | re.ASCII,
)
_MAJOR = re.compile(r"/v\d{1,9}$")
_GENERATED = re.compile(r"(?:.*/)?(?:vendor|third_party|zz_generated[^/]*)(?:/.*)?|.*\.pb\.go", re.DOTALL)


def may_tell(path: str) -> bool:
    """Whether a file is a program's own source, or says what it depends on."""
    return path.rpartition("/")[2] == "go.mod" or (path.endswith(".go") and not _GENERATED.fullmatch(path))


def find(changes: Sequence[FileChange]) -> list[GuardFinding]:
    """New flags, gates and versions of dependencies, and defaults that changed."""
    source = [one for one in changes if one.path.endswith(".go")]
    flags = _defaults(source, _FLAG, ChangeClass.FLAG, "--{}")
    gates = _defaults(
        [one for one in source if "featuregate" in (one.after or "")], _GATE, ChangeClass.FEATURE_GATE, "{}"
    )
    modules = (one for one in changes if one.path.rpartition("/")[2] == "go.mod" and one.before is not None)
    return [*flags, *gates, *(found for one in modules for found in _modules(one))]


def level(before: tuple[int, ...], after: tuple[int, ...]) -> ChangeClass:
    """How far two versions (major, minor, …) are apart."""
    if before[:1] != after[:1]:
        return ChangeClass.DEPENDENCY_MAJOR
    return ChangeClass.DEPENDENCY_MINOR if before[:2] != after[:2] else ChangeClass.DEPENDENCY_PATCH


def _defaults(
    changes: Sequence[FileChange], pattern: re.Pattern[str], new: ChangeClass, spelled: str
) -> Iterable[GuardFinding]:
    before: dict[str, set[str]] = {}
    for change in changes:
        for found in pattern.finditer(change.before or ""):
            before.setdefault(found["name"], set()).add(found["default"])
    for change in changes:
        text = change.after or ""
        for found in pattern.finditer(text):
            name, default = found["name"], found["default"]
            line = line_at(text, found.start("name"))
            shown = spelled.format(name)
            if name not in before:
                yield GuardFinding(new, change.path, line, f"{shown} is new")
            elif default not in before[name]:
                was = ", ".join(sorted(before[name]))
                what = f"the default of {shown} was {was} and is {default}"
                yield GuardFinding(ChangeClass.CHANGED_DEFAULT, change.path, line, what)


def _modules(change: FileChange) -> Iterable[GuardFinding]:
    """What a program depends on directly; what comes along with that is no decision of its own."""
    before = {found["name"]: _numbers(found) for found in _MODULE.finditer(change.before or "")}
    stems = {_MAJOR.sub("", name) for name in before}
    text = change.after or ""
    for found in _MODULE.finditer(text):
        name, version = found["name"], _numbers(found)
        if found["indirect"] or before.get(name) == version:
            continue
        line = line_at(text, found.start("name"))
        if name in before:
            was = ".".join(map(str, before[name]))
            yield GuardFinding(
                level(before[name], version), change.path, line, f"{name} was {was} and is {found['version']}"
            )
        else:
            kind = ChangeClass.DEPENDENCY_MAJOR if _MAJOR.sub("", name) in stems else ChangeClass.DEPENDENCY_MINOR
            yield GuardFinding(kind, change.path, line, f"{name} is a new dependency")


def _numbers(found: re.Match[str]) -> tuple[int, ...]:
    return tuple(map(int, found["version"].split(".")))
