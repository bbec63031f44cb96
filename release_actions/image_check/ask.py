"""What registries say of the images that a chart pulls, and whether the chart pulls this release's own images."""

from collections.abc import Sequence
from pathlib import Path

import msgspec

from release_actions.chart import rendered_images, rendering
from release_actions.chart.helm import Folder, Helm
from release_actions.chart.rendered_images import ImagePath, RenderedImage
from release_actions.chart.rendering import Rendering, RenderSettings
from release_actions.chart.unchecked_images import Unchecked, find
from release_actions.core.errors import ReleaseError
from release_actions.image_check import own_images
from release_actions.image_check.image_origin import ValuesText, Way, trace
from release_actions.image_check.own_images import ImageOrigin, OwnImages
from release_actions.image_check.required_images import ImageAnswer, Wanted, judge
from release_actions.oci.reference import Platform, Reference, missing, parse_reference
from release_actions.oci.registry import Registry
from release_actions.system.workspace import read_text


class RenderedChart(msgspec.Struct, frozen=True):
    """A chart's copy with what it was rendered with and what came of it; `temp` is a folder for further values."""

    helm: Helm
    folder: Folder
    settings: RenderSettings
    renderings: Sequence[Rendering]
    paths: Sequence[ImagePath]
    temp: Path

    def images(self, one: Rendering) -> list[RenderedImage]:
        """The images of one rendering; raises E_YAML and E_YAML_LIMIT."""
        return rendered_images.images(one.manifests, self.folder.shown, self.paths)

    def unchecked(self, checked: Sequence[RenderedImage]) -> list[Unchecked]:
        """The texts of all renderings that read as images and are not among the checked ones."""
        texts = dict.fromkeys(one.manifests for one in self.renderings)
        return list(dict.fromkeys(one for text in texts for one in find(text, self.folder.shown, checked)))


def ask(registry: Registry, each: Sequence[Wanted], promised: Sequence[Platform], own: OwnImages) -> list[Wanted]:
    """The images with what their registries say, all asked at once; pending ones with what they are built without."""
    findings = registry.resolve_many([one.reference for one in each if one.asked], promised)
    absent = [one.reference for one in findings if not one.digest and not one.error and not one.reference.digest]
    others = {one: near for one in absent if (near := _other_spelling(one)) is not None}
    there = {one.reference for one in registry.resolve_many(others.values(), ()) if one.digest}
    answers = {one.reference: ImageAnswer(bool(one.digest), one.missing, one.error) for one in findings}
    for one, near in others.items():
        answers[one] = msgspec.structs.replace(answers[one], near=near.tag if near in there else "")
    for one in [wanted.reference for wanted in each if wanted.pending]:
        built = own.pending.get(one)
        if built and (lacks := missing(promised, built)):
            answers[one] = ImageAnswer(found=True, lacks=tuple(lacks))
    return judge(each, answers)


def require_own(chart: RenderedChart, each: Sequence[Wanted], own: OwnImages, registry: Registry) -> None:
    """Raises E_STALE_VERSION for images of the release's repositories that are not the release's, with their origin."""
    names = {one.reference.name for one in each if one.reference.digest}
    asked = registry.resolve_many([one for one in own.all if one.name in names], ())
    found = own_images.stale(each, own, {one.reference: one.digest for one in asked if one.digest})
    if found:
        raise own_images.error([(one, _origin(one, chart)) for one in found], own)


def _origin(one: Wanted, chart: RenderedChart) -> ImageOrigin:
    """Where the chart gets an image from, in the first rendering that names it."""
    for rendered in chart.renderings:
        for image in chart.images(rendered):
            if image.template in one.templates and _is(image, one.reference):
                given = [ValuesText(rendered.values.shown, read_text(rendered.values.path))] if rendered.values else []

                def render(more: Sequence[Path], rendered: Rendering = rendered) -> str:
                    ways = (rendered.values, rendered.api_versions)
                    return rendering.render(chart.helm, chart.folder, chart.settings, *ways, *more)

                return trace(image, chart.folder, Way(render, given), chart.paths, chart.temp / "other-values.yaml")
    return ImageOrigin(one.templates[0])


def _is(image: RenderedImage, reference: Reference) -> bool:
    try:
        return parse_reference(image.image) == reference
    except ReleaseError:
        return False  # a pattern excludes it


def _other_spelling(reference: Reference) -> Reference | None:
    """The same repository at the tag with or without its v, if the tag could be a version's."""
    bare = reference.tag.removeprefix("v")
    return reference.tagged(bare if bare != reference.tag else f"v{bare}") if bare[:1].isdigit() else None
