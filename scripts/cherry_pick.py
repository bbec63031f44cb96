"""Take merged changes to release branches: one pull request for each branch, and one comment that tells of them all."""

from collections.abc import Callable, Sequence
from concurrent.futures import ThreadPoolExecutor
from typing import Literal

import msgspec

from release_actions.backport import comment as pick_comment
from release_actions.backport.branch import Proposal, Proposer
from release_actions.backport.cherry_pick import CherryPicker
from release_actions.backport.comment import Row
from release_actions.backport.merged_change import change_of, commit_change, fetch_merged, merged_as
from release_actions.backport.names import pick_branch
from release_actions.backport.pull_request import pull_body
from release_actions.backport.requested_changes import RequestedChanges
from release_actions.backport.requests import Wish, by_labels, wished
from release_actions.core import markdown
from release_actions.core.errors import Code, ReleaseError
from release_actions.core.report import State
from release_actions.core.text import parse_number
from release_actions.git.checkout import Checkout
from release_actions.git.commits import read_commits
from release_actions.git.partial_clone import PartialClone
from release_actions.git.person import parse_person
from release_actions.git.remote import Refs, Remote
from release_actions.github.client import GitHub
from release_actions.github.event import read_event
from release_actions.github.pull_requests import Pull, PullRequests
from release_actions.history.content import Content
from release_actions.history.picks import Change, Outcome, pull_title
from release_actions.project.read import read_default_config
from release_actions.project.release_branch_names import is_release_branch
from release_actions.runner import inputs, outputs
from release_actions.runner.inputs import Lines, Secret, Words
from release_actions.runner.run import Run

_SIDE_BY_SIDE = 8


class Inputs(inputs.Inputs, frozen=True):
    """What is picked, where to, and how it is proposed."""

    pull_requests: Words
    commits: Words
    branches: Words
    release_branches: str
    conflicts: Literal["report", "draft"]
    pull_request_labels: Lines
    committer: str
    sign_off: bool
    token: Secret
    config: str
    dry_run: bool


class Told(msgspec.Struct, frozen=True, kw_only=True, rename="kebab"):
    """What became of a change on a branch; `change` is `#12` or a commit, `pull_request` 0 where there is none."""

    change: str
    branch: str
    outcome: str
    pull_request: int
    note: str


class Outputs(outputs.Outputs, frozen=True):
    """What became of each change on each branch, and the numbers of the pull requests that are there now."""

    outcomes: tuple[Told, ...]
    pull_requests: tuple[int, ...]


class Result(msgspec.Struct):
    """A wish, the change it is for once that is known, what is in its way, and what became of it by branch."""

    wish: Wish
    problem: str = ""
    pull: Pull | None = None
    commit: str = ""
    change: Change | None = None
    rows: dict[str, Row] = msgspec.field(default_factory=dict)

    @property
    def targets(self) -> list[str]:
        """The branches that nothing is known of yet."""
        return [branch for branch in self.wish.branches if branch not in self.rows]


def main(inputs: Inputs, run: Run) -> Outputs:
    """Find out what is wanted, pick it onto every branch, propose it, and tell; one failure never stops the others."""
    with GitHub(run.context.api_url, run.context.repository, inputs.token) as api:
        pulls = PullRequests(api)
        default = pulls.default_branch()
        results = [Result(wish, wish.problem) for wish in wishes(inputs, run, pulls, default)]
        if any(not result.problem for result in results):
            carry_out(results, inputs, run, pulls, default)
        for result in results:
            tell(result, run, pulls)
    if not results:
        run.info("Nothing is to be cherry-picked.")
        run.summarize("Nothing is to be cherry-picked: no label or command asks for it.")
    run.failure = unsettled(results)
    told = tuple(told_of(result, row) for result in results for row in result.rows.values())
    return Outputs(
        outcomes=told, pull_requests=tuple(dict.fromkeys(one.pull_request for one in told if one.pull_request))
    )


def wishes(inputs: Inputs, run: Run, pulls: PullRequests, default: str) -> list[Wish]:
    """What the inputs ask for, else what the event does; raises E_INPUT and E_EVENT."""
    if not inputs.pull_requests and not inputs.commits:
        return wished(run.context.event, read_event(), pulls, default)
    numbers = [parse_number(text, "pull-requests") for text in inputs.pull_requests]
    asked = [Wish(number=number, branches=inputs.branches) for number in numbers]
    return asked + [Wish(commit=commit.lower(), branches=inputs.branches) for commit in inputs.commits]


