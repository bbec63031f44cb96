"""An image as its registry has it: the same as this release's, another one, or not there; and whether it is complete.

Two images are the same when they say the same version and the same commit: a rebuild may differ in bytes, so bytes
don't decide.
"""

from collections.abc import Iterable, Sequence

import msgspec

from release_actions.core.errors import Code, ReleaseError
from release_actions.core.report import State
from release_actions.core.text import shown
from release_actions.core.version import Version, spelled_version
from release_actions.image.build import RELEASE_LABELS, REVISION_LABEL, VERSION_LABEL
from release_actions.oci.manifest import Manifest
from release_actions.oci.reference import Platform, Reference, missing
from release_actions.oci.registry import Registry


class Identity(msgspec.Struct, frozen=True):
    """What makes an image this release's."""

    version: Version
    commit: str


class PublishedImage(msgspec.Struct, frozen=True):
    """What a reference points to: `platforms` have their own digests, `actual` is what a conflict is instead."""

    reference: Reference
    state: State
    digest: str = ""
    platforms: dict[Platform, str] = msgspec.field(default_factory=dict)
    actual: tuple[str, ...] = ()


def observe_image(registry: Registry, reference: Reference, identity: Identity) -> PublishedImage:
    """What is at a version's tag; raises what `Registry.resolve` raises."""
    manifest = registry.resolve(reference)
    if manifest is None:
        return PublishedImage(reference, State.ABSENT)
    actual = _others(registry, reference, manifest, identity)
    if actual:
        return PublishedImage(reference, State.CONFLICT, manifest.digest, actual=actual)
    return PublishedImage(reference, State.SAME, manifest.digest, registry.platforms(reference, manifest))


def require_no_conflict(found: PublishedImage, identity: Identity) -> None:
    """Raise E_VERSION_EXISTS with both commits when a version's tag points to another image."""
    if found.state is State.CONFLICT:
        raise ReleaseError(
            Code.E_VERSION_EXISTS,
            f"{found.reference} is already published from {' and '.join(found.actual)}, "
            f"and this is commit {identity.commit} as version {identity.version.bare}.",
            next_step="Cut the next version; a published one is never overwritten.",
            details=(f"{found.reference} is {found.digest}",),
        )


def require_image(registry: Registry, reference: Reference, identity: Identity, *, just_pushed: bool) -> PublishedImage:
    """What was pushed, which must be this release's; what was pushed just now may take seconds to be seen.

    Raises E_REGISTRY_RESPONSE when the registry doesn't have it, and E_VERSION_EXISTS when it has something else.
    """
    if just_pushed:
        registry.wait_for(reference)
    found = observe_image(registry, reference, identity)
    if found.state is State.ABSENT:
        raise ReleaseError(
            Code.E_REGISTRY_RESPONSE,
            f"{reference.registry} does not have {reference}, though it should have been pushed.",
            next_step="Build and push it again, then run this job again.",
        )
    require_no_conflict(found, identity)
    return found


def require_platforms(name: str, promised: Sequence[Platform], present: Iterable[Platform]) -> None:
    """Raise E_PLATFORM_INCOMPLETE with the promised platforms that an image lacks."""
    lacking = missing(promised, present)
    if lacking:
        raise ReleaseError(
            Code.E_PLATFORM_INCOMPLETE,
            f"{name} lacks {', '.join(map(str, lacking))}.",
            next_step="Look at these platforms' builds, or promise fewer in `platforms`; then cut the next version.",
        )


def require_digest(registry: Registry, tagged: PublishedImage, wanted: str) -> None:
    """Raise E_VERSION_EXISTS for a tag on another digest, E_REGISTRY_RESPONSE when the digest can't be pulled."""
    if tagged.digest != wanted:
        raise ReleaseError(
            Code.E_VERSION_EXISTS,
            f"{tagged.reference} was set to {wanted}, but it points to {tagged.digest}.",
            next_step="See whether another run released the same version at this moment; if not, cut the next version.",
        )
    if not registry.exists(tagged.reference.at(wanted)):
        raise ReleaseError(
            Code.E_REGISTRY_RESPONSE,
            f"{tagged.reference} points to {wanted}, but the registry does not have it by that digest.",
            next_step="Report this to the registry's owner, then run this job again.",
        )


def labels_of(registry: Registry, reference: Reference) -> dict[str, str]:
    """What the release said about an image when it was built: the labels that `build.metadata` made."""
    manifest = registry.resolve(reference)
    found = registry.labels(reference, manifest) if manifest else {}
    labels = next(iter(found.values()), {})
    return {key: labels[key] for key in RELEASE_LABELS if key in labels}


def _others(registry: Registry, reference: Reference, manifest: Manifest, identity: Identity) -> tuple[str, ...]:
    """What the image is instead, for each of its platforms that is not this release's; nothing when all are."""
    found = registry.labels(reference, manifest)
    strange = [labels for labels in found.values() if not _is_same(labels, identity)]
    if found:
        return tuple(sorted({_origin(labels) for labels in strange}))
    return ("something that is not an image",)


def _is_same(labels: dict[str, str], identity: Identity) -> bool:
    same_version = spelled_version(labels.get(VERSION_LABEL, "")) == identity.version
    return same_version and labels.get(REVISION_LABEL) == identity.commit


def _origin(labels: dict[str, str]) -> str:
    commit, version = labels.get(REVISION_LABEL, ""), labels.get(VERSION_LABEL, "")
    told = f"commit {shown(commit, 40)}" if commit else "an unknown commit"
    return f"{told} as version {shown(version, 40)}" if version else told
