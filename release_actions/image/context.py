"""The folder that a build sees, as the tag's commit has it."""

import posixpath
from pathlib import Path

from release_actions.core.together import check_all
from release_actions.git import worktree
from release_actions.image.dockerignore import read_ignored
from release_actions.system.workspace import WorkspaceFiles, inside, relative


def read_context(workspace: Path, context: str, file: str) -> tuple[str, str]:
    """A build's context and Dockerfile, from the workspace's root; `file` may be empty for the context's own.

    Raises E_PATH where they are not there, and E_CHECKOUT for files that the build would take otherwise than the commit
    has them.
    """
    folder = relative(workspace, inside(workspace, context, kind="folder"))
    dockerfile = relative(workspace, inside(workspace, file or f"{context}/Dockerfile"))
    check_all(
        lambda: worktree.require_unchanged(
            workspace, [folder], read_ignored(WorkspaceFiles(workspace), folder, dockerfile)
        ),
        lambda: worktree.require_unchanged(workspace, [dockerfile]),
        lambda: require_fetched(workspace, folder, dockerfile),
    )
    return folder, dockerfile


def require_fetched(workspace: Path, context: str, file: str) -> None:
    """Raises E_CHECKOUT for files of a build that are pointers of Git LFS; see `read_context`."""
    dockerfile = file or posixpath.normpath(f"{context}/Dockerfile")
    worktree.require_fetched(workspace, [context], read_ignored(WorkspaceFiles(workspace), context, dockerfile))
