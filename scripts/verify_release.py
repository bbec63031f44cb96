"""Tell whether everything that a tag's release consists of is there and agrees. Nothing is ever written.

No checkout is needed: what a release consists of is read from the tag's own commit on the remote. All of it is looked
at, so that one run tells everything that is wrong. What can't be looked at fails the run with its own reason.
"""

import contextlib
from collections.abc import Iterator, Mapping
from concurrent.futures import ThreadPoolExecutor
from functools import partial
from typing import Literal

import msgspec

from release_actions.chart_repository.branch import IndexBranch
from release_actions.core.errors import Code, ReleaseError
from release_actions.core.text import some
from release_actions.core.version import Version, parse_tag, versions_of
from release_actions.git.commit_files import CommitFiles
from release_actions.git.remote import Refs, Remote
from release_actions.github.client import GitHub
from release_actions.github.releases import Release as GitHubRelease
from release_actions.image.floating import Scope, parse_scopes, releases_by_precedence
from release_actions.image.published import Identity
from release_actions.oci.credentials import Credentials, release_credentials
from release_actions.oci.reference import Reference, parse_reference
from release_actions.oci.registry import Registry
from release_actions.project.at_tag import AtTag, read_at_tag
from release_actions.project.config import Config, with_inputs
from release_actions.project.release_branch_names import branch_of
from release_actions.runner import inputs, outputs
from release_actions.runner.inputs import Lines, Secret, Words
from release_actions.runner.run import Run
from release_actions.verify import public
from release_actions.verify.expected_release import ExpectedRelease, Image, expected_release
from release_actions.verify.git import verify_entry, verify_tag
from release_actions.verify.github import Page, latest_release, public_releases, read_page, verify_ledger, verify_page
from release_actions.verify.registry import verify_chart, verify_floating, verify_image
from release_actions.verify.result import Check, checked, unknown
from release_actions.verify.version_places_at_tag import verify_places

_AT_ONCE = 8
_PULLED = {"image", "chart"}
_SHOWN = 10


class Inputs(inputs.Inputs, frozen=True):
    """Which releases, and what each of them has to consist of."""

    tag: str
    since: str
    repository: str
    token: Secret
    images: Lines
    charts: Lines
    registry: str
    platforms: Words
    image_tag: Literal["", "tag", "bare"]
    check_branch: bool
    branch: str
    github_release: Literal["ledger", "any", "none"]
    index_branch: str
    floating_tags: Words
    config: str
    check_places: bool
    git_only: bool
    registry_username: str
    registry_password: Secret
    ghcr_token: Secret


class Outputs(outputs.Outputs, frozen=True):
    """Whether all is right, and the tags for which it is not, separated by commas."""

    complete: bool
    incomplete_tags: str


class Sources(msgspec.Struct, frozen=True, kw_only=True):
    """Where it stands what releases consist of, where they are announced, and what all of them share."""

    inputs: Inputs
    github: GitHub
    remote: Remote
    refs: Refs
    versions: list[Version]
    scopes: tuple[Scope, ...]
    public: Mapping[str, GitHubRelease]
    latest: str
    index: bytes


class Release(msgspec.Struct, frozen=True, kw_only=True):
    """What is known of a tag's release before registries are asked.

    `found` is what was looked at so far. Without a commit, or where nothing says what there should be, that is all.
    """

    version: Version
    commit: str = ""
    found: tuple[Check, ...]
    page: Page = Page()
    expected: ExpectedRelease = ExpectedRelease()


def main(inputs: Inputs, run: Run) -> Outputs:
    """Look at every artefact of every release that is asked for, and fail the run when one is not right."""
    with _sources(inputs, run) as sources:
        releases = read(_wanted(inputs, run, sources.versions), sources, run)
    with (
        _credentials(inputs, run, releases) as credentials,
        Registry(credentials.login) as registry,
        ThreadPoolExecutor(max_workers=_AT_ONCE) as pool,
    ):
        found = [verify(release, sources, registry, pool) for release in releases]
        right = [parse_reference(one.name) for checks in found for one in checks if one.digest and one.kind in _PULLED]
        if only_ours := public.closed(right, credentials.login):
            run.warn(public.warning(only_ours), title="Not public")
    return report(releases, found, run)


