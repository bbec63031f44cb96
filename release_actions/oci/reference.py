"""Image references and platforms, read the way Docker and Kubernetes read them.

Grammar: OCI distribution specification ("Pulling manifests": name, tag) and OCI image specification (descriptor,
"Digests"; image index, "platform"). Short names are completed as Docker does: `op` is `docker.io/library/op:latest`.
"""

import re
from collections.abc import Iterable
from typing import Annotated

import msgspec

from release_actions.core.errors import Code, ReleaseError

_DIGEST = r"(?:sha256:[a-f0-9]{64}|sha512:[a-f0-9]{128})"

Digest = Annotated[str, msgspec.Meta(pattern=rf"\A{_DIGEST}\Z")]
"""A digest where documents are decoded; `parse_digest` reads one that a person gives."""

_LABEL = r"[a-zA-Z0-9](?:[a-zA-Z0-9-]*[a-zA-Z0-9])?"
_REGISTRY = re.compile(rf"(?:{_LABEL}(?:\.{_LABEL})*|\[[a-fA-F0-9:]+\])(?::[0-9]{{1,5}})?")
_COMPONENT = r"[a-z0-9]+(?:(?:[._]|__|-+)[a-z0-9]+)*"
_REPOSITORY = re.compile(rf"{_COMPONENT}(?:/{_COMPONENT})*")
_TAG = re.compile(r"[a-zA-Z0-9_][a-zA-Z0-9._-]{0,127}")
_LONGEST_NAME = 255
_LONGEST_SHOWN = 300

_HUB = "docker.io"
_HUB_BEFORE = "index.docker.io"


class Reference(msgspec.Struct, frozen=True):
    """Where an image, an index or a chart is: `ghcr.io/kubeflow/op:v1.5.0`, `ghcr.io/kubeflow/op@sha256:…`.

    `tag` and `digest` are empty where there is none; with both, the digest is what counts.
    """

    registry: str
    repository: str
    tag: str = ""
    digest: str = ""

    @property
    def name(self) -> str:
        """Registry and repository: `ghcr.io/kubeflow/op`."""
        return f"{self.registry}/{self.repository}"

    def tagged(self, tag: str) -> "Reference":
        """The same repository under a tag; raises E_IMAGE_REFERENCE when the tag breaks the grammar."""
        if not _TAG.fullmatch(tag):
            raise _bad(
                f"{ascii(tag)[:_LONGEST_SHOWN]} can't be the tag of an image",
                "Use at most 128 letters, digits, `_`, `.` and `-`, the first one not `.` or `-`.",
            )
        return msgspec.structs.replace(self, tag=tag, digest="")

    def at(self, digest: str) -> "Reference":
        """The same repository at a digest; raises E_IMAGE_REFERENCE when it is not one."""
        return msgspec.structs.replace(self, tag="", digest=parse_digest(digest))

    def __str__(self) -> str:
        return self.name + (f":{self.tag}" if self.tag else "") + (f"@{self.digest}" if self.digest else "")


class Platform(msgspec.Struct, frozen=True):
    """What an image runs on, normalised: `linux/arm64/v8` and `linux/aarch64` are `linux/arm64`."""

    os: str
    architecture: str
    variant: str = ""

    @property
    def slug(self) -> str:
        """The platform as a part of a file's or job's name: `linux-arm-v7`."""
        return str(self).replace("/", "-")

    def __str__(self) -> str:
        return "/".join(part for part in (self.os, self.architecture, self.variant) if part)


def parse_reference(text: str) -> Reference:
    """The reference that a manifest or a chart names; `latest` is the tag where there is neither tag nor digest.

    Raises E_IMAGE_REFERENCE.
    """
    reference = _split(text)
    return reference if reference.tag or reference.digest else msgspec.structs.replace(reference, tag="latest")


