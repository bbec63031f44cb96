"""The parts that a whole release consists of, as the step that validates its tag hands them to all later ones."""

from collections.abc import Iterable

import msgspec

from release_actions.core.errors import Code, ReleaseError
from release_actions.core.version import Spelling, Version
from release_actions.image.floating import Scope, releases_by_precedence
from release_actions.oci.reference import Reference, parse_reference


class ReleaseParts(msgspec.Struct, frozen=True, kw_only=True):
    """References under the version's tag and of floating tags; `index_branch` has a chart repository's index."""

    images: frozenset[Reference] = frozenset()
    charts: frozenset[Reference] = frozenset()
    floating: frozenset[Reference] = frozenset()
    index_branch: str = ""

    def __or__(self, other: "ReleaseParts") -> "ReleaseParts":
        return ReleaseParts(
            images=self.images | other.images,
            charts=self.charts | other.charts,
            floating=self.floating | other.floating,
            index_branch=self.index_branch or other.index_branch,
        )

    @property
    def text(self) -> str:
        """The parts as `parse_parts` reads them."""
        images, charts, floating = (sorted(map(str, one)) for one in (self.images, self.charts, self.floating))
        return msgspec.json.encode(_Text(images, charts, floating, self.index_branch)).decode()


NO_PARTS = ReleaseParts()


class _Text(msgspec.Struct, frozen=True, rename="kebab", forbid_unknown_fields=True):
    images: list[str]
    charts: list[str]
    floating_tags: list[str]
    index_branch: str


def parse_parts(text: str) -> ReleaseParts:
    """The parts in a text that `Parts.text` has made, none in an empty one; raises E_INPUT and E_IMAGE_REFERENCE."""
    if not text.strip():
        return NO_PARTS
    try:
        found = msgspec.json.decode(text, type=_Text)
    except (msgspec.DecodeError, UnicodeError) as error:
        raise ReleaseError(
            Code.E_INPUT,
            f"The input `release-parts` is not what validate-tag puts out: {error}.",
            next_step="Give it the output `release-parts` of validate-tag, or leave it out.",
        ) from error
    images, charts, floating = (
        frozenset(map(parse_reference, one)) for one in (found.images, found.charts, found.floating_tags)
    )
    return ReleaseParts(images=images, charts=charts, floating=floating, index_branch=found.index_branch)


def own_floating_tags(
    images: Iterable[Reference], scopes: Iterable[Scope], version: Version, spelling: Spelling, existing: list[Version]
) -> frozenset[Reference]:
    """The floating tags that belong to a version: those of which it is the highest release of all that exist."""
    own = [one for one in scopes if releases_by_precedence(one, version, existing)[:1] == [version]]
    return frozenset(image.tagged(one.tag(version, spelling)) for image in images for one in own)
