"""Cut the release branch of a minor version from the default branch, with what belongs to it, and never twice."""

import json
from typing import Annotated, Literal

import msgspec

from release_actions.backport.names import label_of
from release_actions.compatibility.gate_summary import findings_table
from release_actions.core.errors import Code, ReleaseError
from release_actions.core.failures import Failures
from release_actions.core.report import Artefact, State
from release_actions.core.text import shown
from release_actions.core.version import MinorVersion, Version, parse_tag, versions_of
from release_actions.git.commit_files import CommitFiles
from release_actions.git.person import Person, parse_person
from release_actions.git.push import Move, push
from release_actions.git.remote import AccessError, Refs, Remote
from release_actions.github import branch_settings
from release_actions.github.blocking_checks import read_checks
from release_actions.github.branch_settings import Setting
from release_actions.github.client import GitHub
from release_actions.github.pull_requests import PullRequests
from release_actions.image.build import parse_commit
from release_actions.prepare.next_version import development_version, requested_minor_version
from release_actions.prepare.overdue_gates import overdue, sentence
from release_actions.prepare.pull_request import VersionProposal, find, propose
from release_actions.prepare.pull_request import conflict as branch_conflict
from release_actions.prepare.version_commit import Edit, commit_edits, edits
from release_actions.project.config import with_inputs
from release_actions.project.read import read_config, read_default_config
from release_actions.project.release_branch_names import branch_of, require_both_parts
from release_actions.runner import inputs, outputs
from release_actions.runner.inputs import Lines, Secret
from release_actions.runner.run import Run

FollowUps = Annotated[
    tuple[Literal["label", "milestone", "development-version", "protection"], ...],
    msgspec.Meta(extra={"split": "words"}),
]


class Inputs(inputs.Inputs, frozen=True):
    """Which branch, where it begins, and what follows."""

    version: str
    next: Literal["", "minor", "major"]
    commit: str
    require_checks: bool
    ignore_checks: Lines
    follow_ups: FollowUps
    development_version: str
    commit_author: str
    token: Secret
    charts: Lines
    places: Lines
    image_tag: Literal["", "tag", "bare"]
    config: str
    dry_run: bool


class Outputs(outputs.Outputs, frozen=True):
    """The branch, and what was made with it."""

    release_branch: str
    version: str
    commit: str
    created: bool
    pull_request: str
    ruleset: str


class Plan(msgspec.Struct, frozen=True, kw_only=True):
    """The branch and where it begins or, when it is there, its tip; `default` is the branch it is cut from."""

    minor: MinorVersion
    branch: str
    default: str
    commit: str
    artefact: Artefact


class Tools(msgspec.Struct, frozen=True, kw_only=True):
    """The repository by git and by the API, its refs as they were at first, and the follow-ups that fail."""

    github: GitHub
    pulls: PullRequests
    remote: Remote
    refs: Refs
    failures: Failures


def main(inputs: Inputs, run: Run) -> Outputs:
    """Look at everything, then make the branch, then what follows; a follow-up that fails stops no other."""
    author = parse_person(inputs.commit_author)
    context = run.context
    with GitHub(context.api_url, context.repository, inputs.token) as github:
        remote = Remote.of_repository(
            context.server_url, context.repository, run.temp / "remote.git", token=inputs.token
        )
        refs = remote.refs(run.warn)
        tools = Tools(github=github, pulls=PullRequests(github), remote=remote, refs=refs, failures=Failures())
        plan = observe(inputs, tools, run)
        settings: list[tuple[Setting, Artefact]] = []
        unseen, change = Failures(), None
        for one in wanted_settings(inputs, plan):
            with unseen.keep():
                settings.append((one, see(one, plan, tools, run)))
        with unseen.keep():
            change = observe_development(inputs, plan, tools, author, run)
        unseen.check()
        create_branch(inputs, plan, tools, run)
        for setting, artefact in settings:
            create_setting(setting, artefact, tools, run)
        link = open_pull(change, tools, run) if change else ""
    run.failure = tools.failures.error
    return Outputs(
        release_branch=plan.branch,
        version=str(plan.minor),
        commit=plan.commit,
        created=plan.artefact.state is State.ABSENT and not run.dry_run,
        pull_request=link,
        ruleset=json.dumps(branch_settings.ruleset(plan.branch).fields),
    )


