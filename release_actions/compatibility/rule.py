"""A rule about what users rely on, as one row of a table from which its documentation is made."""

from enum import Enum, unique

import msgspec


@unique
class Level(str, Enum):
    """How much a finding weighs: an error fails the check, a warning asks for a decision, a note is only shown."""

    ERROR = "error"
    WARNING = "warning"
    NOTE = "note"


class Rule(msgspec.Struct, frozen=True, kw_only=True):
    """A rule: its id, what it weighs, why there is one, what to do, and an example that breaks it."""

    id: str
    level: Level
    why: str
    instead: str
    example: str