def read(versions: list[Version], sources: Sources, run: Run) -> list[Release]:
    """What each release consists of, by its tag's commit and its page; inputs that say otherwise are warned of."""
    if tags := [one.tag for one in versions if one.tag in sources.refs.tags]:
        sources.remote.fetch(*(f"refs/tags/{tag}" for tag in tags))
    configs = {one: _config(one, sources) for one in versions}
    if differences := dict.fromkeys(line for found, _ in configs.values() for line in found.differences):
        run.warn(" ".join([*differences][:_SHOWN]), title="Inputs that are not as the tag says")
    branches = {one: branch_of(found.config.branch, one.minor_version) for one, (found, _) in configs.items()}
    if there := sorted({*branches.values()} & sources.refs.branches.keys()):
        sources.remote.fetch(*(f"refs/heads/{name}" for name in there))
    return [_release(one, branches[one], found.config, failure, sources) for one, (found, failure) in configs.items()]


def verify(release: Release, sources: Sources, registry: Registry, pool: ThreadPoolExecutor) -> list[Check]:
    """All artefacts of one release. Without a commit there is nothing that the others could agree with."""
    if not release.commit:
        return list(release.found)
    images = pool.map(partial(_image, release, sources, registry), release.expected.images)
    charts = pool.map(partial(_chart, release, sources, registry), release.expected.charts)
    found = [check for answer in (*images, *charts) for check in answer]
    version, wants, announced = release.version, _page_wanted(sources.inputs), []
    if wants != "none":
        announced.append(verify_page(release.page, version, versions_of(sources.public), sources.latest))
    if wants == "ledger":
        pushed = [one for one in found if one.kind in _PULLED]
        announced.append(verify_ledger(release.page, version, release.commit, pushed))
    return [*release.found, *found, *announced]


def report(releases: list[Release], found: list[list[Check]], run: Run) -> Outputs:
    """Record each artefact as a line of the table, and set the run's failure when one is not right."""
    problems, incomplete = [], []
    for release, checks in zip(releases, found, strict=True):
        version = release.version
        for one in checks:
            run.report.verify(
                *(one.kind, one.name, version.bare, one.state), digest=one.digest, link=one.link, note=one.detail
            )
            run.info(f"{'✓' if one.is_right else '✗'} {one.kind} {one.name}")
        wrong = [one for one in checks if not one.is_right]
        problems += wrong
        incomplete += [version.tag] if wrong else []
    run.failure = _failure(problems, incomplete) if problems else None
    return Outputs(complete=not incomplete, incomplete_tags=",".join(incomplete))


def _failure(problems: list[Check], incomplete: list[str]) -> ReleaseError:
    """What is wrong as one error, a line each in its details; where something couldn't be looked at, that counts."""
    details = tuple(f"{one.kind} {one.name}: {one.detail}" for one in problems)
    unseen = next((one.error for one in problems if one.error), None)
    if unseen:
        return ReleaseError(unseen.code, unseen.what, next_step=unseen.next_step, details=details)
    names = some(incomplete, _SHOWN)
    first, *others = problems
    more = f" {len(others)} more are not right." if others else ""
    return ReleaseError(
        Code.E_RELEASE_INCOMPLETE,
        f"{names} {'are' if incomplete[1:] else 'is'} not complete. {first.kind} {first.name}: {first.problem}{more}",
        next_step=first.next_step,
        details=details,
        commands=() if others else first.commands,
    )


def _image(release: Release, sources: Sources, registry: Registry, image: Image) -> list[Check]:
    """An image, and the floating tags that belong to it: those of which the release is the highest."""
    version, identity = release.version, Identity(release.version, release.commit)
    found = checked("image", image.reference, lambda: verify_image(registry, image, identity))
    own = [
        scope for scope in sources.scopes if releases_by_precedence(scope, version, sources.versions)[:1] == [version]
    ]
    floating = [image.reference.tagged(scope.tag(version, release.expected.image_tag)) for scope in own if found.digest]
    ask = partial(verify_floating, registry, version=version, digest=found.digest)
    return [found, *(checked("floating tag", one, partial(ask, one)) for one in floating)]


