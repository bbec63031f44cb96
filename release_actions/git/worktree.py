"""What is in a checkout beside what its commit says: changed files, and pointers of Git LFS in place of content."""

from collections.abc import Iterable
from pathlib import Path

from release_actions.git.program import Git

_POINTER = b"version https://git-lfs.github.com/spec/v1\n"
_LARGEST_POINTER = 1024


def changed_files(workspace: Path) -> list[str]:
    """The tracked files that are not as the checked-out commit has them; raises E_GIT."""
    listed = _git(workspace).run("status", "--porcelain=v1", "-z", "--untracked-files=no", "--no-renames")
    return [entry[3:] for entry in listed.split("\0") if entry]


def lfs_pointers(workspace: Path, folders: Iterable[str]) -> list[str]:
    """The tracked files below folders whose content is still to be fetched with Git LFS; raises E_GIT."""
    wanted = list(dict.fromkeys(folders))
    listed = _git(workspace).run("ls-files", "-z", "--", *wanted) if wanted else ""
    return [name for name in listed.split("\0") if name and _is_pointer(workspace / name)]


def _is_pointer(path: Path) -> bool:
    if path.is_symlink() or not path.is_file() or path.stat().st_size > _LARGEST_POINTER:
        return False
    return path.read_bytes().startswith(_POINTER)


def _git(workspace: Path) -> Git:
    settings = {"safe.directory": str(workspace), "core.fsmonitor": "false"}
    return Git(workspace, settings, allowed="none", GIT_NO_LAZY_FETCH="1", GIT_OPTIONAL_LOCKS="0")
