"""What a cherry-pick is called and says: branches, titles, commit messages, and what may become of it.

Pure: no git and no GitHub. Messages follow git's `cherry-pick -x`, which other tools look for.
"""

import re
from enum import Enum, unique

import msgspec

from release_actions.core.text import short_id

_PICKED = "(cherry picked from commit "
_TRAILER = re.compile(r"\(cherry picked from commit ([0-9a-f]{7,64})\)")
_REVERT = re.compile(r"This reverts commits? ([0-9a-f]{7,64})\b")
_FOOTER_LINE = re.compile(r"[A-Za-z0-9][A-Za-z0-9-]*: \S|\(cherry picked from commit [0-9a-f]{7,64}\)$")
_PREFIX = re.compile(
    r"\[[^\]]{1,60}\]\s*:?|(?:automated )?cherry[ -]?pick(?:ed)? (?:of )?(?:#\d+|`?[0-9a-f]{7,64}`?)(?: on \S+)?\s*:?"
    r"|🍒\s*",
    re.IGNORECASE,
)
_SUFFIX = re.compile(r"(?<!\s)\s*\((?:#\d+|[^()]{0,40}\bcherry[ -]?pick(?:ed)?\b[^()]{0,40})\)$", re.IGNORECASE)
_LONGEST_TITLE = 250


@unique
class PickEnd(str, Enum):
    """What became of a change on one branch; the value is how reports spell it."""

    CREATED = "created"
    EXISTS = "exists"
    ALREADY_THERE = "already-there"
    EMPTY = "empty"
    NOT_NEEDED = "not-needed"
    CONFLICT = "conflict"
    BLOCKED = "blocked"
    NO_PERMISSION = "no-permission"
    NO_BRANCH = "no-branch"
    FAILED = "failed"

    @property
    def is_settled(self) -> bool:
        """Whether nobody has to do anything more than review what there is."""
        return self in (PickEnd.CREATED, PickEnd.EXISTS, PickEnd.ALREADY_THERE, PickEnd.EMPTY, PickEnd.NOT_NEEDED)


class Change(msgspec.Struct, frozen=True, kw_only=True):
    """What is taken to other branches: the commits, oldest first, of a merged pull request, or one commit.

    `number` is the pull request's, 0 for a commit alone. With `mainline` the only commit is a merge, and what it
    brought to its first parent is picked (`git cherry-pick -m 1`).
    """

    number: int
    title: str
    commits: tuple[str, ...]
    mainline: bool = False

    @property
    def name(self) -> str:
        """`#12`, or the beginning of the commit's id."""
        return f"#{self.number}" if self.number else short_id(self.commits[-1])


def pull_title(title: str, target: str) -> str:
    """The title of the pull request: the original one behind the branch's name, which is set only once."""
    prefix = f"[{target}] "
    one_line = " ".join(title.split())
    return prefix + one_line.removeprefix(prefix)[: _LONGEST_TITLE - len(prefix)]


def commit_message(message: str, commit: str, sign_off: str = "") -> str:
    """The message of a picked commit as `git cherry-pick -x` writes it, with `Signed-off-by: {sign_off}` if given.

    The trailer joins a footer that is there already (git-interpret-trailers(1)), else it starts one.
    """
    body = message.replace("\0", "").rstrip()
    lines = [f"{_PICKED}{commit})"]
    if sign_off and f"Signed-off-by: {sign_off}" != body.rpartition("\n")[2]:
        lines.append(f"Signed-off-by: {sign_off}")
    return body + ("\n" if _has_footer(body) else "\n\n") + "\n".join(lines) + "\n"


def picked_from(message: str) -> frozenset[str]:
    """The ids of the commits that a message says it was picked from; they may be shortened."""
    return frozenset(_TRAILER.findall(message))


def reverted(message: str) -> frozenset[str]:
    """The ids of the commits that a message says it reverts; they may be shortened."""
    return frozenset(_REVERT.findall(message))


def plain_title(title: str) -> str:
    """A title as two picks of one change share it: without `[release-1.5]`, `(#12)` and the like, in lower case."""
    text = " ".join(title.split())
    while (found := _PREFIX.match(text)) and found.end() < len(text):
        text = text[found.end() :].lstrip()
    while (found := _SUFFIX.search(text)) and found.start() > 0:
        text = text[: found.start()]
    return text.rstrip(". ").lower()


def _has_footer(body: str) -> bool:
    """Whether the last paragraph is one of trailers alone; a title never is."""
    _, blank, last = body.rpartition("\n\n")
    return bool(blank) and all(_FOOTER_LINE.match(line) or line.startswith((" ", "\t")) for line in last.split("\n"))
