"""Versions, their spellings, and what a repository's tags say about the next one.

A version is `X.Y.Z`, a release (GA), or `X.Y.Z-rc.N`, a candidate for it. It has one value and several spellings
(shared vocabulary: tag, bare, PEP 440, badge); values are compared, spellings never.
"""

import re
from collections.abc import Iterable
from enum import Enum
from itertools import groupby
from typing import NamedTuple

import msgspec

from release_actions.core.errors import Code, ReleaseError
from release_actions.core.text import NUMBER

_BARE = re.compile(rf"({NUMBER})\.({NUMBER})\.({NUMBER})(?:-rc\.({NUMBER}))?", re.ASCII)
_PEP440 = re.compile(rf"({NUMBER})\.({NUMBER})\.({NUMBER})rc({NUMBER})", re.ASCII)
_MINOR = re.compile(rf"v?({NUMBER})\.({NUMBER})", re.ASCII)
_EXAMPLES = "`v1.5.0` or `v1.5.0-rc.0`"


class Spelling(str, Enum):
    """How a place writes a version; the value is the word used in inputs and in the configuration."""

    TAG = "tag"
    BARE = "bare"
    PEP440 = "pep440"
    BADGE = "badge"


class MinorVersion(NamedTuple):
    """Major and minor of a version: what a release branch is for."""

    major: int
    minor: int

    def __str__(self) -> str:
        return f"{self.major}.{self.minor}"


class Version(msgspec.Struct, frozen=True):
    """A release or a candidate, ordered by precedence (Semantic Versioning 2.0.0, section 11)."""

    major: int
    minor: int
    patch: int
    candidate: int | None = None

    @property
    def is_candidate(self) -> bool:
        """Whether this is a release candidate and not a release."""
        return self.candidate is not None

    @property
    def minor_version(self) -> MinorVersion:
        """The minor version that it is of, `1.5`."""
        return MinorVersion(self.major, self.minor)

    @property
    def release(self) -> "Version":
        """The release that a candidate is for; a release itself."""
        return Version(self.major, self.minor, self.patch)

    @property
    def bare(self) -> str:
        """`1.5.0-rc.0`: a chart's version, and the image tag of projects that drop the v."""
        candidate = "" if self.candidate is None else f"-rc.{self.candidate}"
        return f"{self.major}.{self.minor}.{self.patch}{candidate}"

    @property
    def tag(self) -> str:
        """`v1.5.0-rc.0`: the git tag, the GitHub release, the image tag by default."""
        return f"v{self.bare}"

    @property
    def pep440(self) -> str:
        """`1.5.0rc0`: Python packages (PEP 440, "Pre-releases")."""
        return self.bare.replace("-rc.", "rc")

    @property
    def badge(self) -> str:
        """`1.5.0--rc.0`: shields.io badges, which double every hyphen."""
        return self.bare.replace("-", "--")

    def spelled(self, spelling: Spelling) -> str:
        """The version as a place of that spelling writes it."""
        return {
            Spelling.TAG: self.tag,
            Spelling.BARE: self.bare,
            Spelling.PEP440: self.pep440,
            Spelling.BADGE: self.badge,
        }[spelling]

    @property
    def precedence(self) -> tuple[int, int, int, bool, int]:
        """What versions are ordered by: the candidates of a release come before it."""
        return self.major, self.minor, self.patch, self.candidate is None, self.candidate or 0

    def __lt__(self, other: "Version") -> bool:
        return self.precedence < other.precedence

    def __le__(self, other: "Version") -> bool:
        return self.precedence <= other.precedence

    def __gt__(self, other: "Version") -> bool:
        return self.precedence > other.precedence

    def __ge__(self, other: "Version") -> bool:
        return self.precedence >= other.precedence

    def __str__(self) -> str:
        return self.tag


def parse_tag(tag: str) -> Version:
    """The version that a git tag names.

    Raises E_TAG_GRAMMAR unless the whole text is `vX.Y.Z` or `vX.Y.Z-rc.N`: ASCII digits, no leading zeros, at most six
    digits a number.
    """
    version = tag_version(tag)
    if version is None:
        raise ReleaseError(
            Code.E_TAG_GRAMMAR,
            f"The tag {_shown(tag)} is not a release tag.",
            next_step=f"Use a tag such as {_EXAMPLES}." + _hint(tag),
        )
    return version


def tag_version(tag: str) -> Version | None:
    """The version that a git tag names, or None for any other tag (`chart-1.2.3`, `v1beta2-1.6.2-3.5.0`)."""
    return _match(_BARE, tag[1:]) if tag.startswith("v") else None


