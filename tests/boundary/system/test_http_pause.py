"""Pauses and times in headers that may hold anything."""

import pytest

from release_actions.system.http_pause import LONGEST, read_date, read_time, seconds_until

DATE = "Thu, 01 Jan 2026 00:00:00 GMT"


@pytest.mark.parametrize(
    ("retry_after", "date", "seconds"),
    [
        ("7", "", 7),
        (" 7 ", "", 7),
        ("0", "", 0),
        ("9" * 5_000, "", LONGEST),
        ("", "", None),
        ("soon", "", None),
        ("-7", "", None),
        ("7.5", "", None),
        ("\u0667", "", None),
        ("Thu, 01 Jan 2026 00:02:00 GMT", DATE, 120),
        ("Thu, 01 Jan 2026 02:02:00 +0200", DATE, 120),
        ("Thu, 01 Jan 2026 00:02:00 -0000", DATE, 120),
        ("Thu, 01 Jan 2026 00:02:00 GMT", "Thu, 01 Jan 2026 00:00:00 -0000", 120),
        ("Wed, 31 Dec 2025 00:00:00 GMT", DATE, 0),
        ("Thu, 01 Jan 2026 00:00:00 +99999999999", DATE, None),
        ("Thu, 01 Jan 2026 00:00:00 -9999", DATE, None),
        ("Fri, 31 Dec 9999 23:59:59 -2300", DATE, None),
        ("Thu, 99 Jan 2026 00:00:00 GMT", DATE, None),
    ],
)
def test_a_pause_is_read_or_is_none(retry_after: str, date: str, seconds: float | None) -> None:
    assert seconds_until(retry_after, date) == seconds


@pytest.mark.parametrize("text", ["", "9" * 30, "99999999999999999", "-1", "1e9", "\u0661"], ids=ascii)
def test_what_is_no_time_is_none(text: str) -> None:
    assert read_time(text) is None
    assert read_date(text) is None
