"""The caller's files: found only inside the workspace, never through a symbolic link, replaced only as a whole.

A pull request can hold any tree: a chart that links to `/proc/self/environ`, a device, a name with a line feed. What
this module hands out is a plain file or folder of the workspace, and errors say which it was not.
"""

import contextlib
import errno
import os
import stat
import tempfile
from collections.abc import Iterator
from pathlib import Path, PurePosixPath
from typing import Literal

from release_actions.core.files import TEXT_LIMIT, has_control_characters, plain_path, refused

COPY_FILES = 20_000
COPY_BYTES = 100 * 1024 * 1024
"""The most files and bytes of a private copy; Helm itself refuses a chart of more than 100 MiB."""

Kind = Literal["file", "folder"]

_COPY_DEPTH = 64
_NOT_THERE = "Correct the path, or check out the repository first."
_NEW = 0o644
_OPEN = os.O_NOFOLLOW | os.O_NONBLOCK | os.O_CLOEXEC


class WorkspaceFiles:
    """The files of a checkout, see `core.files.Files`; a path may also be absolute, below the workspace."""

    def __init__(self, workspace: Path) -> None:
        self._root = workspace.resolve()

    def name(self, given: str) -> str:
        return str(_below(self._root, given))

    def has(self, path: str) -> bool:
        return _find(self._root, path) is not None

    def read(self, path: str) -> str:
        return read_text(inside(self._root, path), shown=path)

    def folders(self, start: str, pattern: str, file: str) -> list[str]:
        folder = inside(self._root, start, kind="folder")
        found = sorted(folder.glob(pattern)) if pattern else [folder]
        names = [relative(self._root, one) for one in found if os.path.lexists(one / file)]
        for name in names:
            inside(self._root, name, kind="folder")
        return names


def checkout_root(workspace: Path) -> Path:
    """The folder of the checkout that a workspace is, or lies in; the workspace itself where there is none."""
    folders = (workspace, *workspace.parents)
    return next((folder for folder in folders if os.path.lexists(folder / ".git")), workspace)


def inside(workspace: Path, given: str, *, kind: Kind = "file") -> Path:
    """The absolute path of something that is there, below the workspace (or the workspace itself, for a folder).

    Raises E_PATH for a path that leaves the workspace, has a `..` or a symbolic link on its way, is not there, or is
    of another kind, such as a device.
    """
    found = _find(workspace.resolve(), given)
    if found is None:
        raise refused(given, "does not exist", _NOT_THERE)
    path, mode = found
    if not (stat.S_ISREG(mode) if kind == "file" else stat.S_ISDIR(mode)):
        raise refused(given, f"is not a {kind}", f"Name a {kind}.")
    return path


def list_files(workspace: Path, aside: frozenset[str]) -> list[str]:
    """The regular files of a workspace by their paths, sorted; folders of a name in `aside` are left out, links too."""
    root, found, left = workspace.resolve(), [], [""]
    while left:
        below = left.pop()
        with _explained(below or "."), os.scandir(root / below) as entries:
            for entry in entries:
                if entry.is_dir(follow_symlinks=False) and entry.name not in aside:
                    left.append(f"{below}{entry.name}/")
                elif entry.is_file(follow_symlinks=False):
                    found.append(f"{below}{entry.name}")
    return sorted(found)


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
            raise refused(shown, "is not a file", "Name a file.")
        content = file.read(limit + 1)
    if len(content) > limit:
        raise refused(shown, f"has more than {limit} bytes", "Name a smaller file.")
    try:
        return content.decode("utf-8")
    except UnicodeDecodeError as error:
        line = content.count(b"\n", 0, error.start) + 1
        raise refused(shown, f"is not UTF-8 at line {line}", "Save it as UTF-8.") from error


def require_writable(path: Path, *, shown: str = "") -> None:
    """Raises E_PATH when a file that is about to be replaced is read-only, or its folder takes no new file."""
    with _explained(shown or path.name):
        if not path.stat().st_mode & 0o222 or not os.access(path.parent, os.W_OK):
            raise refused(shown or path.name, "is read-only", "Make it writable, or leave it out.")


def write_text(path: Path, text: str, *, shown: str = "") -> None:
    """Replace a file's content in one step, so that a reader sees the old or the new whole; its mode is kept.

    A file that is not there is made.
    """
    with _explained(shown or path.name):
        number, name = tempfile.mkstemp(prefix=f".{path.name}.", dir=path.parent)
        try:
            with os.fdopen(number, "wb") as file:
                file.write(text.encode("utf-8"))
                os.fchmod(file.fileno(), stat.S_IMODE(path.stat().st_mode) if path.exists() else _NEW)
            Path(name).replace(path)
        except BaseException:
            Path(name).unlink()
            raise


