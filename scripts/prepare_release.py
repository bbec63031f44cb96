"""Prepare a version on its release branch: every version place, then the tag that the release is made from.

Run it until there is a tag: what is missing is made, by a pull request or at once, and what is there is left alone.
"""

from typing import Literal

import msgspec

from release_actions.core import markdown
from release_actions.core.errors import Code, ReleaseError
from release_actions.core.report import Artefact, State
from release_actions.core.text import short_id
from release_actions.core.version import MinorVersion, Version, missing_before, parse_tag, tag_version, versions_of
from release_actions.git.annotated_tag import make_tag
from release_actions.git.commit_files import CommitFiles
from release_actions.git.person import Person, parse_person
from release_actions.git.push import Move, push
from release_actions.git.remote import Refs, Remote
from release_actions.git.tag_message import OVERRIDE_REASON, message_of
from release_actions.github.client import GitHub
from release_actions.github.pull_requests import PullRequests
from release_actions.prepare.candidate_difference import Difference, compare, difference_error
from release_actions.prepare.existing_tags import branch_missing, check_made, stray
from release_actions.prepare.next_version import Kind, Next, follow, last_candidate, made_before, next_version
from release_actions.prepare.pull_request import VersionProposal, conflict, find, propose
from release_actions.prepare.version_commit import Edit, commit_edits, edits
from release_actions.project.config import Config, with_inputs
from release_actions.project.live_branches import ReleaseBranches
from release_actions.project.read import read_config, read_default_config
from release_actions.project.release_branch_names import branch_of, minor_of
from release_actions.runner import inputs, outputs
from release_actions.runner.inputs import Lines, Secret
from release_actions.runner.run import Run

_KINDS: tuple[Kind, ...] = ("candidate", "release", "patch")
_SHOWN = 50


class Inputs(inputs.Inputs, frozen=True):
    """What to make, on which branch, and how it gets there."""

    make: str
    release_branch: str
    mode: Literal["pull-request", "push"]
    override_reason: str
    token: Secret
    signing_key: Secret
    commit_author: str
    charts: Lines
    places: Lines
    image_tag: Literal["", "tag", "bare"]
    config: str
    dry_run: bool


class Outputs(outputs.Outputs, frozen=True):
    """The version, and how far it has come: `tag` is empty until the tag exists."""

    tag: str
    next_tag: str
    previous_tag: str
    is_prerelease: bool
    release_branch: str
    commit: str
    why: str
    pull_request: str


class Base(msgspec.Struct, frozen=True):
    """The release branch that the version belongs on, its tip, and what the project releases from there."""

    branch: str
    tip: str
    config: Config


class Plan(msgspec.Struct, frozen=True, kw_only=True):
    """What is going to be: the version, what has to change for it, and why it may be made.

    `made` is the commit of a tag that is there, `reason` why a rule is passed over, if one is.
    """

    chosen: Next
    base: Base
    stale: tuple[Edit, ...]
    difference: Difference | None = None
    made: str = ""
    reason: str = ""


def main(inputs: Inputs, run: Run) -> Outputs:
    """Look at tags and branch, say what comes next and why, then bring it one step further."""
    author = parse_person(inputs.commit_author)
    check_make(inputs.make)
    context = run.context
    with GitHub(context.api_url, context.repository, inputs.token) as github:
        remote = Remote.of_repository(
            context.server_url, context.repository, run.temp / "remote.git", token=inputs.token
        )
        pulls = PullRequests(github)
        plan = observe(inputs, pulls, remote, run)
        run.summarize(page(plan))
        run.info(f"{plan.chosen.version.tag} on {plan.base.branch}: {plan.chosen.why}")
        commit, link = plan.made, ""
        if not plan.made and plan.stale and inputs.mode == "pull-request":
            link = open_pull(plan, author, pulls, remote, run)
        elif not plan.made:
            commit = set_tag(plan, inputs, author, remote, run)
        return outputs_of(plan, commit, link)


def check_make(make: str) -> None:
    """Raises E_INPUT for what is neither a kind of version nor a tag."""
    if make not in _KINDS and tag_version(make) is None:
        raise ReleaseError(
            Code.E_INPUT,
            f"The input `make` is {make[:80]!a}: neither {', '.join(_KINDS)} nor a tag.",
            next_step="Write `make: candidate`, or name the version itself, such as `make: v1.5.0-rc.0`.",
        )


