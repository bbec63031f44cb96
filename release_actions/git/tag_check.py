"""The tag on the remote, which decides whose commit is published under its version.

Registries set a tag whatever it was set to before, so that two runs could both publish one version. The git tag marks
one commit alone: the run of that commit may go on, and every other one is told so before it publishes anything more.
"""

from dataclasses import dataclass
from pathlib import Path

from release_actions.core.errors import Code, ReleaseError
from release_actions.core.version import Version
from release_actions.git.program import Checkout
from release_actions.git.remote import Remote


@dataclass(frozen=True, slots=True)
class TagCheck:
    """The tag of a version, which has to mark `commit` (its full id) on the remote for as long as its release takes."""

    remote: Remote
    version: Version
    commit: str

    def require(self) -> None:
        """Ask the remote now, once; raises E_TAG_MOVED, E_TAG_MISSING and E_REMOTE_UNAVAILABLE."""
        marked = self.remote.refs(f"refs/tags/{self.version.tag}").commits.get(self.version.tag)
        if marked is None:
            raise missing(self.version, self.remote)
        if marked != self.commit:
            raise moved(self.version, marked, self.commit)


def remote_of_checkout(checkout: Checkout, folder: Path, *, token: str, server_url: str) -> Remote:
    """The remote to ask for the tag; raises E_CHECKOUT where the checkout has none."""
    if not checkout.url:
        raise ReleaseError(
            Code.E_CHECKOUT,
            "The checkout has no remote named `origin`, which could be asked for the tag.",
            next_step="Check out the tag with `actions/checkout`, or set `check-tag: false`.",
        )
    return Remote(checkout, folder, token=token, server_url=server_url)


def missing(version: Version, remote: Remote) -> ReleaseError:
    """The E_TAG_MISSING error of a tag that was not pushed, or was deleted."""
    return ReleaseError(
        Code.E_TAG_MISSING,
        f"{remote.url} has no tag `{version.tag}`.",
        next_step=f"Push it with `git push origin refs/tags/{version.tag}`, or correct the input `tag`.",
    )


def moved(version: Version, marked: str, commit: str) -> ReleaseError:
    """The E_TAG_MOVED error of a tag that marks another commit than the one that is released."""
    return ReleaseError(
        Code.E_TAG_MOVED,
        f"The tag `{version.tag}` marks {marked}, and the release is of {commit}.",
        next_step="Cut the next version if the tag was moved; if not, release the commit that it marks.",
    )
