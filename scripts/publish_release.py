"""Publish a tag's GitHub release: a draft first, then its assets, and the public release as the last step.

The phases can be called one by one: `prepare` reads what is asked for, `gather` makes the assets, `observe` looks at
what is there, `fill` completes a draft, `publish` makes it public. Each can be repeated; what is there is kept.
"""

import contextlib
from collections.abc import Iterator

import msgspec

from release_actions.core.errors import Code, ReleaseError
from release_actions.core.report import Artefact, State
from release_actions.core.version import Version, is_latest, parse_tag, previous, versions_of
from release_actions.git import tag_check
from release_actions.git.tag_message import OVERRIDE_REASON, trailer_of
from release_actions.github import assets
from release_actions.github.assets import File
from release_actions.github.client import GitHub
from release_actions.github.releases import Release, Releases, Tagged, is_same
from release_actions.github.response import RefusedError
from release_actions.image.build import parse_commit
from release_actions.oci.credentials import release_credentials
from release_actions.oci.reference import Reference, parse_reference
from release_actions.oci.registry import Registry
from release_actions.public_state.ask import PublicState
from release_actions.release import content as release_content
from release_actions.release import description as release_description
from release_actions.release import published as published_release
from release_actions.release.content import Content, Source
from release_actions.release.gate_changes import GateChanges
from release_actions.release.published import Found, lacking, require_same
from release_actions.runner import inputs, outputs
from release_actions.runner.inputs import Lines, Secret
from release_actions.runner.run import Run
from release_actions.system.workspace import inside, read_text

_ROUNDS = 3


class Inputs(inputs.Inputs, frozen=True):
    """The tag, what its release consists of, and what is said about it."""

    tag: str
    commit: str
    token: Secret
    images: Lines
    charts: Lines
    assets: Lines
    notes_file: str
    generate_notes: bool
    draft: bool
    registry_username: str
    registry_password: Secret
    ghcr_token: Secret
    config: str
    dry_run: bool


class Outputs(outputs.Outputs, frozen=True):
    """The release as GitHub has it."""

    tag: str
    release_id: str
    release_url: str
    is_latest: bool


class Plan(msgspec.Struct, frozen=True, kw_only=True):
    """What is asked for. `commit` is empty when the tag alone says it; `notes` is None when GitHub shall write them."""

    version: Version
    commit: str
    images: tuple[Reference, ...]
    charts: tuple[Reference, ...]
    files: tuple[File, ...]
    notes: str | None
    draft: bool


class Clients(msgspec.Struct, frozen=True, kw_only=True):
    """The registries and tags, which are read, and the repository's releases."""

    registry: Registry
    releases: Releases
    gates: GateChanges


class Observed(msgspec.Struct, frozen=True, kw_only=True):
    """What is there of the release, the versions of all tags, and the artefact that the report has for it."""

    plan: Plan
    content: Content
    versions: tuple[Version, ...]
    found: Found
    artefact: Artefact

    @property
    def is_latest(self) -> bool:
        """Whether this is to be the latest release; no candidate and no older line's patch is."""
        return is_latest(self.plan.version, self.versions)


def main(inputs: Inputs, run: Run) -> Outputs:
    """Look at what is there, then complete and publish what is not."""
    plan = prepare(inputs, run)
    with clients(plan, inputs, run) as tools:
        content = gather(plan, tools, run)
        observed = observe(plan, content, tools, run)
        release = observed.found.release if run.dry_run else finish(observed, tools, run)
    return Outputs(
        tag=plan.version.tag,
        release_id=str(release.id) if release else "",
        release_url=release.html_url if release else "",
        is_latest=observed.is_latest,
    )


