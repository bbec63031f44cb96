"""What a GitHub release consists of, and what is there of it already."""

import contextlib
from collections.abc import Iterator

import msgspec

from release_actions.core.errors import Code, ReleaseError
from release_actions.core.report import Artefact, State
from release_actions.core.version import Version, is_latest, versions_of
from release_actions.git import tag_check
from release_actions.git.tag_message import OVERRIDE_REASON, trailer_of
from release_actions.github import assets
from release_actions.github.assets import AssetFile
from release_actions.github.client import GitHub
from release_actions.github.releases import Releases, Tagged
from release_actions.image.build import parse_commit
from release_actions.oci.credentials import release_credentials
from release_actions.oci.reference import Reference, parse_reference
from release_actions.oci.registry import Registry
from release_actions.public_state.parts import ReleaseParts
from release_actions.release import content as release_content
from release_actions.release import published as published_release
from release_actions.release.content import ContentInputs, ReleaseContent
from release_actions.release.gate_changes import GateChanges
from release_actions.release.published import TagReleases, lacking, require_same
from release_actions.runner.run import Run
from release_actions.steps.access import Access, ask_public
from release_actions.system.workspace import inside, read_text


class GitHubReleaseRequest(msgspec.Struct, frozen=True, kw_only=True):
    """The release of a tag: what it consists of, as inputs name it, and what is said about it.

    `commit` is empty when the tag alone decides; without a `notes_file`, GitHub writes the notes if `generate_notes`.
    """

    version: Version
    commit: str
    images: tuple[str, ...]
    charts: tuple[str, ...]
    assets: tuple[str, ...]
    notes_file: str
    generate_notes: bool
    draft: bool
    config: str


class GitHubReleasePlan(msgspec.Struct, frozen=True, kw_only=True):
    """The requested release. `commit` is empty when the tag alone decides; `notes` is None when GitHub writes them."""

    version: Version
    commit: str
    images: tuple[Reference, ...]
    charts: tuple[Reference, ...]
    files: tuple[AssetFile, ...]
    notes: str | None
    draft: bool
    config: str


class GitHubReleaseClients(msgspec.Struct, frozen=True, kw_only=True):
    """The registries and tags, which are read, and the repository's releases."""

    registry: Registry
    releases: Releases
    gates: GateChanges


class ObservedRelease(msgspec.Struct, frozen=True, kw_only=True):
    """What is there of the release, the versions of all tags, and the artefact that the report has for it."""

    plan: GitHubReleasePlan
    content: ReleaseContent
    versions: tuple[Version, ...]
    found: TagReleases
    artefact: Artefact

    @property
    def is_latest(self) -> bool:
        """Whether this is to be the latest release; no candidate and no patch of an older minor version is."""
        return is_latest(self.plan.version, self.versions)


def plan_github_release(request: GitHubReleaseRequest, run: Run) -> GitHubReleasePlan:
    """Read the request and its files; nothing is started yet."""
    workspace = run.context.workspace
    folders = [workspace, *([run.context.temp.resolve()] if run.context.temp else [])]
    written = "" if not request.generate_notes else None
    if request.notes_file:
        written = read_text(inside(workspace, request.notes_file), shown=request.notes_file)
    return GitHubReleasePlan(
        version=request.version,
        commit=parse_commit(request.commit) if request.commit else "",
        images=tuple(dict.fromkeys(parse_reference(one) for one in request.images)),
        charts=tuple(dict.fromkeys(parse_reference(one.removeprefix("oci://")) for one in request.charts)),
        files=tuple(assets.find(request.assets, folders)),
        notes=written,
        draft=request.draft,
        config=request.config,
    )


@contextlib.contextmanager
def open_release_clients(plan: GitHubReleasePlan, access: Access, run: Run) -> Iterator[GitHubReleaseClients]:
    """GitHub and the registries with the logins that they need, for as long as they are used."""
    hosts = [one.registry for one in (*plan.images, *plan.charts)]
    own = ReleaseParts(images=frozenset(plan.images), charts=frozenset(plan.charts))
    ask_public(plan.version, access, run, own)
    with (
        release_credentials(run.temp, hosts, access.logins, run.mask) as credentials,
        Registry(credentials.login) as registry,
        GitHub(run.context.api_url, run.context.repository, access.token) as github,
    ):
        gates = GateChanges(context=run.context, folder=run.temp, token=access.token, config=plan.config, warn=run.warn)
        yield GitHubReleaseClients(registry=registry, releases=Releases(github), gates=gates)


def gather(plan: GitHubReleasePlan, clients: GitHubReleaseClients, run: Run) -> ReleaseContent:
    """Everything that the release consists of; nothing is written outside this machine.

    Raises E_TAG_MISSING, E_TAG_MOVED, and what `release_content.gather` raises.
    """
    tag = require_tag(plan.version, plan.commit, clients)
    source = ContentInputs(
        version=plan.version,
        commit=tag.commit,
        images=plan.images,
        charts=plan.charts,
        files=plan.files,
        run=run.context.run_url,
        action=run.context.action,
        reason=trailer_of(tag.message, OVERRIDE_REASON),
    )
    return release_content.gather(source, clients.registry, run.temp)


def observe_release(
    plan: GitHubReleasePlan, content: ReleaseContent, clients: GitHubReleaseClients, run: Run
) -> ObservedRelease:
    """What is there, recorded in the report.

    Raises E_RELEASE_EXISTS for a release that isn't this one.
    """
    tag = plan.version.tag
    try:
        found = published_release.find(content, clients.releases)
        if found.published:
            require_same(content, found.published, clients.releases)
    except ReleaseError as error:
        if error.code is Code.E_RELEASE_EXISTS:
            run.report.plan("GitHub release", tag, plan.version.bare, State.CONFLICT)
        raise
    done = found.published or (found.draft and plan.draft and not lacking(content, found.draft, clients.releases))
    draft_of = "a person's draft, with its notes and files" if found.of_person else "the draft that is there"
    note = f"continues {draft_of}" if found.draft and not done else ""
    state = State.SAME if done else State.ABSENT
    artefact = run.report.plan("GitHub release", tag, plan.version.bare, state, note=note)
    run.summarize(content.page)
    versions = tuple(versions_of(clients.releases.tags()))
    return ObservedRelease(plan=plan, content=content, versions=versions, found=found, artefact=artefact)


def require_tag(version: Version, commit: str, clients: GitHubReleaseClients) -> Tagged:
    """The tag, which has to point to the given commit, if any; raises E_TAG_MOVED."""
    found = clients.releases.tagged(version.tag)
    if commit and found.commit != commit:
        raise tag_check.moved(version, found.commit, commit)
    return found
