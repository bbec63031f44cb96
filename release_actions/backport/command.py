"""The command in a comment on a pull request: `/cherry-pick release-1.5 release-1.4`.

Only the first line is read, and it is either exactly a command or none at all: a comment is written by anybody.
"""

import re

import msgspec

MOST_TARGETS = 10
"""How many branches one command may name."""

_WORD = "/cherry-pick"
_LINE = re.compile(r"/cherry-pick((?: +[A-Za-z0-9_][A-Za-z0-9._/-]{0,99})*) *")


class Command(msgspec.Struct, frozen=True):
    """A command and the branches it names, each once; `problem` says what is wrong with it, in one sentence."""

    branches: tuple[str, ...] = ()
    problem: str = ""


def parse_command(body: str) -> Command | None:
    """The command of a comment, or None when its first line is none."""
    line = body.partition("\n")[0].removesuffix("\r")
    if not re.match(rf"{_WORD}(?![^ ])", line):
        return None
    found = _LINE.fullmatch(line)
    if found is None:
        return Command(problem="Write `/cherry-pick` and names of branches, separated by spaces, on the first line.")
    branches = tuple(dict.fromkeys(found[1].split()))
    if not branches:
        return Command(problem="No branch is named: write `/cherry-pick release-1.5`, for example.")
    if len(branches) > MOST_TARGETS:
        return Command(problem=f"{len(branches)} branches are named; at most {MOST_TARGETS} are taken at once.")
    return Command(branches)
