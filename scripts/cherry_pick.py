"""Take merged changes to release branches: one pull request for each branch, and one comment that tells of them all."""

from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from functools import partial
from typing import Literal

import msgspec

from release_actions.backport.branch import Proposal, Proposer
from release_actions.backport.cherry_pick import CherryPicker
from release_actions.backport.comment import Row
from release_actions.backport.merged_change import fetch_merged
from release_actions.backport.names import pick_branch
from release_actions.backport.parts import Parts
from release_actions.backport.requested_changes import RequestedChanges
from release_actions.backport.requests import Wish, wished
from release_actions.backport.task import Task, find_change, look_up, unsettled, with_problem
from release_actions.core import markdown
from release_actions.core.errors import ReleaseError
from release_actions.core.report import State
from release_actions.core.text import parse_number
from release_actions.git.checkout import Checkout
from release_actions.git.partial_clone import PartialClone
from release_actions.git.person import parse_person
from release_actions.git.remote import Refs, Remote
from release_actions.github.client import GitHub
from release_actions.github.event import read_event
from release_actions.github.pull_requests import PullRequests
from release_actions.history.content import Content
from release_actions.history.picks import Change, Outcome
from release_actions.project.read import read_default_config
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
    assign: bool
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


def main(inputs: Inputs, run: Run) -> Outputs:
    """Find out what is requested, pick it onto every branch, propose it, and report; one failure stops no other."""
    with GitHub(run.context.api_url, run.context.repository, inputs.token) as api:
        pulls = PullRequests(api)
        default = pulls.default_branch()
        parts = Parts(pulls, run.report, labels=inputs.pull_request_labels, writes=not run.dry_run)
        tasks = [Task(wish, wish.problem) for wish in wishes(inputs, run, pulls, default)]
        if any(not task.problem for task in tasks):
            carry_out(tasks, inputs, run, parts, default)
        for task in tasks:
            show(task, run)
            if task.wish.number and not run.dry_run and (task.rows or task.problem):
                leave_comment(task, run, parts)
    if not tasks:
        run.info("Nothing is to be cherry-picked.")
        run.summarize("Nothing is to be cherry-picked: no label or command asks for it.")
    run.failure = unsettled(tasks)
    told = tuple(told_of(task, row) for task in tasks for row in task.rows.values())
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


def carry_out(tasks: list[Task], inputs: Inputs, run: Run, parts: Parts, default: str) -> None:
    """Pick and propose every request that can be had."""
    context, pulls, who = run.context, parts.pulls, parse_person(inputs.committer)
    checkout = Checkout(context.workspace, "", 0, f"{context.server_url}/{context.repository}", "")
    remote = Remote(checkout, run.temp / "picks.git", token=inputs.token, server_url=context.server_url)
    refs = remote.refs(run.warn)
    pattern = branch_pattern(inputs, refs, run, default)
    clone = PartialClone(remote, run.temp / "picks")
    content = Content(clone)
    proposer = Proposer(
        CherryPicker(content, who, signs_off=inputs.sign_off), remote, refs, drafts=inputs.conflicts == "draft"
    )
    for task in tasks:
        with_problem(task, lambda one: look_up(one, pattern, refs, pulls, default))
    wanted = [task for task in tasks if not task.problem and task.targets]
    if not wanted:
        return
    clone.fetch_commits((one.commit for one in wanted), depth=2)
    fetch_merged([(one.commit, one.pull) for one in wanted], clone)
    for task in wanted:
        with_problem(task, lambda one: find_change(one, clone, pulls))
    work = [(one, one.change, target) for one in wanted if one.change for target in one.targets]
    if not work:
        return
    pairs, requested = [(change, target) for _, change, target in work], RequestedChanges(content, refs, default)
    proposer.prepare(pairs, requested)
    with ThreadPoolExecutor(_SIDE_BY_SIDE) as workers:
        proposals = list(workers.map(lambda one: proposed(proposer.propose, *one), pairs))
        for proposal in proposals:
            parts.plan_branch(proposal)
        pushed = list(
            workers.map(lambda one: parts.push(remote, one[0][0], one[1]), zip(pairs, proposals, strict=True))
        )
    for (task, change, target), proposal in zip(work, pushed, strict=True):
        again = proposed(partial(proposer.look_again, requested), change, target) if proposal.moved else proposal
        people = pulls.people_of(task.pull) if task.pull and inputs.assign else ()
        task.rows[target] = parts.complete(change, again, people)


def branch_pattern(inputs: Inputs, refs: Refs, run: Run, default: str) -> str:
    """How release branches are named: by the input, else by the configuration on the default branch."""
    if inputs.release_branches:
        return inputs.release_branches
    context, folder = run.context, run.temp / "configuration.git"
    remote = Remote.of_repository(context.server_url, context.repository, folder, token=inputs.token)
    return read_default_config(remote, refs, default, inputs.config, shallow=True).branch


def proposed(make: Callable[[Change, str], Proposal], change: Change, target: str) -> Proposal:
    """The proposal for a branch, or how making it failed."""
    try:
        return make(change, target)
    except ReleaseError as error:
        row = Row(branch=target, outcome=Outcome.FAILED, note=f"{error.what} {' '.join(error.details[-2:])}")
        return Proposal(row, pick_branch(change.number, change.commits[-1], target))


def show(task: Task, run: Run) -> None:
    """Show what became of a request, on the run's page and in its log."""
    for row in task.rows.values():
        if not row.pull:
            state = State.SAME if row.outcome.is_settled else State.CONFLICT
            run.report.plan("cherry-pick", f"{task.wish.name} to {row.branch}", "", state, note=row.note)
        if row.commands:
            shown = markdown.block(f"{row.details}\n\n{row.commands}")
            run.summarize(markdown.details(f"To finish {task.wish.name} on {row.branch} by hand", shown))
    if task.problem:
        run.warn(task.problem, title=f"{task.wish.name} is not picked")


def leave_comment(task: Task, run: Run, parts: Parts) -> None:
    """Have the comment on the pull request of a request."""
    try:
        parts.comment(task.wish.number, list(task.rows.values()), task.problem)
    except ReleaseError as error:
        task.uncommented = f"The comment may be missing. {error.what}"
        run.warn(f"{error.what} {error.next_step}", title=f"No comment on {task.wish.name}")


def told_of(task: Task, row: Row) -> Told:
    """A row as the output has it."""
    return Told(
        change=task.wish.name, branch=row.branch, outcome=row.outcome.value, pull_request=row.pull, note=row.note
    )
