"""The pull request that moves the default branch on to the next development version, after a branch was cut."""

import msgspec

from release_actions.core.errors import Code, ReleaseError
from release_actions.core.report import Artefact, State
from release_actions.core.version import Version, parse_tag, versions_of
from release_actions.git.commit_files import CommitFiles
from release_actions.git.person import Person
from release_actions.prepare.next_version import development_version
from release_actions.prepare.pull_request import VersionProposal, conflict, find, propose
from release_actions.prepare.version_commit import VersionEdit, commit_edits, edits
from release_actions.project.config import with_inputs
from release_actions.project.read import read_config
from release_actions.runner.run import Run
from release_actions.steps.release_branch import BranchCut, Repository


class DevelopmentRequest(msgspec.Struct, frozen=True, kw_only=True):
    """The version (a tag, or empty: the one after the branch's), its author, and what sets its places beside a file."""

    version: str
    author: Person
    config: str
    charts: tuple[str, ...]
    places: tuple[str, ...]
    image_tag: str


def observe_development(
    request: DevelopmentRequest, cut: BranchCut, repository: Repository, run: Run
) -> tuple[VersionProposal, Artefact] | None:
    """The pull request, and its artefact in the report; None when the default branch is there already.

    The default branch never goes back to a version, and a branch of another author is left alone.
    """
    after = development_version(cut.minor, versions_of(repository.refs.tags))
    version = parse_tag(request.version) if request.version else after
    tip = repository.refs.branches[cut.default]
    files = CommitFiles(repository.remote, tip)
    config = with_inputs(
        read_config(files, request.config),
        charts=request.charts,
        places=request.places,
        image_tag=request.image_tag,
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
        run.report.plan("pull request", branch, version.tag, State.SAME, note=f"{cut.default} is there already")
        return None
    proposal = VersionProposal(
        commit=commit_edits(repository.remote, tip, stale, f"Set the version to {version.tag}", request.author),
        base=cut.default,
        branch=branch,
        title=f"Set the version to {version.tag}",
        body=f"`{cut.branch}` is cut, so every version place of `{cut.default}` goes on to `{version.tag}`.\n",
    )
    found = find(repository.pulls, repository.refs, proposal)
    artefact = run.report.plan("pull request", branch, version.tag, found.state, note=found.link)
    if found.state is State.CONFLICT:
        repository.failures.add(conflict(repository.refs, proposal))
    return proposal, artefact


def open_pull_request(change: tuple[VersionProposal, Artefact], repository: Repository, run: Run) -> str:
    """Open the pull request that isn't there, and return its address; empty in a dry run and when it fails."""
    proposal, artefact = change
    if run.dry_run or artefact.state is not State.ABSENT:
        return artefact.note
    link = ""
    with repository.failures.keep(), run.report.attempt(artefact):
        link = propose(repository.pulls, repository.remote, repository.refs, proposal)
        run.report.done(artefact, link=link)
    return link


def _is_ahead(stale: list[VersionEdit], version: Version) -> bool:
    found = [place.version for one in stale for place in one.stale]
    return any(one is not None and one > version for one in found)