def outputs_of(plan: Plan, commit: str, link: str) -> Outputs:
    """The run's outputs; `commit` is what the tag points to now, empty without one."""
    version = plan.chosen.version
    return Outputs(
        tag=version.tag if commit else "",
        next_tag=version.tag,
        previous_tag=plan.chosen.after.tag if plan.chosen.after else "",
        is_prerelease=version.is_candidate,
        release_branch=plan.base.branch,
        commit=commit,
        why=plan.chosen.why,
        pull_request=link,
    )


def observe(inputs: Inputs, pulls: PullRequests, remote: Remote, run: Run) -> Plan:
    """What is there and what is missing; nothing is written."""
    refs = remote.refs(run.warn)
    versions = versions_of(refs.tags)
    base = choose_branch(inputs, pulls.default_branch(), remote, refs, run)
    minor = minor_of(base.config.branch, base.branch)
    assert minor is not None
    chosen, made = choose_version(inputs.make, minor, versions, base, refs)
    if made:
        check_made(chosen.version, base.branch, remote, refs)
        run.report.plan("tag", chosen.version.tag, chosen.version.tag, State.SAME, note=made)
        return Plan(chosen=chosen, base=base, stale=(), made=made)
    version = chosen.version
    missing = missing_before(version, versions)
    if missing:
        names = ", ".join(one.tag for one in missing[:_SHOWN])
        run.warn(f"Before {version.tag} these tags are missing: {names}.", title="Gap in the versions")
    if not base.config.charts and not base.config.places:
        run.warn("The project names no chart and no other version place.", title="No version places")
    planned = edits(CommitFiles(remote, base.tip), base.config, version)
    for one in planned:
        for found in one.stale:
            name = f"{found.file}:{found.match.line}{f' ({found.label})' if found.label else ''}"
            note = f"found {found.match.text[:80]!a}"
            run.report.plan("version place", name, found.wanted(version), State.ABSENT, note=note)
    candidate = last_candidate(version, versions)
    difference = None
    if candidate:
        difference = compare(candidate, version, base.tip, base.config, remote=remote)
    against = [stray(chosen.after, base.branch, remote, refs), difference_error(version, difference, versions)]
    reason = inputs.override_reason if any(against) else ""
    for objection in filter(None, against):
        if not reason:
            raise objection
        run.warn(f"{objection.what} It is made all the same: {reason}", title=f"{version.tag} in spite of a rule")
    stale = tuple(one for one in planned if one.stale)
    return Plan(chosen=chosen, base=base, stale=stale, difference=difference, reason=reason)


def choose_branch(inputs: Inputs, default: str, remote: Remote, refs: Refs, run: Run) -> Base:
    """The release branch: that of a given tag, the given one, the one that the run was started on, or the newest.

    Raises E_BRANCH_MISSING, and E_INPUT for a branch that is no release branch.
    """
    pattern = read_default_config(remote, refs, default, inputs.config).branch
    there = ReleaseBranches.of(pattern, refs.branches, versions_of(refs.tags))
    branch = there.choose(inputs.release_branch, run.context.ref.removeprefix("refs/heads/"))
    if inputs.make not in _KINDS:
        branch = branch_of(pattern, parse_tag(inputs.make).minor_version)
    minor = minor_of(pattern, branch)
    if minor is None:
        raise ReleaseError(
            Code.E_INPUT,
            f"The branch {branch[:100]!a} is no release branch: their names are like `{pattern}`.",
            next_step="Correct the input `release-branch`, or `branch` in the configuration.",
        )
    if branch not in refs.branches:
        raise branch_missing(branch, minor, default, refs)
    if there.outliers and inputs.make in _KINDS:
        run.warn(there.about_outliers(branch), title="Release branches far from all tags")
    tip = refs.branches[branch]
    remote.fetch(f"refs/heads/{branch}")
    config = with_inputs(
        read_config(CommitFiles(remote, tip), inputs.config),
        charts=inputs.charts,
        places=inputs.places,
        image_tag=inputs.image_tag,
        branch=pattern,
    )
    return Base(branch, tip, config)


