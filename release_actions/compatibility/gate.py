"""Feature gates as values: a gate's name, its stages, and the minor versions since which each of them holds."""

import re
from collections.abc import Mapping
from enum import Enum, unique

import msgspec

Minor = tuple[int, int]
"""A minor version, `(1, 5)` for 1.5."""

_MINOR = re.compile(r"v?(\d{1,6})\.(\d{1,6})(?:\.\d{1,6})?(?:[-+][0-9A-Za-z.+-]{1,40})?", re.ASCII)


@unique
class Stage(str, Enum):
    """A stage of a gate's life, in the order in which gates go through them."""

    PRE_ALPHA = "pre-alpha"
    ALPHA = "alpha"
    BETA = "beta"
    GA = "ga"
    DEPRECATED = "deprecated"

    @property
    def rank(self) -> int:
        """Where it stands in the order."""
        return list(Stage).index(self)


class Spec(msgspec.Struct, frozen=True, kw_only=True):
    """What holds for a gate from a minor version on; `since` is None where the source does not say it.

    `removal` is the minor version in which the source promises to remove the gate.
    """

    stage: Stage
    default: bool
    locked: bool
    line: int
    since: Minor | None = None
    removal: Minor | None = None


class Gate(msgspec.Struct, frozen=True, kw_only=True):
    """A feature gate: its name as users write it, its constant, where the map has it, and its specs, oldest first.

    `comments` are the stages that the comment above the constant names, with their minor versions, and `comment_line`
    is where the first of them stands.
    """

    name: str
    constant: str
    file: str
    line: int
    specs: tuple[Spec, ...]
    comments: Mapping[Stage, Minor] = msgspec.field(default_factory=dict)
    comment_line: int = 0

    def at(self, version: Minor) -> Spec:
        """The spec that holds in a minor version: the newest that is not younger, else the first."""
        known = [one for one in self.specs if one.since is None or one.since <= version]
        return known[-1] if known else self.specs[0]

    def since(self, spec: Spec) -> Minor | None:
        """The minor version since which a spec holds, by the map, else by the comment for its stage."""
        return spec.since or self.comments.get(spec.stage)


class Unread(msgspec.Struct, frozen=True):
    """A place where gates are declared in a way that can't be read without running it."""

    file: str
    line: int
    what: str


class Declared(msgspec.Struct, frozen=True):
    """The gates of a program's source files, in the order of the files, and what could not be read."""

    gates: tuple[Gate, ...]
    unread: tuple[Unread, ...]


def parse_minor(text: str) -> Minor | None:
    """The minor version of `1.5`, `v1.5` or `v1.5.0`, None for any other text."""
    found = _MINOR.fullmatch(text)
    return (int(found[1]), int(found[2])) if found else None


def shown_minor(version: Minor) -> str:
    """`1.5`."""
    return f"{version[0]}.{version[1]}"
