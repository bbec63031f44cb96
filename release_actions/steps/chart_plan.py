"""Which chart is published, where it goes, and what has to be right before."""

from pathlib import Path

import msgspec

from release_actions.chart import published, rendered_images, rendering
from release_actions.chart.helm import parse_kube_version
from release_actions.chart.metadata import Chart, read_chart
from release_actions.chart.staging import ReleasePlaces
from release_actions.core.errors import Code, ReleaseError
from release_actions.core.version import Spelling, Version
from release_actions.image_check import own_images
from release_actions.image_check.own_images import OwnImages
from release_actions.oci.reference import Platform, Reference, parse_platform, parse_reference
from release_actions.project.charts import with_chart_folders
from release_actions.project.config import ChartSettings as Settings
from release_actions.project.config import Config, with_inputs
from release_actions.project.fix_commands import Places
from release_actions.project.matrix import image_references
from release_actions.project.read import read_workspace_config
from release_actions.runner.run import Run
from release_actions.system.workspace import WorkspaceFiles, inside, relative


class ChartRequest(msgspec.Struct, frozen=True, kw_only=True):
    """The chart of a version, as inputs describe it; what is empty is as the configuration file `config` says.

    With `sync` the package gets the version, else its places have to have it. `pending_images` will be there when the
    chart is published: lines of a reference and its platforms.
    """

    version: Version
    chart: str
    registry: str
    config: str
    image_tag: str = ""
    sync: bool = False
    values: tuple[str, ...] = ()
    platforms: tuple[str, ...] = ()
    exclude_images: tuple[str, ...] = ()
    pending_images: tuple[str, ...] = ()
    image_paths: tuple[str, ...] = ()
    kube_version: str = ""
    api_versions: tuple[str, ...] = ()


class ChartPlan(msgspec.Struct, frozen=True, kw_only=True):
    """What is published. `folder` and `values` count from the workspace's root.

    `reference` is where the chart goes, `branch` the pattern of release branches, `fixes` what sets version places.
    """

    version: Version
    folder: str
    chart: Chart
    reference: Reference
    released: ReleasePlaces
    sync: bool
    values: tuple[str, ...]
    platforms: tuple[Platform, ...]
    exclude: tuple[str, ...]
    own: OwnImages
    image_paths: tuple[rendered_images.ImagePath, ...]
    kube_version: str
    api_versions: tuple[str, ...]
    branch: str
    fixes: Places


def plan_chart(request: ChartRequest, run: Run) -> ChartPlan:
    """Read the chart and its settings; nothing is started yet. Raises E_CHART, E_INPUT, E_PATH."""
    version = request.version
    files = WorkspaceFiles(run.context.workspace)
    project = with_chart_folders(read_workspace_config(run.context.workspace, request.config), files)
    config = with_inputs(
        project,
        charts=(request.chart,) if request.chart else (),
        platforms=request.platforms,
        image_tag=request.image_tag,
    )
    settings = _settings(config)
    folder = relative(run.context.workspace, inside(run.context.workspace, settings.path, kind="folder"))
    chart_file = str(Path(folder, "Chart.yaml"))
    chart = read_chart(files.read(chart_file), chart_file)
    return ChartPlan(
        version=version,
        folder=folder,
        chart=chart,
        reference=published.where(request.registry or settings.registry, chart.name).tagged(version.bare),
        released=ReleasePlaces(
            charts=tuple(one.path for one in project.charts),
            places=config.places,
            image_tag=Spelling(config.image_tag),
        ),
        sync=request.sync,
        values=request.values or settings.values,
        platforms=tuple(parse_platform(one) for one in request.platforms or settings.platforms or config.platforms),
        exclude=request.exclude_images or settings.exclude_images,
        own=_own_images(config, request),
        image_paths=tuple(rendered_images.parse_image_path(one) for one in request.image_paths or settings.image_paths),
        kube_version=parse_kube_version(request.kube_version or settings.kube_version),
        api_versions=rendering.parse_api_versions(request.api_versions or settings.api_versions),
        branch=config.branch,
        fixes=Places(
            there_are=not request.sync,
            charts=(folder,) if request.chart else (),
            image_tag=request.image_tag,
            config=request.config,
        ),
    )


def _settings(config: Config) -> Settings:
    if len(config.charts) != 1:
        known = ", ".join(chart.path for chart in config.charts) or "none"
        raise ReleaseError(
            Code.E_INPUT,
            f"It isn't clear which chart to publish; the configuration file has {known}.",
            next_step="Give the input `chart`, the chart's folder.",
        )
    return config.charts[0]


def _own_images(config: Config, request: ChartRequest) -> OwnImages:
    """The images of the release: those that the configuration describes, and those that are still pending."""
    described = frozenset(parse_reference(one) for one in image_references(config, request.version))
    return OwnImages(described, own_images.parse_pending(request.pending_images))
