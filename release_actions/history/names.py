"""Which changes a commit's message names: by id, through picks of picks, by a pull request's number, or by its title.

Pure: a name is a hint and never decides alone, see `evidence`.
"""

import re
from collections.abc import Iterable, Sequence
from enum import Enum, unique
from typing import Final, Protocol

import msgspec

from release_actions.git.commit_title import title_of
from release_actions.history.picks import picked_from, plain_title, reverted

_PICK_OF = re.compile(
    r"(?:\[[^\]]{1,60}\]\s*)?(?:(?:semi-)?automated |manual )?(?:cherry[ -]?pick(?:ed|s)?|cp)\b", re.IGNORECASE
)
_NUMBER = re.compile(r"(?:#|\bPR )([1-9][0-9]{0,8})\b")
_OWN_NUMBER = re.compile(r"(?<!\s)\s*\(#([1-9][0-9]{0,8})\)$")
_REVERT_NUMBER = re.compile(r"^[^\S\n]*Reverts (?:[\w.-]{1,100}/[\w.-]{1,100})?#([1-9][0-9]{0,8})\b", re.MULTILINE)
_REVERT_TITLE = re.compile(r'(?:\[[^\]]{1,60}\]\s*:?\s*)?Revert:?\s+"(.*)"(?:\s*\(#[1-9][0-9]{0,8}\))?$', re.DOTALL)
_REAPPLY = re.compile(r'Reapply\s+"(.*)"')
_SHORT = 7  # the fewest digits of a commit's id that a message names it by
_DEEPEST = 100


@unique
class By(str, Enum):
    """How a commit is connected with a change, the best sign first; the value is how reports spell it."""

    HISTORY = "history"
    TRAILER = "trailer"
    NUMBER = "number"
    TITLE = "title"
    CONTENT = "content"


class Told(Protocol):
    """A commit by its id and what it says."""

    @property
    def id(self) -> str: ...
    @property
    def message(self) -> str: ...


class Mention(msgspec.Struct, frozen=True, kw_only=True):
    """A change as messages name it: its id, the title and number of its pull request, the commits it consists of.

    `other_title` is that of the only commit that a merge brought.
    """

    id: str
    title: str
    number: int = 0
    commits: tuple[str, ...]
    messages: tuple[str, ...] = ()
    other_title: str = ""


def own_number(title: str) -> int:
    """The pull request that a squash's title ends with, as `(#12)`, or 0."""
    found = _OWN_NUMBER.search(title)
    return int(found[1]) if found else 0


def without_number(title: str) -> str:
    """A squash's title without its pull request's number."""
    return _OWN_NUMBER.sub("", title)


def picked_numbers(title: str) -> list[int]:
    """The pull requests that a title such as `Cherry pick of #12 #13 into release-1.5 (#14)` says it takes over."""
    named = _NUMBER.findall(without_number(title)) if _PICK_OF.match(title) else []
    return [int(number) for number in dict.fromkeys(named)]


def reverted_title(title: str) -> str:
    """The title that a revert's names, with as many reverts inside as there are; empty for any other commit."""
    found = _REVERT_TITLE.fullmatch(" ".join(title.split()))
    return found[1] if found else ""


def standing_title(title: str) -> str:
    """What a title brings: that of the original for the revert of a revert, nothing for a revert."""
    again = _REAPPLY.match(title)
    if again:
        return again[1]
    once = reverted_title(title)
    if not once:
        return title
    twice = reverted_title(once)
    return standing_title(twice) if twice else ""


