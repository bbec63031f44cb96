"""Take merged changes to release branches: one pull request for each branch, and one comment that tells of them all."""

from typing import Literal

import msgspec

from release_actions.backport.comment import CommentRow
from release_actions.backport.parts import Parts
from release_actions.backport.task import Task, unsettled
from release_actions.git.person import parse_person
from release_actions.github.client import GitHub
from release_actions.github.pull_requests import PullRequests
from release_actions.runner import inputs, outputs
from release_actions.runner.inputs import Lines, Secret, Words
from release_actions.runner.run import Run
from release_actions.steps.cherry_pick_report import leave_comment, show
from release_actions.steps.cherry_picks import PickRequest, carry_out, given_tasks, tasks_of_event


class Inputs(inputs.Inputs, frozen=True):
    """What is picked, where to, and how it is proposed."""

    pull_requests: Words
    commits: Words
    branches: Words
    release_branches: str
    conflicts: Literal["report", "draft"]
    pull_request_labels: Lines
    copy_labels: Lines
    milestone: bool
    committer: str
    sign_off: bool
    assign: bool
    token: Secret
    config: str
    dry_run: bool


class PickOutcome(msgspec.Struct, frozen=True, kw_only=True, rename="kebab"):
    """What became of a change on a branch; `change` is `#12` or a commit, `pull_request` 0 where there is none."""

    change: str
    branch: str
    outcome: str
    pull_request: int
    note: str


class Outputs(outputs.Outputs, frozen=True):
    """What became of each change on each branch, and the numbers of the pull requests that are there now."""

    outcomes: tuple[PickOutcome, ...]
    pull_requests: tuple[int, ...]


def main(inputs: Inputs, run: Run) -> Outputs:
    """Find out what is requested, pick it onto every branch, propose it, and report; one failure stops no other."""
    with GitHub(run.context.api_url, run.context.repository, inputs.token) as api:
        pulls = PullRequests(api)
        default = pulls.default_branch()
        parts = Parts(pulls, run.report, labels=inputs.pull_request_labels, writes=not run.dry_run)
        if inputs.pull_requests or inputs.commits:
            tasks = given_tasks(inputs.pull_requests, inputs.commits, inputs.branches)
        else:
            tasks = tasks_of_event(run, pulls, default)
        if any(not task.problem for task in tasks):
            carry_out(tasks, _request(inputs, default), run, parts)
        for task in tasks:
            show(task, run)
            if task.request.number and not run.dry_run and (task.rows or task.problem):
                leave_comment(task, run, parts)
    if not tasks:
        run.info("Nothing is to be cherry-picked.")
        run.summarize("Nothing is to be cherry-picked: no label or command asks for it.")
    run.failure = unsettled(tasks)
    outcomes = tuple(_outcome(task, row) for task in tasks for row in task.rows.values())
    numbers = dict.fromkeys(one.pull_request for one in outcomes if one.pull_request)
    return Outputs(outcomes=outcomes, pull_requests=tuple(numbers))


def _request(inputs: Inputs, default: str) -> PickRequest:
    return PickRequest(
        committer=parse_person(inputs.committer),
        signs_off=inputs.sign_off,
        drafts=inputs.conflicts == "draft",
        assigns=inputs.assign,
        copies=inputs.copy_labels,
        milestone=inputs.milestone,
        pattern=inputs.release_branches,
        config=inputs.config,
        default=default,
        token=inputs.token,
    )


def _outcome(task: Task, row: CommentRow) -> PickOutcome:
    return PickOutcome(
        change=task.request.name, branch=row.branch, outcome=row.outcome.value, pull_request=row.pull, note=row.note
    )
