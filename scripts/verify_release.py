"""Report whether everything that a tag's release consists of is there and agrees. Nothing is ever written.

No checkout is needed: what a release consists of is read from the tag's own commit on the remote. All of it is looked
at, so that one run names everything that is wrong. What can't be looked at fails the run with its own reason.
"""

import contextlib
from collections.abc import Iterator
from typing import Literal

from release_actions.oci.credentials import Credentials, release_credentials
from release_actions.oci.registry import Registry
from release_actions.runner import inputs, outputs
from release_actions.runner.inputs import Lines, Secret, Words
from release_actions.runner.run import Run
from release_actions.steps.release_checks import report, verify_all, warn_of_private
from release_actions.steps.release_contents import CheckedRelease, VerifyRequest, open_sources, read, requested_versions


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


def main(inputs: Inputs, run: Run) -> Outputs:
    """Look at every artefact of every requested release, and fail the run when one is not right."""
    with open_sources(_request(inputs), run) as sources:
        tag = inputs.tag if inputs.since else inputs.tag or run.context.tag
        releases = read(requested_versions(tag, inputs.since, sources.versions), sources, run)
    with _credentials(inputs, run, releases) as credentials, Registry(credentials.login) as registry:
        found = verify_all(releases, sources, registry)
        warn_of_private(found, credentials.login, run)
    incomplete = report(releases, found, run)
    return Outputs(complete=not incomplete, incomplete_tags=",".join(incomplete))


def _request(inputs: Inputs) -> VerifyRequest:
    return VerifyRequest(
        repository=inputs.repository,
        token=inputs.token,
        given={
            "images": inputs.images,
            "charts": inputs.charts,
            "platforms": inputs.platforms,
            "image_tag": inputs.image_tag,
            "branch": inputs.branch,
        },
        config=inputs.config,
        registry=inputs.registry,
        page="none" if inputs.git_only else inputs.github_release,
        index_branch=inputs.index_branch,
        floating_tags=inputs.floating_tags,
        check_branch=inputs.check_branch,
        check_places=inputs.check_places,
        git_only=inputs.git_only,
    )


@contextlib.contextmanager
def _credentials(inputs: Inputs, run: Run, releases: list[CheckedRelease]) -> Iterator[Credentials]:
    expected = [release.expected for release in releases]
    references = [one for each in expected for one in (*(image.reference for image in each.images), *each.charts)]
    with release_credentials(run.temp, [one.registry for one in references], inputs, run.mask) as credentials:
        yield credentials
