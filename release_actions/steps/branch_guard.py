"""Judge the commits of a pull request or of a release branch, and report those that do not belong there."""

import functools
from collections.abc import Callable, Sequence

import msgspec

from release_actions.core.errors import Code, ReleaseError
from release_actions.core.text import short_id
from release_actions.git.partial_clone import PartialClone
from release_actions.git.remote import Remote
from release_actions.github.client import GitHub
from release_actions.github.label_setter import objection
from release_actions.guard import rules
from release_actions.guard.commit_facts import BranchCommits
from release_actions.guard.judged_commits import GuardScope, RepositoryHistory
from release_actions.guard.pull_request import pull_request_of, request_of
from release_actions.guard.rules import CommitFacts, JudgedCommit, PullRequestInfo
from release_actions.history.content import Content
from release_actions.project.config import Config
from release_actions.runner.run import Run

_MOST_ANNOTATIONS = 50


def judge(
    scope: GuardScope, history: RepositoryHistory, config: Config, run: Run, *, contents: Remote, api: GitHub
) -> tuple[JudgedCommit, ...]:
    """Each commit as it is judged; `contents` is a remote of its own, from which only files that matter are fetched."""
    content = Content(PartialClone(contents, run.temp / "content"))
    tip = history.refs.branches[history.default]
    facts = BranchCommits(content, history.remote.git, tip).examine(scope.commits)
    label, places = config.guard.label, {one.file for one in config.places}
    objection_to = functools.cache(lambda number: objection(api, number, label))
    described = [_with_objection(_with_request(one, scope, api), label, objection_to) for one in facts]
    return tuple(rules.judge(one, config.guard, history.default, places) for one in described)


def annotate(wrong: Sequence[JudgedCommit], run: Run, *, report_only: bool) -> None:
    """Say it in the log, and on the run's page at the lines that it is about."""
    tell = run.warn if report_only else run.error
    left = _MOST_ANNOTATIONS
    for judged in wrong:
        run.info(f"{judged.commit} {judged.title}")
        for problem in judged.problems:
            run.info(f"  {problem}")
        title = f"{short_id(judged.commit)} does not belong on the release branch"
        for one in judged.findings[:left]:
            tell(f"{one.what} ({one.kind.value})", title=title, file=one.file, line=one.line)
        if not judged.findings and left:
            tell(f"{judged.title[:200]}: {' '.join(judged.problems)}", title=title)
        left = max(0, left - max(1, len(judged.findings)))


def unwanted(wrong: Sequence[JudgedCommit], scope: GuardScope, label: str) -> ReleaseError:
    """The error that fails the run."""
    return ReleaseError(
        Code.E_BRANCH_POLICY,
        f"{len(wrong)} of {len(scope.commits)} commits do not belong on {scope.branch}.",
        next_step="Take them out, bring them to the default branch first, or make an exception: "
        f"set the label `{label}` on the pull request and write `{label}: the reason` into its description.",
    )


def _with_request(commit: CommitFacts, scope: GuardScope, api: GitHub) -> CommitFacts:
    """A commit with the pull request that brings it, or brought it."""
    request = request_of(scope.pull) if scope.pull else PullRequestInfo()
    if not scope.pull and not commit.merge:
        request = pull_request_of(api, commit.id, scope.branch)
    return msgspec.structs.replace(commit, request=request)


def _with_objection(commit: CommitFacts, label: str, objection_to: Callable[[int], str]) -> CommitFacts:
    """A commit with what is against the exception that its pull request has a label for."""
    request = commit.request
    if label not in request.labels:
        return commit
    told = msgspec.structs.replace(request, objection=objection_to(request.number))
    return msgspec.structs.replace(commit, request=told)
