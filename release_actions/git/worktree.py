"""What is in a checkout beside what its commit says: changed files, and pointers of Git LFS in place of content."""

import hashlib
import re
from collections.abc import Callable, Iterable, Sequence
from pathlib import Path

from release_actions.core.errors import Code, ReleaseError
from release_actions.core.text import some
from release_actions.git.checkout import read_checkout
from release_actions.git.checkout_git import git_of_checkout
from release_actions.git.program import Git

LeftOut = Callable[[str], bool]
"""Whether a file, by its path from the root, is left out of what is published."""

_POINTER = b"version https://git-lfs.github.com/spec/v1\n"
_OID = re.compile(r"^oid sha256:([0-9a-f]{64})$", re.MULTILINE)
_LARGEST_POINTER = 1024
_SHOWN = 5


def require_committed(workspace: Path, folders: Sequence[str], left_out: LeftOut = lambda _: False) -> None:
    """Make sure that files in folders are published as the commit has them; raises E_CHECKOUT and E_GIT."""
    read_checkout(workspace)
    require_unchanged(workspace, folders, left_out)
    require_fetched(workspace, folders, left_out)


def require_unchanged(workspace: Path, folders: Sequence[str], left_out: LeftOut = lambda _: False) -> None:
    """Raises E_CHECKOUT for tracked files in folders that are not as the checked-out commit has them."""
    if changed := [one for one in changed_files(workspace, folders) if not left_out(one)]:
        raise ReleaseError(
            Code.E_CHECKOUT,
            f"The checkout is not the tag's commit: {some(changed, _SHOWN)} changed.",
            next_step="Release from a checkout that no step before has changed.",
            file=changed[0],
        )


def require_fetched(workspace: Path, folders: Sequence[str], left_out: LeftOut = lambda _: False) -> None:
    """Raises E_CHECKOUT for files in folders whose content is still to be fetched with Git LFS."""
    if found := [one for one in lfs_pointers(workspace, folders) if not left_out(one)]:
        raise ReleaseError(
            Code.E_CHECKOUT,
            f"Git LFS has not fetched {some(found, _SHOWN)}; in place of the content, a pointer would be published.",
            next_step="Take such files out of Git LFS, or check out with `lfs: true`; what no build or "
            "chart needs can be named in .dockerignore or .helmignore.",
            file=found[0],
        )


def require_tracked(workspace: Path, folders: Sequence[str], left_out: LeftOut = lambda _: False) -> None:
    """Raises E_CHECKOUT for files in folders that the checked-out commit does not have."""
    listed = _git(workspace).run("ls-files", "-z", "--others", "--", *folders) if folders else ""
    if found := [name for name in listed.split("\0") if name and not left_out(name)]:
        raise ReleaseError(
            Code.E_CHECKOUT,
            f"The tag's commit does not have {some(found, _SHOWN)}, and the chart's package would.",
            next_step="Commit such files, or name them in .helmignore; if a step before makes them, let it run after "
            "the release, or elsewhere.",
            file=found[0],
        )


def changed_files(workspace: Path, folders: Sequence[str] = (".",)) -> list[str]:
    """The tracked files below folders that are not as the checked-out commit has them; raises E_GIT."""
    git = _git(workspace)
    listed = git.run(
        "status",
        "--porcelain=v1",
        "-z",
        "--untracked-files=no",
        "--no-renames",
        "--ignore-submodules=dirty",
        "--",
        *folders,
    )
    names = [entry[3:] for entry in listed.split("\0") if entry] if folders else []
    return [name for name in names if not _is_fetched(git, workspace, name)]


def lfs_pointers(workspace: Path, folders: Iterable[str]) -> list[str]:
    """The tracked files below folders whose content is still to be fetched with Git LFS; raises E_GIT."""
    wanted = list(dict.fromkeys(folders))
    listed = _git(workspace).run("ls-files", "-z", "--", *wanted) if wanted else ""
    return [name for name in listed.split("\0") if name and _is_pointer(workspace / name)]


def _is_pointer(path: Path) -> bool:
    if path.is_symlink() or not path.is_file() or path.stat().st_size > _LARGEST_POINTER:
        return False
    return path.read_bytes().startswith(_POINTER)


def _is_fetched(git: Git, workspace: Path, name: str) -> bool:
    """Whether a file is the content that its committed pointer of Git LFS names, which git alone takes for changed."""
    path = workspace / name
    answer = git.start("cat-file", "blob", f"HEAD:{name}")
    if not answer.ok or not answer.stdout.startswith(_POINTER.decode()) or path.is_symlink() or not path.is_file():
        return False
    oid = _OID.search(answer.stdout[:_LARGEST_POINTER])
    with path.open("rb") as file:
        content = hashlib.sha256()
        while part := file.read(1024 * 1024):
            content.update(part)
    return oid is not None and oid[1] == content.hexdigest()


def _git(workspace: Path) -> Git:
    return git_of_checkout(workspace, GIT_OPTIONAL_LOCKS="0")
