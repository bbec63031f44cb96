"""The inventory of version places: where a repository writes its version, what stands there, and how to change it.

A place is edited by replacing exactly its characters. Comments, quotes, order, line ends and everything else survive,
and the result is read again to prove it.
"""

import posixpath
import re
from collections.abc import Iterable, Sequence
from functools import cached_property, lru_cache
from typing import Annotated

import msgspec
from msgspec import Meta

from release_actions.core.errors import Code, ReleaseError
from release_actions.core.version import Spelling, Version, spelled_version
from release_actions.core.yaml_nodes import BOM, LOOSE, STRICT, Node, parse
from release_actions.version_places import locate
from release_actions.version_places.expression import Expression
from release_actions.version_places.locate import Match
from release_actions.version_places.range import admits, range_sign

_LINE = re.compile(
    r"(?P<file>\S+)"
    r"(?:\s+(?:regex\s(?P<regex>.*?\S.*?)|(?P<kind>yaml|kustomize|python|badge)\s+(?P<what>\S.*?)))?"
    r"(?:\s+as\s+(?P<spelling>tag|bare|pep440|badge))?"
)
_LABEL = re.compile(r"[A-Za-z0-9_.]+")
_NAME = re.compile(r"[A-Za-z_][A-Za-z0-9_]{0,99}")
_CHART_KEYS = ("version", "appVersion")


class Place(msgspec.Struct, frozen=True, kw_only=True, rename="kebab", forbid_unknown_fields=True, omit_defaults=True):
    """One version place: a file, and at most one word on where in it; without, the file holds nothing but the version.

    Raises ValueError when made with two such words or with one that is malformed.
    """

    file: Annotated[str, Meta(description="The file, from the repository's root.")]
    yaml: Annotated[
        str, Meta(description="A YAML path: `image.tag`, `containers[0].tag`, `images[name=op].newTag`.")
    ] = ""
    kustomize: Annotated[str, Meta(description="The `name` of the image whose `newTag` it is.")] = ""
    python: Annotated[str, Meta(description="The variable, such as `__version__`, that is set to it.")] = ""
    badge: Annotated[str, Meta(description="The label of a shields.io badge: `Version` or `AppVersion`.")] = ""
    regex: Annotated[
        str, Meta(description="A regular expression for one whole line, with the version as its one group.")
    ] = ""
    spelling: Annotated[
        Spelling | None,
        Meta(
            description="How it is written. By default: `yaml` and `kustomize` as the image tag, `python` as PEP 440, "
            "the badge `Version` bare, other badges as the image tag, the rest as it stands there now."
        ),
    ] = None

    def __post_init__(self) -> None:
        words = [word for word in (self.yaml, self.kustomize, self.python, self.badge, self.regex) if word]
        if len(words) > 1:
            raise ValueError("a place has at most one of yaml, kustomize, python, badge and regex")
        if self.yaml:
            locate.yaml_steps(self.yaml)
        if "]" in self.kustomize:
            raise ValueError("an image's name has no bracket")
        if self.python and not _NAME.fullmatch(self.python):
            raise ValueError(f"`{self.python}` is not the name of a variable")
        if self.badge and not _LABEL.fullmatch(self.badge):
            raise ValueError(f"`{self.badge}` is not a badge's label")
        if self.regex:
            Expression(self.regex)

    @property
    def label(self) -> str:
        """What it is called beside its file and line; empty for a whole file."""
        if self.kustomize:
            return f"newTag of {self.kustomize}"
        return self.yaml or self.python or (f"badge {self.badge}" if self.badge else "") or self.regex


