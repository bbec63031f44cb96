"""A checkout, asked without obeying anything that it says.

The workspace's `.git/config` is the caller's, or an attacker's. Two values are read from it, the remote's address and
the login that a checkout step left there; its hooks, helpers, filters and programs never run.
"""

from pathlib import Path

from release_actions.core.errors import Code, ReleaseError
from release_actions.core.secret import WithSecrets
from release_actions.git.program import Git, require_version


class Checkout(WithSecrets, frozen=True):
    """What is checked out: the commit (hex), its committer date (seconds since 1970), and the remote it came from.

    `url` is empty where there is no remote named origin; `authorization` is the HTTP header that was left for it.
    """

    workspace: Path
    commit: str
    time: int
    url: str
    authorization: str


def read_checkout(workspace: Path) -> Checkout:
    """What is checked out in the workspace, however shallow; raises E_CHECKOUT when nothing is."""
    # A container often runs as another user than the checkout's owner; and no folder above is the caller's repository.
    git = Git(
        workspace,
        {"safe.directory": str(workspace)},
        allowed="none",
        GIT_NO_LAZY_FETCH="1",
        GIT_CEILING_DIRECTORIES=str(workspace.parent),
    )
    require_version(git)
    try:
        head = git.read("HEAD^{commit}")
    except ReleaseError as error:
        if error.code is not Code.E_GIT:
            raise
        raise no_checkout("The workspace is not a git checkout.", error.details) from error
    if head is None:
        raise no_checkout("The workspace has no commit checked out.")
    url = _setting(git, "--get", "remote.origin.url")
    authorization = _setting(git, "--get-urlmatch", "http.extraheader", url) if url.startswith("http") else ""
    return Checkout(workspace, head.id, head.date("committer"), url, authorization)


def no_checkout(what: str, details: tuple[str, ...] = ()) -> ReleaseError:
    """The E_CHECKOUT error for a workspace that can't be released from."""
    return ReleaseError(
        Code.E_CHECKOUT,
        what,
        next_step="Check out the tag before this step (`actions/checkout`), into the workspace itself.",
        details=details,
    )


def _setting(git: Git, *question: str) -> str:
    """A value of the repository's configuration and the files it includes; empty when it is not set."""
    return git.start("config", "--null", *question).stdout.removesuffix("\0")