def parse_name(text: str) -> Reference:
    """A repository to push to, without tag and digest; raises E_IMAGE_REFERENCE."""
    reference = _split(text)
    if reference.tag or reference.digest:
        raise _bad(f"{text!a} has a tag or a digest", f"Write `{reference.name}`; the tag comes from the version.")
    return reference


def parse_digest(text: str) -> str:
    """A digest, `sha256:` and 64 or `sha512:` and 128 lower-case hex digits; raises E_IMAGE_REFERENCE."""
    if not re.fullmatch(_DIGEST, text):
        raise _bad(
            f"{ascii(text)[:_LONGEST_SHOWN]} is not a digest", "Write `sha256:` and 64 lower-case hexadecimal digits."
        )
    return text


def parse_platform(text: str) -> Platform:
    """The platform that `os/architecture` or `os/architecture/variant` names; raises E_IMAGE_REFERENCE."""
    parts = text.split("/")
    if len(parts) not in (2, 3) or not all(re.fullmatch(r"[a-zA-Z0-9_.-]+", part) for part in parts):
        raise _bad(f"{ascii(text)[:_LONGEST_SHOWN]} is not a platform", "Write one such as `linux/arm64`.")
    return platform(*parts)


def platform(system: str, architecture: str, variant: str = "") -> Platform:
    """A platform normalised as containerd does it, so that the same machines compare equal."""
    system, architecture, variant = system.lower(), architecture.lower(), variant.lower()
    architecture, implied = _SYNONYMS.get(architecture, (architecture, ""))
    variant = variant or implied or _USUAL_VARIANT.get(architecture, "")
    if architecture == "arm" and variant.isdigit():
        variant = f"v{variant}"
    if variant in _UNSAID_VARIANTS.get(architecture, ()):
        variant = ""
    return Platform("darwin" if system == "macos" else system, architecture, variant)


def missing(promised: Iterable[Platform], present: Iterable[Platform]) -> list[Platform]:
    """The promised platforms that are not there, in the order in which they were promised."""
    there = set(present)
    return [one for one in promised if one not in there]


_SYNONYMS = {
    "x86_64": ("amd64", ""),
    "x86-64": ("amd64", ""),
    "aarch64": ("arm64", ""),
    "i386": ("386", ""),
    "armhf": ("arm", "v7"),
    "armel": ("arm", "v6"),
}
_USUAL_VARIANT = {"arm": "v7"}
_UNSAID_VARIANTS = {"amd64": ("v1",), "arm64": ("8", "v8")}


def _split(text: str) -> Reference:
    rest, at, digest = text.partition("@")
    registry, repository = _completed(rest)
    repository, colon, tag = repository.partition(":")
    named = (
        _REGISTRY.fullmatch(registry)
        and _REPOSITORY.fullmatch(repository)
        and not re.fullmatch("[a-f0-9]{64}", text)
        and len(registry) + 1 + len(repository) <= _LONGEST_NAME
    )
    if not named or (colon and not _TAG.fullmatch(tag)) or (at and not re.fullmatch(_DIGEST, digest)):
        raise _bad(
            f"{ascii(text)[:_LONGEST_SHOWN]} is not an image reference",
            "Write one such as `ghcr.io/kubeflow/operator:v1.5.0`, the repository in lower case.",
        )
    return Reference(registry, repository, tag, digest)


def _completed(text: str) -> tuple[str, str]:
    """Registry and the rest; the first part is a registry if it looks like a host, else all is on Docker Hub."""
    first, slash, rest = text.partition("/")
    is_host = bool(slash) and (first == "localhost" or "." in first or ":" in first or first != first.lower())
    registry, rest = (first, rest) if is_host else (_HUB, text)
    registry = _HUB if registry == _HUB_BEFORE else registry
    return registry, f"library/{rest}" if registry == _HUB and "/" not in rest else rest


def _bad(what: str, next_step: str) -> ReleaseError:
    return ReleaseError(Code.E_IMAGE_REFERENCE, f"{what}.", next_step=next_step)
