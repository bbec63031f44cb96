"""The caller's files: found only inside the workspace, never through a symbolic link, replaced only as a whole.

A pull request can hold any tree: a chart that links to `/proc/self/environ`, a device, a name with a line feed. What
this module hands out is a plain file or folder of the workspace, and errors say which it was not.
"""

import contextlib
import errno
import os
import re
import stat
import tempfile
from collections.abc import Iterator
from pathlib import Path
from typing import Literal

from release_actions.core.errors import Code, ReleaseError

TEXT_LIMIT = 4 * 1024 * 1024
"""The most bytes a text file may have."""

COPY_FILES = 20_000
COPY_BYTES = 100 * 1024 * 1024
"""The most files and bytes of a private copy; Helm itself refuses a chart of more than 100 MiB."""

Kind = Literal["file", "folder"]

_COPY_DEPTH = 64
_CONTROL = re.compile(r"[\x00-\x1f\x7f-\x9f\u2028\u2029\ud800-\udfff]")
_OPEN = os.O_NOFOLLOW | os.O_NONBLOCK | os.O_CLOEXEC


def inside(workspace: Path, given: str, *, kind: Kind = "file") -> Path:
    """The absolute path of something that is there, below the workspace (or the workspace itself, for a folder).

    Raises E_PATH for a path that leaves the workspace, has a `..` or a symbolic link on its way, is not there, or is
    of another kind, such as a device.
    """
    workspace = workspace.resolve()
    if not given or _CONTROL.search(given):
        raise _refused(given, "is no usable path", "Give the path of a file or folder in the repository.")
    relative = Path(given)
    if relative.is_absolute():
        if not relative.is_relative_to(workspace):
            raise _refused(given, "is outside the workspace", "Give a path relative to the repository's root.")
        relative = relative.relative_to(workspace)
    if ".." in relative.parts:
        raise _refused(given, "has a `..`", "Give a path relative to the repository's root.")
    path = workspace
    mode = stat.S_IFDIR
    for part in relative.parts:
        path /= part
        mode = _mode(path, given)
        if stat.S_ISLNK(mode):
            raise _refused(given, f"goes through the symbolic link `{path.name}`", "Name the real file or folder.")
    right = stat.S_ISREG(mode) if kind == "file" else stat.S_ISDIR(mode)
    if not right:
        raise _refused(given, f"is not a {kind}", f"Name a {kind}.")
    return path


def relative(workspace: Path, path: Path) -> str:
    """A path as annotations and reports show it: from the workspace, with slashes."""
    return path.relative_to(workspace.resolve()).as_posix()


def read_text(path: Path, limit: int = TEXT_LIMIT, *, shown: str = "") -> str:
    """A file's text exactly as it is: UTF-8, line ends as they are, a byte order mark kept as its character.

    Raises E_PATH, under the name `shown`, for anything but a regular UTF-8 file of at most `limit` bytes.
    """
    shown = shown or path.name
    with _explained(shown), os.fdopen(os.open(path, os.O_RDONLY | _OPEN), "rb") as file:
        if not stat.S_ISREG(os.fstat(file.fileno()).st_mode):
            raise _refused(shown, "is not a file", "Name a file.")
        content = file.read(limit + 1)
    if len(content) > limit:
        raise _refused(shown, f"has more than {limit} bytes", "Name a smaller file.")
    try:
        return content.decode("utf-8")
    except UnicodeDecodeError as error:
        line = content.count(b"\n", 0, error.start) + 1
        raise _refused(shown, f"is not UTF-8 at line {line}", "Save it as UTF-8.") from error


def require_writable(path: Path, *, shown: str = "") -> None:
    """Raises E_PATH when a file that is about to be replaced is read-only, or its folder takes no new file."""
    with _explained(shown or path.name):
        if not path.stat().st_mode & 0o222 or not os.access(path.parent, os.W_OK):
            raise _refused(shown or path.name, "is read-only", "Make it writable, or leave it out.")


