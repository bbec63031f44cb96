"""Check that a tag is a release of this project, and compute everything the rest of the release needs to know."""

from typing import Literal

from release_actions.core.version import Spelling, is_latest, parse_tag
from release_actions.project import matrix
from release_actions.project.matrix import Matrix
from release_actions.runner import inputs, outputs
from release_actions.runner.inputs import Lines, Secret, Words
from release_actions.runner.run import Run
from release_actions.steps.project import ProjectRequest
from release_actions.steps.tag_page import tag_page
from release_actions.steps.tag_validation import TagRequest, ValidTag, validate


class Inputs(inputs.Inputs, frozen=True):
    """The tag, how it is checked, and what the release is made of."""

    tag: str
    token: Secret
    check_branch: bool
    branch: str
    require_candidate: bool
    check_places: bool
    charts: Lines
    places: Lines
    images: Lines
    platforms: Words
    registry: str
    index_branch: str
    floating_tags: Words
    image_tag: Literal["", "tag", "bare"]
    config: str


class Outputs(outputs.Outputs, frozen=True):
    """The version in every spelling, where it stands among the others, and the matrices of the jobs to come."""

    tag: str
    version: str
    major: int
    minor: int
    patch: int
    prerelease: str
    is_prerelease: bool
    is_latest: bool
    previous_tag: str
    release_branch: str
    commit: str
    image_tag: str
    chart_version: str
    app_version: str
    pep440_version: str
    matrix: Matrix
    images: Matrix
    charts: Matrix
    pending_images: str
    built_images: str
    chart_references: str
    release_parts: str


def main(inputs: Inputs, run: Run) -> Outputs:
    """Validate the tag, then compute what the other jobs need."""
    request = _request(inputs, run)
    found = validate(request, run)
    run.summarize(tag_page(found, request, places=len(run.report.artefacts)))
    return _outputs(found, inputs.registry)


def _request(inputs: Inputs, run: Run) -> TagRequest:
    return TagRequest(
        version=parse_tag(inputs.tag or run.context.tag),
        project=ProjectRequest(
            config=inputs.config,
            images=inputs.images,
            charts=inputs.charts,
            places=inputs.places,
            platforms=inputs.platforms,
            image_tag=inputs.image_tag,
            branch=inputs.branch,
        ),
        registry=inputs.registry,
        index_branch=inputs.index_branch,
        floating_tags=inputs.floating_tags,
        token=inputs.token,
        check_branch=inputs.check_branch,
        require_candidate=inputs.require_candidate,
        check_places=inputs.check_places,
    )


def _outputs(found: ValidTag, registry: str) -> Outputs:
    version, config = found.version, found.config
    image_tag = version.spelled(Spelling(config.image_tag))
    return Outputs(
        tag=version.tag,
        version=version.bare,
        major=version.major,
        minor=version.minor,
        patch=version.patch,
        prerelease=version.bare.partition("-")[2],
        is_prerelease=version.is_candidate,
        is_latest=is_latest(version, found.versions),
        previous_tag=found.previous_tag,
        release_branch=found.branch,
        commit=found.commit,
        image_tag=image_tag,
        chart_version=version.bare,
        app_version=image_tag,
        pep440_version=version.pep440,
        matrix=matrix.build_matrix(config),
        images=matrix.image_matrix(config),
        charts=matrix.chart_matrix(config, registry),
        pending_images="\n".join(matrix.image_references(config, version)),
        built_images="\n".join(matrix.built_images(config, version)),
        chart_references="\n".join(matrix.chart_references(config, registry, version, found.charts)),
        release_parts=found.parts.text,
    )