class Names:
    """Finds the changes that messages name, among `changes`; `commits` are those that lie in between."""

    def __init__(self, changes: Sequence[Mention], commits: Iterable[Told]) -> None:
        self.changes: Final = {one.id: one for one in changes}
        self._messages = {one.id: one.message for one in commits}
        self._changes_of: dict[str, list[str]] = {}
        for one in changes:
            for commit in dict.fromkeys((one.id, *one.commits)):
                self._changes_of.setdefault(commit, []).append(one.id)
        self._by_number = {one.number: one.id for one in reversed(changes) if one.number}
        self._by_title: dict[str, list[str]] = {}
        self._short: dict[str, list[str]] = {}
        self._forward: dict[str, list[str]] = {}
        for name in dict.fromkeys([*self._changes_of, *self._messages]):
            self._short.setdefault(name[:_SHORT], []).append(name)
        for one in changes:
            for title in {plain_title(text) for text in (one.title, one.other_title) if text}:
                self._by_title.setdefault(title, []).append(one.id)
            for message in one.messages:
                for named in picked_from(message):
                    self._forward.setdefault(self._full(named), []).append(one.id)

    def changes_of(self, commit: str) -> list[str]:
        """The changes that a commit belongs to, or that were made from it."""
        return self._changes_of.get(commit) or self._forward.get(commit, [])

    def consist_of(self, commit: str) -> list[str]:
        """The changes that a commit belongs to."""
        return self._changes_of.get(commit, [])

    def named(self, commit: Told) -> dict[str, By]:
        """The changes that a commit says it is a pick of, or that say they were made from it."""
        found = dict.fromkeys(self._picked(commit), By.TRAILER)
        found.update((one, By.TRAILER) for one in self._forward.get(commit.id, ()))
        for number in picked_numbers(title_of(commit.message)):
            if number in self._by_number:
                found.setdefault(self._by_number[number], By.NUMBER)
        return found

    def unknown(self, commit: Told) -> list[str]:
        """The ids that a commit says it was picked from and that lead to none of the changes."""
        return [one for one in sorted(picked_from(commit.message)) if not self._lead(self._full(one))]

    def titled(self, commit: Told) -> list[str]:
        """The changes with a commit's title, the youngest first."""
        title = standing_title(title_of(commit.message))
        return self._by_title.get(plain_title(title), []) if title else []

    def with_title_of(self, change: str) -> list[str]:
        """The changes that have this one's title, itself among them."""
        return self._by_title[plain_title(self.changes[change].title)]

    def bears_alone(self, change: str) -> bool:
        """Whether no other change has this one's title."""
        own = self.changes[change]
        others = (self.changes[one] for one in self.with_title_of(change))
        return all(set(own.commits) & set(other.commits) for other in others)

    def takes_back(self, commit: Told) -> set[str]:
        """The ids of the commits and changes that a message says it reverts, by id, number or title."""
        found = {self._full(one) for one in reverted(commit.message)}
        numbers = map(int, _REVERT_NUMBER.findall(commit.message))
        found |= {self._by_number[one] for one in numbers if one in self._by_number}
        title = reverted_title(title_of(commit.message))
        if title and not reverted_title(title):
            found.update(self._by_title.get(plain_title(title), ()))
        return found.union(*(self._changes_of.get(one, ()) for one in found))

    def _picked(self, commit: Told) -> list[str]:
        leads = (self._lead(self._full(one)) for one in sorted(picked_from(commit.message)))
        return list(dict.fromkeys(one for some in leads for one in some if one))

    def _lead(self, name: str) -> list[str]:
        """The changes that an id leads to, by way of other picks; a circle leads nowhere."""
        found: list[str] = []
        seen: set[str] = set()
        left = [name]
        while left and len(seen) < _DEEPEST:
            one = left.pop()
            if one in seen:
                continue
            seen.add(one)
            if one in self._changes_of:
                found += self._changes_of[one]
            elif one in self._forward:
                found += self._forward[one]
            elif one in self._messages:
                left += sorted(self._full(further) for further in picked_from(self._messages[one]))
        return found

    def _full(self, named: str) -> str:
        fitting = [one for one in self._short.get(named[:_SHORT], ()) if one.startswith(named)]
        return fitting[0] if len(fitting) == 1 else named
