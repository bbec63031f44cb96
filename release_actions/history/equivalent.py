"""Whether a change is on a branch already: because a commit there says so, changes the same, or has the same title.

A commit that was reverted on the branch is not there, one whose revert was reverted is.
"""

from collections.abc import Iterable, Sequence
from typing import Literal

import msgspec

from release_actions.git.commits import Commit, changed_files, diff, parent_tree, read_commits
from release_actions.git.program import Git
from release_actions.history.picks import Change, picked_from, plain_title, reverted

_DAY = 86_400
_MOST_DAYS = 90


class Found(msgspec.Struct, frozen=True):
    """The commit that has it, and what tells so."""

    commit: str
    by: Literal["history", "trailer", "content", "title"]


def youngest_before(commits: Iterable[Commit]) -> int:
    """When the first of these commits can have been taken to another branch (seconds since 1970).

    A pick is younger than what it was picked from; but a fix may have been written on the release branch first, and
    clocks differ. So it is the day before the older of both dates, and not more than 90 days before the commit.
    """
    return min(
        max(min(int(one.author_date.split()[0]), one.committed_at), one.committed_at - _MOST_DAYS * _DAY) - _DAY
        for one in commits
    )


class Branch:
    """What stands on a branch, given its fetched history, the youngest commit first."""

    def __init__(self, git: Git, history: Sequence[Commit]) -> None:
        self._git = git
        self._commits = _standing(history)
        self._paths = _changed_paths(git, self._commits)

    def find(self, change: Change) -> dict[str, Found]:
        """Those of a change's commits that are there; raises E_GIT."""
        commits = read_commits(self._git, change.commits)
        whole = self._whole(change, commits)
        if whole:
            return dict.fromkeys(change.commits, whole)
        found = ((commit.id, self._one(commit)) for commit in commits)
        return {name: one for name, one in found if one}

    def _whole(self, change: Change, commits: list[Commit]) -> Found | None:
        """A single commit that brought all of them, as a squashed backport does, or has the pull request's title."""
        before, after = parent_tree(self._git, commits[0]), commits[-1].tree
        found = self._same_content(before, after) if len(commits) > 1 else None
        return found or self._same_title(change.title, before, after)

    def _one(self, commit: Commit) -> Found | None:
        for other in self._commits:
            if other.id == commit.id:
                return Found(other.id, "history")
            if any(commit.id.startswith(named) for named in picked_from(other.message)):
                return Found(other.id, "trailer")
        before = parent_tree(self._git, commit)
        return self._same_content(before, commit.tree) or self._same_title(commit.title, before, commit.tree)

    def _same_content(self, before: str, after: str) -> Found | None:
        """A commit that makes the same changes (git-patch-id(1)); only those that change the same files are read."""
        changed = frozenset(changed_files(self._git, before, after))
        candidates = [other for other in self._commits if changed and self._paths.get(other.id) == changed]
        wanted = self._patch_id(before, after) if candidates else ""
        for other in candidates:
            if wanted and self._patch_id(parent_tree(self._git, other), other.tree) == wanted:
                return Found(other.id, "content")
        return None

    def _same_title(self, title: str, before: str, after: str) -> Found | None:
        """A commit of the same title that has a file in common; titles such as "Fix typo" are told apart by that."""
        plain = plain_title(title)
        for other in self._commits:
            paths = self._paths.get(other.id) if plain == plain_title(other.title) else None
            if paths and paths.intersection(changed_files(self._git, before, after)):
                return Found(other.id, "title")
        return None

    def _patch_id(self, before: str, after: str) -> str:
        patch = diff(self._git, before, after, "--patch", "--full-index", "--no-ext-diff", "--no-textconv")
        return self._git.run("patch-id", "--stable", stdin=patch).partition(" ")[0]


def _standing(history: Sequence[Commit]) -> list[Commit]:
    """The commits that no younger one reverts; a revert that was itself reverted counts for nothing."""
    undone: set[str] = set()
    standing = []
    for commit in history:
        if commit.id not in undone:
            undone |= reverted(commit.message)
            standing.append(commit)
    return standing


def _changed_paths(git: Git, commits: list[Commit]) -> dict[str, frozenset[str]]:
    """The files each commit changes; merges, and the oldest ones that were fetched, change none here."""
    ids = {commit.id for commit in commits}
    how = ("--stdin", "-r", "--no-renames", "--name-only", "-z")
    told = git.run("diff-tree", *how, stdin="".join(f"{one}\n" for one in ids))
    found: dict[str, set[str]] = {}
    current: set[str] = set()
    for name in filter(None, told.split("\0")):
        if name in ids:
            current = found.setdefault(name, set())
        else:
            current.add(name)
    return {commit: frozenset(names) for commit, names in found.items()}
