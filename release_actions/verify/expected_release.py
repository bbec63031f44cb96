"""What the release of a tag consists of: by inputs, by the configuration file at the tag's commit, by its ledger."""

import msgspec

from release_actions.chart.metadata import Chart
from release_actions.chart.places import read_charts
from release_actions.core.errors import Code, ReleaseError
from release_actions.core.files import Files
from release_actions.core.version import Spelling, Version
from release_actions.oci.reference import Platform, Reference, parse_name, parse_platform, parse_reference
from release_actions.project.charts import with_chart_folders
from release_actions.project.config import Config
from release_actions.release.ledger import Ledger


class ExpectedImage(msgspec.Struct, frozen=True):
    """An image of the release, and the platforms it is expected for."""

    reference: Reference
    platforms: tuple[Platform, ...]


class ExpectedRelease(msgspec.Struct, frozen=True, kw_only=True):
    """The artefacts in registries. `image_tag` is how image tags and the charts' appVersion are spelled."""

    image_tag: Spelling = Spelling.TAG
    images: tuple[ExpectedImage, ...] = ()
    charts: tuple[Reference, ...] = ()


def expected_release(
    config: Config, version: Version, files: Files, registry: str, ledger: Ledger | None
) -> ExpectedRelease:
    """What has to be there: what the configuration names, and what the ledger says was released.

    `registry` is for charts that name none of their own. What the ledger alone names is expected for `platforms` of the
    configuration where that names nothing, else for whichever it has. Raises E_INPUT when neither names anything, and
    what `with_chart_folders` and `read_charts` raise.
    """
    image_tag = Spelling(config.image_tag)
    images = {
        parse_name(one.name).tagged(version.spelled(image_tag)): _platforms(one.platforms or config.platforms)
        for one in config.images
    }
    charts = [
        _reference(chart, one.registry or registry).tagged(version.bare)
        for one in with_chart_folders(config, files).charts
        for chart in read_charts(files, [one.path])
    ]
    if ledger and ledger.tag == version.tag:
        platforms = () if images or charts else _platforms(config.platforms)
        images = {parse_reference(one.name): platforms for one in ledger.images} | images
        charts += [parse_reference(one.name) for one in ledger.charts]
    if not images and not charts:
        raise ReleaseError(
            Code.E_INPUT,
            f"Nothing says which images and charts {version.tag} consists of: no configuration file, no ledger of it.",
            next_step="Name them in the inputs `images` and `charts`.",
        )
    return ExpectedRelease(
        image_tag=image_tag,
        images=tuple(ExpectedImage(reference, platforms) for reference, platforms in images.items()),
        charts=tuple(dict.fromkeys(charts)),
    )


def _reference(chart: Chart, registry: str) -> Reference:
    if not registry:
        raise ReleaseError(
            Code.E_INPUT,
            f"Nothing says where the chart {chart.file[:200]!a} is published.",
            next_step="Give the input `registry` such as `oci://ghcr.io/kubeflow/charts`.",
        )
    return parse_name(f"{registry.removeprefix('oci://').rstrip('/')}/{chart.name}")


def _platforms(given: tuple[str, ...]) -> tuple[Platform, ...]:
    return tuple(dict.fromkeys(parse_platform(one) for one in given))
