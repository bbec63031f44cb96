"""The commands in a comment on a pull request: `/cherry-pick release-1.5 release-1.4`, or `/cherrypick`.

A command is a line of its own, which may begin with blanks; what is quoted, or in a block of code, is none. Each is
either exactly a command or a mistake that is answered: a comment is written by anybody.
"""

import re
from collections.abc import Iterator

import msgspec

from release_actions.core.text import lines

MOST_TARGETS = 10
"""How many branches the commands of a comment may name."""

_COMMAND = re.compile(r" {0,3}/cherry-?pick(?![^ ])")
_LINE = re.compile(r" {0,3}/cherry-?pick((?: +[A-Za-z0-9_][A-Za-z0-9._/-]{0,99})*) *")
_FENCE = re.compile(r" {0,3}(```|~~~)")


class Command(msgspec.Struct, frozen=True):
    """The branches that commands name, each once; `problem` says what is wrong with one, in one sentence."""

    branches: tuple[str, ...] = ()
    problem: str = ""


def parse_command(body: str) -> Command | None:
    """All commands of a comment as one, or None when it has none."""
    commands = list(_commands(body))
    if not commands:
        return None
    found = [_LINE.fullmatch(line) for line in commands]
    if None in found:
        return Command(
            problem="Write `/cherry-pick` and names of branches, separated by spaces, on a line of their own."
        )
    named = [one[1].split() for one in found if one]
    if [] in named:
        return Command(problem="No branch is named: write `/cherry-pick release-1.5`, for example.")
    branches = tuple(dict.fromkeys(name for names in named for name in names))
    if len(branches) > MOST_TARGETS:
        return Command(problem=f"{len(branches)} branches are named; at most {MOST_TARGETS} are taken at once.")
    return Command(branches)


def _commands(body: str) -> Iterator[str]:
    """The lines that begin as a command does, outside of blocks of code."""
    fence = ""
    for line in lines(body):
        text = line.removesuffix("\r")
        marks = _FENCE.match(text)
        if marks and fence in ("", marks[1]):
            fence = "" if fence else marks[1]
        elif not fence and _COMMAND.match(text):
            yield text
