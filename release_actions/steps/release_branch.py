"""Cut a release branch: which one, from which commit, and whether it is there already."""

from collections.abc import Sequence
from typing import Literal

import msgspec

from release_actions.compatibility.gate_summary import findings_table
from release_actions.core.errors import Code, ReleaseError
from release_actions.core.failures import Failures
from release_actions.core.report import Artefact, State
from release_actions.core.text import shown
from release_actions.core.version import MinorVersion, Version, versions_of
from release_actions.git.push import Move, push
from release_actions.git.remote import AccessError, Refs, Remote
from release_actions.github.blocking_checks import read_checks
from release_actions.github.client import GitHub
from release_actions.github.pull_requests import PullRequests
from release_actions.image.build import parse_commit
from release_actions.prepare.next_version import requested_minor_version
from release_actions.prepare.overdue_gates import overdue, sentence
from release_actions.project.read import read_default_config
from release_actions.project.release_branch_names import branch_of, require_both_parts
from release_actions.runner.run import Run


class BranchRequest(msgspec.Struct, frozen=True, kw_only=True):
    """Which branch: `version` (`1.6`, empty: by `next`), `next` (`minor`, `major`); `commit` where it begins, or empty.

    `config` is the path of the configuration file. The checks of the commit are looked at unless `ignored_checks` is
    None; those that its patterns fit do not count.
    """

    version: str
    next: Literal["", "minor", "major"]
    commit: str
    config: str
    ignored_checks: Sequence[str] | None


class Repository(msgspec.Struct, frozen=True, kw_only=True):
    """The repository by git and by the API, its refs as they were at first, and the follow-ups that fail.

    `gates` is a remote of its own, as it gets one commit without its history.
    """

    github: GitHub
    pulls: PullRequests
    remote: Remote
    gates: Remote
    refs: Refs
    failures: Failures


class BranchCut(msgspec.Struct, frozen=True, kw_only=True):
    """The branch and where it begins or, when it is there, its tip; `default` is the branch it is cut from."""

    minor: MinorVersion
    branch: str
    default: str
    commit: str
    artefact: Artefact


def open_repository(github: GitHub, token: str, run: Run) -> Repository:
    """Read the refs of the run's repository."""
    context = run.context
    remotes = [
        Remote.of_repository(context.server_url, context.repository, run.temp / name, token=token)
        for name in ("remote.git", "gates.git")
    ]
    return Repository(
        github=github,
        pulls=PullRequests(github),
        remote=remotes[0],
        gates=remotes[1],
        refs=remotes[0].refs(run.warn),
        failures=Failures(),
    )


def observe(request: BranchRequest, repository: Repository, run: Run) -> BranchCut:
    """Which branch it is, and whether it is there; raises E_BRANCH_EXISTS when it is, and without the given commit."""
    remote, refs = repository.remote, repository.refs
    default = repository.pulls.default_branch()
    config = read_default_config(remote, refs, default, request.config)
    require_both_parts(config.branch)
    versions = versions_of(refs.tags)
    minor = requested_minor_version(request.version, request.next, versions)
    branch = branch_of(config.branch, minor)
    commit = parse_commit(request.commit) if request.commit else ""
    if branch in refs.branches:
        check_existing(branch, commit, repository)
        artefact = run.report.plan("branch", branch, "", State.SAME, note=refs.branches[branch])
        return BranchCut(minor=minor, branch=branch, default=default, commit=refs.branches[branch], artefact=artefact)
    commit = commit or refs.branches[default]
    check_start(commit, default, [one for one in versions if one.minor_version == minor], repository)
    if request.ignored_checks is not None:
        check_green(commit, request.ignored_checks, repository.github, run)
    folder, settings = run.temp / "gates", config.feature_gates
    late = overdue(repository.gates, folder, commit, minor=minor, existing=versions, settings=settings)
    if late:
        run.warn(sentence(branch, late), title="Overdue feature gates")
        run.summarize(f"### Overdue feature gates\n\n{findings_table(late)}")
    artefact = run.report.plan("branch", branch, "", State.ABSENT, note=commit)
    return BranchCut(minor=minor, branch=branch, default=default, commit=commit, artefact=artefact)


def check_existing(branch: str, commit: str, repository: Repository) -> None:
    """Raises E_BRANCH_EXISTS when the branch does not have the commit where it should have begun."""
    if not commit:
        return
    repository.remote.fetch(f"refs/heads/{branch}")
    if not _has(repository.remote, repository.refs.branches[branch], commit):
        raise ReleaseError(
            Code.E_BRANCH_EXISTS,
            f"The branch `{branch}` exists, at {repository.refs.branches[branch]}, and does not have {commit}.",
            next_step="Leave the input `commit` empty if that branch is right; it is never moved.",
        )


def check_start(commit: str, default: str, versions: list[Version], repository: Repository) -> None:
    """Raises E_NOT_ON_BRANCH for a commit outside the default branch, and E_VERSION_ORDER for one before a tag."""
    if not _has(repository.remote, repository.refs.branches[default], commit):
        raise ReleaseError(
            Code.E_NOT_ON_BRANCH,
            f"The commit {commit} is not on the default branch `{default}`.",
            next_step=f"Give the input `commit` one that is, or leave it empty for the tip of `{default}`.",
        )
    if versions and not _has(repository.remote, commit, repository.refs.commits[versions[-1].tag]):
        raise ReleaseError(
            Code.E_VERSION_ORDER,
            f"`{versions[-1].tag}` exists already, and a branch from {commit} would not have it.",
            next_step=f"Make the branch from that tag by hand, or cut the next minor version; {commit} is after it.",
        )


def check_green(commit: str, ignored: Sequence[str], github: GitHub, run: Run) -> None:
    """Raises E_CHECKS when a check of the commit has failed; those that still run are a warning."""
    checks = read_checks(github, commit, ignored)
    if checks.red:
        raise ReleaseError(
            Code.E_CHECKS,
            f"The commit {commit} has failed checks: {', '.join(shown(name, 60) for name in checks.red[:10])}.",
            next_step="Fix the default branch first; or name checks that don't matter in `ignore-checks`, or set "
            "`require-checks: false`.",
        )
    if checks.running:
        names = ", ".join(name[:60] for name in checks.running[:10])
        run.warn(f"These checks of {commit} have not ended: {names}.", title="Unfinished checks")


def create(cut: BranchCut, repository: Repository, run: Run, *, more_rights: bool) -> None:
    """Make the branch where there is none.

    With `more_rights` a token that may not is said to lack what the follow-ups need as well.
    """
    if run.dry_run or cut.artefact.state is State.SAME:
        return
    with run.report.attempt(cut.artefact):
        try:
            push(repository.remote, Move(f"refs/heads/{cut.branch}", cut.commit))
        except AccessError as error:
            if more_rights:
                error.next_step += " The follow-ups need `pull-requests: write` as well."
            raise
        run.report.done(cut.artefact)


def _has(remote: Remote, tip: str, commit: str) -> bool:
    """Whether a fetched tip has a commit, which may be any id at all."""
    return commit in remote.git.run("rev-list", tip).split()
