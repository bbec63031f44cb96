"""Release a project with one image and one chart in one step: validate, build, check, and only then publish."""

from typing import Literal

from release_actions.core.errors import Code, ReleaseError
from release_actions.core.version import Version, is_latest, parse_tag
from release_actions.project.config import DEFAULT_PATH
from release_actions.runner import outputs
from release_actions.runner.inputs import Lines, Secret, Words
from release_actions.runner.run import Run
from release_actions.steps.access import Access
from release_actions.steps.chart_plan import ChartRequest
from release_actions.steps.image_plan import BuildInputs
from release_actions.steps.project import ProjectRequest
from release_actions.steps.release import ReleaseRequest, release
from release_actions.steps.tag_validation import TagRequest


class Inputs(BuildInputs, frozen=True):
    """The tag, the image, the chart, and where they go."""

    tag: str
    token: Secret
    check_branch: bool
    branch: str
    require_candidate: bool
    check_places: bool
    places: Lines
    image: Lines
    chart: str
    registry: str
    image_tag: Literal["", "tag", "bare"]
    platforms: Words
    builder: str
    values: Lines
    exclude_images: Lines
    image_paths: Lines
    kube_version: str
    api_versions: Words
    registry_username: str
    registry_password: Secret
    ghcr_token: Secret
    dry_run: bool


class Outputs(outputs.Outputs, frozen=True):
    """The release as it is now in git and in the registries."""

    tag: str
    version: str
    commit: str
    is_prerelease: bool
    is_latest: bool
    image: str
    image_digest: str
    chart: str
    chart_digest: str
    package: str


def main(inputs: Inputs, run: Run) -> Outputs:
    """Everything that can fail without a trace comes first."""
    if not inputs.image:
        raise ReleaseError(
            Code.E_INPUT,
            "The input `image` names no image.",
            next_step="Write its name, such as `ghcr.io/kubeflow/op`.",
        )
    version = parse_tag(inputs.tag or run.context.tag)
    tag, chart = _tag(inputs, version), _chart(inputs, version)
    request = ReleaseRequest(tag=tag, build=inputs, builder=inputs.builder, chart=chart)
    found = release(request, Access(logins=inputs, token=inputs.token, check_tag=True), run)
    return Outputs(
        tag=version.tag,
        version=version.bare,
        commit=found.tag.commit,
        is_prerelease=version.is_candidate,
        is_latest=is_latest(version, found.tag.versions),
        image=found.image.published(found.image_digest),
        image_digest=found.image_digest,
        chart=str(found.chart.reference),
        chart_digest=found.chart_digest,
        package=str(found.package),
    )


def _tag(inputs: Inputs, version: Version) -> TagRequest:
    return TagRequest(
        version=version,
        project=ProjectRequest(
            config=DEFAULT_PATH,
            images=inputs.image,
            charts=(inputs.chart,),
            places=inputs.places,
            platforms=inputs.platforms,
            image_tag=inputs.image_tag,
            branch=inputs.branch,
        ),
        registry=inputs.registry,
        token=inputs.token,
        check_branch=inputs.check_branch,
        require_candidate=inputs.require_candidate,
        check_places=inputs.check_places,
    )


def _chart(inputs: Inputs, version: Version) -> ChartRequest:
    return ChartRequest(
        version=version,
        chart=inputs.chart,
        registry=inputs.registry,
        config=DEFAULT_PATH,
        image_tag=inputs.image_tag,
        values=inputs.values,
        platforms=inputs.platforms,
        exclude_images=inputs.exclude_images,
        image_paths=inputs.image_paths,
        kube_version=inputs.kube_version,
        api_versions=inputs.api_versions,
    )
