"""What an image is built from: arguments, labels, secrets and metadata, checked before any program sees them."""

import re
from collections.abc import Iterable, Mapping
from datetime import datetime, timezone
from pathlib import Path

import msgspec

from release_actions.core.errors import Code, ReleaseError
from release_actions.core.secret import WithSecrets
from release_actions.core.text import COMMIT
from release_actions.core.version import Version
from release_actions.oci.reference import Platform

VERSION_LABEL = "org.opencontainers.image.version"
REVISION_LABEL = "org.opencontainers.image.revision"
SOURCE_LABEL = "org.opencontainers.image.source"
CREATED_LABEL = "org.opencontainers.image.created"

RELEASE_LABELS = (VERSION_LABEL, REVISION_LABEL, SOURCE_LABEL, CREATED_LABEL)
"""The labels that a release sets itself."""

_ARGUMENT = re.compile(r"[A-Za-z_][A-Za-z0-9_]*")
_LABEL = re.compile(r"[a-zA-Z0-9][a-zA-Z0-9._/-]*")
_SECRET_ID = re.compile(r"[a-zA-Z0-9_][a-zA-Z0-9_.-]*")
_STAGE = re.compile(r"[a-zA-Z0-9][a-zA-Z0-9_.-]*")
_PROXIES = ("HTTP_PROXY", "HTTPS_PROXY", "FTP_PROXY", "NO_PROXY", "ALL_PROXY")


class BuildSecret(WithSecrets, frozen=True):
    """A secret that the Dockerfile mounts with `--mount=type=secret,id=…`."""

    id: str
    value: str


class Build(msgspec.Struct, frozen=True, kw_only=True):
    """One build. `context` and `file` count from the workspace; `arguments` are `NAME=value`.

    `epoch` is SOURCE_DATE_EPOCH in seconds since 1970; `provenance` is `min`, `max` or empty for none.
    """

    workspace: Path
    context: str
    file: str
    platforms: tuple[Platform, ...]
    epoch: int
    labels: Mapping[str, str]
    target: str = ""
    arguments: tuple[str, ...] = ()
    secrets: tuple[BuildSecret, ...] = ()
    provenance: str = ""
    sbom: bool = False


def metadata(version: Version, commit: str, source: str, epoch: int) -> dict[str, str]:
    """What is said about an image, as labels and annotations (OCI image specification, "Pre-Defined Annotation Keys").

    Version and commit are the image's identity: they tell a second run that the image is already there.
    """
    created = datetime.fromtimestamp(epoch, timezone.utc).strftime("%Y-%m-%dT%H:%M:%SZ")
    said = {VERSION_LABEL: version.bare, REVISION_LABEL: commit, SOURCE_LABEL: source, CREATED_LABEL: created}
    return {key: value for key, value in said.items() if value}


def parse_arguments(lines: Iterable[str]) -> tuple[str, ...]:
    """Build arguments, each `NAME=value`; raises E_INPUT for those that change the build itself."""
    lines = tuple(lines)
    for line in lines:
        name, equals, value = line.partition("=")
        if not equals or not _ARGUMENT.fullmatch(name):
            raise _bad("build-args", line, "is not `NAME=value`", "Write one `NAME=value` a line.")
        if not value.isprintable():
            raise _bad("build-args", name, "has a value with a line feed or control character", "Remove it.")
        if name.upper().startswith("BUILDKIT_") or name.upper() in (*_PROXIES, "SOURCE_DATE_EPOCH"):
            raise _bad(
                "build-args",
                name,
                "would change how the image is built",
                "Set it in the Dockerfile or in the builder's own configuration.",
            )
    return lines


def parse_labels(lines: Iterable[str]) -> dict[str, str]:
    """Labels, each `key=value`; raises E_INPUT for those that the release sets itself."""
    labels = {}
    for line in lines:
        key, equals, value = line.partition("=")
        if not equals or not _LABEL.fullmatch(key) or not value.isprintable():
            raise _bad("labels", line, "is not `key=value`", "Write one `key=value` a line.")
        if key in RELEASE_LABELS:
            raise _bad("labels", key, "is set by the release itself", "Remove it.")
        labels[key] = value
    return labels


def parse_secrets(lines: Iterable[str], environment: Mapping[str, str]) -> tuple[BuildSecret, ...]:
    """Secrets, each `id=VARIABLE` with the value in that environment variable; raises E_INPUT."""
    secrets = []
    for line in lines:
        name, equals, variable = line.partition("=")
        if not equals or not _SECRET_ID.fullmatch(name) or not _ARGUMENT.fullmatch(variable):
            raise ReleaseError(
                Code.E_INPUT,
                "A line of `secrets` is not `id=VARIABLE`.",
                next_step="Name the variable that holds the secret, and set it under the step's `env:`.",
            )
        if not environment.get(variable):
            raise _bad("secrets", name, f"has no value: {variable} is not set", "Set it under the step's `env:`.")
        secrets.append(BuildSecret(name, environment[variable]))
    return tuple(secrets)


def parse_target(text: str) -> str:
    """The name of a Dockerfile's stage, or nothing for its last one; raises E_INPUT."""
    if text and not _STAGE.fullmatch(text):
        raise _bad("target", text, "is not the name of a stage", "Write the name after `AS` in the Dockerfile.")
    return text


def parse_commit(text: str) -> str:
    """The full id of a commit; raises E_INPUT."""
    if not re.fullmatch(COMMIT, text):
        raise _bad("commit", text, "is not the full id of a commit", "Write its 40 hexadecimal digits.")
    return text


def _bad(name: str, text: str, what: str, next_step: str) -> ReleaseError:
    return ReleaseError(Code.E_INPUT, f"The input `{name}`: {ascii(text)[:200]} {what}.", next_step=next_step)
