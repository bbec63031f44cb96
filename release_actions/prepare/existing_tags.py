"""Tags that exist already when a version is prepared, and its release branch."""

from release_actions.core.commands import InputChange, NextRun, shell
from release_actions.core.errors import Code, ReleaseError
from release_actions.core.version import MinorVersion, Version, following, versions_of
from release_actions.git.remote import Refs, Remote
from release_actions.git.tag_check import make_branch
from release_actions.prepare.next_version import is_next_minor_version


def check_made(version: Version, branch: str, remote: Remote, refs: Refs) -> None:
    """Raises E_VERSION_EXISTS when the tag of a version points to a commit that is not on the branch, which is fetched.

    Raises E_TAG_OBJECT for a tag that can't be released.
    """
    remote.fetch(f"refs/tags/{version.tag}")
    try:
        tag = remote.tag(version.tag)
    except ReleaseError as error:
        another = following(version, versions_of(refs.tags)).tag
        error.next_step = f"Make `{another}` instead; `{version.tag}` stays what it is."
        error.commands = (InputChange("make", another), NextRun())
        raise
    if not remote.is_ancestor(tag.commit, refs.branches[branch]):
        raise ReleaseError(
            Code.E_VERSION_EXISTS,
            f"The tag `{version.tag}` exists already and points to {tag.commit}, which is not on `{branch}`.",
            next_step=f"Make the next version; `{refs.tags[version.tag]}` stays what it is, as tags are never moved.",
        )


def stray(before: Version | None, branch: str, remote: Remote, refs: Refs) -> ReleaseError | None:
    """What is against a version whose predecessor is not on the branch, so that its fixes would be lost.

    Raises E_TAG_OBJECT for a predecessor that leads to no commit.
    """
    if before is None:
        return None
    commit = compared(before, remote)
    if remote.is_ancestor(commit, refs.branches[branch]):
        return None
    return ReleaseError(
        Code.E_NOT_ON_BRANCH,
        f"`{before.tag}`, which would be the version before, points to {commit}, which is not on `{branch}`.",
        next_step="Bring what it has to the branch, or say in the input `override-reason` why that isn't needed.",
    )


def compared(version: Version, remote: Remote) -> str:
    """The commit of a version that another one is compared with; raises E_TAG_OBJECT when its tag leads to none.

    Such a tag is no version of anything, and every version after it would be refused for as long as it is there.
    """
    remote.fetch(f"refs/tags/{version.tag}")
    try:
        return remote.tag(version.tag, under_any_name=True).commit
    except ReleaseError as error:
        error.next_step = f"Delete that tag with `git push origin --delete refs/tags/{version.tag}`, then run again."
        error.commands = (shell("git", "push", "--quiet", "origin", "--delete", f"refs/tags/{version.tag}"), NextRun())
        raise


def branch_missing(branch: str, minor: MinorVersion, default: str, refs: Refs) -> ReleaseError:
    """The E_BRANCH_MISSING error of a release branch; it has commands where its name can't be a slip."""
    versions = versions_of(refs.tags)
    start = next((f"refs/tags/{one.tag}" for one in reversed(versions) if one.minor_version == minor), "")
    start = start or (f"refs/heads/{default}" if is_next_minor_version(minor, versions) else "")
    return ReleaseError(
        Code.E_BRANCH_MISSING,
        f"The branch `{branch}` does not exist.",
        next_step="Make it, by create-release-branch or by hand, or correct the inputs.",
        commands=make_branch(branch, start) if start else (),
    )
