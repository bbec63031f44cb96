"""Floating tags of images, `latest`, `v1` and `v1.5`: which release each belongs to, by all tags of the repository.

They follow the highest release of all, of a major version, or of a line. A candidate never has one.
"""

from collections.abc import Iterable
from enum import Enum

from release_actions.core.errors import Code, ReleaseError
from release_actions.core.version import Spelling, Version


class Scope(str, Enum):
    """Among which releases a floating tag follows the highest; the value is the word used in inputs."""

    LATEST = "latest"
    MAJOR = "major"
    MINOR = "minor"

    def covers(self, version: Version, other: Version) -> bool:
        """Whether another version competes with this one for the floating tag."""
        if self is Scope.LATEST:
            return True
        return version.major == other.major if self is Scope.MAJOR else version.minor_version == other.minor_version

    def tag(self, version: Version, spelling: Spelling) -> str:
        """The floating tag of a version: `latest`, `v1`, `v1.5`, or without the v as the image's other tags."""
        if self is Scope.LATEST:
            return "latest"
        v = "v" if spelling is Spelling.TAG else ""
        return f"{v}{version.major}" if self is Scope.MAJOR else f"{v}{version.major}.{version.minor}"


def parse_scopes(words: Iterable[str]) -> tuple[Scope, ...]:
    """The scopes that an input names, each once; raises E_INPUT."""
    known = [one.value for one in Scope]
    words = tuple(dict.fromkeys(words))
    for word in words:
        if word not in known:
            raise ReleaseError(
                Code.E_INPUT,
                f"The input `floating-tags` has {ascii(word)[:80]}, which is no kind of floating tag.",
                next_step=f"Write some of {', '.join(f'`{one}`' for one in known)}.",
            )
    return tuple(Scope(word) for word in words)


def releases_by_precedence(scope: Scope, version: Version, existing: Iterable[Version]) -> list[Version]:
    """The releases that compete for a version's floating tag, the highest first: it belongs to that one."""
    releases = {one for one in existing if not one.is_candidate and scope.covers(version, one)}
    return sorted(releases, reverse=True)
