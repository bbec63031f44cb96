"""What a commit on a release branch is a pick of.

Two commits are the same fix when one says that it was picked from the other, by its id or its pull request's number,
when they make the same changes (git-patch-id(1)), or when they have the same title and change a file in common; the
first that holds decides.
"""

import re
from collections.abc import Iterable, Sequence
from typing import Final, Protocol

import msgspec

from release_actions.git.commit_title import title_of
from release_actions.history.picks import picked_from, plain_title, reverted

_PICK_OF = re.compile(r"(?:\[[^\]]{1,60}\]\s*)?(?:automated )?cherry[ -]?pick(?:ed|s)?\b", re.IGNORECASE)
_NUMBER = re.compile(r"#([1-9][0-9]{0,8})\b")
_OWN_NUMBER = re.compile(r"\s*\(#([1-9][0-9]{0,8})\)$")
_SHORT = 7  # the fewest digits of a commit's id that a message names it by


class Patch(msgspec.Struct, frozen=True, kw_only=True):
    """A commit as far as it can be told from others; no `patch_id` where nothing could be the same."""

    id: str
    message: str
    paths: frozenset[str] = frozenset()
    patch_id: str = ""

    @property
    def title(self) -> str:
        """What it calls itself, see `title_of`."""
        return title_of(self.message)


class Titled(Protocol):
    """A commit by its id and what it calls itself."""

    @property
    def id(self) -> str: ...
    @property
    def title(self) -> str: ...


class History(msgspec.Struct, frozen=True, kw_only=True):
    """A release branch: its commits since it was cut, the youngest first, and those of the default branch it lacks."""

    branch: str
    own: tuple[Patch, ...]
    lacks: frozenset[str]


def undone(history: Iterable[Patch]) -> set[str]:
    """The commits that a younger one reverts; a revert that was itself reverted counts for nothing."""
    undone: set[str] = set()
    for patch in history:
        if patch.id not in undone:
            undone |= reverted(patch.message)
    return undone


def own_number(title: str) -> int:
    """The pull request that a squash's title ends with, as `(#12)`, or 0."""
    found = _OWN_NUMBER.search(title)
    return int(found[1]) if found else 0


def by_number(commits: Iterable[Titled]) -> dict[int, str]:
    """The ids of squashes by the pull requests in their titles; `commits` come youngest first, the youngest counts."""
    return {number: one.id for one in reversed(list(commits)) if (number := own_number(one.title))}


def without_number(title: str) -> str:
    """A squash's title without its pull request's number."""
    return _OWN_NUMBER.sub("", title)


def picked_numbers(title: str) -> list[int]:
    """The pull requests that a title such as `Cherry pick of #12 #13 into release-1.5 (#14)` says it takes over."""
    named = _NUMBER.findall(without_number(title)) if _PICK_OF.match(title) else []
    return [int(number) for number in dict.fromkeys(named)]


class Origins:
    """Finds what a commit is a pick of: a commit of the default branch or, without one, the first of its kind."""

    def __init__(self, default: Sequence[Patch], histories: Sequence[History]) -> None:
        self.default: Final = {patch.id: patch for patch in default}
        own = {patch.id: patch for history in reversed(histories) for patch in reversed(history.own)}
        self._own: Final = own
        self._short: dict[str, list[str]] = {}
        self._forward: dict[str, str] = {}
        self._by_patch: dict[str, str] = {}
        self._by_title: dict[str, list[Patch]] = {}
        for patch in [*default, *own.values()]:
            self._short.setdefault(patch.id[:_SHORT], []).append(patch.id)
            self._by_title.setdefault(plain_title(patch.title), []).append(patch)
            if patch.patch_id:
                self._by_patch.setdefault(patch.patch_id, patch.id)
        self._by_number: Final = by_number(default)
        for patch in default:
            for named in picked_from(patch.message):
                self._forward[self._full(named)] = patch.id

    def default_id(self, commit: str) -> str:
        """The id under which a pull request's commit is known."""
        return self._forward.get(commit, commit)

    def origins(self, patch: Patch) -> list[tuple[str, str]]:
        """The ids of what a commit brought, and what tells so; a commit may hold several picks."""
        said = self._said(patch)
        if said:
            return [(one, "trailer") for one in dict.fromkeys(said)]
        same, titled = self._by_patch.get(patch.patch_id, ""), self._same_title(patch)
        for found, by in ((same, "content"), (titled, "title")):
            if found in self.default:
                return [(found, by)]
        named = [self._full(one) for one in sorted(picked_from(patch.message))]
        if named:
            return [(one, "trailer") for one in named]
        first = same or titled or patch.id
        return [(first, "itself" if first == patch.id else "content" if same else "title")]

    def _said(self, patch: Patch) -> list[str]:
        """The default branch's commits that a message names, or the one whose message names this commit."""
        names = map(self._full, sorted(picked_from(patch.message)))
        named = [one for name in names for one in self._on_default(name)]
        numbered = (self._by_number.get(one, "") for one in picked_numbers(patch.title))
        return (
            named
            or [self._forward[one] for one in (patch.id,) if one in self._forward]
            or [one for one in numbered if one]
        )

    def _on_default(self, named: str) -> list[str]:
        """The default branch's commits that a name leads to, by way of other release branches' picks."""
        found: list[str] = []
        left, seen = [named], set[str]()
        while left:
            name = left.pop()
            if name in self.default:
                found.append(name)
            elif name in self._forward:
                found.append(self._forward[name])
            elif name in self._own and name not in seen:
                left += map(self._full, sorted(picked_from(self._own[name].message)))
            seen.add(name)
        return found

    def _full(self, named: str) -> str:
        fitting = [one for one in self._short.get(named[:_SHORT], ()) if one.startswith(named)]
        return fitting[0] if len(fitting) == 1 else named

    def _same_title(self, patch: Patch) -> str:
        for other in self._by_title.get(plain_title(patch.title), ()):
            if other.id == patch.id or other.paths & patch.paths:
                return other.id
        return ""
