"""The images that this release publishes, held against those that its charts pull.

A released chart pulls the images of its own release. Naming a repository that the release publishes under another tag
(`main`, an older version) or another digest is an error, unless the image is excluded by a pattern.
"""

from collections.abc import Collection, Iterable, Mapping, Sequence

import msgspec

from release_actions.core import markdown
from release_actions.core.errors import Code, ReleaseError
from release_actions.core.version import spelled_version
from release_actions.image_check.required_images import Wanted, table
from release_actions.oci.reference import Platform, Reference, parse_platform, parse_reference


class ValuePlace(msgspec.Struct, frozen=True):
    """A value in a values file: the file and its line, and its path, `image.tag`."""

    file: str
    line: int
    path: str

    def __str__(self) -> str:
        return f"{self.file}, line {self.line} (`{self.path}`)"


class ImageOrigin(msgspec.Struct, frozen=True):
    """The template that names an image, its line where that could be found, and the value, if it is from one."""

    template: str
    line: int | None = None
    value: ValuePlace | None = None

    def __str__(self) -> str:
        template = self.template + (f", line {self.line}" if self.line else "")
        return f"{template}, from {self.value}" if self.value else template


class OwnImages(msgspec.Struct, frozen=True):
    """The release's images by their references; `pending` are those it publishes later, and what they are built for.

    Without platforms it isn't known what an image is built for.
    """

    published: frozenset[Reference] = frozenset()
    pending: Mapping[Reference, tuple[Platform, ...]] = msgspec.field(default_factory=dict)

    @property
    def all(self) -> frozenset[Reference]:
        """Every image of the release."""
        return self.published | self.pending.keys()

    def of_repository(self, name: str) -> list[Reference]:
        """The images of the release in a repository, `ghcr.io/kubeflow/op`."""
        return sorted((one for one in self.all if one.name == name), key=str)


class StaleImageError(ReleaseError):
    """A chart pulls other images than the release's; `values` are the values to change, none where it takes more."""

    values: tuple[ValuePlace, ...] = ()


def parse_pending(lines: Iterable[str]) -> dict[Reference, tuple[Platform, ...]]:
    """Images with what they are built for, `ghcr.io/kubeflow/op:v1.5.0 linux/amd64,linux/arm64`, platforms optional.

    Raises E_IMAGE_REFERENCE.
    """
    found = {}
    for line in lines:
        reference, *platforms = line.replace(",", " ").split()
        found[parse_reference(reference)] = tuple(parse_platform(one) for one in platforms)
    return found


def stale(each: Iterable[Wanted], own: OwnImages, digests: Mapping[Reference, str]) -> list[Wanted]:
    """The images that a chart pulls from a repository of the release, and which are not the release's own.

    `digests` are those that the release's images have in their registries by now.
    """
    return [one for one in each if not one.excluded_by and _is_stale(one.reference, own, digests)]


def unnamed(each: Iterable[Wanted], own: OwnImages) -> list[Reference]:
    """The images of the release whose repositories no rendering of the chart names."""
    named = {one.reference.name for one in each}
    return sorted((one for one in own.all if one.name not in named), key=str)


def page(each: Sequence[Wanted], own: OwnImages) -> str:
    """The images of a chart for the job summary, and the release's images that the chart does not name."""
    shown = f"### Images that the chart pulls\n\n{table(each) if each else 'None.'}"
    left = ", ".join(markdown.code(str(one)) for one in unnamed(each, own))
    return f"{shown}\n\nOf this release's images, no rendering of the chart names {left}." if left else shown


def error(found: Sequence[tuple[Wanted, ImageOrigin]], own: OwnImages) -> StaleImageError:
    """The error that names each stale image, what the release publishes instead, and where the chart names it."""
    (first, origin), *others = found
    wanted = own.of_repository(first.reference.name)[0]
    more = f" {len(others)} more are not this release's either." if others else ""
    place = f"Write `{wanted.tag}` in {origin.value}, or leave it empty if the template then takes appVersion"
    made = StaleImageError(
        Code.E_STALE_VERSION,
        f"The chart pulls {first.reference}, and this release publishes {_instead(first.reference, own)} "
        f"({origin}).{more}",
        next_step=f"{place if origin.value else f'Let {origin.template} name `{wanted.tag}`, as appVersion does'}. "
        "If the chart has to pull another version, name the image in `exclude-images`.",
        file=origin.value.file if origin.value else origin.template,
        line=origin.value.line if origin.value else origin.line,
        details=tuple(f"{one.reference} instead of {_instead(one.reference, own)}: {at}" for one, at in found),
    )
    values = [at.value for _, at in found if at.value]
    made.values = tuple(dict.fromkeys(values)) if len(values) == len(found) else ()
    return made


def _is_stale(reference: Reference, own: OwnImages, digests: Mapping[Reference, str]) -> bool:
    same = own.of_repository(reference.name)
    if reference.digest:
        return bool(same) and reference.digest not in {digests.get(one) for one in same}
    return bool(same) and reference not in same


def _instead(reference: Reference, own: OwnImages) -> str:
    names: Collection[Reference] = own.of_repository(reference.name)
    version = spelled_version(reference.tag)
    near = version is not None and not reference.digest and version in {spelled_version(one.tag) for one in names}
    shown = " and ".join(map(str, names))
    return f"{shown}, the same version in another spelling" if near else shown
