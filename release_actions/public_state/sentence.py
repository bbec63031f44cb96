"""What of a release exists under its version, as the one sentence that every failure of a release ends with."""

from collections.abc import Sequence
from enum import Enum

import msgspec

from release_actions.core.version import Version


class Presence(Enum):
    """Whether an artefact exists; what could not be asked is unknown, never absent."""

    THERE = "there"
    ABSENT = "not there"
    UNKNOWN = "unknown"


class Part(msgspec.Struct, frozen=True):
    """An artefact of the release: its kind and name (`image ghcr.io/kubeflow/op:v1.5.0`), and an OCI digest."""

    name: str
    presence: Presence = Presence.UNKNOWN
    digest: str = ""


def is_nothing(parts: Sequence[Part]) -> bool:
    """Whether it is certain that no part exists."""
    return bool(parts) and all(one.presence is Presence.ABSENT for one in parts)


def sentence(version: Version, parts: Sequence[Part]) -> str:
    """`Public of 1.5.0 now: image …; not there: …; unknown: …`, each part under what is known of it."""
    names = {presence: ", ".join(_shown(one) for one in parts if one.presence is presence) for presence in Presence}
    nothing = "nothing that could be seen" if names[Presence.UNKNOWN] else "nothing"
    groups = [f"Public of {version.bare} now: {names[Presence.THERE] or nothing}"]
    groups += [f"{one.value}: {names[one]}" for one in (Presence.ABSENT, Presence.UNKNOWN) if names[one]]
    return f"{'; '.join(groups)}."


def _shown(part: Part) -> str:
    return f"{part.name} ({part.digest})" if part.digest else part.name
