"""The tag on the remote, which decides whose commit is published under its version.

Registries set a tag whatever it was set to before, so that two runs could both publish one version. The git tag points
to one commit alone: the run of that commit may go on, and every other one stops before it publishes anything more.
"""

from collections.abc import Iterator
from pathlib import Path

import msgspec

from release_actions.core.commands import Command, NextRun, shell
from release_actions.core.errors import Code, ReleaseError
from release_actions.core.together import raise_all
from release_actions.core.version import Version
from release_actions.git.checkout import Checkout
from release_actions.git.remote import Refs, Remote, Tag


class TagCheck(msgspec.Struct, frozen=True):
    """The tag of a version, which has to point to `commit` (a full id) on the remote as long as its release takes."""

    remote: Remote
    version: Version
    commit: str

    def require(self) -> None:
        """Ask the remote now, once; raises E_TAG_MOVED, E_TAG_MISSING and E_REMOTE_UNAVAILABLE."""
        found = self.remote.find(f"refs/tags/{self.version.tag}").commits.get(self.version.tag)
        if found is None:
            raise missing(self.version, self.remote)
        if found != self.commit:
            raise moved(self.version, found, self.commit)


def remote_of_checkout(checkout: Checkout, folder: Path, *, token: str, server_url: str) -> Remote:
    """The remote to ask for the tag; raises E_CHECKOUT where the checkout has none."""
    if not checkout.url:
        raise ReleaseError(
            Code.E_CHECKOUT,
            "The checkout has no remote named `origin`, which could be asked for the tag.",
            next_step="Check out the tag with `actions/checkout`, or set `check-tag: false`.",
        )
    return Remote(checkout, folder, token=token, server_url=server_url)


def check_tag(version: Version, branch: str, checkout: Checkout, remote: Remote, refs: Refs) -> None:
    """The tag is on the remote, points to the checked-out commit, and is on its branch (unless that is empty).

    Raises E_TAG_MISSING, E_TAG_OBJECT, E_TAG_MOVED, E_BRANCH_MISSING, E_NOT_ON_BRANCH, and E_VERSION_ORDER for a
    candidate that was cut after its release; of the last three all that there are, in one error.
    """
    if version.tag not in refs.tags:
        raise missing(version, remote)
    absent = [branch_missing(version.tag, branch, remote)] if branch and branch not in refs.branches else []
    branch = "" if absent else branch
    release = version.release.tag if version.is_candidate and version.release.tag in refs.tags else ""
    at_the_tip = not branch or refs.branches[branch] == refs.commits[version.tag]
    wanted = [f"refs/tags/{tag}" for tag in (version.tag, release) if tag]
    wanted += [f"refs/heads/{branch}"] if branch else []
    remote.fetch(*wanted, shallow=at_the_tip and not release)
    tag = remote.tag(version.tag)
    if tag.commit != checkout.commit:
        raise ReleaseError(
            Code.E_TAG_MOVED,
            f"The tag `{tag.name}` on the remote points to {tag.commit}, but {checkout.commit} is checked out.",
            next_step=f"Check out `refs/tags/{tag.name}`; if the tag was moved, cut the next version instead.",
        )
    if tag.id != refs.tags[version.tag]:
        raise ReleaseError(
            Code.E_TAG_MOVED,
            f"The tag `{tag.name}` was replaced on the remote while it was checked; it still points to {tag.commit}.",
            next_step="Run the job again, and find out who moves tags: a release's tag stays as it is.",
        )
    raise_all([*absent, *_misplaced(tag, branch, remote, refs), *_superseded(version, tag, release, remote)])


def require_branch(tag: str, branch: str, remote: Remote, refs: Refs) -> None:
    """Raises E_BRANCH_MISSING unless the branch of a tag is there; an empty name stands for any branch."""
    if branch and branch not in refs.branches:
        raise branch_missing(tag, branch, remote)


def require_on_branch(tag: Tag, branch: str, remote: Remote, refs: Refs) -> None:
    """Raises E_NOT_ON_BRANCH unless a tag is on a branch, both fetched; an empty name stands for any branch."""
    raise_all([*_misplaced(tag, branch, remote, refs)])


def branch_missing(tag: str, branch: str, remote: Remote) -> ReleaseError:
    """The E_BRANCH_MISSING error of a tag whose release branch is not there."""
    return ReleaseError(
        Code.E_BRANCH_MISSING,
        f"{remote.url} has no branch `{branch}`, on which `{tag}` belongs.",
        next_step=f"Push it with `git push origin refs/tags/{tag}^{{}}:refs/heads/{branch}`, then run again.",
        commands=make_branch(branch, f"refs/tags/{tag}"),
    )


def cut_after(candidate: Tag, release: Tag, remote: Remote) -> bool:
    """Whether a candidate came after its release; one that came before may be validated again at any time.

    Tag objects have dates. Without them, a candidate in the history of the release, or on its very commit, came before
    it, and one that has the release in its own history came after. Else the commits' dates say it.
    """
    if candidate.tagged_at is not None and release.tagged_at is not None:
        return candidate.tagged_at > release.tagged_at
    if remote.is_ancestor(candidate.commit, release.commit):
        return False
    if remote.is_ancestor(release.commit, candidate.commit):
        return True
    return candidate.committed_at >= release.committed_at


def missing(version: Version, remote: Remote) -> ReleaseError:
    """The E_TAG_MISSING error of a tag that was not pushed, or was deleted."""
    return ReleaseError(
        Code.E_TAG_MISSING,
        f"{remote.url} has no tag `{version.tag}`.",
        next_step=f"Push it with `git push origin refs/tags/{version.tag}`, or correct the input `tag`.",
    )


def moved(version: Version, found: str, commit: str) -> ReleaseError:
    """The E_TAG_MOVED error of a tag that points to another commit than the one that is released."""
    return ReleaseError(
        Code.E_TAG_MOVED,
        f"The tag `{version.tag}` points to {found}, and the release is of {commit}.",
        next_step="Cut the next version if the tag was moved; if not, release the commit that it points to.",
    )


def make_branch(branch: str, start: str) -> tuple[Command, ...]:
    """The commands that make a branch of the remote from another full ref of it."""
    return (
        shell("git", "fetch", "--quiet", "origin", start),
        shell("git", "push", "--quiet", "origin", f"FETCH_HEAD^{{commit}}:refs/heads/{branch}"),
        NextRun(),
    )


def _misplaced(tag: Tag, branch: str, remote: Remote, refs: Refs) -> Iterator[ReleaseError]:
    if branch and not remote.is_ancestor(tag.commit, refs.branches[branch]):
        yield ReleaseError(
            Code.E_NOT_ON_BRANCH,
            f"The commit {tag.commit} of `{tag.name}` is not on the branch `{branch}`.",
            next_step=f"Cut the next version from `{branch}`, or set `check-branch: false`.",
        )


def _superseded(version: Version, tag: Tag, release: str, remote: Remote) -> Iterator[ReleaseError]:
    if release and cut_after(tag, remote.tag(release, under_any_name=True), remote):
        yield ReleaseError(
            Code.E_VERSION_ORDER,
            f"`{tag.name}` is a candidate for `{release}`, which is released already.",
            next_step=f"Delete the tag, and cut `v{version.major}.{version.minor}.{version.patch + 1}-rc.0` instead.",
        )
