"""Which minor versions a policy supports, and until when."""

from collections.abc import Mapping
from datetime import date

import pytest

from release_actions.core.errors import Code, ReleaseError
from release_actions.core.version import parse_tag
from release_actions.project.support_settings import Support
from release_actions.support.page import as_json, table
from release_actions.support.policy import DatedRelease, SupportRow, rows

DAYS = {
    "v1.3.0": "2025-08-31",
    "v1.3.2": "2025-10-01",
    "v1.4.0": "2025-12-01",
    "v1.5.0": "2026-04-01",
    "v1.5.1": "2026-05-01",
    "v1.6.0-rc.0": "2026-06-01",
}
TODAY = date(2026, 6, 15)


def found(policy: Support, today: date = TODAY, days: Mapping[str, str] = DAYS) -> list[SupportRow]:
    releases = [DatedRelease(parse_tag(tag), date.fromisoformat(day)) for tag, day in days.items()]
    return rows(policy, releases, today)


def ends(policy: Support, today: date = TODAY) -> list[tuple[str, str, str]]:
    return [(str(one.minor), one.state.value, str(one.end or one.until)) for one in found(policy, today)]


@pytest.mark.parametrize(
    ("policy", "expected"),
    [
        (
            Support(newest=1),
            [("1.5", "supported", "1.6"), ("1.4", "ended", "2026-04-01"), ("1.3", "ended", "2025-12-01")],
        ),
        (Support(), [("1.5", "supported", "1.7"), ("1.4", "supported", "1.6"), ("1.3", "ended", "2026-04-01")]),
        (Support(newest=5), [("1.5", "supported", "1.10"), ("1.4", "supported", "1.9"), ("1.3", "supported", "1.8")]),
        (
            Support(newest=0, months=6),
            [("1.5", "supported", "2026-10-01"), ("1.4", "ended", "2026-06-01"), ("1.3", "ended", "2026-02-28")],
        ),
        (
            Support(newest=1, months=12),
            [("1.5", "supported", "1.6"), ("1.4", "supported", "2026-12-01"), ("1.3", "supported", "2026-08-31")],
        ),
        (
            Support(newest=1, lts=("1.3",)),
            [("1.5", "supported", "1.6"), ("1.4", "ended", "2026-04-01"), ("1.3", "long-term support", "")],
        ),
        (
            Support(newest=0, lts=("1.4",)),
            [("1.5", "ended", ""), ("1.4", "long-term support", ""), ("1.3", "ended", "")],
        ),
        (
            Support(newest=0, until_next=1),
            [("1.5", "supported", "1.6"), ("1.4", "ended", "2026-04-01"), ("1.3", "ended", "2025-12-01")],
        ),
        (
            Support(newest=1, until_next=3, months=3),
            [("1.5", "supported", "1.8"), ("1.4", "supported", "1.7"), ("1.3", "supported", "1.6")],
        ),
    ],
    ids=str,
)
def test_a_minor_version_is_supported_while_one_rule_says_so(
    policy: Support, expected: list[tuple[str, str, str]]
) -> None:
    assert ends(policy) == expected


@pytest.mark.parametrize(("today", "state"), [(date(2026, 5, 31), "supported"), (date(2026, 6, 1), "ended")])
def test_the_end_is_the_first_day_without_support(today: date, state: str) -> None:
    assert ("1.4", state, "2026-06-01") in ends(Support(newest=0, months=6), today)


@pytest.mark.parametrize(
    ("days", "expected"),
    [
        ({"v1.3.0": "2026-01-01", "v1.5.0": "2026-02-01"}, ["1.7", "2026-02-01"]),
        ({"v1.3.0": "2026-01-01", "v1.6.0": "2026-02-01"}, ["1.8", "2026-02-01"]),
        ({"v1.3.0": "2026-01-01", "v1.4.0": "2026-02-01"}, ["1.6", "1.5"]),
        ({"v1.3.0": "2026-01-01", "v2.0.0": "2026-02-01"}, ["2.2", "2.1"]),
        ({"v1.3.0": "2026-01-01", "v2.0.0": "2026-02-01", "v2.1.0": "2026-03-01"}, ["2.3", "2.2", "2026-03-01"]),
    ],
    ids=str,
)
def test_until_the_second_next_minor_version_counts_numbers_and_not_releases(
    days: dict[str, str], expected: list[str]
) -> None:
    assert [str(one.end or one.until) for one in found(Support(newest=0, until_next=2), days=days)] == expected


def test_a_major_version_follows_the_last_minor_version_before_it() -> None:
    matrix = found(Support(newest=1), days={"v1.9.0": "2026-01-01", "v2.0.0": "2026-02-01"})
    assert [str(one.end or one.until) for one in matrix] == ["2.1", "2026-02-01"]


@pytest.mark.parametrize(
    ("policy", "said"),
    [
        (Support(newest=0), "supports no minor version"),
        (Support(lts=("1.6",)), "'1.6' under `lts`, and no release"),
        (Support(lts=("v1.4",)), "'v1.4' under `lts`"),
    ],
)
def test_a_policy_that_can_not_be_kept_is_refused(policy: Support, said: str) -> None:
    with pytest.raises(ReleaseError, match=said) as raised:
        found(policy)
    assert raised.value.code is Code.E_CONFIG


def test_the_table_and_the_json_have_the_same_rows() -> None:
    matrix = found(Support())
    assert table(matrix).split("\n")[2:-1] == [
        "| 1.5 | 2026-04-01 | `v1.5.1` | 2026-05-01 | supported | with the release of 1.7 |",
        "| 1.4 | 2025-12-01 | `v1.4.0` | 2025-12-01 | supported | with the release of 1.6 |",
        "| 1.3 | 2025-08-31 | `v1.3.2` | 2025-10-01 | ended | 2026-04-01 |",
    ]
    assert as_json(matrix)[2] == {
        "version": "1.3",
        "first": "2025-08-31",
        "newest": "v1.3.2",
        "newest-date": "2025-10-01",
        "state": "ended",
        "end": "2026-04-01",
        "until": "",
        "kubernetes": [],
        "kubernetes-unknown": "",
        "kube-version": [],
        "client-go": "",
        "go": "",
        "columns": {},
        "unreleased": None,
    }


def test_before_the_first_release_there_are_no_rows() -> None:
    assert found(Support(), days={"v1.0.0-rc.0": "2026-01-01"}) == []
