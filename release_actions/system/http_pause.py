"""How long a server asks to wait, and the time by its clock, from headers that may hold anything."""

import email.utils
from datetime import datetime, timezone

LONGEST = 10.0**9
"""A pause of any greater length is told as this one, in seconds."""


def seconds_until(retry_after: str, date: str) -> float | None:
    """The seconds of a `Retry-After`, None where it has none that can be read.

    It is a number, or a date by the server's own clock, which `Date` shows (RFC 9110, section 10.2.3).
    """
    text = retry_after.strip()
    if text.isascii() and text.isdigit():
        return float(text) if len(text) < 10 else LONGEST
    until = read_date(text)
    return (
        None if until is None else max(0.0, (until - (read_date(date) or datetime.now(timezone.utc))).total_seconds())
    )


def read_date(text: str) -> datetime | None:
    """The time of a header such as `Date`, in UTC where it names no zone; None for what is no date."""
    try:
        found = email.utils.parsedate_to_datetime(text)
        return (found if found.tzinfo else found.replace(tzinfo=timezone.utc)).astimezone(timezone.utc)
    except (TypeError, ValueError, OverflowError, IndexError):
        return None


def read_time(text: str) -> datetime | None:
    """The time that is a number of seconds since 1970, None for any other text and for years that there can't be."""
    if not (text.isascii() and text.isdigit() and len(text) < 20):
        return None
    try:
        return datetime.fromtimestamp(int(text), timezone.utc)
    except (ValueError, OverflowError, OSError):
        return None