def prepare(inputs: Inputs, run: Run) -> Plan:
    """What is asked for; nothing is started yet."""
    workspace = run.context.workspace
    folders = [workspace, *([run.context.temp.resolve()] if run.context.temp else [])]
    written = "" if not inputs.generate_notes else None
    if inputs.notes_file:
        written = read_text(inside(workspace, inputs.notes_file), shown=inputs.notes_file)
    return Plan(
        version=parse_tag(inputs.tag or run.context.tag),
        commit=parse_commit(inputs.commit) if inputs.commit else "",
        images=tuple(dict.fromkeys(parse_reference(one) for one in inputs.images)),
        charts=tuple(dict.fromkeys(parse_reference(one.removeprefix("oci://")) for one in inputs.charts)),
        files=tuple(assets.find(inputs.assets, folders)),
        notes=written,
        draft=inputs.draft,
    )


@contextlib.contextmanager
def clients(plan: Plan, inputs: Inputs, run: Run) -> Iterator[Clients]:
    """GitHub and the registries with the logins that they need, for as long as they are used."""
    hosts = [one.registry for one in (*plan.images, *plan.charts)]
    public = PublicState(run, plan.version, inputs.token, inputs, images=plan.images, charts=plan.charts)
    run.ask_public = public.sentence
    with (
        release_credentials(run.temp, hosts, inputs, run.mask) as credentials,
        Registry(credentials.login) as registry,
        GitHub(run.context.api_url, run.context.repository, inputs.token) as github,
    ):
        gates = GateChanges(
            context=run.context, folder=run.temp, token=inputs.token, config=inputs.config, warn=run.warn
        )
        yield Clients(registry=registry, releases=Releases(github), gates=gates)


def gather(plan: Plan, tools: Clients, run: Run) -> Content:
    """Everything that the release consists of; nothing is written outside this machine.

    Raises E_TAG_MISSING, E_TAG_MOVED, and what `release_content.gather` raises.
    """
    tag = _require_tag(plan.version, plan.commit, tools)
    source = Source(
        version=plan.version,
        commit=tag.commit,
        images=plan.images,
        charts=plan.charts,
        files=plan.files,
        run=run.context.run_url,
        action=run.context.action,
        reason=trailer_of(tag.message, OVERRIDE_REASON),
    )
    return release_content.gather(source, tools.registry, run.temp)


def observe(plan: Plan, content: Content, tools: Clients, run: Run) -> Observed:
    """What is there, recorded in the report.

    Raises E_RELEASE_EXISTS for a release that isn't this one.
    """
    tag = plan.version.tag
    try:
        found = published_release.find(content, tools.releases)
        if found.published:
            require_same(content, found.published, tools.releases)
    except ReleaseError as error:
        if error.code is Code.E_RELEASE_EXISTS:
            run.report.plan("GitHub release", tag, plan.version.bare, State.CONFLICT)
        raise
    done = found.published or (found.draft and plan.draft and not lacking(content, found.draft, tools.releases))
    draft_of = "a person's draft, with its notes and files" if found.of_person else "the draft that is there"
    note = f"continues {draft_of}" if found.draft and not done else ""
    state = State.SAME if done else State.ABSENT
    artefact = run.report.plan("GitHub release", tag, plan.version.bare, state, note=note)
    run.summarize(content.page)
    versions = tuple(versions_of(tools.releases.tags()))
    return Observed(plan=plan, content=content, versions=versions, found=found, artefact=artefact)


def finish(observed: Observed, tools: Clients, run: Run) -> Release:
    """The release as it shall be, completed and published where it is not."""
    for draft in observed.found.superfluous:
        tools.releases.delete(draft)
    if observed.artefact.state is State.SAME and observed.found.release:
        return observed.found.release
    release = _complete(observed, tools, run)
    run.report.done(observed.artefact, link=release.html_url, note="a draft" if release.draft else "")
    run.info(release.html_url)
    return release


