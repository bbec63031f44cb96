"""Choose the next version of a release branch, and what has to change for it; nothing is written."""

from typing import Literal

import msgspec

from release_actions.core.errors import Code, ReleaseError
from release_actions.core.report import State
from release_actions.core.version import MinorVersion, Version, missing_before, parse_tag, tag_version, versions_of
from release_actions.git.commit_files import CommitFiles
from release_actions.git.remote import Refs, Remote
from release_actions.github.pull_requests import PullRequests
from release_actions.prepare.candidate_difference import Difference, compare, difference_error
from release_actions.prepare.existing_tags import branch_missing, check_made, stray
from release_actions.prepare.next_version import Kind, Next, follow, last_candidate, made_before, next_version
from release_actions.prepare.version_commit import VersionEdit, edits
from release_actions.project.config import Config, with_inputs
from release_actions.project.live_branches import ReleaseBranches
from release_actions.project.read import read_config, read_default_config
from release_actions.project.release_branch_names import branch_of, minor_of
from release_actions.runner.run import Run

_KINDS: tuple[Kind, ...] = ("candidate", "release", "patch")
_SHOWN = 50


class VersionRequest(msgspec.Struct, frozen=True, kw_only=True):
    """What to make: a kind of version or a tag, and on which branch, empty for the newest; `config` is a path.

    `charts`, `places` and `image_tag` win over the configuration. A rule is passed over for an `override_reason`.
    """

    make: str
    release_branch: str
    override_reason: str
    config: str
    charts: tuple[str, ...]
    places: tuple[str, ...]
    image_tag: Literal["", "tag", "bare"]


class Base(msgspec.Struct, frozen=True):
    """The release branch that the version belongs on, its tip, and what the project releases from there."""

    branch: str
    tip: str
    config: Config


class VersionPlan(msgspec.Struct, frozen=True, kw_only=True):
    """The next version: the version itself, what has to change for it, and why it may be made.

    `made` is the commit of a tag that is there, `reason` why a rule is passed over, if one is.
    """

    chosen: Next
    base: Base
    stale: tuple[VersionEdit, ...]
    difference: Difference | None = None
    made: str = ""
    reason: str = ""


def check_make(make: str) -> None:
    """Raises E_INPUT for what is neither a kind of version nor a tag."""
    if make not in _KINDS and tag_version(make) is None:
        raise ReleaseError(
            Code.E_INPUT,
            f"The input `make` is {make[:80]!a}: neither {', '.join(_KINDS)} nor a tag.",
            next_step="Write `make: candidate`, or name the version itself, such as `make: v1.5.0-rc.0`.",
        )


def observe_version(request: VersionRequest, pulls: PullRequests, remote: Remote, run: Run) -> VersionPlan:
    """What is there and what is missing; nothing is written."""
    refs = remote.refs(run.warn)
    versions = versions_of(refs.tags)
    base = _choose_branch(request, pulls.default_branch(), remote, refs, run)
    minor = minor_of(base.config.branch, base.branch)
    assert minor is not None
    chosen, made = _choose_version(request.make, minor, versions, base, refs)
    if made:
        check_made(chosen.version, base.branch, remote, refs)
        run.report.plan("tag", chosen.version.tag, chosen.version.tag, State.SAME, note=made)
        return VersionPlan(chosen=chosen, base=base, stale=(), made=made)
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
    reason = request.override_reason if any(against) else ""
    for objection in filter(None, against):
        if not reason:
            raise objection
        run.warn(f"{objection.what} It is made all the same: {reason}", title=f"{version.tag} in spite of a rule")
    stale = tuple(one for one in planned if one.stale)
    return VersionPlan(chosen=chosen, base=base, stale=stale, difference=difference, reason=reason)


def _choose_branch(request: VersionRequest, default: str, remote: Remote, refs: Refs, run: Run) -> Base:
    """The release branch: that of a given tag, the given one, the one that the run was started on, or the newest.

    Raises E_BRANCH_MISSING, and E_INPUT for a branch that is no release branch.
    """
    pattern = read_default_config(remote, refs, default, request.config).branch
    there = ReleaseBranches.of(pattern, refs.branches, versions_of(refs.tags))
    branch = there.choose(request.release_branch, run.context.ref.removeprefix("refs/heads/"))
    if request.make not in _KINDS:
        branch = branch_of(pattern, parse_tag(request.make).minor_version)
    minor = minor_of(pattern, branch)
    if minor is None:
        raise ReleaseError(
            Code.E_INPUT,
            f"The branch {branch[:100]!a} is no release branch: their names are like `{pattern}`.",
            next_step="Correct the input `release-branch`, or `branch` in the configuration.",
        )
    if branch not in refs.branches:
        raise branch_missing(branch, minor, default, refs)
    if there.outliers and request.make in _KINDS:
        run.warn(there.about_outliers(branch), title="Release branches far from all tags")
    tip = refs.branches[branch]
    remote.fetch(f"refs/heads/{branch}")
    config = with_inputs(
        read_config(CommitFiles(remote, tip), request.config),
        charts=request.charts,
        places=request.places,
        image_tag=request.image_tag,
        branch=pattern,
    )
    return Base(branch, tip, config)


def _choose_version(
    make: str, minor: MinorVersion, versions: list[Version], base: Base, refs: Refs
) -> tuple[Next, str]:
    """The version to make; and, when a run before this one has made it, the commit that its tag points to."""
    if make not in _KINDS:
        chosen = follow(parse_tag(make), versions)
        return chosen, refs.commits.get(chosen.version.tag, "")
    kind = msgspec.convert(make, Kind)
    before = made_before(kind, minor, versions, [one for one in versions if refs.commits[one.tag] == base.tip])
    return (before, base.tip) if before else (next_version(kind, minor, versions), "")
