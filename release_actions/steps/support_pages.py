"""What becomes of the pages of the support matrix: they are checked, written, or proposed by one pull request."""

from collections.abc import Callable, Sequence
from datetime import date

import msgspec

from release_actions.core import markdown
from release_actions.core.files import Files
from release_actions.core.report import State
from release_actions.git.commit_files import CommitFiles
from release_actions.git.commits import read_commits
from release_actions.git.person import Person
from release_actions.git.push import Move, push
from release_actions.git.remote import Refs, Remote
from release_actions.git.tree_commit import commit_blobs, write_blob
from release_actions.github.pull_requests import Pull, PullRequests
from release_actions.prepare.pull_request import VersionProposal, conflict, find, propose
from release_actions.project.generated_page import GeneratedPage, require_all_writable, write_page
from release_actions.runner.run import Run
from release_actions.support import pages

_BRANCH = "support-matrix-"
_TITLE = "Update the support matrix"
_BODY = (
    "The pages of supported versions as tags and policy say. As long as this is open, later runs of the workflow add "
    "their changes here.\n"
)


class PagesProposal(msgspec.Struct, frozen=True, kw_only=True):
    """How the pages are made from the files of a commit, for which day, and who commits them."""

    make: Callable[[Files], list[GeneratedPage]]
    day: date
    author: Person


def settle(shown: Sequence[GeneratedPage], run: Run, *, check: bool) -> bool:
    """Write what is stale, or in a check fail at its line; whether anything is (or would be) written."""
    stale = [one for one in shown if one.is_stale]
    if not check:
        require_all_writable(run.context.workspace, stale)
    show(stale, run)
    for one in shown:
        state = State.SAME if not one.is_stale else State.CONFLICT if check else State.ABSENT
        planned = run.report.plan("support matrix", one.file, "", state)
        if one.is_stale and not check and not run.dry_run:
            with run.report.attempt(planned):
                write_page(run.context.workspace, one)
                run.report.done(planned)
    run.failure = pages.failure(stale) if check else None
    return bool(stale) and not check


def propose_pages(proposal: PagesProposal, pulls: PullRequests, remote: Remote, run: Run) -> tuple[bool, str]:
    """Have one open pull request with the pages; whether it is (or would be) changed, and its address.

    One that is open gets a further commit, on top of whatever is on its branch. Without stale pages none is opened.
    Raises E_BRANCH_EXISTS for a branch of that name without a pull request, and what `push` and `propose` raise.
    """
    refs, base = remote.refs(run.warn), pulls.default_branch()
    there = _open_one(pulls, refs, base)
    branch = there.head.ref if there else f"{_BRANCH}{proposal.day}"
    on = branch if there else base
    remote.fetch(f"refs/heads/{on}")
    stale = [one for one in proposal.make(CommitFiles(remote, refs.branches[on])) if one.is_stale]
    show(stale, run)
    link = there.html_url if there else ""
    if not stale:
        run.report.plan("pull request", branch, "", State.SAME, note=link or f"{base} has all that it would have")
        return False, link
    commit = _commit(remote, refs.branches[on], stale, proposal.author)
    made = VersionProposal(commit=commit, base=base, branch=branch, title=_TITLE, body=_BODY)
    state = State.ABSENT if there else find(pulls, refs, made).state
    planned = run.report.plan("pull request", branch, "", state, note=link)
    if state is State.CONFLICT:
        raise conflict(refs, made)
    if not run.dry_run:
        with run.report.attempt(planned):
            if there:
                push(remote, Move(f"refs/heads/{branch}", commit, refs.branches[branch]))
            else:
                link = propose(pulls, remote, refs, made)
            run.report.done(planned, link=link)
    return True, link


def show(stale: Sequence[GeneratedPage], run: Run) -> None:
    """Show what changes, on the run's page."""
    if stale:
        diff = "".join(one.difference for one in stale)
        run.summarize(markdown.details("Changes of the pages", markdown.block(diff, "diff")))


def _open_one(pulls: PullRequests, refs: Refs, base: str) -> Pull | None:
    """The open pull request of an earlier run; a branch of that name in a fork is at a commit of its own."""
    ours = (one for one in pulls.all_open() if one.head.ref.startswith(_BRANCH) and one.base.ref == base)
    return next((one for one in ours if refs.branches.get(one.head.ref) == one.head.sha), None)


def _commit(remote: Remote, parent: str, stale: Sequence[GeneratedPage], author: Person) -> str:
    [onto] = read_commits(remote.git, [parent])
    blobs = {one.file: write_blob(remote.git, one.after) for one in stale}
    return commit_blobs(remote, parent, blobs, _TITLE, author=author, time=onto.committed_at)
