"""What `git diff-tree` says of two trees: the paths that differ, with their modes and contents.

Source: git-diff(1), "Raw output format"; git-diff-tree(1), `--stdin`.
"""

import re
from collections.abc import Callable
from typing import Final

import msgspec

RAW: Final = ("-r", "--no-renames", "--raw", "--no-abbrev", "-z")
"""The options of `diff-tree` whose output `by_commit` reads."""

_NOTHING = "000000"
_SUBMODULE = "160000"
_PLAIN_FILE = re.compile(r"100[0-7]{3}")


class PathDiff(msgspec.Struct, frozen=True):
    """A path that differs: its modes (`100644`) and objects before and after, which are zeros where it is not there."""

    path: str
    mode_before: str
    mode_after: str
    before: str
    after: str

    @property
    def blobs(self) -> frozenset[str]:
        """The contents before and after; a submodule's commit is none."""
        sides = ((self.mode_before, self.before), (self.mode_after, self.after))
        return frozenset(blob for mode, blob in sides if mode not in (_NOTHING, _SUBMODULE))

    @property
    def files(self) -> tuple[str, str]:
        """The contents before and after, each empty where there is no plain file."""
        sides = ((self.mode_before, self.before), (self.mode_after, self.after))
        before, after = (blob if _PLAIN_FILE.fullmatch(mode) else "" for mode, blob in sides)
        return before, after


def between(ask: Callable[..., str], before: str, after: str) -> list[PathDiff]:
    """The paths that differ between two commits or trees; `ask` runs git with arguments and returns what it wrote."""
    return by_commit(ask("diff-tree", *RAW, "--end-of-options", before, after)).get("", [])


def by_commit(output: str) -> dict[str, list[PathDiff]]:
    """The paths that differ, by the commit that `diff-tree --stdin` names before them; by nothing without `--stdin`."""
    found: dict[str, list[PathDiff]] = {}
    commit, fields = "", iter(output.split("\0"))
    for field in fields:
        if field.startswith(":"):
            found.setdefault(commit, []).append(PathDiff(next(fields), *field[1:].split(" ")[:4]))
        elif field:
            commit = field
            found.setdefault(commit, [])
    return found
