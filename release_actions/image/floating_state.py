"""What a floating tag of an image points to, compared with the release that it should point to."""

import msgspec

from release_actions.core.errors import Code, ReleaseError
from release_actions.core.report import State
from release_actions.core.version import Version, spelled_version
from release_actions.image.build import VERSION_LABEL
from release_actions.oci.commands import set_tag
from release_actions.oci.manifest import Manifest
from release_actions.oci.reference import Reference
from release_actions.oci.registry import Registry


class FloatingTag(msgspec.Struct, frozen=True):
    """What is there: `digest` is empty for nothing, `said` is the version that the image says, cut to be shown."""

    state: State
    digest: str = ""
    said: str = ""


def release_digest(registry: Registry, reference: Reference, version: Version) -> str:
    """The digest of a release's image; empty when it is not there, or is of another version."""
    manifest = registry.resolve(reference)
    is_there = manifest and spelled_version(_said(registry, reference, manifest)) == version
    return manifest.digest if manifest and is_there else ""


def require_release(registry: Registry, reference: Reference, version: Version) -> str:
    """The digest of a release's image; raises E_RELEASE_INCOMPLETE when there is none."""
    digest = release_digest(registry, reference, version)
    if not digest:
        raise ReleaseError(
            Code.E_RELEASE_INCOMPLETE,
            f"{reference} is not there or says another version, so that no floating tag can follow {version.tag}.",
            next_step=f"Publish the images of {version.tag} first.",
        )
    return digest


def observe(registry: Registry, floating: Reference, version: Version, digest: str) -> FloatingTag:
    """Where a floating tag stands that should point to a version's digest.

    An image that says no version is a conflict, as nobody can tell whether the tag would move forwards.
    """
    manifest = registry.resolve(floating)
    if manifest is None:
        return FloatingTag(State.ABSENT)
    if manifest.digest == digest:
        return FloatingTag(State.SAME, digest, version.tag)
    said = _said(registry, floating, manifest)
    there = spelled_version(said)
    if there is None:
        return FloatingTag(State.CONFLICT, manifest.digest, said[:40])
    return FloatingTag(State.AHEAD if there > version else State.BEHIND, manifest.digest, there.tag)


def conflict(floating: Reference, found: FloatingTag, released: Reference) -> ReleaseError:
    """The error for a floating tag on something that is no release."""
    says = f"says the version {found.said!a}" if found.said else "says no version"
    return ReleaseError(
        Code.E_VERSION_EXISTS,
        f"{floating} points to an image that {says}, so it can't be told whether it would move forwards.",
        next_step=f"If it may be moved, do so once by hand: `{set_tag(floating, str(released))}`.",
        details=(f"{floating} is {found.digest}",),
    )


def _said(registry: Registry, reference: Reference, manifest: Manifest) -> str:
    """The version that an image says: in its annotations, else in the labels of all its platforms alike."""
    if VERSION_LABEL in manifest.annotations:
        return manifest.annotations[VERSION_LABEL]
    said = {labels.get(VERSION_LABEL, "") for labels in registry.labels(reference, manifest).values()}
    return said.pop() if len(said) == 1 else ""
