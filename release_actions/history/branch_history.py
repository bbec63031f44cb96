"""A branch by its own commits, a change to look for, and what is known of the one on the other."""

from collections.abc import Iterable, Sequence
from typing import Final

import msgspec

from release_actions.git.commits import Commit
from release_actions.history.edit import LineEdit
from release_actions.history.fix_on_branch import Came, FixFinding, Later
from release_actions.history.names import By, Mention, own_number

_DAY = 86_400
_MOST_DAYS = 90


class Subject(msgspec.Struct, frozen=True, kw_only=True):
    """A change to look for: its id in `Names`, its trees, and its commits one by one where it has several."""

    id: str
    edit: LineEdit
    parts: tuple["Subject", ...] = ()


class BranchHistory:
    """A branch: its tip and the commits that it has of its own, the youngest first; `inherited` are what it began with.

    A merge and what it brought are one change of the branch, in the order of first parents.
    """

    def __init__(self, name: str, tip: Commit, own: Sequence[Commit], inherited: Iterable[str] = ()) -> None:
        self.name: Final = name
        self.tip: Final = tip
        self.own: Final = own
        self.inherited: Final = frozenset(inherited)
        by_id = {one.id: one for one in own}
        self.line: Final[list[Commit]] = []
        at = tip.id
        while at in by_id:
            self.line.append(by_id[at])
            at = by_id[at].parents[0] if by_id[at].parents else ""
        self.line.reverse()
        self._place: dict[str, int] = {}
        for number, one in enumerate(self.line):
            left = [one.id]
            while left:
                name = left.pop()
                if name in by_id and name not in self._place:
                    self._place[name] = number
                    left += by_id[name].parents[1:] if name == one.id else by_id[name].parents

    def members(self, commit: str) -> list[Commit]:
        """The commits of one change of the branch, the youngest first: one alone, or a merge and what it brought."""
        place = self._place.get(commit)
        return [one for one in self.own if place is not None and self._place.get(one.id) == place]

    def changes(self) -> list[Mention]:
        """The branch's changes by what names them, the youngest first."""
        members: dict[int, list[Commit]] = {}
        for one in self.own:
            members.setdefault(self._place.get(one.id, -1), []).append(one)
        return [named(one, members[self._place[one.id]]) for one in reversed(self.line)]

    def since(self, commit: str) -> list[Commit]:
        """The changes of the branch after the one that has a commit, the oldest first; all after what it began with."""
        return self.line[self._place.get(commit, -1) + 1 :]


class Case(msgspec.Struct):
    """A change and a branch, and what is known so far; `named` are the commits it may have come with, by sign."""

    subject: Subject
    branch: BranchHistory
    named: list[tuple[Commit, By]] = msgspec.field(default_factory=list)
    came: Came | None = None
    later: Later | None = None
    finding: FixFinding | None = None


def named(change: Commit, members: Sequence[Commit]) -> Mention:
    """A change by what names it: a commit, or a merge with what it brought among `members`."""
    others = [one for one in members if one.id != change.id]
    return Mention(
        id=change.id,
        title=change.title,
        number=own_number(change.title),
        commits=(change.id, *(one.id for one in others)),
        messages=tuple(one.message for one in (change, *others)),
        other_title=others[0].title if len(others) == 1 else "",
    )


def youngest_before(commits: Iterable[Commit]) -> int:
    """When the first of these commits can have been taken to another branch (seconds since 1970).

    A pick is younger than what it was picked from; but a fix may have been written on the release branch first, and
    clocks differ. So it is the day before the older of both dates, and not more than 90 days before the commit.
    """
    return min(
        max(min(int(one.author_date.split()[0]), one.committed_at), one.committed_at - _MOST_DAYS * _DAY) - _DAY
        for one in commits
    )
