"""Check that a tag is a release of this project: first its repository, then its files."""

import msgspec

from release_actions.chart.places import read_charts
from release_actions.core.errors import Code, ReleaseError
from release_actions.core.text import some
from release_actions.core.together import check_all
from release_actions.core.version import Spelling, Version, missing_before, previous, versions_of
from release_actions.git import tag_check
from release_actions.git.checkout import read_checkout
from release_actions.git.remote import Remote
from release_actions.image.floating import parse_scopes
from release_actions.project.config import Config
from release_actions.project.next_tag import NextTag
from release_actions.project.release_branch_names import branch_of
from release_actions.public_state.ask import PublicState, of_workspace
from release_actions.public_state.parts import ReleaseParts, own_floating_tags
from release_actions.runner.run import Run
from release_actions.steps.project import ProjectRequest
from release_actions.steps.version_sync import plan as check_places
from release_actions.system.workspace import WorkspaceFiles

_SHOWN = 10


class TagRequest(msgspec.Struct, frozen=True, kw_only=True):
    """The version of the tag, the project that it releases, and which checks are made.

    `registry` is for charts that name none of their own. `index_branch` and `floating_tags` are of the release too, and
    only a failure looks at them.
    """

    version: Version
    project: ProjectRequest
    registry: str
    token: str
    check_branch: bool
    require_candidate: bool
    check_places: bool
    index_branch: str = ""
    floating_tags: tuple[str, ...] = ()


class ValidTag(msgspec.Struct, frozen=True, kw_only=True):
    """A tag that may be released: the project at its commit, its charts' names, its branch, and all tags' versions.

    `parts` are what its release consists of.
    """

    version: Version
    config: Config
    branch: str
    commit: str
    charts: list[str]
    versions: list[Version]
    parts: ReleaseParts

    @property
    def previous_tag(self) -> str:
        """The tag before this one in the order of versions; empty for the first."""
        before = previous(self.version, self.versions)
        return before.tag if before else ""


def validate(request: TagRequest, run: Run) -> ValidTag:
    """Make every check, and raise one error of all that is wrong."""
    version = request.version
    config = request.project.read(run.context.workspace)
    branch = branch_of(config.branch, version.minor_version)
    _public_state(_parts(request, config, [version], run), request, run)

    checkout = read_checkout(run.context.workspace)
    remote = Remote(checkout, run.temp / "remote.git", token=request.token, server_url=run.context.server_url)
    refs = remote.refs(run.warn)
    versions = versions_of(refs.tags)
    parts = _parts(request, config, [version, *versions], run)
    public = _public_state(parts, request, run)
    with _next_tag(request, config, run, public).advise():
        check_all(
            lambda: tag_check.check_tag(version, branch if request.check_branch else "", checkout, remote, refs),
            lambda: check_sequence(version, versions, run, require_candidate=request.require_candidate),
            lambda: request.check_places and check_places(config, version, run, check=True),
        )
    if version.is_candidate and version.release in versions:
        superseded = f"{version.tag} came before {version.release.tag}, which is released; what is public stays."
        run.note(superseded, title="Superseded candidate")
    names = [
        one.name for one in read_charts(WorkspaceFiles(run.context.workspace), [one.path for one in config.charts])
    ]
    return ValidTag(
        version=version,
        config=config,
        branch=branch,
        commit=checkout.commit,
        charts=names,
        versions=versions,
        parts=parts,
    )


def check_sequence(version: Version, versions: list[Version], run: Run, *, require_candidate: bool) -> None:
    """Warn of versions that were left out; raises E_NO_CANDIDATE for a release without any candidate."""
    candidates = [one for one in versions if one.is_candidate and one.release == version]
    if require_candidate and not version.is_candidate and not candidates:
        raise ReleaseError(
            Code.E_NO_CANDIDATE,
            f"`{version.tag}` had no release candidate.",
            next_step="Cut a candidate and try it first, or set `require-candidate: false`.",
        )
    missing = missing_before(version, versions)
    if missing:
        names = some([one.tag for one in missing], _SHOWN)
        run.warn(f"Before {version.tag} these tags are missing: {names}.", title="Gap in the versions")


def _parts(request: TagRequest, config: Config, versions: list[Version], run: Run) -> ReleaseParts:
    """What the release consists of; floating tags are those of which it is the highest of some versions."""
    named = of_workspace(config, request.version, request.registry, run.context.workspace)
    floating = own_floating_tags(
        named.images, parse_scopes(request.floating_tags), request.version, Spelling(config.image_tag), versions
    )
    return named | ReleaseParts(floating=floating, index_branch=request.index_branch)


def _public_state(parts: ReleaseParts, request: TagRequest, run: Run) -> PublicState:
    public = PublicState(run, request.version, request.token, None, parts)
    run.ask_public = public.sentence
    return public


def _next_tag(request: TagRequest, config: Config, run: Run, public: PublicState) -> NextTag:
    """What to cut where this tag can't be released."""
    return NextTag(
        version=request.version,
        pattern=config.branch if request.check_branch else "",
        places=request.project.fixes(there_are=request.check_places and bool(config.charts or config.places)),
        context=run.context,
        folder=run.temp / "next.git",
        token=request.token,
        needs_candidate=request.require_candidate,
        is_unpublished=public.is_nothing,
    )
