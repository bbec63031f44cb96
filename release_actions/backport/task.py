"""A requested cherry-pick on its way: the change it is for, and what became of it by branch."""

from collections.abc import Callable, Iterable

import msgspec

from release_actions.backport.comment import CommentRow
from release_actions.backport.merged_change import change_of, merged_as
from release_actions.backport.requests import BackportRequest, by_labels
from release_actions.core.errors import Code, ReleaseError
from release_actions.git.partial_clone import PartialClone
from release_actions.git.remote import Refs
from release_actions.github.pull_requests import Pull, PullRequests
from release_actions.history.picks import Change, PickEnd
from release_actions.project.release_branch_names import is_release_branch
from release_actions.support.supported import Supported


class Task(msgspec.Struct):
    """A request, the change it is for once that is known, what is in its way, and what became of it by branch.

    `uncommented` says why its pull request has no comment on it.
    """

    request: BackportRequest
    problem: str = ""
    pull: Pull | None = None
    commit: str = ""
    change: Change | None = None
    rows: dict[str, CommentRow] = msgspec.field(default_factory=dict)
    uncommented: str = ""

    @property
    def targets(self) -> list[str]:
        """The branches that nothing is known of yet."""
        return [branch for branch in self.request.branches if branch not in self.rows]

    @property
    def open_ends(self) -> list[str]:
        """What a person has to look after."""
        found = [
            f"{self.request.name} to {row.branch}: {row.outcome.value}. {row.note}"
            for row in self.rows.values()
            if not row.outcome.is_settled
        ]
        return found + [f"{self.request.name}: {one}" for one in (self.problem, self.uncommented) if one]


def with_problem(task: Task, act: Callable[[Task], None]) -> None:
    """Do something for a request; what is wrong with it is its own problem and stops no other."""
    if task.problem:
        return
    try:
        act(task)
    except ReleaseError as error:
        if error.code not in (Code.E_CHERRY_PICK, Code.E_INPUT, Code.E_CONFIG, Code.E_GIT):
            raise
        task.problem = f"{error.what} {error.next_step}"


def look_up(task: Task, supported: Supported, refs: Refs, pulls: PullRequests, default: str) -> None:
    """Find the commit a request is for, and the branches that can't have it.

    Raises E_CHERRY_PICK; E_CONFIG when all supported branches are requested, and there is none.
    """
    request = task.request
    if request.number:
        task.pull = pulls.get(request.number)
        if task.pull is None:
            raise no_pick(f"There is no pull request #{request.number}.", "Correct its number.")
        task.commit = merged_as(task.pull, pulls, default)
        task.request = request = msgspec.structs.replace(request, branches=request.branches or by_labels(task.pull))
    else:
        if len(request.commit) < 40 or not pulls.is_on(default, request.commit):
            what = f"{request.commit[:80]!a} is not the full id of a commit on `{default}`."
            raise no_pick(what, "Give one that is.")
        task.commit = request.commit
    task.request = request = msgspec.structs.replace(request, branches=supported.named(request.branches))
    if not request.branches:
        raise no_pick(f"No branch is named for {request.name}.", "Give the input `branches`, or set a label.")
    for branch in request.branches:
        if not is_release_branch(supported.there.pattern, branch):
            note = f"It is not named like a release branch, {supported.there.pattern}."
        elif branch not in refs.branches:
            note = "There is no such branch."
        else:
            continue
        task.rows[branch] = CommentRow(branch=branch, outcome=PickEnd.NO_BRANCH, note=note)


def find_change(task: Task, clone: PartialClone, pulls: PullRequests) -> None:
    """Find what exactly is picked; raises E_CHERRY_PICK and E_GIT."""
    task.change = change_of(task.pull, task.commit, clone, pulls)


def unsettled(tasks: Iterable[Task]) -> ReleaseError | None:
    """What fails the run when all is done: whatever a person has to look after."""
    open_ends = [end for task in tasks for end in task.open_ends]
    if not open_ends:
        return None
    return ReleaseError(
        Code.E_CHERRY_PICK,
        f"{len(open_ends)} of the cherry-picks need a person.",
        next_step="Look at the details; each says what is in its way, and a conflict has the commands to finish it.",
        details=tuple(open_ends),
    )


def no_pick(what: str, next_step: str) -> ReleaseError:
    """The E_CHERRY_PICK error of a request that can't be had."""
    return ReleaseError(Code.E_CHERRY_PICK, what, next_step=next_step)
