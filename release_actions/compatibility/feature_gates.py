"""Feature gates of a Go program, in the three ways in which projects declare them, read from its source as text.

`map[featuregate.Feature]featuregate.FeatureSpec` with or without comments such as `// alpha: v2.5.0` at the constants,
and `featuregate.VersionedSpecs` with a version for each stage (k8s.io/component-base/featuregate).
"""

import re
from collections.abc import Iterable, Iterator, Mapping, Sequence
from typing import Final

import msgspec

from release_actions.compatibility.gate import Declared, Gate, Minor, Spec, Stage, Unread, parse_minor
from release_actions.compatibility.go_text import Token, closing, code, elements, string, tokens
from release_actions.core.text import is_plain, shown

_LONGEST: Final = 200
_STAGED = re.compile(
    r"^[/*\s]*(pre-?alpha|alpha|beta|ga|stable|deprecated)\s*:\s*v?(\d{1,6}\.\d{1,6})(?![\w-])",
    re.ASCII | re.IGNORECASE,
)
_REMOVAL = re.compile(
    r"\b(?:remove[ds]?|removal|to be removed|deleted?)\b[^\d\n]{0,30}v?(\d{1,6}\.\d{1,6})", re.ASCII | re.IGNORECASE
)


_STAGES: Final = {
    "prealpha": Stage.PRE_ALPHA,
    "alpha": Stage.ALPHA,
    "beta": Stage.BETA,
    "ga": Stage.GA,
    "stable": Stage.GA,
    "deprecated": Stage.DEPRECATED,
}


class _Constant(msgspec.Struct, frozen=True):
    value: str
    comments: Mapping[Stage, Minor]
    line: int


def may_declare(source: str) -> bool:
    """Whether a source may declare gates, so that it is worth reading."""
    return "Feature" in source and ("FeatureSpec" in source or "VersionedSpecs" in source or "Feature =" in source)


def read_gates(files: Mapping[str, str]) -> Declared:
    """The gates that the Go files of a program declare, `files` being their texts by path."""
    sources = {path: tokens(text) for path, text in sorted(files.items()) if may_declare(text)}
    packages: dict[str, dict[str, _Constant]] = {}
    for path, source in sources.items():
        packages.setdefault(path.rpartition("/")[0], {}).update(_constants(source))
    anywhere = {name: one for package in packages.values() for name, one in package.items()}
    gates: list[Gate] = []
    unread: list[Unread] = []
    for path, source in sources.items():
        constants = {**anywhere, **packages[path.rpartition("/")[0]]}
        reader = _GateReader(path, code(source), constants, _comments_by_line(source))
        gates += reader.gates()
        unread += reader.unread
    return Declared(tuple(gates), tuple(unread))