class FoundPlace(msgspec.Struct, frozen=True, kw_only=True):
    """A place that was found: what it says now, and how it spells a version."""

    place: Place
    match: Match
    spelling: Spelling
    badge: bool = False
    may_be_range: bool = False

    @property
    def version(self) -> Version | None:
        """The version that it says now, in whatever spelling; None when it is none."""
        return spelled_version(self.match.text)

    def wanted(self, version: Version) -> str:
        """What it should say for a version."""
        text = (range_sign(self.match.text) if self.may_be_range else "") + _spelled(version, self.spelling)
        return text.replace("-", "--") if self.badge and self.spelling is not Spelling.BADGE else text

    @property
    def file(self) -> str:
        """The file it is in."""
        return self.place.file

    @property
    def label(self) -> str:
        """What it is called beside its file and line."""
        return f"caption of {self.place.label}" if self.place.badge and not self.badge else self.place.label

    def instruction(self, version: Version) -> str:
        """What to write there instead, and why."""
        what = f"`{self.label}` is" if self.label else "The version is"
        why = f", which is {version.tag} in another spelling" if self.version == version else ""
        return f"{what} {self.match.text[:80]!a}{why}; write `{self.wanted(version)}`."

    def is_right(self, version: Version) -> bool:
        """Whether it says that version and spells it right: a chart's `v1.5.0` where `1.5.0` belongs pulls no image.

        A range, by which charts pin one another, is right where it takes the version.
        """
        return self.match.text == self.wanted(version) or (self.may_be_range and admits(self.match.text, version))


class File:
    """A text file of the repository, parsed as YAML when a place asks for it, and only once."""

    def __init__(self, name: str, text: str) -> None:
        self.name = name
        self.text = text

    @cached_property
    def root(self) -> Node:
        """The YAML document; Chart.yaml is read as strictly as Helm and registries need it to be."""
        strict = posixpath.basename(self.name) == "Chart.yaml"
        return parse(self.text, self.name, limits=STRICT if strict else LOOSE)


def parse_place(line: str) -> Place:
    """A place as an input's line writes it: `FILE [yaml|kustomize|python|badge|regex WHAT] [as SPELLING]`.

    Raises E_INPUT.
    """
    words = _LINE.fullmatch(line)
    if words is None:
        raise _unreadable(line, "it is not `FILE` or `FILE KIND WHAT`")
    what = {words["kind"]: words["what"]} if words["kind"] else {}
    what |= {"regex": words["regex"]} if words["regex"] else {}
    spelling = Spelling(words["spelling"]) if words["spelling"] else None
    try:
        return Place(file=words["file"], spelling=spelling, **what)
    except ValueError as error:
        raise _unreadable(line, str(error)) from error


def chart_places(file: str, image_tag: Spelling, *, app_version: bool) -> list[Place]:
    """The places of a Chart.yaml: `version` is always bare, `appVersion` is spelled as the image tag."""
    spellings = zip(_CHART_KEYS, (Spelling.BARE, image_tag), strict=True)
    places = [Place(file=file, yaml=key, spelling=spelling) for key, spelling in spellings]
    return places if app_version else places[:1]


def find(file: File, places: Iterable[Place], image_tag: Spelling) -> list[FoundPlace]:
    """Where the places are in a file; raises E_PLACE_MISSING, E_YAML and E_YAML_LIMIT."""
    return [found for place in places for found in _find(file, place, image_tag)]


def edit(file: File, places: Sequence[FoundPlace], version: Version) -> File:
    """The file with that version at all its places; raises E_UNSAFE_EDIT when anything else would change."""
    pieces: list[str] = []
    end = 0
    changes = {found.match: found.wanted(version) for found in places if not found.is_right(version)}
    for match, wanted in sorted(changes.items(), key=lambda change: (change[0].start, change[0].end)):
        if match.start < end:
            raise _unproven(file.name, match.line, "two version places overlap")
        pieces += [file.text[end : match.start], match.before, wanted, match.after]
        end = match.end
    edited = File(file.name, "".join([*pieces, file.text[end:]]))
    prove(file, edited, places, version)
    return edited


def prove(before: File, after: File, places: Sequence[FoundPlace], version: Version) -> None:
    """Raises E_UNSAFE_EDIT unless the places say the version after an edit, and YAML has changed nowhere else."""
    for found in places:
        if not all(again.is_right(version) for again in _find(after, found.place, found.spelling)):
            raise _unproven(before.name, found.match.line, f"{found.place.label or 'the version'} would still be wrong")
    if any(found.place.yaml or found.place.kustomize for found in places):
        line = _difference(before.root, after.root, [found.match for found in places])
        if line is not None:
            raise _unproven(before.name, line, "the edit would change this line's value too")


