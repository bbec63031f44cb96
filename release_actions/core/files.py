"""Files by their path from a repository's root, wherever they are: in a checkout, or in a commit."""

import re
from pathlib import PurePosixPath
from typing import Protocol

from release_actions.core.errors import Code, ReleaseError

TEXT_LIMIT = 4 * 1024 * 1024
"""The most bytes a text file may have."""

_CONTROL = re.compile(r"[\x00-\x1f\x7f-\x9f\u2028\u2029\ud800-\udfff]")
_LONGEST_SHOWN = 200


class Files(Protocol):
    """The files of a checkout or of a commit.

    Every method raises E_PATH for a path that leaves the repository or goes through a symbolic link.
    """

    def name(self, given: str) -> str:
        """A path in its one spelling, from the root and with slashes (`.` for the root); it need not be there."""
        ...

    def has(self, path: str) -> bool:
        """Whether anything is at a path."""
        ...

    def read(self, path: str) -> str:
        """A file's text exactly as it is; raises E_PATH for what is not a plain file of UTF-8 of the usual size."""
        ...

    def folders(self, start: str, pattern: str, file: str) -> list[str]:
        """The folders below `start` that fit a pattern such as `op-*`, and that hold an entry named `file`, sorted.

        Each part of the pattern stands for one level; an empty pattern means `start` itself. Raises E_PATH when `start`
        is not a folder.
        """
        ...


def plain_path(given: str) -> PurePosixPath:
    """A path from a repository's root; raises E_PATH for one that is absolute, leaves it, or has control characters."""
    if not given or has_control_characters(given):
        raise refused(given, "is no usable path", "Give the path of a file or folder in the repository.")
    path = PurePosixPath(given)
    if path.is_absolute():
        raise refused(given, "is outside the repository", "Give a path relative to the repository's root.")
    if ".." in path.parts:
        raise refused(given, "has a `..`", "Give a path relative to the repository's root.")
    return path


def has_control_characters(path: str) -> bool:
    """Whether a path has characters that no honest one has: of control, between lines, or half of a pair."""
    return _CONTROL.search(path) is not None


def refused(path: str, what: str, next_step: str) -> ReleaseError:
    """The E_PATH error of a path, which is shown escaped and cut."""
    name = path if path and path.isprintable() else ascii(path)[1:-1]
    name = name if len(name) <= _LONGEST_SHOWN else f"{name[: _LONGEST_SHOWN - 1]}…"
    return ReleaseError(Code.E_PATH, f"The path `{name}` {what}.", next_step=next_step, file=name)
