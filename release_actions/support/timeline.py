"""Where the bars of minor versions lie on a line of time.

Nothing here is of the time of a run: the line ends after the last day that tags or policy name.
"""

from collections.abc import Callable, Sequence
from datetime import date, timedelta
from typing import Final

import msgspec

from release_actions.support.policy import SupportRow, SupportState

_MOST: Final = 12
_MOST_TICKS: Final = 5
_MONTHS: Final = (1, 3, 6, 12, 24, 60, 120)
_BEYOND: Final = 0.1
"""The part of the line that is behind its last known day, for ends that are not known."""


class Bar(msgspec.Struct, frozen=True):
    """The support of a minor version: where it begins and how long it is, in percent; it may have no end."""

    row: SupportRow
    start: float
    width: float
    is_open: bool


class Tick(msgspec.Struct, frozen=True):
    """The first day of a month, and where it is, in percent."""

    day: date
    at: float


class Timeline(msgspec.Struct, frozen=True):
    """Bars, the newest first, on one line of time."""

    bars: tuple[Bar, ...]
    ticks: tuple[Tick, ...]


def timeline(rows: Sequence[SupportRow]) -> Timeline:
    """The supported minor versions, and those that ended while one of them was there already; at most twelve."""
    supported = [row for row in rows if row.state is not SupportState.ENDED]
    oldest = min((row.first.day for row in supported), default=date.max)
    shown = [row for row in rows if row in supported or (row.end is not None and row.end >= oldest)][:_MOST]
    if not shown:
        return Timeline((), ())
    begin = min(row.first.day for row in shown)
    last = max(max(row.end or row.newest.day, row.newest.day) for row in shown)
    days = max(1.0, (last - begin).days / (1 - _BEYOND))

    def at(day: date) -> float:
        return round((day - begin).days * 100 / days, 2)

    bars = (Bar(row, at(row.first.day), _width(row, at), row.end is None) for row in shown)
    ticks = _months(begin, begin + timedelta(days=int(days)))
    return Timeline(tuple(bars), tuple(Tick(day, at(day)) for day in ticks))


def _width(row: SupportRow, at: Callable[[date], float]) -> float:
    return round((100.0 if row.end is None else at(row.end)) - at(row.first.day), 2)


def _months(begin: date, end: date) -> list[date]:
    """First days of months, evenly apart and not too many."""
    first, last = begin.year * 12 + begin.month, end.year * 12 + end.month - 1
    step = next((one for one in _MONTHS if (last - first) // one < _MOST_TICKS), _MONTHS[-1])
    return [date(month // 12, month % 12 + 1, 1) for month in range(first, last + 1) if month % step == 0]