@lru_cache(maxsize=64)
def _spelled(version: Version, spelling: Spelling) -> str:
    return version.spelled(spelling)


def _find(file: File, place: Place, image_tag: Spelling) -> list[FoundPlace]:
    if place.badge:
        spelling = place.spelling or (Spelling.BARE if place.badge == "Version" else image_tag)
        captions = locate.badge_captions(file.text, place.badge)
        badges = locate.badges(file.text, file.name, place.badge)
        return [
            *(FoundPlace(place=place, match=match, spelling=spelling) for match in captions),
            *(FoundPlace(place=place, match=match, spelling=spelling, badge=True) for match in badges),
        ]
    if place.yaml or place.kustomize:
        path = place.yaml or f"images[name={place.kustomize}].newTag"
        certain = posixpath.basename(file.name) == "Chart.yaml" and path in _CHART_KEYS
        pin = posixpath.basename(file.name) == "Chart.yaml" and path.startswith("dependencies[")
        match = locate.in_yaml(file.root, file.text, path, certain=certain, ranges=pin)
        return [FoundPlace(place=place, match=match, spelling=place.spelling or image_tag, may_be_range=pin)]
    if place.python:
        assignment = rf"{place.python}\s*(?::[^=]*)?=\s*[\"']([^\"'\\]*)[\"']\s*;?\s*(?:#.*)?"
        argument = rf"(?:.*[(,\s])?{place.python}\s*=\s*[\"']([^\"'\\]*)[\"']\s*[,)].*"
        alone = Expression(assignment)
        lines = (line.removesuffix("\r") for line in file.text.removeprefix(BOM).split("\n"))
        expression = alone if any(map(alone.find, lines)) else Expression(argument)
        match = locate.in_lines(file.text, file.name, expression, f'`{place.python} = "…"`')
        return [FoundPlace(place=place, match=match, spelling=place.spelling or Spelling.PEP440)]
    if place.regex:
        match = locate.in_lines(file.text, file.name, Expression(place.regex), f"`{place.regex}`")
    else:
        match = locate.whole(file.text, file.name)
    return [FoundPlace(place=place, match=match, spelling=place.spelling or _as_found(match.text))]


def _as_found(text: str) -> Spelling:
    """The spelling of a version that stands somewhere; where that doesn't tell, the v is there or not."""
    version = spelled_version(text)
    for spelling in Spelling:
        if version and version.spelled(spelling) == text:
            return spelling
    return Spelling.BARE if text[:1].isdigit() else Spelling.TAG


def _difference(before: Node, after: Node, edited: Sequence[Match]) -> int | None:
    """The line of the first value that differs and is not one of the edited ones."""
    if isinstance(before.value, dict) and isinstance(after.value, dict) and list(before.value) == list(after.value):
        pairs = zip(before.value.values(), after.value.values(), strict=True)
    elif isinstance(before.value, list) and isinstance(after.value, list) and len(before.value) == len(after.value):
        pairs = zip(before.value, after.value, strict=True)
    elif isinstance(before.value, str) and isinstance(after.value, str):
        inside = any(before.start <= match.start and match.end <= before.end for match in edited)
        same = before.value == after.value and before.style == after.style
        return None if inside or same else before.line
    else:
        return before.line
    lines = (_difference(one, other, edited) for one, other in pairs)
    return next((line for line in lines if line is not None), None)


def _unreadable(line: str, what: str) -> ReleaseError:
    return ReleaseError(
        Code.E_INPUT,
        f"The version place {line[:200]!a} can't be read: {what}.",
        next_step="Write it such as `VERSION` or `charts/op/values.yaml yaml image.tag`.",
    )


def _unproven(file: str, line: int, what: str) -> ReleaseError:
    return ReleaseError(
        Code.E_UNSAFE_EDIT,
        f"{file}, line {line}: {what}.",
        next_step="Edit that file by hand, and report what it looked like.",
        file=file,
        line=line,
    )
