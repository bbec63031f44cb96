"""Where bars and ticks of a timeline lie."""

from datetime import date, timedelta

import pytest

from release_actions.core.version import parse_tag
from release_actions.project.support_settings import Support
from release_actions.support.policy import DatedRelease, rows
from release_actions.support.timeline import Timeline, timeline


def of(days_between: int, minors: int, policy: Support) -> Timeline:
    first = date(2020, 1, 1)
    releases = [
        DatedRelease(parse_tag(f"v1.{at}.0"), first + timedelta(days=days_between * at)) for at in range(minors)
    ]
    return timeline(rows(policy, releases, releases[-1].day if releases else first))


@pytest.mark.parametrize("days", [0, 1, 20, 91, 365, 2000])
@pytest.mark.parametrize("policy", [Support(newest=3), Support(newest=0, months=9), Support(newest=30)], ids=str)
def test_bars_and_ticks_are_on_the_line(days: int, policy: Support) -> None:
    found = of(days, 8, policy)
    assert found.bars
    for bar in found.bars:
        assert 0 <= bar.start <= bar.start + bar.width <= 100.01
        assert bar.is_open is (bar.row.end is None)
    assert all(0 <= tick.at <= 100 and tick.day.day == 1 for tick in found.ticks)
    assert len(found.ticks) <= 6


def test_there_are_at_most_twelve_bars() -> None:
    shown = [str(bar.row.minor) for bar in of(30, 40, Support(newest=20)).bars]
    assert shown == [f"1.{at}" for at in range(39, 27, -1)]


def test_without_a_supported_version_the_line_is_empty() -> None:
    assert timeline([]) == Timeline((), ())
