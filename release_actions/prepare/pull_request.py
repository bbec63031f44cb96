"""A commit of version places proposed to a branch: on a branch of its own, never forced, and as a pull request."""

import msgspec

from release_actions.core.errors import Code, ReleaseError
from release_actions.core.report import State
from release_actions.git.push import Move, push
from release_actions.git.remote import Refs, Remote
from release_actions.github.pull_requests import PullRequests


class VersionProposal(msgspec.Struct, frozen=True, kw_only=True):
    """The commit, the branch it is for, the branch that carries it, and what the pull request says."""

    commit: str
    base: str
    branch: str
    title: str
    body: str


class ProposedVersion(msgspec.Struct, frozen=True):
    """What is there of a proposal; `link` is the open pull request's page."""

    state: State
    link: str = ""


def find(pulls: PullRequests, refs: Refs, proposal: VersionProposal) -> ProposedVersion:
    """What is there: an open pull request from that branch is the same one, whatever a person has added to it.

    A branch without an open pull request is in conflict, unless it is at this commit.
    """
    for pull in pulls.from_branch(proposal.branch, proposal.base):
        if pull.state == "open":
            return ProposedVersion(State.SAME, pull.html_url)
    there = refs.branches.get(proposal.branch, proposal.commit)
    return ProposedVersion(State.ABSENT if there == proposal.commit else State.CONFLICT)


def propose(pulls: PullRequests, remote: Remote, refs: Refs, proposal: VersionProposal) -> str:
    """Push the branch where it isn't there yet, open the pull request, and return the address of its page.

    Raises E_GITHUB_PERMISSION and what `push` raises.
    """
    if proposal.branch not in refs.branches:
        push(remote, Move(f"refs/heads/{proposal.branch}", proposal.commit))
    try:
        pull = pulls.open(proposal.branch, proposal.base, proposal.title, proposal.body, draft=False)
    except ReleaseError as error:
        if error.code is not Code.E_GITHUB_PERMISSION:
            raise
        compare = f"{remote.url.removesuffix('.git')}/compare/{proposal.base}...{proposal.branch}?expand=1"
        raise ReleaseError(
            error.code,
            f"The branch `{proposal.branch}` is there, but GitHub does not let this token open a pull request.",
            next_step=f"Open it at {compare}, or give the job the permission `pull-requests: write` and allow Actions "
            "to create pull requests in the repository's settings.",
            details=(error.what,),
        ) from error
    return pull.html_url


def conflict(refs: Refs, proposal: VersionProposal) -> ReleaseError:
    """The E_BRANCH_EXISTS error of a branch that is somebody else's."""
    return ReleaseError(
        Code.E_BRANCH_EXISTS,
        f"The branch `{proposal.branch}` exists without an open pull request, at {refs.branches[proposal.branch]}.",
        next_step=f"Open a pull request from it to `{proposal.base}`, or delete it, and run the job again.",
    )
