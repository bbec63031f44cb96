"""Ask everything that can be known of a release before anything is built, all at once, and print one list."""

from typing import Literal

from release_actions.core.version import parse_tag
from release_actions.preflight import questions
from release_actions.public_state.parts import parse_parts
from release_actions.runner import inputs, outputs
from release_actions.runner.inputs import Lines, Secret, Words
from release_actions.runner.run import Run
from release_actions.steps.access import Access, ask_public
from release_actions.steps.chart_check import ChartIndex
from release_actions.steps.preflight import PreflightRequest, look
from release_actions.steps.project import ProjectRequest


class Inputs(inputs.Inputs, frozen=True):
    """What will be released, and where."""

    tag: str
    images: Lines
    charts: Lines
    registry: str
    platforms: Words
    image_tag: Literal["", "tag", "bare"]
    sync: bool
    exclude_images: Lines
    index_branch: str
    index_url: str
    check_release_page: bool
    floating_tags: Words
    release_parts: str
    config: str
    token: Secret
    registry_username: str
    registry_password: Secret
    ghcr_token: Secret
    dry_run: bool


class Outputs(outputs.Outputs, frozen=True):
    """How many questions have an answer that stops the release, and how many have none."""

    wrong: int
    unknown: int


def main(inputs: Inputs, run: Run) -> Outputs:
    """Ask all questions side by side; the run fails when one is answered badly."""
    request = PreflightRequest(
        version=parse_tag(inputs.tag or run.context.tag),
        project=ProjectRequest(
            config=inputs.config,
            images=inputs.images,
            charts=inputs.charts,
            platforms=inputs.platforms,
            image_tag=inputs.image_tag,
        ),
        registry=inputs.registry,
        sync=inputs.sync,
        exclude_images=inputs.exclude_images,
        index=_index(inputs),
        with_page=inputs.check_release_page,
        floating_tags=inputs.floating_tags,
    )
    access = Access(logins=inputs, token=inputs.token, parts=parse_parts(inputs.release_parts))
    ask_public(request.version, access, run)
    answers = look(request, access, run)
    run.failure = questions.failure(answers)
    return Outputs(wrong=sum(one.is_wrong for one in answers), unknown=sum(one.unknown for one in answers))


def _index(inputs: Inputs) -> ChartIndex | None:
    if not inputs.index_branch:
        return None
    return ChartIndex(branch=inputs.index_branch, url=inputs.index_url, with_package=True)