def _chart(release: Release, sources: Sources, registry: Registry, chart: Reference) -> list[Check]:
    """A chart, and its entry in the chart repository's index where there is one."""
    app_version = release.version.spelled(release.expected.image_tag)
    found = checked("chart", chart, lambda: verify_chart(registry, chart, app_version))
    branch, files = sources.inputs.index_branch, release.page.ledger.files if release.page.ledger else ()
    if not branch:
        return [found]
    # The index names the package that was published with the release, which another machine may have compressed.
    name = f"{chart.repository.rpartition('/')[2]}-{chart.tag}.tgz"
    packages = {found.content, *(one.digest for one in files if one.name == name)} - {""}
    return [found, checked("index entry", chart, lambda: verify_entry(sources.index, branch, chart, packages))]


@contextlib.contextmanager
def _sources(inputs: Inputs, run: Run) -> Iterator[Sources]:
    context, repository = run.context, inputs.repository or run.context.repository
    wants_page = _page_wanted(inputs) != "none"
    with GitHub(context.api_url, repository, inputs.token) as github:
        remote, pages = (
            Remote.of_repository(context.server_url, repository, run.temp / name, token=inputs.token)
            for name in ("remote.git", "pages.git")
        )
        refs = remote.refs(run.warn)
        yield Sources(
            inputs=inputs,
            github=github,
            remote=remote,
            refs=refs,
            versions=versions_of(refs.tags),
            scopes=parse_scopes(inputs.floating_tags),
            public=public_releases(github) if wants_page else {},
            latest=latest_release(github) if wants_page else "",
            index=IndexBranch(pages, inputs.index_branch).read() if inputs.index_branch else b"",
        )


@contextlib.contextmanager
def _credentials(inputs: Inputs, run: Run, releases: list[Release]) -> Iterator[Credentials]:
    expected = [release.expected for release in releases]
    references = [one for each in expected for one in (*(image.reference for image in each.images), *each.charts)]
    with release_credentials(run.temp, [one.registry for one in references], inputs, run.mask) as credentials:
        yield credentials


def _page_wanted(inputs: Inputs) -> str:
    return "none" if inputs.git_only else inputs.github_release


def _wanted(inputs: Inputs, run: Run, versions: list[Version]) -> list[Version]:
    """The tag, or with `since` all release tags from that one on; raises E_INPUT and E_TAG_MISSING."""
    if not inputs.since:
        return [parse_tag(inputs.tag or run.context.tag)]
    if inputs.tag:
        raise ReleaseError(
            Code.E_INPUT,
            "`tag` and `since` exclude each other.",
            next_step="Give `tag` for one release, `since` for many.",
        )
    first = parse_tag(inputs.since)
    found = [version for version in versions if version >= first]
    if not found:
        raise ReleaseError(
            Code.E_TAG_MISSING, f"There is no release tag from {first.tag} on.", next_step="Correct the input `since`."
        )
    return found


def _config(version: Version, sources: Sources) -> tuple[AtTag, ReleaseError | None]:
    """The project's configuration at a tag, as the inputs complete it; and why it could not be read, if so."""
    failure, inputs = None, msgspec.structs.asdict(sources.inputs)
    given = {name: inputs[name] for name in ("images", "charts", "platforms", "image_tag", "branch")}
    if version.tag in sources.refs.tags:
        try:
            return read_at_tag(CommitFiles(sources.remote, f"refs/tags/{version.tag}"), inputs["config"], **given), None
        except ReleaseError as error:
            failure = error
    return AtTag(with_inputs(Config(), **given)), failure


def _release(version: Version, branch: str, config: Config, failure: ReleaseError | None, sources: Sources) -> Release:
    """A tag's release by its commit and its page."""
    inputs = sources.inputs
    tag, commit = verify_tag(sources.remote, sources.refs, version, branch if inputs.check_branch else "")
    if not commit:
        return Release(version=version, found=(tag,))
    files = CommitFiles(sources.remote, commit)
    places = verify_places(files, config, version) if inputs.check_places and not failure else []
    if inputs.git_only:
        return Release(version=version, commit=commit, found=(tag, *places))
    page = read_page(sources.github, sources.public.get(version.tag))
    try:
        if failure:
            raise failure
        expected = expected_release(config, version, CommitFiles(sources.remote, commit), inputs.registry, page.ledger)
    except ReleaseError as error:
        contents = unknown("contents", f"of {version.tag}", error)
        seen = [one for one in places if not one.error]  # the same file can't be read for both
        return Release(version=version, commit=commit, found=(tag, *seen, contents), page=page)
    return Release(version=version, commit=commit, found=(tag, *places), page=page, expected=expected)
