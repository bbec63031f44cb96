"""The questions about a release: to its configuration and checkout, to GitHub, to registries, to the index branch."""

from collections.abc import Callable, Iterator, Sequence
from functools import partial
from pathlib import Path

import msgspec

from release_actions.chart_repository.branch import IndexBranch
from release_actions.core.version import Spelling, versions_of
from release_actions.github.branch_settings import is_protected
from release_actions.github.client import GitHub
from release_actions.github.releases import Releases
from release_actions.image.floating import parse_scopes, releases_by_precedence
from release_actions.image.published import Identity
from release_actions.oci.credentials import Credentials
from release_actions.oci.reference import Reference, parse_name
from release_actions.oci.registry import Registry
from release_actions.preflight import ask
from release_actions.project.config import Config
from release_actions.system.http import Transport

Question = tuple[str, Callable[[], str]]
"""What is asked, and who answers: a note, or an error that is raised."""


class AskedRelease(msgspec.Struct, frozen=True):
    """What is released, and who is asked about it."""

    config: Config
    identity: Identity
    images: list[Reference]
    charts: list[Reference]
    registry: Registry
    releases: Releases


def of_checkout(asked: AskedRelease, workspace: Path) -> Iterator[Question]:
    """Whether the checkout is what the tag's commit says."""
    yield "Changed files", partial(ask.changed_files, workspace)
    for one in asked.config.charts:
        yield f"Files of the chart {one.path}", partial(ask.files_of_chart, workspace, one.path)
    for context, file in dict.fromkeys((one.context, one.file) for one in asked.config.images):
        yield f"Git LFS in builds of `{context}`", partial(ask.lfs_of_build, workspace, context, file)


def of_release(asked: AskedRelease, *, with_page: bool, floating_tags: Sequence[str]) -> Iterator[Question]:
    """Is anything of this version there that is not this release's? `with_page` is for one with a GitHub release."""
    version, spelling = asked.identity.version, Spelling(asked.config.image_tag)
    if with_page:
        yield "GitHub release", partial(ask.release_page, asked.releases, version, asked.identity.commit, asked.charts)
    for image in asked.images:
        yield f"Image {image}", partial(ask.image_tag, asked.registry, image, asked.identity)
    scopes = [] if version.is_candidate else parse_scopes(floating_tags)
    existing = versions_of(asked.releases.tags()) if scopes else []
    for scope in scopes:
        if releases_by_precedence(scope, version, [*existing, version])[0] == version:
            for image in asked.images:
                floating = image.tagged(scope.tag(version, spelling))
                yield f"Floating tag {floating}", partial(ask.floating_tag, asked.registry, floating, image, version)


def of_rights(
    asked: AskedRelease, transport: Transport, credentials: Credentials, *, with_page: bool
) -> Iterator[Question]:
    """Whether this run may write what the release consists of."""
    if with_page:
        yield "Right to make the GitHub release", partial(ask.right_to_release, asked.releases, asked.identity.version)
    for one in dict.fromkeys(parse_name(one.name) for one in (*asked.images, *asked.charts)):
        yield f"Right to push to {one.name}", partial(ask.right_to_push, transport, credentials.login, one)


def of_index(index: Callable[[], IndexBranch], github: GitHub, branch: str) -> Iterator[Question]:
    """Whether this run may push to the branch of the chart repository, if there is one."""

    def answer() -> str:
        return ask.index_branch(index(), is_protected=is_protected(github, branch))

    if branch:
        yield f"Right to push to the branch {branch}", answer
