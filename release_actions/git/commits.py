"""Commits as git tells of them: who, when, what they say and which files they change."""

import re
from collections.abc import Iterable
from typing import Final

import msgspec

from release_actions.core.errors import Code, ReleaseError
from release_actions.core.text import parse_seconds
from release_actions.git.commit_title import title_of
from release_actions.git.program import Git

_FIELDS: Final = ("%H", "%T", "%P", "%an", "%ae", "%ad", "%ct", "%B")
_ZONE = re.compile(r"[+-](?:0[0-9]|1[0-4])[0-5][0-9]")


class Commit(msgspec.Struct, frozen=True, kw_only=True):
    """A commit; `author_date` is `seconds zone`, `committed_at` seconds since 1970.

    The oldest ones of a shallow history have no `parents` here.
    """

    id: str
    tree: str
    parents: tuple[str, ...]
    author: str
    email: str
    author_date: str
    committed_at: int
    message: str

    @property
    def title(self) -> str:
        """What it calls itself, see `title_of`."""
        return title_of(self.message)


def read_commits(git: Git, ids: Iterable[str]) -> list[Commit]:
    """Commits by their ids, in this order; raises E_GIT when one is not there."""
    wanted = list(ids)
    return _log(git, "--no-walk=unsorted", *wanted) if wanted else []  # without any, git takes HEAD


def read_history(git: Git, tip: str) -> list[Commit]:
    """A commit and what was fetched of its history, the youngest first; raises E_GIT."""
    return _log(git, "--topo-order", tip)


def read_since(git: Git, since: str, tip: str) -> list[Commit]:
    """The commits that a tip has in its history and another commit has not, the youngest first; raises E_GIT."""
    return _log(git, "--topo-order", f"{since}..{tip}")


def first_parents(git: Git, tip: str, count: int) -> list[Commit]:
    """The last commits up to a tip along first parents, the oldest first; raises E_GIT."""
    return _log(git, "--first-parent", f"--max-count={count}", tip)[::-1]


def is_cut_off(git: Git, commit: Commit) -> bool:
    """Whether a commit is one of the oldest of a shallow history, so that it has parents that are not there."""
    stored = None if commit.parents else git.read(commit.id)
    return stored is not None and "parent" in stored.headers


def no_parent(commit: Commit) -> ReleaseError:
    """The E_GIT error for a commit whose changes can't be told, as the history ends there."""
    return ReleaseError(
        Code.E_GIT,
        f"The parent of {commit.id} is not on the server, or was not fetched.",
        next_step="Run the job again; if it happens again, give the server the whole history of that commit.",
    )


def _log(git: Git, *what: str) -> list[Commit]:
    how = ("--encoding=UTF-8", "--date=raw", "--no-color", f"--format={'%x00'.join(_FIELDS)}%x00")
    fields = git.run("log", *how, *what, "--").split("\0")
    return [_commit(fields[at : at + len(_FIELDS)]) for at in range(0, len(fields) - 1, len(_FIELDS))]


def _commit(fields: list[str]) -> Commit:
    commit, tree, parents, author, email, date, committed_at, message = fields
    seconds, _, zone = date.partition(" ")
    return Commit(
        id=commit.lstrip("\n"),
        tree=tree,
        parents=tuple(parents.split()),
        author=author,
        email=email,
        author_date=f"{parse_seconds(seconds)} {zone if _ZONE.fullmatch(zone) else '+0000'}",
        committed_at=parse_seconds(committed_at),
        message=message,
    )