def write_text(path: Path, text: str, *, shown: str = "") -> None:
    """Replace a file's content in one step, so that a reader sees the old or the new whole; its mode is kept."""
    with _explained(shown or path.name):
        number, name = tempfile.mkstemp(prefix=f".{path.name}.", dir=path.parent)
        try:
            with os.fdopen(number, "wb") as file:
                file.write(text.encode("utf-8"))
                os.fchmod(file.fileno(), stat.S_IMODE(path.stat().st_mode))
            Path(name).replace(path)
        except BaseException:
            Path(name).unlink()
            raise


def private_copy(folder: Path, target: Path) -> None:
    """Copy a folder's regular files into a new folder that only this user can read; `.git` is left out.

    The walk holds each folder open, so nothing swapped in on the way is followed. Raises E_PATH for symbolic links,
    files with several hard links, special files, names with control characters, and more than any honest chart.
    """
    left = _Left(COPY_FILES, COPY_BYTES)
    with _explained(folder.name):
        number = os.open(folder, os.O_RDONLY | os.O_DIRECTORY | _OPEN)
        _copy(number, Path(folder.name), target, left)


class _Left:
    """How many more files and bytes a copy may take."""

    def __init__(self, files: int, size: int) -> None:
        self.files = files
        self.size = size

    def take(self, name: Path, size: int) -> None:
        self.files -= 1
        self.size -= size
        if self.files < 0 or self.size < 0:
            raise _refused(str(name), "is one file too many or too large for a chart", "Remove what it doesn't need.")


def _copy(number: int, shown: Path, target: Path, left: _Left) -> None:
    """Copy the open folder `number`, which is closed at the end."""
    try:
        target.mkdir(mode=0o700)
        if len(shown.parts) > _COPY_DEPTH:
            raise _refused(str(shown), "is nested too deep", "Flatten the folder.")
        for name in sorted(os.listdir(number)):
            if name == ".git":
                continue
            if _CONTROL.search(name) or "\\" in name:
                raise _refused(str(shown / name), "has a name that packages can't hold", "Rename it.")
            mode = os.lstat(name, dir_fd=number).st_mode
            if stat.S_ISDIR(mode):
                below = os.open(name, os.O_RDONLY | os.O_DIRECTORY | _OPEN, dir_fd=number)
                _copy(below, shown / name, target / name, left)
            elif stat.S_ISREG(mode):
                _copy_file(os.open(name, os.O_RDONLY | _OPEN, dir_fd=number), shown / name, target / name, left)
            else:
                kind = "a symbolic link" if stat.S_ISLNK(mode) else "neither file nor folder"
                raise _refused(str(shown / name), f"is {kind}", "Put the real file there.")
    finally:
        os.close(number)


def _copy_file(number: int, shown: Path, target: Path, left: _Left) -> None:
    with os.fdopen(number, "rb") as source:
        status = os.fstat(number)
        if not stat.S_ISREG(status.st_mode) or status.st_nlink != 1:
            raise _refused(str(shown), "is a hard link to a file elsewhere", "Put a copy of its own there.")
        content = source.read(left.size + 1)
    left.take(shown, len(content))
    with os.fdopen(os.open(target, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600), "wb") as copy:
        copy.write(content)


def _mode(path: Path, given: str) -> int:
    with _explained(given):
        return path.lstat().st_mode


@contextlib.contextmanager
def _explained(shown: str) -> Iterator[None]:
    """What the file system refuses, as an error that names the path; a full disk stays what it is."""
    try:
        yield
    except FileNotFoundError as error:
        raise _refused(shown, "does not exist", "Correct the path, or check out the repository first.") from error
    except OSError as error:
        if error.errno == errno.ENOSPC:
            raise
        if error.errno == errno.ELOOP:
            raise _refused(shown, "is a symbolic link", "Name the real file or folder.") from error
        raise _refused(shown, f"can't be used: {error.strerror}", "Check the path and its permissions.") from error


def _refused(shown: str, what: str, next_step: str) -> ReleaseError:
    name = shown if shown and shown.isprintable() else ascii(shown)[1:-1]
    name = name if len(name) <= 200 else f"{name[:199]}…"
    return ReleaseError(Code.E_PATH, f"The path `{name}` {what}.", next_step=next_step, file=name)