def choose_version(make: str, minor: MinorVersion, versions: list[Version], base: Base, refs: Refs) -> tuple[Next, str]:
    """The version to make; and, when a run before this one has made it, the commit that its tag points to."""
    if make not in _KINDS:
        chosen = follow(parse_tag(make), versions)
        return chosen, refs.commits.get(chosen.version.tag, "")
    kind = msgspec.convert(make, Kind)
    before = made_before(kind, minor, versions, [one for one in versions if refs.commits[one.tag] == base.tip])
    return (before, base.tip) if before else (next_version(kind, minor, versions), "")


def open_pull(plan: Plan, author: Person, pulls: PullRequests, remote: Remote, run: Run) -> str:
    """Propose the version places to the release branch, and return the pull request's address; empty in a dry run."""
    version, base = plan.chosen.version, plan.base
    proposal = VersionProposal(
        commit=commit_edits(remote, base.tip, plan.stale, f"Prepare {version.tag}", author),
        base=base.branch,
        branch=f"prepare-{version.tag}",
        title=f"Prepare {version.tag}",
        body=f"Every version place of `{base.branch}` at `{version.tag}`. {plan.chosen.why}\n\n"
        "Once this is merged, run the same workflow again: it finds nothing more to change and sets the tag.\n",
    )
    refs = remote.refs(run.warn)
    found = find(pulls, refs, proposal)
    pull = run.report.plan("pull request", proposal.branch, version.tag, found.state, note=found.link)
    if found.state is State.CONFLICT:
        raise conflict(refs, proposal)
    link = found.link
    if not run.dry_run and found.state is State.ABSENT:
        with run.report.attempt(pull):
            link = propose(pulls, remote, refs, proposal)
            run.report.done(pull, link=link)
    return link


def set_tag(plan: Plan, inputs: Inputs, author: Person, remote: Remote, run: Run) -> str:
    """Set the tag, together with the commit of the version places where there is one to make; return what it points to.

    Empty in a dry run.
    """
    version, base = plan.chosen.version, plan.base
    commit = base.tip
    moves: list[Move] = []
    planned: list[Artefact] = [one for one in run.report.artefacts if one.kind == "version place"]
    if plan.stale:
        commit = commit_edits(remote, base.tip, plan.stale, f"Prepare {version.tag}", author)
        moves.append(Move(f"refs/heads/{base.branch}", commit, base.tip))
        planned.append(run.report.plan("commit", commit, version.tag, State.ABSENT, note=f"on {base.branch}"))
    planned.append(run.report.plan("tag", version.tag, version.tag, State.ABSENT, note=commit))
    folder = run.temp / "key"
    message = tag_message(plan)
    tag = make_tag(remote, version.tag, commit, message, author, key=inputs.signing_key, folder=folder)
    if run.dry_run:
        return ""
    with run.report.attempt(*planned):
        push(remote, *moves, Move(f"refs/tags/{version.tag}", tag))
        for artefact in planned:
            run.report.done(artefact)
    run.summarize(
        f"The tag {markdown.code(version.tag)} is set. A tag that a job's own token has set starts no workflow: "
        "hand the output `tag` to the release workflow in this same run.\n"
    )
    return commit


def tag_message(plan: Plan) -> str:
    """What the tag says: the version, the candidate that was tried, and why a rule was passed over, if one was."""
    tried = plan.difference.candidate.tag if plan.difference else ""
    trailers = {"Last-Candidate": tried, OVERRIDE_REASON: plan.reason}
    return message_of(f"Release {plan.chosen.version.tag}", trailers=trailers)


def page(plan: Plan) -> str:
    """What the run's summary says beside the artefacts."""
    version, after = plan.chosen.version, plan.chosen.after
    rows = [
        ("Next version", markdown.code(version.tag)),
        ("Why", markdown.text(plan.chosen.why)),
        ("Release branch", markdown.code(plan.base.branch)),
        ("At commit", markdown.code(plan.made or plan.base.tip)),
        ("After", markdown.code(after.tag) if after else "nothing: it is the first"),
    ]
    parts = [markdown.table(("", ""), rows)]
    if plan.difference and plan.difference.files:
        lines = [f"{short_id(one.id)} {one.title}" for one in plan.difference.commits[:_SHOWN]]
        lines += plan.difference.files[:_SHOWN]
        parts.append(markdown.details(f"Not in {plan.difference.candidate.tag}", markdown.block("\n".join(lines))))
    return "\n".join(parts)