def spelled_version(text: str) -> Version | None:
    """The version that a text writes in any of the spellings, or None."""
    bare = text.removeprefix("v").replace("--rc.", "-rc.")
    return _match(_BARE, bare) or _match(_PEP440, bare)


def parse_minor_version(text: str) -> MinorVersion | None:
    """The minor version that a text such as `1.5` or `v1.5` names, or None."""
    found = _MINOR.fullmatch(text)
    return MinorVersion(int(found[1]), int(found[2])) if found else None


def versions_of(tags: Iterable[str]) -> list[Version]:
    """The release versions among a repository's tags, lowest first; unrelated tags are passed over."""
    found = (version for tag in tags if (version := tag_version(tag)) is not None)
    return [version for version, _ in groupby(sorted(found, key=lambda version: version.precedence))]


def previous(version: Version, existing: Iterable[Version]) -> Version | None:
    """The version to compare a release with, or None for a project's first.

    A candidate follows the candidate before it, the first one the newest release below it; a release follows the newest
    release below it.
    """
    below = [other for other in existing if other < version]
    releases = [other for other in below if not other.is_candidate]
    siblings = [other for other in below if version.is_candidate and other.release == version.release]
    return max(siblings or releases, default=None)


def is_latest(version: Version, existing: Iterable[Version]) -> bool:
    """Whether this is the highest release of all: never a candidate, never an older line's patch."""
    return not version.is_candidate and all(version >= other for other in existing if not other.is_candidate)


def first_candidate(release: Version, existing: Iterable[Version]) -> Version:
    """The first candidate for a release, `rc.0` or `rc.1` as the newest other release began; `rc.0` where none did."""
    first: dict[Version, int] = {}
    for one in existing:
        if one.candidate is not None and one.release != release:
            first[one.release] = min(one.candidate, first.get(one.release, one.candidate))
    number = next((first[one] for one in sorted(first, reverse=True) if first[one] in (0, 1)), 0)
    return msgspec.structs.replace(release, candidate=number)


def missing_before(version: Version, existing: Iterable[Version]) -> list[Version]:
    """The versions that a gapless sequence would have before this one and the tags lack, lowest first.

    `rc.2` wants `rc.1` and, as the project's tags begin, `rc.0`; `1.5.2` wants `1.5.1` and `1.5.0`; a release with
    candidates wants all of them up to the newest.
    """
    known = set(existing)
    wanted = [Version(version.major, version.minor, patch) for patch in range(min(version.patch, _GAP_LIMIT))]
    siblings = [other.candidate for other in known if other.candidate is not None and other.release == version.release]
    end = version.candidate if version.candidate is not None else max(siblings, default=0)
    first = 0 if 0 in siblings else first_candidate(version.release, known).candidate or 0
    wanted += [Version(*version.minor_version, version.patch, number) for number in range(first, min(end, _GAP_LIMIT))]
    return sorted(set(wanted) - known)


def following(version: Version, existing: Iterable[Version], *, as_candidate: bool = False) -> Version:
    """The version to cut instead of one whose tag is spent: a free one of the same minor version.

    Another candidate follows a candidate as long as there is no release; else it is the patch after all that exist,
    or the first candidate for it.
    """
    existing = list(existing)
    same = [version, *(other for other in existing if other.minor_version == version.minor_version)]
    if version.is_candidate and version.release not in same:
        numbers = (other.candidate or 0 for other in same if other.release == version.release)
        return Version(*version.minor_version, version.patch, max(numbers) + 1)
    patch = max(other.patch for other in same) + 1
    cut = Version(*version.minor_version, patch)
    return first_candidate(cut, existing) if version.is_candidate or as_candidate else cut


_GAP_LIMIT = 1000


def _match(grammar: re.Pattern[str], text: str) -> Version | None:
    found = grammar.fullmatch(text)
    if found is None:
        return None
    major, minor, patch, candidate = found.groups()
    return Version(int(major), int(minor), int(patch), None if candidate is None else int(candidate))


def _shown(tag: str) -> str:
    """The tag as it can be printed anywhere: ASCII, escaped, cut."""
    text = ascii(tag)
    return text if len(text) <= 80 else f"{text[:77]}… ({len(tag)} characters)"


def _hint(tag: str) -> str:
    """A guess at what was meant, for the usual slips."""
    plain = tag.strip().lower().removeprefix("refs/tags/").lstrip("v")
    guess = "v" + re.sub(r"[-.]?rc[-.]?(?=[0-9]+\Z)", "-rc.", plain, flags=re.ASCII)
    return f" Did you mean `{guess}`?" if guess != tag and tag_version(guess) else ""