def observe(inputs: Inputs, tools: Tools, run: Run) -> Plan:
    """Which branch it is, and whether it is there; raises E_BRANCH_EXISTS when it is, and without the given commit."""
    remote, refs = tools.remote, tools.refs
    default = tools.pulls.default_branch()
    config = read_default_config(remote, refs, default, inputs.config)
    require_both_parts(config.branch)
    versions = versions_of(refs.tags)
    minor = requested_minor_version(inputs.version, inputs.next, versions)
    branch = branch_of(config.branch, minor)
    commit = parse_commit(inputs.commit) if inputs.commit else ""
    if branch in refs.branches:
        check_existing(branch, commit, tools)
        artefact = run.report.plan("branch", branch, "", State.SAME, note=refs.branches[branch])
        return Plan(minor=minor, branch=branch, default=default, commit=refs.branches[branch], artefact=artefact)
    commit = commit or refs.branches[default]
    check_start(commit, default, [one for one in versions if one.minor_version == minor], tools)
    if inputs.require_checks:
        check_green(commit, inputs, tools.github, run)
    # A remote of its own, as it gets one commit without its history.
    gates = Remote.of_repository(
        run.context.server_url, run.context.repository, run.temp / "gates.git", token=inputs.token
    )
    settings = config.feature_gates
    if late := overdue(gates, run.temp / "gates", commit, minor=minor, existing=versions, settings=settings):
        run.warn(sentence(branch, late), title="Overdue feature gates")
        run.summarize(f"### Overdue feature gates\n\n{findings_table(late)}")
    artefact = run.report.plan("branch", branch, "", State.ABSENT, note=commit)
    return Plan(minor=minor, branch=branch, default=default, commit=commit, artefact=artefact)


def check_existing(branch: str, commit: str, tools: Tools) -> None:
    """Raises E_BRANCH_EXISTS when the branch does not have the commit where it should have begun."""
    if not commit:
        return
    tools.remote.fetch(f"refs/heads/{branch}")
    if not _has(tools.remote, tools.refs.branches[branch], commit):
        raise ReleaseError(
            Code.E_BRANCH_EXISTS,
            f"The branch `{branch}` exists, at {tools.refs.branches[branch]}, and does not have {commit}.",
            next_step="Leave the input `commit` empty if that branch is right; it is never moved.",
        )


def check_start(commit: str, default: str, versions: list[Version], tools: Tools) -> None:
    """Raises E_NOT_ON_BRANCH for a commit that is not on the default branch, and E_SEQUENCE for one before a tag."""
    if not _has(tools.remote, tools.refs.branches[default], commit):
        raise ReleaseError(
            Code.E_NOT_ON_BRANCH,
            f"The commit {commit} is not on the default branch `{default}`.",
            next_step=f"Give the input `commit` one that is, or leave it empty for the tip of `{default}`.",
        )
    if versions and not _has(tools.remote, commit, tools.refs.commits[versions[-1].tag]):
        raise ReleaseError(
            Code.E_SEQUENCE,
            f"`{versions[-1].tag}` exists already, and a branch from {commit} would not have it.",
            next_step=f"Make the branch from that tag by hand, or cut the next minor version; {commit} is after it.",
        )


def check_green(commit: str, inputs: Inputs, github: GitHub, run: Run) -> None:
    """Raises E_CHECKS when a check of the commit has failed; those that still run are a warning."""
    checks = read_checks(github, commit, inputs.ignore_checks)
    if checks.red:
        raise ReleaseError(
            Code.E_CHECKS,
            f"The commit {commit} has failed checks: {', '.join(shown(name, 60) for name in checks.red[:10])}.",
            next_step="Mend the default branch first; or name checks that don't matter in `ignore-checks`, or set "
            "`require-checks: false`.",
        )
    if checks.running:
        names = ", ".join(name[:60] for name in checks.running[:10])
        run.warn(f"These checks of {commit} have not ended: {names}.", title="Unfinished checks")


def wanted_settings(inputs: Inputs, plan: Plan) -> list[Setting]:
    """The settings that are asked for."""
    known = {
        "label": branch_settings.label(label_of(plan.branch), plan.branch),
        "milestone": branch_settings.milestone(f"v{plan.minor}"),
        "protection": branch_settings.ruleset(plan.branch),
    }
    return [setting for name, setting in known.items() if name in inputs.follow_ups]


