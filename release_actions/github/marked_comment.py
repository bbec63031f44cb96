"""One comment on a pull request that begins with a marker, however many runs write it at once.

GitHub has no way to make a comment only where there is none. So whoever has written looks again: the comment with the
lowest id stays, and the others of the same account are deleted. When all runs have ended, there is one.
"""

from collections.abc import Sequence
from typing import Protocol

from release_actions.github.pull_requests import Comment, PullRequests
from release_actions.github.response import RefusedError

_MOST_ROUNDS = 5
_GONE = 404


class Body(Protocol):
    """What the comment has to say, given the bodies that are there now, the lowest id first.

    `is_first` is whether this run has not written anything yet.
    """

    def __call__(self, bodies: Sequence[str], *, is_first: bool) -> str:
        """The body."""


class MarkedComment:
    """The comment on the pull request of a number; every method raises what `GitHub` raises."""

    def __init__(self, pulls: PullRequests, number: int, marker: str) -> None:
        self._pulls = pulls
        self._number = number
        self._marker = marker

    def find(self) -> Comment | None:
        """The comment as it is now."""
        return next(iter(self._there()), None)

    def is_settled(self, body: Body) -> bool:
        """Whether there is one comment, and it says what it has to."""
        there = self._there()
        return len(there) == 1 and _is_same(there[0].body, body([there[0].body], is_first=True))

    def settle(self, body: Body) -> None:
        """Write and look again until there is one comment that says what it has to."""
        for number in range(_MOST_ROUNDS):
            there = self._there()
            text = body([one.body for one in there], is_first=not number)
            if there and len(there) == 1 and _is_same(there[0].body, text):
                return
            self._write(there, text)

    def _there(self) -> list[Comment]:
        """The comment to keep, and those of the same account."""
        found = self._pulls.marked_comments(self._number, self._marker)
        return [one for one in found if one.user == found[0].user]

    def _write(self, there: Sequence[Comment], text: str) -> None:
        def look() -> Comment | None:
            return next((one for one in self._there() if _is_same(one.body, text)), None)

        api = self._pulls.api
        if not there:
            api.write("POST", f"issues/{self._number}/comments", {"body": text}, Comment, look)
        elif not _is_same(there[0].body, text):
            try:
                api.write("PATCH", f"issues/comments/{there[0].id}", {"body": text}, Comment, look)
            except RefusedError as error:
                if error.status != _GONE:
                    raise
                return  # it was deleted in the meantime
        for one in there[1:]:
            api.delete(f"issues/comments/{one.id}")


def _is_same(one: str, other: str) -> bool:
    """Whether two bodies are the same; GitHub may end lines and texts in its own way."""
    return one.replace("\r\n", "\n").strip() == other.replace("\r\n", "\n").strip()
