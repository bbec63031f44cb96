"""Figures of trials, which can be added up."""

from collections import Counter
from dataclasses import dataclass, fields
from typing import TypeVar

S = TypeVar("S", bound="Sums")


@dataclass
class Sums:
    """A data class of numbers, counters and lists."""

    def add(self: S, other: S) -> None:
        """Add all that others have counted."""
        for one in fields(self):
            mine, theirs = getattr(self, one.name), getattr(other, one.name)
            if isinstance(mine, Counter):
                mine.update(theirs)
            else:
                setattr(self, one.name, mine + theirs)
