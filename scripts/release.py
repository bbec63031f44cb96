"""Release a project with one image and one chart in one step: validate, build, check, and only then publish.

The phases are those of validate-tag, preflight, build-push-image and publish-chart. The chart is checked with the image
pending, the image is pushed by digest, which nobody sees; the version's tag and the chart appear last, in this order.
"""

import contextlib
from typing import Literal

from release_actions.core.errors import Code, ReleaseError
from release_actions.project.config import DEFAULT_PATH
from release_actions.runner import inputs, outputs
from release_actions.runner.inputs import Lines, Secret, Words
from release_actions.runner.run import Run
from scripts import build_push_image, preflight, publish_chart, validate_tag


class Inputs(inputs.Inputs, frozen=True):
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
    context: str
    file: str
    target: str
    build_args: Lines
    labels: Lines
    secrets: Lines
    builder: str
    provenance: Literal["min", "max", "none"]
    sbom: bool
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


def main(given: Inputs, run: Run) -> Outputs:
    """Everything that can fail without a trace comes first."""
    if not given.image:
        raise ReleaseError(
            Code.E_INPUT,
            "The input `image` names no image.",
            next_step="Write its name, such as `ghcr.io/kubeflow/op`.",
        )
    whole = {"images": given.image, "charts": (given.chart,), "config": DEFAULT_PATH}
    tag = validate_tag.main(inputs.handed_on(given, validate_tag.Inputs, **whole), run)
    image_inputs, chart_inputs = _image_inputs(given, tag), _chart_inputs(given, tag)
    chart = publish_chart.prepare(chart_inputs, run)
    with contextlib.ExitStack() as clients:
        chart_tools = clients.enter_context(publish_chart.clients(chart, chart_inputs, run))
        build = (given.context, given.file)
        checked = preflight.require(given, whole, build, run, lambda: publish_chart.check(chart, chart_tools, run))
        image = build_push_image.prepare(image_inputs, run)
        image_tools = clients.enter_context(build_push_image.clients(image, image_inputs, run))
        observed = build_push_image.observe(image, image_tools, run)
        if run.dry_run:
            image_digest = observed.published.digest if observed.published else ""
            chart_digest = checked.artefact.digest
        else:
            digests = build_push_image.build(observed, image_tools, run)
            image_digest = build_push_image.publish(observed, digests, image_tools, run)
            chart_digest = publish_chart.publish(checked, chart_tools, run)
    published = build_push_image.outputs_of(image, image_digest)
    return Outputs(
        tag=tag.tag,
        version=tag.version,
        commit=tag.commit,
        is_prerelease=tag.is_prerelease,
        is_latest=tag.is_latest,
        image=published.reference,
        image_digest=image_digest,
        chart=str(chart.reference),
        chart_digest=chart_digest,
        package=str(checked.package),
    )


def _image_inputs(given: Inputs, tag: validate_tag.Outputs) -> build_push_image.Inputs:
    first = tag.images["include"][0]
    return inputs.handed_on(
        given,
        build_push_image.Inputs,
        tag=tag.tag,
        commit=tag.commit,
        image_tag=first["image-tag"],
        platforms=tuple(first["platforms"].split(",")),
        digest_only=False,
        digests=(),
        check_tag=True,
    )


def _chart_inputs(given: Inputs, tag: validate_tag.Outputs) -> publish_chart.Inputs:
    return inputs.handed_on(
        given,
        publish_chart.Inputs,
        tag=tag.tag,
        sync=False,
        pending_images=tuple(tag.built_images.split("\n")),
        index_branch="",
        index_url="",
        package_in_branch=False,
        check_tag=True,
        config=DEFAULT_PATH,
    )