def carry_out(results: list[Result], inputs: Inputs, run: Run, pulls: PullRequests, default: str) -> None:
    """Pick and propose every wish that can be had."""
    context, who = run.context, parse_person(inputs.committer)
    checkout = Checkout(context.workspace, "", 0, f"{context.server_url}/{context.repository}", "")
    remote = Remote(checkout, run.temp / "picks.git", token=inputs.token, server_url=context.server_url)
    refs = remote.refs(run.warn)
    pattern = branch_pattern(inputs, refs, run, default)
    clone = PartialClone(remote, run.temp / "picks")
    content = Content(clone)
    picker = CherryPicker(content, who, signs_off=inputs.sign_off)
    proposer = Proposer(picker, remote, refs, writes=not run.dry_run, drafts=inputs.conflicts == "draft")
    for result in results:
        with_problem(result, lambda one: look_up(one, pattern, refs, pulls, default))
    wanted = [result for result in results if not result.problem and result.targets]
    if not wanted:
        return
    clone.fetch_commits((one.commit for one in wanted), depth=2)
    fetch_merged([(one.commit, one.pull) for one in wanted], clone)
    for result in wanted:
        with_problem(result, lambda one: find_change(one, clone, pulls))
    work = [(one, one.change, target) for one in wanted if one.change for target in one.targets]
    if not work:
        return
    proposer.prepare([(change, target) for _, change, target in work], RequestedChanges(content, refs, default))
    with ThreadPoolExecutor(_SIDE_BY_SIDE) as workers:
        proposals = workers.map(lambda one: proposed(proposer, one[1], one[2]), work)
        for (result, change, target), proposal in zip(work, proposals, strict=True):
            result.rows[target] = opened(proposal, change, inputs, run, pulls)


def branch_pattern(inputs: Inputs, refs: Refs, run: Run, default: str) -> str:
    """How release branches are named: by the input, else by the configuration on the default branch."""
    if inputs.release_branches:
        return inputs.release_branches
    context, folder = run.context, run.temp / "configuration.git"
    remote = Remote.of_repository(context.server_url, context.repository, folder, token=inputs.token)
    return read_default_config(remote, refs, default, inputs.config, shallow=True).branch


def with_problem(result: Result, act: Callable[[Result], None]) -> None:
    """Do something for a wish; what is wrong with it is its own problem and stops no other."""
    if result.problem:
        return
    try:
        act(result)
    except ReleaseError as error:
        if error.code not in (Code.E_PICK, Code.E_INPUT, Code.E_GIT):
            raise
        result.problem = f"{error.what} {error.next_step}"


def look_up(result: Result, pattern: str, refs: Refs, pulls: PullRequests, default: str) -> None:
    """Find the commit a wish is for, and the branches that can't have it; raises E_PICK."""
    wish = result.wish
    if wish.number:
        result.pull = pulls.get(wish.number)
        if result.pull is None:
            raise no_pick(f"There is no pull request #{wish.number}.", "Correct its number.")
        result.commit = merged_as(result.pull, pulls, default)
        result.wish = wish = msgspec.structs.replace(wish, branches=wish.branches or by_labels(result.pull))
    else:
        if len(wish.commit) < 40 or not pulls.is_on(default, wish.commit):
            raise no_pick(f"{wish.commit[:80]!a} is not the full id of a commit on `{default}`.", "Give one that is.")
        result.commit = wish.commit
    if not wish.branches:
        raise no_pick(f"No branch is named for {wish.name}.", "Give the input `branches`, or set a label.")
    for branch in wish.branches:
        if not is_release_branch(pattern, branch):
            note = f"It is not named like a release branch, {pattern}."
        elif branch not in refs.branches:
            note = "There is no such branch."
        else:
            continue
        result.rows[branch] = Row(branch=branch, outcome=Outcome.NO_BRANCH, note=note)


def find_change(result: Result, clone: PartialClone, pulls: PullRequests) -> None:
    """Find what exactly is picked; raises E_PICK."""
    if result.pull:
        result.change = change_of(result.pull, result.commit, clone, pulls)
    else:
        result.change = commit_change(read_commits(clone.git, [result.commit])[0])


def proposed(proposer: Proposer, change: Change, target: str) -> Proposal:
    """The proposal for a branch, or how making it failed."""
    try:
        return proposer.propose(change, target)
    except ReleaseError as error:
        row = Row(branch=target, outcome=Outcome.FAILED, note=f"{error.what} {' '.join(error.details[-2:])}")
        return Proposal(row, pick_branch(change.number, change.commits[-1], target))