class _GateReader:
    """The maps of one file; what can't be read is added to `unread`."""

    def __init__(
        self, file: str, source: Sequence[Token], constants: Mapping[str, _Constant], comments: Mapping[int, str]
    ) -> None:
        self._file = file
        self._source = source
        self._constants = constants
        self._comments = comments
        self.unread: list[Unread] = []

    def gates(self) -> Iterator[Gate]:
        """The gates of all maps of the file."""
        for index in range(len(self._source)):
            opening = self._map(index)
            if opening is None or [one.text for one in self._source[opening + 1 : opening + 3]] == ["return", "map"]:
                continue
            end = closing(self._source, opening)
            if self._source[index - 1].text in (")", "]") or self._source[opening].text != "{":
                self._give_up(index, "the map of feature gates is made by code, which is not run here")
            elif end == len(self._source):
                self._give_up(index, "the map of feature gates does not end")
            else:
                parts = (self._gate(*part) for part in elements(self._source, opening + 1, end))
                yield from filter(None, parts)

    def _map(self, index: int) -> int | None:
        """Where the value of a map type from gates to specs begins, None where there is no such type.

        Of a type that stands for a variable or a parameter without a value nothing is declared.
        """
        if self._source[index].text != "map" or index + 1 >= len(self._source):
            return None
        end = closing(self._source, index + 1)
        value = end + 1
        while value < len(self._source) and (self._source[value].kind == "name" or self._source[value].text == "."):
            value += 1
        if not self._names(index + 1, end, "Feature") or not self._names(
            end + 1, value, "FeatureSpec", "VersionedSpecs"
        ):
            return None
        following = self._source[value].text if value < len(self._source) else ""
        return value if following in ("{", "=") else None

    def _names(self, start: int, end: int, *names: str) -> bool:
        """Whether the last name in a range is one of these."""
        last = [one.text for one in self._source[start:end] if one.kind == "name"][-1:]
        return bool(last) and last[0] in names

    def _gate(self, start: int, end: int) -> Gate | None:
        """One entry of a map, `Name: {…}`; a map without such an entry gives up on it."""
        colon = next((at for at in range(start, end) if self._source[at].text == ":"), end)
        opening = next((at for at in range(colon, end) if self._source[at].text == "{"), end)
        key = self._source[colon - 1] if colon > start else self._source[start]
        if opening == end:
            self._give_up(start, f"the value of {shown(key.text, 80)} is made by code, which is not run here")
            return None
        inside = list(elements(self._source, opening + 1, closing(self._source, opening)))
        if inside and all(self._source[first].text == "{" for first, _ in inside):
            specs = [self._spec(first + 1, last - 1) for first, last in inside]
        else:
            specs = [self._spec(opening + 1, closing(self._source, opening))]
        read = [one for one in specs if one]
        if len(read) < len(specs):
            self._give_up(start, f"a value of {shown(key.text, 80)} is made by code, which is not run here")
        if not read:
            return None
        named = self._constants.get(key.text)
        name = string(key) or (named.value if named else key.text)
        if not is_plain(name) or len(name) > _LONGEST:
            self._give_up(start, f"{shown(name, 80)} is not the name of a gate")
            return None
        return Gate(
            name=name,
            constant=key.text if key.kind == "name" else "",
            file=self._file,
            line=self._source[start].line,
            specs=tuple(read),
            comments=named.comments if named else {},
            comment_line=named.line if named else 0,
        )

    def _spec(self, start: int, end: int) -> Spec | None:
        """`Default: true, PreRelease: featuregate.Beta, …`, or None when a part of it is no plain value."""
        given: dict[str, Sequence[Token]] = {}
        for first, last in elements(self._source, start, end):
            if last - first > 2 and self._source[first + 1].text == ":":
                given[self._source[first].text] = self._source[first + 2 : last]
        stage = _STAGES.get(given["PreRelease"][-1].text.lower()) if "PreRelease" in given else Stage.GA
        default, locked = _truth(given.get("Default")), _truth(given.get("LockToDefault"))
        since = next((string(one) for one in given.get("Version", ()) if one.kind == "text"), None)
        version = parse_minor(since) if since else None
        if stage is None or default is None or locked is None or ("Version" in given and version is None):
            return None
        line = self._source[start].line
        return Spec(
            stage=stage,
            default=default,
            locked=locked,
            line=line,
            since=version,
            removal=_removal(self._comments.get(self._source[min(end, len(self._source) - 1)].line, "")),
        )

    def _give_up(self, index: int, what: str) -> None:
        self.unread.append(Unread(self._file, self._source[index].line, what))


def _constants(source: Sequence[Token]) -> Iterator[tuple[str, _Constant]]:
    """The constants of type Feature, `Name featuregate.Feature = "Name"`, with what the comment above each says."""
    above: list[Token] = []
    plain: list[Token] = []
    for one in source:
        if one.kind == "comment":
            above.append(one)
            continue
        plain = [*plain[-5:], one]
        value = string(one)
        if value is not None and len(plain) > 2 and plain[-2].text == "=" and plain[-3].text == "Feature":
            name = plain[-6] if len(plain) > 5 and plain[-4].text == "." else plain[-4]
            staged = _staged(above)
            yield name.text, _Constant(value, {stage: minor for stage, minor, _ in staged}, _first_line(staged))
            above = []
        elif one.text in ("(", ")", "{", "}"):
            above = []


def _staged(comments: Iterable[Token]) -> list[tuple[Stage, Minor, int]]:
    """The stages that comments name, `// alpha: v2.5.0`, with their lines."""
    found = []
    for comment in comments:
        for number, line in enumerate(comment.text.split("\n")):
            stated = _STAGED.match(line)
            minor = parse_minor(stated[2]) if stated else None
            if stated and minor:
                found.append((_STAGES[stated[1].lower().replace("-", "")], minor, comment.line + number))
    return found


def _first_line(staged: Sequence[tuple[Stage, Minor, int]]) -> int:
    return staged[0][2] if staged else 0


def _comments_by_line(source: Iterable[Token]) -> dict[int, str]:
    """What the comments say, by the line on which each begins."""
    return {one.line: one.text for one in source if one.kind == "comment"}


def _removal(comment: str) -> Minor | None:
    """The minor version in which a comment says that the gate goes: `// remove in 0.22`."""
    found = _REMOVAL.search(comment)
    return parse_minor(found[1]) if found else None


def _truth(value: Sequence[Token] | None) -> bool | None:
    """The value of `true` or `false`, false where nothing stands, None for an expression."""
    if value is None:
        return False
    return {"true": True, "false": False}.get(value[0].text) if len(value) == 1 else None
