"""Tell which commits do not belong on a release branch: those of a pull request, or of a branch as a whole."""

from release_actions.core.text import parse_number
from release_actions.git.remote import Remote
from release_actions.github.client import GitHub
from release_actions.github.event import read_event
from release_actions.github.pull_requests import PullRequests
from release_actions.guard import rules
from release_actions.guard.judged_commits import GuardScope, RepositoryHistory
from release_actions.guard.rules import JudgedCommit
from release_actions.project.read import read_default_config
from release_actions.runner import inputs, outputs
from release_actions.runner.inputs import Secret
from release_actions.runner.run import Run
from release_actions.steps.branch_guard import annotate, judge, unwanted
from release_actions.support.read import read_supported


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

    commits: tuple[JudgedCommit, ...]
    exceptions: tuple[JudgedCommit, ...]
    belongs: bool


def main(inputs: Inputs, run: Run) -> Outputs:
    """Look at the commits, judge each of them, and report."""
    context = run.context
    with GitHub(context.api_url, context.repository, inputs.token) as api:
        default = PullRequests(api).default_branch()
        remote = open_remote(run, inputs, "history.git")
        refs = remote.refs(run.warn)
        config = read_default_config(remote, refs, default, inputs.config)
        history = RepositoryHistory(remote, refs, default, config.branch)
        scope = choose(inputs, run, history, api)
        if scope.unguarded:
            run.info(scope.unguarded)
            return Outputs(commits=(), exceptions=(), belongs=True)
        ended = read_supported(lambda: open_remote(run, inputs, "support.git"), refs, config).about_end(scope.branch)
        if ended:
            run.warn(ended, title="Not supported")
        commits = judge(scope, history, config, run, contents=open_remote(run, inputs, "content.git"), api=api)
    wrong = [one for one in commits if not one.belongs]
    run.summarize(rules.page(scope.branch, commits, config.guard))
    run.info(f"{len(commits) - len(wrong)} of {len(commits)} commits belong on {scope.branch}.")
    annotate(wrong, run, report_only=inputs.report_only)
    if wrong and not inputs.report_only:
        run.failure = unwanted(wrong, scope, config.guard.label)
    return Outputs(commits=commits, exceptions=tuple(one for one in commits if one.reason), belongs=not wrong)


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