def opened(proposal: Proposal, change: Change, inputs: Inputs, run: Run, pulls: PullRequests) -> Row:
    """The row of a branch with its pull request, which is opened when there is none."""
    if not proposal.tip or run.dry_run:
        return proposal.row
    try:
        return with_pull(proposal, change, inputs, pulls)
    except ReleaseError as error:
        denied = error.code is Code.E_GITHUB_PERMISSION
        return msgspec.structs.replace(
            proposal.row,
            outcome=Outcome.NO_PERMISSION if denied else Outcome.FAILED,
            note=f"The branch {proposal.branch} is there, but no pull request: {error.what}",
        )


def with_pull(proposal: Proposal, change: Change, inputs: Inputs, pulls: PullRequests) -> Row:
    """As `opened`; raises what GitHub answers."""
    row = proposal.row
    there = pulls.from_branch(proposal.branch, row.branch)
    for one in there:
        if one.state == "open":
            outcome = row.outcome if row.outcome is Outcome.CONFLICT else Outcome.EXISTS
            return msgspec.structs.replace(row, outcome=outcome, pull=one.number)
    if row.outcome is Outcome.BLOCKED:
        return row
    if there and there[0].merged_at and row.outcome is Outcome.EXISTS:
        note = (
            f"It was merged, and the branch lacks it again. Delete {proposal.branch} and run again to have a new one."
        )
        return msgspec.structs.replace(row, outcome=Outcome.BLOCKED, pull=there[0].number, note=note)
    if there and proposal.existed:
        note = f"It was closed; open it again, or delete the branch {proposal.branch} to have a new one."
        return msgspec.structs.replace(row, outcome=Outcome.EXISTS, pull=there[0].number, note=note)
    body = pull_body(change, proposal.commits, row.branch, row.note, proposal.left_out)
    title = pull_title(change.title, row.branch)
    made = pulls.open(proposal.branch, row.branch, title, body, draft=proposal.draft)
    pulls.add_labels(made.number, inputs.pull_request_labels)
    if row.outcome is Outcome.CONFLICT:
        return msgspec.structs.replace(row, pull=made.number)
    return msgspec.structs.replace(row, outcome=Outcome.CREATED, pull=made.number)


def tell(result: Result, run: Run, pulls: PullRequests) -> None:
    """Say what became of a wish: in the report, on the run's page, and in the comment on its pull request."""
    for row in result.rows.values():
        settled = State.SAME if row.outcome.is_settled else State.CONFLICT
        state = State.ABSENT if row.outcome is Outcome.CREATED else settled
        planned = run.report.plan("cherry-pick", f"{result.wish.name} to {row.branch}", "", state, note=row.note)
        if row.outcome is Outcome.CREATED and not run.dry_run:
            run.report.done(planned, note=f"#{row.pull}")
        if row.commands:
            shown = markdown.block(f"{row.details}\n\n{row.commands}")
            run.summarize(markdown.details(f"To finish {result.wish.name} on {row.branch} by hand", shown))
    if result.problem:
        run.warn(result.problem, title=f"{result.wish.name} is not picked")
    if not result.wish.number or run.dry_run or not (result.rows or result.problem):
        return
    try:
        there = pulls.own_comment(result.wish.number, pick_comment.MARKER)
        rows = pick_comment.merged_rows(pick_comment.read_comment(there.body) if there else [], result.rows.values())
        pulls.tell(result.wish.number, pick_comment.MARKER, pick_comment.comment(rows, result.problem))
    except ReleaseError as error:
        run.warn(f"{error.what} {error.next_step}", title=f"No comment on {result.wish.name}")


def told_of(result: Result, row: Row) -> Told:
    """A row as the output has it."""
    return Told(
        change=result.wish.name, branch=row.branch, outcome=row.outcome.value, pull_request=row.pull, note=row.note
    )


def unsettled(results: Sequence[Result]) -> ReleaseError | None:
    """What fails the run when all is done: whatever a person has to look after."""
    open_ends = [
        f"{result.wish.name} to {row.branch}: {row.outcome.value}. {row.note}"
        for result in results
        for row in result.rows.values()
        if not row.outcome.is_settled
    ]
    open_ends += [f"{result.wish.name}: {result.problem}" for result in results if result.problem]
    if not open_ends:
        return None
    return ReleaseError(
        Code.E_PICK,
        f"{len(open_ends)} of the cherry-picks need a person.",
        next_step="Look at the details; each says what is in its way, and a conflict has the commands to finish it.",
        details=tuple(open_ends),
    )


def no_pick(what: str, next_step: str) -> ReleaseError:
    """The E_PICK error of a wish that can't be had."""
    return ReleaseError(Code.E_PICK, what, next_step=next_step)
