"""What the jobs of a release fan out over: images on platforms to build, images to join, charts to publish."""

import re
from collections.abc import Sequence

from release_actions.core.errors import Code, ReleaseError
from release_actions.core.version import Spelling, Version
from release_actions.oci.reference import Platform, parse_name, parse_platform
from release_actions.project.config import Config, ImageSettings

Entry = dict[str, str]
"""One job's values. Lists are joined as the inputs of our actions take them: platforms by commas, others by lines."""

Matrix = dict[str, list[Entry]]
"""A job matrix with its one key `include`."""

MOST_JOBS = 256
"""How many jobs GitHub makes of a matrix (workflow syntax, `jobs.<job_id>.strategy.matrix`)."""

_RUNNERS = {Platform("linux", "amd64"): "ubuntu-24.04", Platform("linux", "arm64"): "ubuntu-24.04-arm"}


def build_matrix(config: Config) -> Matrix:
    """One build for each image and platform, on a runner of that platform, else on one that emulates it.

    Raises E_CONFIG for more than GitHub's limit, and E_IMAGE_REFERENCE for what is no image name or platform.
    """
    entries = [
        {
            **_image_entry(number, image, config),
            "context": image.context,
            "file": image.file,
            "target": image.target,
            "build-args": "\n".join(image.build_args),
            "platform": str(platform),
            "runner": _RUNNERS.get(platform, "ubuntu-24.04"),
            "slug": f"{_slug(number, image)}-{platform.slug}",
        }
        for number, image in enumerate(config.images)
        for platform in _platforms(image.platforms or config.platforms)
    ]
    return _matrix(entries)


def image_matrix(config: Config) -> Matrix:
    """One job for each image, which joins what the builds of its platforms pushed; raises as `build_matrix` does."""
    return _matrix([_image_entry(number, image, config) for number, image in enumerate(config.images)])


def chart_matrix(config: Config, registry: str) -> Matrix:
    """One job for each chart; `registry` is for those that name none of their own. Raises as `build_matrix` does."""
    entries = [
        {
            "path": chart.path,
            "registry": chart.registry or registry,
            "image-tag": config.image_tag,
            "values": "\n".join(chart.values),
            "platforms": ",".join(map(str, _platforms(chart.platforms or config.platforms))),
            "exclude-images": "\n".join(chart.exclude_images),
            "image-paths": "\n".join(chart.image_paths),
            "kube-version": chart.kube_version,
            "api-versions": "\n".join(chart.api_versions),
        }
        for chart in config.charts
    ]
    _require_different("chart", [entry["path"] for entry in entries])
    return _matrix(entries)


def image_references(config: Config, version: Version) -> list[str]:
    """The references of all images of this release: `ghcr.io/kubeflow/operator:v1.5.0`."""
    tag = version.spelled(Spelling(config.image_tag))
    references = [str(parse_name(image.name).tagged(tag)) for image in config.images]
    _require_different("image", references)
    return references


def built_images(config: Config, version: Version) -> list[str]:
    """The same references, each with the platforms that it is built for: `… linux/amd64,linux/arm64`."""
    references = zip(image_references(config, version), config.images, strict=True)
    return [f"{one} {','.join(map(str, _platforms(of.platforms or config.platforms)))}" for one, of in references]


def chart_references(config: Config, registry: str, version: Version, names: Sequence[str]) -> list[str]:
    """Where this release's charts go, `ghcr.io/kubeflow/charts/operator:1.5.0`, but for those without a registry.

    `names` are the charts' names in the order of the configuration. Raises E_IMAGE_REFERENCE.
    """
    places = [(one.registry or registry).removeprefix("oci://").rstrip("/") for one in config.charts]
    charts = zip(places, names, strict=True)
    return [str(parse_name(f"{place}/{name}").tagged(version.bare)) for place, name in charts if place]


def _image_entry(number: int, image: ImageSettings, config: Config) -> Entry:
    return {
        "image": parse_name(image.name).name,
        "image-tag": config.image_tag,
        "platforms": ",".join(map(str, _platforms(image.platforms or config.platforms))),
        "slug": _slug(number, image),
    }


def _slug(number: int, image: ImageSettings) -> str:
    """A name for files and artefacts; the number keeps it from being the beginning of another image's."""
    return f"{number}-" + re.sub(r"[^a-z0-9.]+", "-", parse_name(image.name).name)


def _platforms(given: tuple[str, ...]) -> list[Platform]:
    return list(dict.fromkeys(parse_platform(text) for text in given))


def _matrix(entries: list[Entry]) -> Matrix:
    if len(entries) > MOST_JOBS:
        raise ReleaseError(
            Code.E_CONFIG,
            f"The release would need {len(entries)} jobs at once, and GitHub makes at most {MOST_JOBS}.",
            next_step="Release fewer images or platforms, or split the project's release in two workflows.",
        )
    return {"include": entries}


def _require_different(kind: str, names: list[str]) -> None:
    for name in names:
        if names.count(name) > 1:
            raise ReleaseError(
                Code.E_CONFIG, f"The {kind} `{name}` is there twice.", next_step=f"Name each {kind} once."
            )
