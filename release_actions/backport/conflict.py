"""Why a commit can't be picked: git's words on it, and the places that a person has to decide."""

import re
from collections.abc import Sequence

import msgspec

_MOST_LINES = 60
_CONTEXT = 3
_START, _END = "<<<<<<<", ">>>>>>>"
_NOTICE = re.compile(r"CONFLICT|warning|error", re.IGNORECASE)


class Conflict(msgspec.Struct, frozen=True):
    """The commit that can't be picked, git's words on it, and the conflicting files with their hunks, by name.

    `tree` is the result with conflict markers in it.
    """

    commit: str
    said: tuple[str, ...]
    files: dict[str, str]
    tree: str


def read_messages(fields: Sequence[str], labels: dict[str, str]) -> tuple[str, ...]:
    """The messages that matter of those that `git merge-tree` writes (git-merge-tree(1), "Informational messages").

    `fields` are how many paths, the paths, the kind and the text of each; `labels` say what the ids in them stand for.
    """
    found, at = [], 0
    while at + 2 < len(fields):
        kind, text = fields[at + int(fields[at]) + 1 : at + int(fields[at]) + 3]
        at += int(fields[at]) + 3
        if _NOTICE.match(kind) or _NOTICE.match(text):
            found.append(labelled(text.strip(), labels))
    return tuple(dict.fromkeys(found))


def hunks(content: str, labels: dict[str, str]) -> str:
    """The parts of a file that have conflict markers, with a little around them and with line numbers."""
    lines = content.split("\n")
    shown: list[str] = []
    for start, end in _marked_ranges(lines):
        first = max(0, start - _CONTEXT)
        shown += [f"@@ line {first + 1} @@", *lines[first : end + 1 + _CONTEXT]]
    cut = shown[:_MOST_LINES]
    if len(shown) > len(cut):
        cut.append(f"… and {len(shown) - len(cut)} more lines")
    return labelled("\n".join(cut), labels)


def labelled(text: str, labels: dict[str, str]) -> str:
    """Git's words with the labels that `git cherry-pick` has for the two sides, where merge-tree has their ids."""
    for name, label in labels.items():
        text = text.replace(name, label)
    return text


def _marked_ranges(lines: list[str]) -> list[tuple[int, int]]:
    found, start = [], None
    for number, line in enumerate(lines):
        if line.startswith(_START) and start is None:
            start = number
        elif line.startswith(_END) and start is not None:
            found.append((start, number))
            start = None
    return found
