"""The ends of support for calendars, and for endoflife.date."""

import json
from datetime import date

import pytest

from release_actions.core.version import parse_tag
from release_actions.core.yaml_nodes import parse, plain
from release_actions.project.support_settings import Support
from release_actions.support.calendar import calendar
from release_actions.support.endoflife import front_matter
from release_actions.support.policy import DatedRelease, SupportRow, rows

DAYS = {"v1.3.0": "2025-08-31", "v1.3.2": "2025-10-01", "v1.4.0": "2025-12-01", "v1.5.0": "2026-04-01"}


def found(policy: Support) -> list[SupportRow]:
    releases = [DatedRelease(parse_tag(tag), date.fromisoformat(day)) for tag, day in DAYS.items()]
    return rows(policy, releases, date(2026, 6, 15))


def unfolded(text: str) -> list[str]:
    """The lines of an iCalendar file as RFC 5545, section 3.1, has a reader put them together."""
    assert text.endswith("\r\n")
    assert "\n" not in text.replace("\r\n", "")
    return text.replace("\r\n ", "").split("\r\n")[:-1]


def test_each_known_end_is_an_event_of_one_day() -> None:
    lines = unfolded(calendar(found(Support()), "kubeflow/demo"))
    assert (lines[0], lines[1], lines[-1]) == ("BEGIN:VCALENDAR", "VERSION:2.0", "END:VCALENDAR")
    start, end = lines.index("BEGIN:VEVENT"), lines.index("END:VEVENT")
    assert lines[start + 1 : end] == [
        "UID:end-of-support-1.3@demo.kubeflow.github.com",
        "DTSTAMP:20251001T000000Z",
        "DTSTART;VALUE=DATE:20260401",
        "SUMMARY:demo 1.3: end of support",
        "DESCRIPTION:From this day on 1.3 gets no fixes. Its newest patch is v1.3.2.",
        "TRANSP:TRANSPARENT",
    ]
    assert lines.count("BEGIN:VEVENT") == 1, "1.4 and 1.5 end on a day that is not known"


@pytest.mark.parametrize("name", ["o/" + "n" * 90, "o/" + "ü€" * 40, "o/" + "😀" * 30])
def test_no_line_is_longer_than_75_octets_and_none_splits_a_character(name: str) -> None:
    text = calendar(found(Support(newest=1)), name)
    assert max(len(line.encode()) for line in text.split("\r\n")) <= 75
    assert f"SUMMARY:{name[2:]} 1.3: end of support" in unfolded(text)


def test_what_has_a_meaning_in_calendars_is_escaped() -> None:
    assert r"NAME:Support of a\,b\;c\\d" in unfolded(calendar([], "a,b;c\\d"))


def test_events_keep_their_ids_and_each_has_its_own() -> None:
    before, after = (calendar(found(Support(newest=0, months=months)), "o/n") for months in (6, 12))
    ids = [[line for line in unfolded(one) if line.startswith("UID:")] for one in (before, after)]
    assert ids[0] == ids[1]
    assert len(set(ids[0])) == 3


def test_the_front_matter_has_what_the_site_requires() -> None:
    text = front_matter(found(Support(newest=1, lts=("1.3",))), "kubeflow/Demo", "https://github.com/kubeflow/Demo")
    assert (text[:4], text[-4:]) == ("---\n", "---\n")
    page = plain(parse(text.split("---\n")[1], "page"))
    assert (page["title"], page["category"], page["permalink"]) == ("Demo", "server-app", "/demo")
    assert page["auto"] == {"methods": [{"git": "https://github.com/kubeflow/Demo.git"}]}
    shown = [[one["releaseCycle"], one["eol"], one.get("lts", False), one["latest"]] for one in page["releases"]]
    assert shown == [
        ["1.5", False, False, "1.5.0"],
        ["1.4", "2026-04-01", False, "1.4.0"],
        ["1.3", False, True, "1.3.2"],
    ]
    assert json.dumps(page["releases"][2]["releaseDate"]) == '"2025-08-31"'


def test_the_site_is_told_that_a_version_has_ended_on_no_known_day() -> None:
    text = front_matter(found(Support(newest=0, lts=("1.5",))), "o/n", "https://github.com/o/n")
    assert text.count("eol: true") == 2
