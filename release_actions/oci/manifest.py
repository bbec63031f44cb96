"""What a registry's documents say: manifests, indexes and image configurations.

Formats: OCI image specification 1.1 and Docker's image manifest v2, schema 2. A document that could be read in two ways
is refused (a manifest that is an index as well, duplicate keys, a type unlike the one the server gives).
"""

import hashlib
import json
from typing import Any, TypeVar

import msgspec

from release_actions.core.errors import Code, ReleaseError
from release_actions.oci.reference import Digest, Platform, Reference, platform

INDEX_TYPES = (
    "application/vnd.oci.image.index.v1+json",
    "application/vnd.docker.distribution.manifest.list.v2+json",
)
MANIFEST_TYPES = (
    "application/vnd.oci.image.manifest.v1+json",
    "application/vnd.docker.distribution.manifest.v2+json",
)
_CONFIG_TYPES = (
    "application/vnd.oci.image.config.v1+json",
    "application/vnd.docker.container.image.v1+json",
)
_ATTESTATION = "vnd.docker.reference.type"

T = TypeVar("T")


class _Platform(msgspec.Struct, frozen=True):
    os: str = ""
    architecture: str = ""
    variant: str = ""


class Descriptor(msgspec.Struct, frozen=True, rename="camel"):
    """A pointer to another document: its type, digest and size in bytes."""

    media_type: str
    digest: Digest
    size: int
    annotations: dict[str, str] | None = None
    stated_platform: _Platform | None = msgspec.field(name="platform", default=None)

    @property
    def is_image(self) -> bool:
        """Whether it points to an image that can run, and not to an attestation about one."""
        return self.media_type in MANIFEST_TYPES and _ATTESTATION not in (self.annotations or {})

    @property
    def platform(self) -> Platform | None:
        """The platform that an index gives for the image, or None when it gives none."""
        stated = self.stated_platform
        if stated is None or not stated.os or stated.os == "unknown" or not stated.architecture:
            return None
        return platform(stated.os, stated.architecture, stated.variant)


class Manifest(msgspec.Struct, frozen=True, kw_only=True):
    """A manifest or an index. `digest` is the hash of the very bytes in `content`."""

    media_type: str
    digest: str
    content: bytes
    annotations: dict[str, str]
    config: Descriptor | None = None
    layers: tuple[Descriptor, ...] = ()
    manifests: tuple[Descriptor, ...] = ()

    @property
    def is_index(self) -> bool:
        """Whether this lists manifests, usually one a platform."""
        return self.media_type in INDEX_TYPES

    @property
    def images(self) -> tuple[Descriptor, ...]:
        """The images that an index lists, attestations left out."""
        return tuple(one for one in self.manifests if one.is_image)

    @property
    def is_runnable(self) -> bool:
        """Whether this is an image's own manifest (and not a chart's or another artifact's)."""
        return self.config is not None and self.config.media_type in _CONFIG_TYPES


class ImageConfig(msgspec.Struct, frozen=True):
    """What an image says about itself: its platform and its labels."""

    platform: Platform
    labels: dict[str, str]


def digest_of(content: bytes, algorithm: str = "sha256") -> str:
    """The digest of some bytes in OCI's spelling."""
    return f"{algorithm}:{hashlib.new(algorithm, content).hexdigest()}"


def parse_manifest(content: bytes, content_type: str, reference: Reference) -> Manifest:
    """The manifest or index that a registry has at a reference; raises E_REGISTRY_RESPONSE when it can't be trusted."""
    served = content_type.partition(";")[0].strip().lower()
    document = _object(content, _ManifestDocument, reference)
    stated = document.media_type or served
    if stated != served or served not in (*INDEX_TYPES, *MANIFEST_TYPES):
        raise _untrusted(reference, f"a manifest of type {stated!a}, served as {served!a}")
    if document.schema_version != 2:
        raise _untrusted(reference, f"a manifest of schema version {document.schema_version}")
    is_index = served in INDEX_TYPES
    has_entries, has_config = document.manifests is not None, document.config is not None
    if is_index != has_entries or is_index == has_config or (is_index and document.layers is not None):
        raise _untrusted(reference, "a manifest and an index at once, or neither")
    return Manifest(
        media_type=served,
        digest=digest_of(content),
        content=content,
        annotations=document.annotations or {},
        config=document.config,
        layers=document.layers or (),
        manifests=document.manifests or (),
    )


def parse_config(content: bytes, reference: Reference) -> ImageConfig:
    """The configuration of an image; raises E_REGISTRY_RESPONSE when it isn't one."""
    found = _object(content, _Config, reference)
    labels = (found.config.labels if found.config else None) or {}
    return ImageConfig(platform(found.os, found.architecture, found.variant or ""), labels)


class _ManifestDocument(msgspec.Struct, frozen=True, rename="camel"):
    schema_version: int
    media_type: str = ""
    config: Descriptor | None = None
    layers: tuple[Descriptor, ...] | None = None
    manifests: tuple[Descriptor, ...] | None = None
    annotations: dict[str, str] | None = None


class _Labels(msgspec.Struct, frozen=True):
    labels: dict[str, str] | None = msgspec.field(name="Labels", default=None)


class _Config(msgspec.Struct, frozen=True):
    os: str
    architecture: str
    variant: str | None = None
    config: _Labels | None = None


def _object(content: bytes, kind: type[T], reference: Reference) -> T:
    known = {field.encode_name.lower(): field.encode_name for field in msgspec.structs.fields(kind)}  # type: ignore[arg-type]
    try:
        found = json.loads(content, object_pairs_hook=_unique)
        if isinstance(found, dict) and any(known.get(key.lower(), key) != key for key in found):
            raise _untrusted(reference, "a document with a known key in another case")
        return msgspec.convert(found, kind)
    except (ValueError, RecursionError, msgspec.ValidationError) as error:
        raise _untrusted(reference, f"a document of another form ({ascii(str(error))[:200]})") from error


def _unique(pairs: list[tuple[str, Any]]) -> dict[str, Any]:
    found = dict(pairs)
    if len(found) != len(pairs):
        raise ValueError("a key is there twice")
    return found


def _untrusted(reference: Reference, what: str) -> ReleaseError:
    return ReleaseError(
        Code.E_REGISTRY_RESPONSE,
        f"What the registry has as {reference} can't be trusted: it is {what}.",
        next_step="Look at the reference with another tool; if that agrees, publish the artefact again.",
    )
