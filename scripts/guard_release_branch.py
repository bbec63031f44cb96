"""Tell which commits do not belong on a release branch: those of a pull request, or of a branch as a whole."""

import functools
from collections.abc import Callable, Sequence

import msgspec

from release_actions.core.errors import Code, ReleaseError
from release_actions.core.text import parse_number, short_id
from release_actions.git.partial_clone import PartialClone
from release_actions.git.remote import Remote
from release_actions.github.client import GitHub
from release_actions.github.event import read_event
from release_actions.github.label_setter import objection
from release_actions.github.pull_requests import PullRequests
from release_actions.guard import rules
from release_actions.guard.commit_facts import BranchCommits
from release_actions.guard.judged_commits import GuardScope, RepositoryHistory
from release_actions.guard.pull_request import brought_by, request_of
from release_actions.guard.rules import CommitFacts, CommitVerdict, PullRequestInfo
from release_actions.history.content import Content
from release_actions.project.read import read_default_config
from release_actions.runner import inputs, outputs
from release_actions.runner.inputs import Secret
from release_actions.runner.run import Run

_MOST_ANNOTATIONS = 50


class Inputs(inputs.Inputs, frozen=True):
    """What is looked through, and what comes of it."""

    guarded_pull_request: str
    guarded_branch: str
    guarded_since: str
    report_only: bool
    token: Secret
    config: str


class Outputs(outputs.Outputs, frozen=True):
    """What became of each commit."""

    verdicts: tuple[CommitVerdict, ...]
    exceptions: tuple[CommitVerdict, ...]
    belongs: bool


def main(inputs: Inputs, run: Run) -> Outputs:
    """Look at the commits, judge each of them, and tell."""
    context = run.context
    with GitHub(context.api_url, context.repository, inputs.token) as api:
        default = PullRequests(api).default_branch()
        remote = open_remote(run, inputs, "history.git")
        refs = remote.refs(run.warn)
        config = read_default_config(remote, refs, default, inputs.config)
        scope = choose(inputs, run, RepositoryHistory(remote, refs, default, config.branch), api)
        if scope.unguarded:
            run.info(scope.unguarded)
            return Outputs(verdicts=(), exceptions=(), belongs=True)
        examined = examine(scope, run, inputs, remote, refs.branches[default])
        label = config.guard.label
        objection_to = functools.cache(lambda number: objection(api, number, label))
        requested = [with_request(one, scope, api) for one in examined]
        requested = [with_objection(one, label, objection_to) for one in requested]
    places = {one.file for one in config.places}
    verdicts = tuple(rules.judge(one, config.guard, default, places) for one in requested)
    wrong = [one for one in verdicts if not one.belongs]
    run.summarize(rules.page(scope.branch, verdicts, config.guard))
    run.info(f"{len(verdicts) - len(wrong)} of {len(verdicts)} commits belong on {scope.branch}.")
    annotate(wrong, run, report_only=inputs.report_only)
    if wrong and not inputs.report_only:
        run.failure = unwanted(wrong, scope, config.guard.label)
    return Outputs(verdicts=verdicts, exceptions=tuple(one for one in verdicts if one.reason), belongs=not wrong)


def open_remote(run: Run, inputs: Inputs, folder: str) -> Remote:
    """A private repository of the project's."""
    context = run.context
    return Remote.of_repository(context.server_url, context.repository, run.temp / folder, token=inputs.token)


def choose(inputs: Inputs, run: Run, history: RepositoryHistory, api: GitHub) -> GuardScope:
    """What the inputs name, else what started the run."""
    given = inputs.guarded_pull_request
    number = parse_number(given, "guarded-pull-request") if given else 0
    if not number and not inputs.guarded_branch:
        number = read_event().number
    if number:
        return history.of_pull(number, api)
    return history.of_branch(inputs.guarded_branch or run.context.ref.removeprefix("refs/heads/"), inputs.guarded_since)


def examine(scope: GuardScope, run: Run, inputs: Inputs, remote: Remote, default_tip: str) -> list[CommitFacts]:
    """What there is to know of the commits from git."""
    content = Content(PartialClone(open_remote(run, inputs, "content.git"), run.temp / "content"))
    return BranchCommits(content, remote.git, default_tip).examine(scope.commits)


def with_request(commit: CommitFacts, scope: GuardScope, api: GitHub) -> CommitFacts:
    """A commit with the pull request that brings it, or brought it."""
    request = request_of(scope.pull) if scope.pull else PullRequestInfo()
    if not scope.pull and not commit.merge:
        request = brought_by(api, commit.id, scope.branch)
    return msgspec.structs.replace(commit, request=request)


def with_objection(commit: CommitFacts, label: str, objection_to: Callable[[int], str]) -> CommitFacts:
    """A commit with what is against the exception that its pull request has a label for."""
    request = commit.request
    if label not in request.labels:
        return commit
    told = msgspec.structs.replace(request, objection=objection_to(request.number))
    return msgspec.structs.replace(commit, request=told)


def annotate(wrong: Sequence[CommitVerdict], run: Run, *, report_only: bool) -> None:
    """Say it in the log, and on the run's page at the lines that it is about."""
    tell = run.warn if report_only else run.error
    left = _MOST_ANNOTATIONS
    for verdict in wrong:
        run.info(f"{verdict.commit} {verdict.title}")
        for problem in verdict.problems:
            run.info(f"  {problem}")
        title = f"{short_id(verdict.commit)} does not belong on the release branch"
        for one in verdict.findings[:left]:
            tell(f"{one.what} ({one.kind.value})", title=title, file=one.file, line=one.line)
        if not verdict.findings and left:
            tell(f"{verdict.title[:200]}: {' '.join(verdict.problems)}", title=title)
        left = max(0, left - max(1, len(verdict.findings)))


def unwanted(wrong: Sequence[CommitVerdict], scope: GuardScope, label: str) -> ReleaseError:
    """What fails the run."""
    return ReleaseError(
        Code.E_GUARD,
        f"{len(wrong)} of {len(scope.commits)} commits do not belong on {scope.branch}.",
        next_step="Take them out, bring them to the default branch first, or make an exception: "
        f"set the label `{label}` on the pull request and write `{label}: the reason` into its description.",
    )
