"""Read what releases consist of: from each tag's own commit, from its page, and from inputs beside them."""

import contextlib
from collections.abc import Iterator, Mapping
from typing import Any, Literal

import msgspec

from release_actions.chart_repository.branch import IndexBranch
from release_actions.core.errors import Code, ReleaseError
from release_actions.core.version import Version, parse_tag, versions_of
from release_actions.git.commit_files import CommitFiles
from release_actions.git.remote import Refs, Remote
from release_actions.github.client import GitHub
from release_actions.github.releases import Release as GitHubRelease
from release_actions.image.floating import Scope, parse_scopes
from release_actions.project.at_tag import AtTag, read_at_tag
from release_actions.project.config import Config, with_inputs
from release_actions.project.release_branch_names import branch_of
from release_actions.runner.run import Run
from release_actions.verify.expected_release import ExpectedRelease, expected_release
from release_actions.verify.git import verify_tag
from release_actions.verify.github import Page, latest_release, public_releases, read_page
from release_actions.verify.result import Check, unknown
from release_actions.verify.version_places_at_tag import verify_places

_SHOWN = 10


class VerifyRequest(msgspec.Struct, frozen=True, kw_only=True):
    """What to look at: `git_only` leaves out the page and the registries, empty texts leave out what they name.

    `given` has the inputs that complete a configuration, by their names; `config` is its path. `registry` is where
    charts are when the configuration does not say. `page` is what a release's page has to have.
    """

    repository: str
    token: str
    given: Mapping[str, Any]
    config: str
    registry: str
    page: Literal["ledger", "any", "none"]
    index_branch: str
    floating_tags: tuple[str, ...]
    check_branch: bool
    check_places: bool
    git_only: bool


class ReleaseSources(msgspec.Struct, frozen=True, kw_only=True):
    """The places that say what releases consist of, where they are announced, and what all of them share."""

    request: VerifyRequest
    github: GitHub
    remote: Remote
    refs: Refs
    versions: list[Version]
    scopes: tuple[Scope, ...]
    public: Mapping[str, GitHubRelease]
    latest: str
    index: bytes


class CheckedRelease(msgspec.Struct, frozen=True, kw_only=True):
    """What is known of a tag's release before registries are asked.

    `found` is what was looked at so far. Without a commit, or where nothing says what there should be, that is all.
    """

    version: Version
    commit: str = ""
    found: tuple[Check, ...]
    page: Page = Page()
    expected: ExpectedRelease = ExpectedRelease()


@contextlib.contextmanager
def open_sources(request: VerifyRequest, run: Run) -> Iterator[ReleaseSources]:
    """Read what all releases share, and keep the clients open."""
    context, repository = run.context, request.repository or run.context.repository
    wants_page = request.page != "none"
    with GitHub(context.api_url, repository, request.token) as github:
        remote, pages = (
            Remote.of_repository(context.server_url, repository, run.temp / name, token=request.token)
            for name in ("remote.git", "pages.git")
        )
        refs = remote.refs(run.warn)
        yield ReleaseSources(
            request=request,
            github=github,
            remote=remote,
            refs=refs,
            versions=versions_of(refs.tags),
            scopes=parse_scopes(request.floating_tags),
            public=public_releases(github) if wants_page else {},
            latest=latest_release(github) if wants_page else "",
            index=IndexBranch(pages, request.index_branch).read() if request.index_branch else b"",
        )


def requested_versions(tag: str, since: str, versions: list[Version]) -> list[Version]:
    """The tag, or with `since` all release tags from that one on; raises E_INPUT and E_TAG_MISSING."""
    if not since:
        return [parse_tag(tag)]
    if tag:
        raise ReleaseError(
            Code.E_INPUT,
            "`tag` and `since` exclude each other.",
            next_step="Give `tag` for one release, `since` for many.",
        )
    first = parse_tag(since)
    found = [version for version in versions if version >= first]
    if not found:
        raise ReleaseError(
            Code.E_TAG_MISSING, f"There is no release tag from {first.tag} on.", next_step="Correct the input `since`."
        )
    return found


def read(versions: list[Version], sources: ReleaseSources, run: Run) -> list[CheckedRelease]:
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


def _config(version: Version, sources: ReleaseSources) -> tuple[AtTag, ReleaseError | None]:
    """The project's configuration at a tag, as the inputs complete it; and why it could not be read, if so."""
    request, failure = sources.request, None
    if version.tag in sources.refs.tags:
        try:
            files = CommitFiles(sources.remote, f"refs/tags/{version.tag}")
            return read_at_tag(files, request.config, **request.given), None
        except ReleaseError as error:
            failure = error
    return AtTag(with_inputs(Config(), **request.given)), failure


def _release(
    version: Version, branch: str, config: Config, failure: ReleaseError | None, sources: ReleaseSources
) -> CheckedRelease:
    """A tag's release by its commit and its page."""
    request = sources.request
    tag, commit = verify_tag(sources.remote, sources.refs, version, branch if request.check_branch else "")
    if not commit:
        return CheckedRelease(version=version, found=(tag,))
    files = CommitFiles(sources.remote, commit)
    places = verify_places(files, config, version) if request.check_places and not failure else []
    if request.git_only:
        return CheckedRelease(version=version, commit=commit, found=(tag, *places))
    page = read_page(sources.github, sources.public.get(version.tag))
    try:
        if failure:
            raise failure
        expected = expected_release(config, version, CommitFiles(sources.remote, commit), request.registry, page.ledger)
    except ReleaseError as error:
        contents = unknown("contents", f"of {version.tag}", error)
        seen = [one for one in places if not one.error]  # the same file can't be read for both
        return CheckedRelease(version=version, commit=commit, found=(tag, *seen, contents), page=page)
    return CheckedRelease(version=version, commit=commit, found=(tag, *places), page=page, expected=expected)
