"""The description of a cherry-pick's pull request."""

import itertools
from collections.abc import Iterable, Mapping, Sequence

from release_actions.core import markdown
from release_actions.core.text import short_id
from release_actions.git.commits import Commit
from release_actions.history.picks import Change

_MOST_TRAILERS = 400
_MOST_LEFT_OUT = 40
_AND_MORE = "- and {} more, in the pull request's commits\n"


def pull_body(
    change: Change, commits: Sequence[Commit], branch: str, note: str = "", left_out: Mapping[str, str] | None = None
) -> str:
    """What the pull request to a branch says; its last lines are what a squash merge has to keep.

    `commits` are those of the change that are in it, `left_out` the others with the reason. Of a change of very many
    commits it names as many as GitHub takes; each commit says itself what it was picked from.
    """
    original = f"#{change.number}" if change.number else markdown.code(change.commits[-1])
    trailers = "".join(f"(cherry picked from commit {one.id})\n" for one in commits[:_MOST_TRAILERS])
    warning = f"> {markdown.text(note)}\n\n" if note else ""
    head = f"Cherry-pick of {original} to {markdown.code(branch)}.\n\n{warning}"
    reasons = list((left_out or {}).items())[:_MOST_LEFT_OUT]
    others = "".join(f"- {markdown.code(short_id(one))} is left out: {markdown.text(why)}\n" for one, why in reasons)
    room = markdown.LONGEST_BODY - len(head) - len(trailers) - len(others) - 1
    return f"{head}{_listed(commits, room)}{others}\n{trailers}"


def _listed(commits: Iterable[Commit], room: int) -> str:
    """The commits as a list, as many as there is room for."""
    lines = [
        f"- {markdown.code(short_id(one.id))} {markdown.text(one.title)}, by {markdown.text(one.author)}\n"
        for one in commits
    ]
    lengths = itertools.accumulate(len(line) for line in lines)
    fit = sum(length <= room - len(_AND_MORE) for length in lengths)
    return "".join(lines[:fit]) + (_AND_MORE.format(len(lines) - fit) if fit < len(lines) else "")
