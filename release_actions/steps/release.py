"""A whole release of one image and one chart: everything that can fail without a trace comes first.

The chart is checked with the image pending, the image is pushed by digest, which nobody sees; the version's tag and the
chart appear last, in this order.
"""

import contextlib
from pathlib import Path

import msgspec

from release_actions.project.config import ImageSettings
from release_actions.project.matrix import built_images
from release_actions.runner.run import Run
from release_actions.steps.access import Access
from release_actions.steps.chart_check import check_chart, open_chart_clients
from release_actions.steps.chart_plan import ChartPlan, ChartRequest, plan_chart
from release_actions.steps.chart_publication import publish_chart
from release_actions.steps.image_plan import BuildInputs, ImagePlan, ImageRequest, plan_image
from release_actions.steps.image_publication import build_image, observe_image, open_image_clients, publish_image
from release_actions.steps.preflight import PreflightRequest, require_with_chart
from release_actions.steps.tag_validation import TagRequest, ValidTag, validate


class ReleaseRequest(msgspec.Struct, frozen=True, kw_only=True):
    """The tag with its project, how the image is built (by buildx's `builder`, or empty), and the chart."""

    tag: TagRequest
    build: BuildInputs
    builder: str
    chart: ChartRequest


class ReleasedProject(msgspec.Struct, frozen=True, kw_only=True):
    """What is there in the end; digests are empty where a dry run found nothing."""

    tag: ValidTag
    image: ImagePlan
    image_digest: str
    chart: ChartPlan
    chart_digest: str
    package: Path


def release(request: ReleaseRequest, access: Access, run: Run) -> ReleasedProject:
    """Release it, phase by phase."""
    with contextlib.ExitStack() as clients:
        # Is the tag a release of this project?
        tag = validate(request.tag, run)
        access = msgspec.structs.replace(access, parts=tag.parts)

        # Is there anything that would stop the release half-way? The chart is checked with its image pending.
        chart = plan_chart(_chart(request, tag), run)
        chart_clients = clients.enter_context(open_chart_clients(chart, access, run))
        config = msgspec.structs.replace(tag.config, images=_images(request, tag))
        preflight = PreflightRequest(
            version=tag.version,
            project=msgspec.structs.replace(request.tag.project, places=(), branch=""),
            registry=request.tag.registry,
            exclude_images=request.chart.exclude_images,
        )
        checked = require_with_chart(config, preflight, access, run, lambda: check_chart(chart, chart_clients, run))

        # What is there of the image?
        image = plan_image(_image(request, tag), run)
        image_clients = clients.enter_context(open_image_clients(image, access, request.builder, run))
        observed = observe_image(image, image_clients, run)
        if run.dry_run:
            image_digest, chart_digest = observed.digest, checked.artefact.digest
        else:
            # Build it, and push it by digest.
            digests = build_image(observed, image_clients, run)

            # From here on the version is public: the image's tag, then the chart.
            image_digest = publish_image(observed, digests, image_clients, run)
            chart_digest = publish_chart(checked, chart_clients, run)
    return ReleasedProject(
        tag=tag,
        image=image,
        image_digest=image_digest,
        chart=chart,
        chart_digest=chart_digest,
        package=checked.package,
    )


def _images(request: ReleaseRequest, tag: ValidTag) -> tuple[ImageSettings, ...]:
    """The images of the configuration, built as this release builds them."""
    return tuple(
        msgspec.structs.replace(one, context=request.build.context, file=request.build.file)
        for one in tag.config.images
    )


def _image(request: ReleaseRequest, tag: ValidTag) -> ImageRequest:
    image = tag.config.images[0]
    return ImageRequest(
        version=tag.version,
        names=request.tag.project.images,
        image_tag=tag.config.image_tag,
        platforms=image.platforms or tag.config.platforms,
        build=request.build,
        commit=tag.commit,
    )


def _chart(request: ReleaseRequest, tag: ValidTag) -> ChartRequest:
    return msgspec.structs.replace(request.chart, pending_images=tuple(built_images(tag.config, tag.version)))