def private_copy(folder: Path, target: Path, *, shown: str = "") -> None:
    """Copy a folder's regular files into a new folder that only this user can read; `.git` is left out.

    `shown` is how errors name the folder.

    The walk holds each folder open, so nothing swapped in on the way is followed. Raises E_PATH for symbolic links,
    files with several hard links, special files, names with control characters, and more than any honest chart.
    """
    left = _Left(COPY_FILES, COPY_BYTES)
    with _explained(folder.name):
        number = os.open(folder, os.O_RDONLY | os.O_DIRECTORY | _OPEN)
        root = Path(shown or folder.name)
        left.deepest = len(root.parts) - 1 + _COPY_DEPTH
        _copy(number, root, target, left)


class _Left:
    """How many more files and bytes a copy may take, and how many parts a path may have."""

    def __init__(self, files: int, size: int) -> None:
        self.files = files
        self.size = size
        self.deepest = _COPY_DEPTH

    def take(self, name: Path, size: int) -> None:
        self.files -= 1
        self.size -= size
        if self.files < 0 or self.size < 0:
            raise refused(str(name), "is one file too many or too large for a chart", "Remove what it doesn't need.")


def _copy(number: int, shown: Path, target: Path, left: _Left) -> None:
    """Copy the open folder `number`, which is closed at the end."""
    try:
        target.mkdir(mode=0o700)
        if len(shown.parts) > left.deepest:
            raise refused(str(shown), "is nested too deep", "Flatten the folder.")
        for name in sorted(os.listdir(number)):
            if name == ".git":
                continue
            if has_control_characters(name) or "\\" in name:
                raise refused(str(shown / name), "has a name that packages can't hold", "Rename it.")
            mode = os.lstat(name, dir_fd=number).st_mode
            if stat.S_ISDIR(mode):
                below = os.open(name, os.O_RDONLY | os.O_DIRECTORY | _OPEN, dir_fd=number)
                _copy(below, shown / name, target / name, left)
            elif stat.S_ISREG(mode):
                _copy_file(os.open(name, os.O_RDONLY | _OPEN, dir_fd=number), shown / name, target / name, left)
            else:
                kind = "a symbolic link" if stat.S_ISLNK(mode) else "neither file nor folder"
                raise refused(str(shown / name), f"is {kind}", "Put the real file there.")
    finally:
        os.close(number)


def _copy_file(number: int, shown: Path, target: Path, left: _Left) -> None:
    with os.fdopen(number, "rb") as source:
        status = os.fstat(number)
        if not stat.S_ISREG(status.st_mode) or status.st_nlink != 1:
            raise refused(str(shown), "is a hard link to a file elsewhere", "Put a copy of its own there.")
        content = source.read(left.size + 1)
    left.take(shown, len(content))
    with os.fdopen(os.open(target, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600), "wb") as copy:
        copy.write(content)


def _below(root: Path, given: str) -> PurePosixPath:
    """A path from the root, which may be given as an absolute one below it."""
    absolute = Path(given)
    below = absolute.is_absolute() and absolute.is_relative_to(root)
    return plain_path(str(absolute.relative_to(root)) if below else given)


def _find(root: Path, given: str) -> tuple[Path, int] | None:
    """What is at a path and its mode, None where nothing is; raises E_PATH where it leaves the root or meets a link."""
    path, mode = root, stat.S_IFDIR
    for part in _below(root, given).parts:
        path /= part
        with _explained(given):
            try:
                mode = path.lstat().st_mode
            except FileNotFoundError:
                return None
        if stat.S_ISLNK(mode):
            raise refused(given, f"goes through the symbolic link `{path.name}`", "Name the real file or folder.")
    return path, mode


@contextlib.contextmanager
def _explained(shown: str) -> Iterator[None]:
    """What the file system refuses, as an error that names the path; a full disk stays what it is."""
    try:
        yield
    except FileNotFoundError as error:
        raise refused(shown, "does not exist", _NOT_THERE) from error
    except OSError as error:
        if error.errno == errno.ENOSPC:
            raise
        if error.errno == errno.ELOOP:
            raise refused(shown, "is a symbolic link", "Name the real file or folder.") from error
        raise refused(shown, f"can't be used: {error.strerror}", "Check the path and its permissions.") from error