def see(setting: Setting, plan: Plan, tools: Tools, run: Run) -> Artefact:
    """What is there of a setting, for the report; a conflict fails the run after everything else is done."""
    seen = branch_settings.see(tools.github, setting)
    artefact = run.report.plan(setting.kind, setting.name, "", seen.state, note=seen.note)
    if seen.state is State.CONFLICT:
        tools.failures.add(branch_settings.conflict(setting, plan.branch, seen))
    return artefact


def create_branch(inputs: Inputs, plan: Plan, tools: Tools, run: Run) -> None:
    """Make the branch where there is none; a token that may not is said to lack what the follow-ups need as well."""
    if run.dry_run or plan.artefact.state is State.SAME:
        return
    with run.report.attempt(plan.artefact):
        try:
            push(tools.remote, Move(f"refs/heads/{plan.branch}", plan.commit))
        except AccessError as error:
            if set(inputs.follow_ups) - {"protection"}:
                error.next_step += " The follow-ups need `pull-requests: write` as well."
            raise
        run.report.done(plan.artefact)


def create_setting(setting: Setting, artefact: Artefact, tools: Tools, run: Run) -> None:
    """Make a setting that isn't there; protection that the token may not set is proposed instead."""
    if run.dry_run or artefact.state is not State.ABSENT:
        return
    with tools.failures.keep(), run.report.attempt(artefact):
        try:
            run.report.done(artefact, link=branch_settings.create(tools.github, setting))
        except ReleaseError as error:
            if setting.kind != "ruleset" or not branch_settings.is_not_allowed(error):
                raise
            run.warn("The token may not protect the branch; the summary says how to.", title="Not protected")
            run.summarize(branch_settings.by_hand(setting, run.context.repository))


def observe_development(
    inputs: Inputs, plan: Plan, tools: Tools, author: Person, run: Run
) -> tuple[VersionProposal, Artefact] | None:
    """The pull request that moves the default branch on to the next development version, if one is to be opened.

    The default branch never goes back to a version, and a branch of somebody else is left alone.
    """
    if "development-version" not in inputs.follow_ups:
        return None
    after = development_version(plan.minor, versions_of(tools.refs.tags))
    version = parse_tag(inputs.development_version) if inputs.development_version else after
    tip = tools.refs.branches[plan.default]
    files = CommitFiles(tools.remote, tip)
    config = with_inputs(
        read_config(files, inputs.config),
        charts=inputs.charts,
        places=inputs.places,
        image_tag=inputs.image_tag,
    )
    if not config.charts and not config.places:
        raise ReleaseError(
            Code.E_INPUT,
            "There is no chart and no version place to set a development version in.",
            next_step="Give the input `charts`, such as `charts: charts/*`, or `places`; or leave out that follow-up.",
        )
    stale = [one for one in edits(files, config, version) if one.stale]
    branch = f"next-{version.tag}"
    if not stale or _is_ahead(stale, version):
        run.report.plan("pull request", branch, version.tag, State.SAME, note=f"{plan.default} is there already")
        return None
    proposal = VersionProposal(
        commit=commit_edits(tools.remote, tip, stale, f"Set the version to {version.tag}", author),
        base=plan.default,
        branch=branch,
        title=f"Set the version to {version.tag}",
        body=f"`{plan.branch}` is cut, so every version place of `{plan.default}` goes on to `{version.tag}`.\n",
    )
    found = find(tools.pulls, tools.refs, proposal)
    artefact = run.report.plan("pull request", branch, version.tag, found.state, note=found.link)
    if found.state is State.CONFLICT:
        tools.failures.add(branch_conflict(tools.refs, proposal))
    return proposal, artefact


def open_pull(change: tuple[VersionProposal, Artefact], tools: Tools, run: Run) -> str:
    """Open the pull request that isn't there, and return its address; empty in a dry run and when it fails."""
    proposal, artefact = change
    if run.dry_run or artefact.state is not State.ABSENT:
        return artefact.note
    link = ""
    with tools.failures.keep(), run.report.attempt(artefact):
        link = propose(tools.pulls, tools.remote, tools.refs, proposal)
        run.report.done(artefact, link=link)
    return link


def _has(remote: Remote, tip: str, commit: str) -> bool:
    """Whether a fetched tip has a commit, which may be any id at all."""
    return commit in remote.git.run("rev-list", tip).split()


def _is_ahead(stale: list[Edit], version: Version) -> bool:
    found = [place.version for one in stale for place in one.stale]
    return any(one is not None and one > version for one in found)