def _complete(observed: Observed, tools: Clients, run: Run) -> Release:
    """The draft completed and published; or the release that another run has published in the meantime."""
    content, releases = observed.content, tools.releases
    try:
        draft = observed.found.draft or _create(observed, tools)
        with run.report.attempt(observed.artefact), run.group(f"Complete the release of {content.marker.tag}"):
            release = fill(observed, draft, tools, run)
            if not observed.plan.draft and release.draft:
                release = publish(observed, release, tools, run)
    except ReleaseError as error:
        # A run that has published takes the drafts of others away, also while they are written to or looked at.
        may_be_gone = isinstance(error, RefusedError) or error.code is Code.E_ASSET
        public = published_release.find(content, releases).published if may_be_gone else None
        if public is None:
            raise
        require_same(content, public, releases)
        return public
    if not release.draft:
        for draft in published_release.find(content, releases).superfluous:
            releases.delete(draft)
    return release


def fill(observed: Observed, draft: Release, tools: Clients, run: Run) -> Release:
    """The draft with all its assets, verified; another run may do the same at the same time."""
    content, releases = observed.content, tools.releases
    for _ in range(_ROUNDS):
        body = release_description.with_head(draft.body or "", content.marker, content.introduction)
        if not is_same(body, draft.body or ""):
            draft = releases.describe(draft, body, content.marker.commit)
        _upload(content, draft, tools, run)
        found = published_release.find(content, releases)
        for superfluous in found.superfluous:
            releases.delete(superfluous)
        if found.published:
            require_same(content, found.published, releases)
            return found.published
        if found.draft and found.draft.id == draft.id:
            return draft
        draft = found.draft or _create(observed, tools)
    raise ReleaseError(
        Code.E_RELEASE_EXISTS,
        f"The draft of {content.marker.tag} is being changed by somebody else.",
        next_step="Wait until no other run releases this tag, then run the job again.",
    )


def publish(observed: Observed, draft: Release, tools: Clients, run: Run) -> Release:
    """Make the complete draft public, if the tag still points to its commit."""
    content, version = observed.content, observed.plan.version
    if wrong := lacking(content, draft, tools.releases):
        raise ReleaseError(
            Code.E_ASSET,
            f"The draft of {version.tag} has not kept what was uploaded: {', '.join(wrong)}.",
            next_step="Find out who else changes it, then run the job again; nothing was published.",
        )
    commit = _require_tag(version, content.marker.commit, tools).commit
    release = tools.releases.publish(draft, prerelease=version.is_candidate, latest=observed.is_latest, commit=commit)
    run.report.done(observed.artefact, link=release.html_url)
    _require_tag(version, commit, tools)
    return release


def _create(observed: Observed, tools: Clients) -> Release:
    content, version = observed.content, observed.plan.version
    return tools.releases.create_draft(
        version.tag,
        _description(observed, tools),
        prerelease=version.is_candidate,
        commit=content.marker.commit,
        look=lambda: published_release.find(content, tools.releases).draft,
    )


def _description(observed: Observed, tools: Clients) -> str:
    """That of an earlier draft with another content, whose notes somebody may have edited; else a new one."""
    content, version, text = observed.content, observed.plan.version, observed.plan.notes
    if observed.found.others:
        return release_description.with_head(observed.found.others[-1].body or "", content.marker, content.introduction)
    if text is None:
        before = previous(version, observed.versions)
        text = tools.releases.generated_notes(version.tag, before.tag if before else "")
    gates = tools.gates.section(version, content.marker.commit, observed.versions)
    return release_description.compose(content.marker, content.introduction, "\n".join(filter(None, (gates, text))))


def _upload(content: Content, draft: Release, tools: Clients, run: Run) -> None:
    """Upload the assets that the draft lacks; a broken one, or one of an earlier run that is other now, gives way."""
    files = {file.name: file for file in content.files}
    for name, instead in lacking(content, draft, tools.releases).items():
        if instead:
            tools.releases.remove(instead)
        tools.releases.upload(draft, files[name])
        run.info(f"{name} {files[name].digest}")


def _require_tag(version: Version, commit: str, tools: Clients) -> Tagged:
    """The tag, which has to point to the given commit, if any; raises E_TAG_MOVED."""
    found = tools.releases.tagged(version.tag)
    if commit and found.commit != commit:
        raise tag_check.moved(version, found.commit, commit)
    return found
