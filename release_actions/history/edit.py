"""A change by its trees."""

from typing import NamedTuple


class LineEdit(NamedTuple):
    """A change as the trees before and after it."""

    before: str
    after: str
