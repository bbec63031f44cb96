"""The render-and-resolve gate: no chart goes out that pulls an image which is not there.

Every image of the rendered chart must be in its registry for every promised platform. Two kinds are not asked for and
are shown as such: images that the project excludes by a pattern, and those that this very release is about to publish.
"""

from collections.abc import Collection, Iterable, Mapping, Sequence
from fnmatch import fnmatchcase

import msgspec

from release_actions.chart.rendered_images import RenderedImage
from release_actions.core import markdown
from release_actions.core.errors import Code, ReleaseError
from release_actions.oci import reference as oci_reference
from release_actions.oci.reference import Platform, Reference


class ImageAnswer(msgspec.Struct, frozen=True):
    """What a registry says: whether the image is there, the promised platforms it lacks, why it can't be asked.

    `near` is the tag in another spelling that is there instead: `v1.5.0` for `1.5.0`.
    """

    found: bool
    lacks: tuple[Platform, ...] = ()
    error: ReleaseError | None = None
    near: str = ""


class Wanted(msgspec.Struct, frozen=True):
    """An image that the chart pulls, and the templates that name it.

    `excluded_by` is the pattern that exempts it from the gate; `pending` tells that this release will publish it;
    `answer` is what its registry said, or for a pending one what it lacks as it is built.
    """

    reference: Reference
    templates: tuple[str, ...]
    excluded_by: str = ""
    pending: bool = False
    answer: ImageAnswer | None = None

    @property
    def asked(self) -> bool:
        """Whether its registry has to be asked."""
        return not self.excluded_by and not self.pending

    @property
    def passes(self) -> bool:
        """Whether it does not stop the release."""
        unasked = self.pending and self.answer is None
        return bool(self.excluded_by) or unasked or self.answer == ImageAnswer(found=True)

    @property
    def is_mutable(self) -> bool:
        """Whether it is another image tomorrow: `latest` is no version."""
        return self.reference.tag == "latest" and not self.reference.digest

    @property
    def description(self) -> str:
        """What the gate says about it, in words."""
        if self.excluded_by:
            return f"not asked for: excluded by {self.excluded_by}"
        if self.pending and self.passes:
            return "not asked for: this release publishes it"
        if self.pending and self.answer:
            return f"is built by this release without {', '.join(map(str, self.answer.lacks))}"
        if self.answer is None or (self.answer.error is None and not self.answer.found):
            near = f", which has `{self.answer.near}`" if self.answer and self.answer.near else ""
            return f"is not in its registry{near}"
        if self.answer.error:
            return _PROBLEMS.get(self.answer.error.code, "can't be asked for at the moment")
        return f"lacks {', '.join(map(str, self.answer.lacks))}" if self.answer.lacks else "is there"


def wanted(found: Iterable[RenderedImage], exclude: Sequence[str], pending: Collection[Reference]) -> list[Wanted]:
    """Each image once, in the order found.

    `exclude` are shell-style patterns (`*` matches `/` too) for the reference as written or in full
    (`docker.io/library/busybox:1.36`). Raises E_IMAGE_REFERENCE that lists what is no reference, or has neither tag nor
    digest and so means `latest`, which only a test of the chart may do.
    """
    result: dict[Reference, Wanted] = {}
    wrong: list[tuple[RenderedImage, str]] = []
    for one in found:
        pattern = _excluding(one.image, exclude)
        try:
            reference = oci_reference.parse_reference(one.image)
        except ReleaseError as error:
            if not pattern:
                wrong.append((one, error.what))
            continue
        known = result.get(reference, Wanted(reference, (), pending=reference in pending))
        pattern = known.excluded_by or pattern or _excluding(str(reference), exclude)
        if known.is_mutable and not pattern and not one.image.endswith(":latest") and not one.is_test:
            wrong.append((one, f"{one.image!a} has neither tag nor digest, which means `latest`."))
        templates = tuple(dict.fromkeys((*known.templates, one.template)))
        result[reference] = msgspec.structs.replace(known, templates=templates, excluded_by=pattern)
    if wrong:
        raise _wrong_references(wrong)
    return list(result.values())


def judge(each: Iterable[Wanted], answers: Mapping[Reference, ImageAnswer]) -> list[Wanted]:
    """The images with what their registries say."""
    return [msgspec.structs.replace(one, answer=answers.get(one.reference)) for one in each]


def require(each: Iterable[Wanted]) -> None:
    """Raises E_IMAGE_MISSING that names every image that stops the release, and its templates.

    When registries can't be asked and nothing is known to be missing, the first one's own error is raised.
    """
    stopping = [one for one in each if not one.passes]
    unsure = [one.answer.error for one in stopping if one.answer and one.answer.error]
    passing = [error for error in unsure if error.code is not Code.E_REGISTRY_LOGIN]
    if not stopping:
        return
    if len(passing) == len(stopping):
        raise passing[0]
    first, others = stopping[0], len(stopping) - 1
    more = f" {others} more can't be pulled either." if others else ""
    steps = "Publish the image first, correct the chart's values, or name it in `exclude-images`."
    if first.pending:
        steps = "Build the image for them too, or give the chart `platforms` of its own without them."
    elif first.answer and first.answer.near:
        steps = f"Write `{first.answer.near}` in the chart's values or template, or publish the image first."
    raise ReleaseError(
        Code.E_IMAGE_MISSING,
        f"The chart pulls {first.reference} ({first.templates[0]}), which {first.description}.{more}",
        next_step=steps,
        file=first.templates[0],
        details=tuple(f"{', '.join(one.templates)}: {one.reference} {one.description}" for one in stopping),
    )


def table(each: Iterable[Wanted]) -> str:
    """The images for the run's page."""
    rows = (
        (
            markdown.code(str(one.reference)),
            f"{_sign(one)} {markdown.text(one.description)}",
            ", ".join(markdown.code(template) for template in one.templates),
        )
        for one in each
    )
    return markdown.table(("Image", "In its registry", "Template"), rows)


# Many registries answer so for a repository that does not exist, to strangers.
_PROBLEMS = {Code.E_REGISTRY_LOGIN: "is not in its registry, or the registry wants a login"}


def _sign(one: Wanted) -> str:
    if not one.passes:
        return "❌"
    return "✅" if one.asked else "⏭️" if one.excluded_by else "⏳"


def _excluding(image: str, exclude: Sequence[str]) -> str:
    return next((pattern for pattern in exclude if fnmatchcase(image, pattern)), "")


def _wrong_references(wrong: list[tuple[RenderedImage, str]]) -> ReleaseError:
    each = tuple(dict.fromkeys((one.template, reason) for one, reason in wrong))
    (template, what), others = each[0], len(each) - 1
    more = f" {others} more {'is' if others == 1 else 'are'} wrong." if others else ""
    return ReleaseError(
        Code.E_IMAGE_REFERENCE,
        f"{template} renders an image that can't be released: {what}{more}",
        next_step="Give the image a tag or digest in the chart's values, or name it in `exclude-images`.",
        file=template,
        details=tuple(f"{template}: {reason}" for template, reason in each),
    )
