"""What a project says it releases: its configuration file, read where there is one."""

from pathlib import Path

from release_actions.core.errors import Code, ReleaseError
from release_actions.core.files import Files
from release_actions.git.commit_files import CommitFiles
from release_actions.git.remote import Refs, Remote
from release_actions.project.config import DEFAULT_PATH, Config, parse_config
from release_actions.system.workspace import WorkspaceFiles, checkout_root


def read_config(files: Files, given: str) -> Config:
    """The configuration in a file of a checkout or commit, or an empty one when nothing is at the default path.

    Raises E_PATH, E_YAML, E_YAML_LIMIT and E_CONFIG.
    """
    if given == DEFAULT_PATH and not files.has(given):
        return Config()
    return parse_config(files.read(given), given)


def read_workspace_config(workspace: Path, given: str) -> Config:
    """The configuration in a file of a workspace, see `read_config`.

    Raises E_CHECKOUT for a folder of a project whose configuration would not be seen from there.
    """
    files, root = WorkspaceFiles(workspace), checkout_root(workspace)
    unseen = given == DEFAULT_PATH and not files.has(given) and WorkspaceFiles(root).has(given)
    if unseen:
        back = "/".join([".."] * len(workspace.relative_to(root).parts))
        raise ReleaseError(
            Code.E_CHECKOUT,
            f"This is a folder of a project, whose {DEFAULT_PATH} lies in `{back}`.",
            next_step=f"Go to the project's root with `cd {back}`, write paths from there, and run it again.",
        )
    return read_config(files, given)


def read_default_config(remote: Remote, refs: Refs, branch: str, given: str, *, shallow: bool = False) -> Config:
    """The configuration at the tip of the default branch `branch`, which is fetched; see `Remote.fetch` for `shallow`.

    Raises E_BRANCH_MISSING when the remote has no such branch, and what `read_config` raises.
    """
    if branch not in refs.branches:
        raise ReleaseError(
            Code.E_BRANCH_MISSING,
            f"The default branch of {remote.url} is not there, or the token may not read it.",
            next_step="Give the job the permission `contents: read`; or push a first commit, where there is none yet.",
        )
    remote.fetch(f"refs/heads/{branch}", shallow=shallow)
    return read_config(CommitFiles(remote, refs.branches[branch]), given)
