"""What a merged pull request brought to its branch, whichever way it was merged.

A squash is one commit, a merge commit is picked as one, and a rebase made the request's commits again: these are found
by comparing the branch's last commits with the request's own, by author, date and message. That is git's work, so that
requests with more commits than GitHub lists (250) are no special case.
"""

from collections.abc import Sequence

from release_actions.core.errors import Code, ReleaseError
from release_actions.git.commits import Commit, first_parents, is_cut_off, no_parent, read_commits
from release_actions.git.partial_clone import PartialClone
from release_actions.github.pull_requests import Pull, PullRequests
from release_actions.history.picks import Change


def merged_as(pull: Pull, pulls: PullRequests, default_branch: str) -> str:
    """The commit a pull request was merged as; raises E_CHERRY_PICK when nothing of it can be picked from."""
    if pull.merged_at is None or pull.merge_commit_sha is None:
        state = "closed without being merged" if pull.state == "closed" else "not merged yet"
        raise _unfit(pull, state, f"Merge it to `{default_branch}` first; a label can ask for the pick before that.")
    if pull.base.ref != default_branch:
        raise _unfit(
            pull, f"merged to {pull.base.ref!a}, not to `{default_branch}`", f"Bring it to `{default_branch}` first."
        )
    if not pulls.is_on(default_branch, pull.merge_commit_sha):
        raise _unfit(
            pull, f"not on `{default_branch}` any more", "Find out from that branch's history what became of it."
        )
    return pull.merge_commit_sha


def fetch_merged(merged: Sequence[tuple[str, Pull | None]], clone: PartialClone) -> None:
    """Fetch what tells how pull requests were merged, given fetched commits with their pull requests, if any.

    All at once, as a shorter history that is fetched later would cut off a commit of an earlier one from its parents.
    """
    single = {one.id for one in read_commits(clone.git, [commit for commit, _ in merged]) if len(one.parents) < 2}
    several = [pull for commit, pull in merged if pull and pull.commits > 1 and commit in single]
    if several:
        ids = [*(commit for commit, _ in merged), *(pull.head.sha for pull in several)]
        clone.fetch_commits(ids, depth=max(pull.commits for pull in several) + 1)


def change_of(pull: Pull | None, commit: str, clone: PartialClone, pulls: PullRequests) -> Change:
    """What a commit brought that was requested, or as which a pull request was merged; `fetch_merged` has fetched it.

    Raises E_CHERRY_PICK when its commits can't be told from others, and E_GIT when the server lacks what was before.
    """
    [merged] = read_commits(clone.git, [commit])
    change = _change(pull, merged, clone, pulls)
    for one in read_commits(clone.git, change.commits):
        if is_cut_off(clone.git, one):
            raise no_parent(one)
    return change


def _change(pull: Pull | None, merged: Commit, clone: PartialClone, pulls: PullRequests) -> Change:
    several = len(merged.parents) > 1
    if pull is None:
        return Change(number=0, title=merged.title, commits=(merged.id,), mainline=several)
    if several or pull.commits < 2:
        return Change(number=pull.number, title=pull.title, commits=(merged.id,), mainline=several)
    rebased = _rebased(
        first_parents(clone.git, merged.id, pull.commits)[::-1],
        first_parents(clone.git, pull.head.sha, pull.commits)[::-1],
    )
    if rebased:
        [oldest] = read_commits(clone.git, rebased[:1])
        below = {other.number for parent in oldest.parents for other in pulls.of_commit(parent)}
        if pull.number in below:  # a rebase leaves out what the branch had already, and then they can't be paired
            raise _unfit(pull, "merged by a rebase that left out commits", "Name the commits to pick one by one.")
    return Change(number=pull.number, title=pull.title, commits=tuple(rebased) or (merged.id,))


def _rebased(on_branch: list[Commit], own: list[Commit]) -> list[str]:
    """Those of the branch's commits that are the request's made again, the oldest first; both come youngest first."""
    made = []
    for there, here in zip(on_branch, (one for one in own if len(one.parents) < 2), strict=False):
        same = there.id != here.id and _description(there) == _description(here)
        if not same:
            break
        made.append(there.id)
    return made[::-1]


def _description(commit: Commit) -> tuple[str, str, str, str]:
    """What a rebase keeps of a commit."""
    return commit.author, commit.email, commit.author_date, commit.message.strip()


def _unfit(pull: Pull, what: str, next_step: str) -> ReleaseError:
    return ReleaseError(Code.E_CHERRY_PICK, f"The pull request #{pull.number} is {what}.", next_step=next_step)
