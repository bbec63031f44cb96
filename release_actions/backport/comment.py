"""What became of a change on each branch, told in one comment on its pull request that later runs edit.

The comment keeps what it tells in its first line, which is not shown, so that a run for one branch leaves the rows of
the others as they are. All that is not ours in it (titles, file names, hunks) is shown as plain text.
"""

import base64
import binascii
import shlex
from collections.abc import Iterable
from typing import NamedTuple

import msgspec

from release_actions.backport.conflict import Conflict
from release_actions.backport.names import pick_branch
from release_actions.core import markdown
from release_actions.history.picks import Change, PickEnd, pull_title

MARKER = "<!-- release-actions cherry-pick "
"""How the comment begins."""

ANSWER = "<!-- release-actions answer to {} -->"
"""How the answer to a command begins that changed nothing, given the id of its comment."""

_MOST_ROWS = 60
_SIGNS = {
    PickEnd.CREATED: "✅ proposed",
    PickEnd.EXISTS: "☑️ proposed before",
    PickEnd.ALREADY_THERE: "☑️ already there",
    PickEnd.EMPTY: "☑️ nothing to change",
    PickEnd.NOT_NEEDED: "☑️ not needed",
    PickEnd.CONFLICT: "⚠️ conflict",
    PickEnd.BLOCKED: "⛔ blocked",
    PickEnd.NO_PERMISSION: "⛔ no permission",
    PickEnd.NO_BRANCH: "⛔ no such release branch",
    PickEnd.FAILED: "❌ failed",
}


class _Limits(NamedTuple):
    """How many characters of each part of a row are told."""

    note: int
    details: int
    commands: int


# The longest that fit are taken.
_LIMITS = (_Limits(600, 3000, 2000), _Limits(600, 0, 2000), _Limits(150, 0, 0))


class CommentRow(msgspec.Struct, frozen=True, kw_only=True, omit_defaults=True):
    """What became of a change on one branch; `pull` is the number of its pull request there.

    `note` is one sentence, `details` are hunks and `commands` what to type; all three are plain text.
    """

    branch: str
    outcome: PickEnd
    pull: int = 0
    note: str = ""
    details: str = ""
    commands: str = ""


def comment(rows: Iterable[CommentRow], notice: str = "") -> str:
    """The comment that tells of these branches; `notice` is plain text that only this run says."""
    kept = list(rows)[:_MOST_ROWS]
    for limits in _LIMITS:
        body = _comment([_cut(row, limits) for row in kept], notice)
        if len(body) <= markdown.LONGEST_BODY:
            break
    return body


def read_comment(body: str) -> list[CommentRow]:
    """The rows that a comment keeps; none when it isn't one of these."""
    hidden = body.partition("\n")[0].removeprefix(MARKER).removesuffix(" -->")
    try:
        return msgspec.json.decode(base64.b64decode(hidden, validate=True), type=list[CommentRow])
    except (binascii.Error, ValueError, msgspec.DecodeError):
        return []


def merged_rows(before: Iterable[CommentRow], now: Iterable[CommentRow]) -> list[CommentRow]:
    """The rows of earlier runs with those of this run in their places, where these say something else."""
    rows = {row.branch: row for row in before}
    for row in now:
        if not (row.branch in rows and _is_still(rows[row.branch], row)):
            rows[row.branch] = row
    return list(rows.values())


def conflict_details(conflict: Conflict) -> str:
    """Git's words on a conflict, and the hunks, as plain text."""
    parts = ["\n".join(conflict.said), *(f"--- {name}\n{hunks}" for name, hunks in conflict.files.items() if hunks)]
    return "\n\n".join(parts)


def commands(change: Change, branch: str) -> str:
    """What a person types to make the pick by hand, in a clone."""
    own = pick_branch(change.number, change.commits[-1], branch)
    how = "-x -m 1" if change.mainline else "-x"
    # What a rebase made is one range, and hundreds of ids would be cut.
    picked = f"'{change.commits[0]}^..{change.commits[-1]}'" if len(change.commits) > 1 else change.commits[0]
    lines = [
        f"git fetch origin {shlex.quote(branch)}",
        f"git switch -c {shlex.quote(own)} FETCH_HEAD",
        f"git fetch origin {change.commits[-1]}",
        f"git cherry-pick {how} {picked}",
        "# resolve each conflict, then: git add FILE... && git cherry-pick --continue",
        f"git push origin {shlex.quote(own)}",
        f"gh pr create --base {shlex.quote(branch)} --title {shlex.quote(pull_title(change.title, branch))} --fill",
    ]
    return "\n".join(lines)


def _is_still(before: CommentRow, now: CommentRow) -> bool:
    """Whether a pull request that was proposed is found again, as it was."""
    note = now.note[: _LIMITS[0].note]
    same_note = note.startswith(before.note) if before.note else not note
    same_outcome = (before.outcome, now.outcome) == (PickEnd.CREATED, PickEnd.EXISTS)
    return same_outcome and before.pull == now.pull and same_note


def _comment(rows: list[CommentRow], notice: str) -> str:
    table = markdown.table(
        ("Branch", "Cherry-pick", ""),
        ((markdown.code(row.branch), _SIGNS[row.outcome], _what(row)) for row in rows),
    )
    folded = "\n".join(
        markdown.details(f"To finish it on {row.branch} by hand", _by_hand(row)) for row in rows if row.commands
    )
    parts = [f"> {markdown.text(notice)}\n" if notice else "", table if rows else "", folded]
    hidden = base64.b64encode(msgspec.json.encode(rows)).decode()
    return f"{MARKER}{hidden} -->\n" + "\n".join(part for part in parts if part)


def _what(row: CommentRow) -> str:
    return " ".join(part for part in (f"#{row.pull}" if row.pull else "", markdown.text(row.note)) if part)


def _by_hand(row: CommentRow) -> str:
    details = markdown.block(row.details, "diff") if row.details else ""
    return f"{details}\n{markdown.block(row.commands, 'sh')}"


def _cut(row: CommentRow, limits: _Limits) -> CommentRow:
    details = row.details if len(row.details) <= limits.details else f"{row.details[: limits.details]}\n…"
    return msgspec.structs.replace(
        row,
        note=row.note[: limits.note],
        details=details if limits.details else "",
        commands=row.commands[: limits.commands],
    )
