"""Pick every requested change onto its branches, and propose what was picked; one failure stops no other."""

from collections.abc import Callable, Iterable, Sequence
from concurrent.futures import ThreadPoolExecutor
from functools import partial

from release_actions.backport.branch import Proposal, Proposer
from release_actions.backport.cherry_pick import CherryPicker
from release_actions.backport.comment import CommentRow
from release_actions.backport.merged_change import fetch_merged
from release_actions.backport.names import copied_labels, pick_branch
from release_actions.backport.parts import Extras, Parts
from release_actions.backport.requested_changes import RequestedChanges
from release_actions.backport.requests import BackportRequest, requests_of_event
from release_actions.backport.task import Task, find_change, look_up, with_problem
from release_actions.core.errors import ReleaseError
from release_actions.core.secret import WithSecrets
from release_actions.core.text import parse_number
from release_actions.core.version import versions_of
from release_actions.git.checkout import Checkout
from release_actions.git.partial_clone import PartialClone
from release_actions.git.person import Person
from release_actions.git.remote import Refs, Remote
from release_actions.github.event import read_event
from release_actions.github.pull_requests import Milestone, PullRequests
from release_actions.history.content import Content
from release_actions.history.picks import Change, PickEnd
from release_actions.project.read import read_default_config
from release_actions.project.release_branch_names import minor_of
from release_actions.runner.run import Run
from release_actions.support.read import read_supported
from release_actions.support.supported import Supported

_SIDE_BY_SIDE = 8


class PickRequest(WithSecrets, frozen=True, kw_only=True):
    """How changes are picked and proposed.

    `pattern` names release branches, empty where the configuration file `config` of the branch `default` does. With
    `drafts` what conflicts becomes a draft; with `assigns` the people of the original are assigned. `copies` are
    patterns of the original's labels that its picks get too; with `milestone` they get that of the next version.
    """

    committer: Person
    signs_off: bool
    drafts: bool
    assigns: bool
    copies: tuple[str, ...]
    milestone: bool
    pattern: str
    config: str
    default: str
    token: str


def given_tasks(pull_requests: Sequence[str], commits: Sequence[str], branches: tuple[str, ...]) -> list[Task]:
    """The pull requests and commits that inputs name; raises E_INPUT."""
    numbers = [parse_number(text, "pull-requests") for text in pull_requests]
    given = [BackportRequest(number=number, branches=branches) for number in numbers]
    given += [BackportRequest(commit=commit.lower(), branches=branches) for commit in commits]
    return [Task(one, one.problem) for one in given]


def tasks_of_event(run: Run, pulls: PullRequests, default: str) -> list[Task]:
    """What the event of the run requests by labels or commands; raises E_EVENT."""
    return [Task(one, one.problem) for one in requests_of_event(run.context.event, read_event(), pulls, default)]


def carry_out(tasks: list[Task], request: PickRequest, run: Run, parts: Parts) -> None:
    """Pick and propose every request that can be picked."""
    context, pulls, default = run.context, parts.pulls, request.default
    checkout = Checkout(context.workspace, "", 0, f"{context.server_url}/{context.repository}", "")
    remote = Remote(checkout, run.temp / "picks.git", token=request.token, server_url=context.server_url)
    refs = remote.refs(run.warn)
    supported = _supported(request, refs, run)
    clone = PartialClone(remote, run.temp / "picks")
    content = Content(clone)
    proposer = Proposer(
        CherryPicker(content, request.committer, signs_off=request.signs_off), remote, refs, drafts=request.drafts
    )
    for task in tasks:
        with_problem(task, lambda one: look_up(one, supported, refs, pulls, default))
    wanted = [task for task in tasks if not task.problem and task.targets]
    targets = dict.fromkeys(one for task in wanted for one in task.targets)
    for ended in filter(None, map(supported.about_end, targets)):
        run.warn(ended, title="Not supported")
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
    milestones = _milestones(targets, supported, refs, pulls.open_milestones()) if request.milestone else {}
    proposer.prepare(pairs, requested)
    with ThreadPoolExecutor(_SIDE_BY_SIDE) as workers:
        proposals = list(workers.map(lambda one: _proposed(proposer.propose, *one), pairs))
        for proposal in proposals:
            parts.plan_branch(proposal)
        pushed = list(
            workers.map(lambda one: parts.push(remote, one[0][0], one[1]), zip(pairs, proposals, strict=True))
        )
    for (task, change, target), proposal in zip(work, pushed, strict=True):
        again = _proposed(partial(proposer.look_again, requested), change, target) if proposal.moved else proposal
        extras = Extras(
            people=pulls.people_of(task.pull) if task.pull and request.assigns else (),
            labels=copied_labels((one.name for one in task.pull.labels), request.copies) if task.pull else (),
            milestone=milestones.get(target),
        )
        task.rows[target] = parts.complete(change, again, extras)


def _milestones(
    targets: Iterable[str], supported: Supported, refs: Refs, open_ones: Iterable[Milestone]
) -> dict[str, Milestone]:
    """The open milestone of each branch's next version, `v1.5.1` before `v1.5`, where there is one."""
    titles, versions = {one.title: one for one in open_ones}, versions_of(refs.tags)
    found = {}
    for target in targets:
        minor = minor_of(supported.there.pattern, target)
        if minor is None:
            continue
        released = [one.patch for one in versions if one.minor_version == minor and not one.is_candidate]
        exact = f"{minor}.{max(released, default=-1) + 1}"
        names = (f"v{exact}", exact, f"v{minor}", f"{minor}")
        fitting = next((titles[name] for name in names if name in titles), None)
        if fitting:
            found[target] = fitting
    return found


def _supported(request: PickRequest, refs: Refs, run: Run) -> Supported:
    """The release branches, by the configuration on the default branch unless the request says how they are named."""
    context, folder = run.context, run.temp / "configuration.git"
    remote = Remote.of_repository(context.server_url, context.repository, folder, token=request.token)
    config = read_default_config(remote, refs, request.default, request.config, shallow=True)
    return read_supported(lambda: remote, refs, config, request.pattern)


def _proposed(make: Callable[[Change, str], Proposal], change: Change, target: str) -> Proposal:
    """The proposal for a branch, or how making it failed."""
    try:
        return make(change, target)
    except ReleaseError as error:
        row = CommentRow(branch=target, outcome=PickEnd.FAILED, note=f"{error.what} {' '.join(error.details[-2:])}")
        return Proposal(row, pick_branch(change.number, change.commits[-1], target))
