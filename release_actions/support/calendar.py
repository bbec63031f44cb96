"""The ends of support as an iCalendar file (RFC 5545), which calendars subscribe to.

Nothing in it is of the time of the run, so that the same tags and policy give the same bytes.
"""

import re
from collections.abc import Iterable, Iterator
from datetime import date
from typing import Final

from release_actions.support.page import GENERATED
from release_actions.support.policy import SupportRow

_LONGEST: Final = 75
"""How many octets a line may have without its end (RFC 5545, section 3.1)."""

_END: Final = "\r\n"


def calendar(rows: Iterable[SupportRow], repository: str) -> str:
    """One event a minor version whose end of support is a known day; `repository` is `OWNER/NAME`.

    An event's time stamp is the day of the newest patch, as that is when its text was changed last.
    """
    lines = ["BEGIN:VCALENDAR", "VERSION:2.0", "PRODID:-//Kubeflow//release-actions support matrix//EN"]
    lines.append(f"NAME:{_text(f'Support of {repository}')}")
    lines.append(f"DESCRIPTION:{_text(GENERATED)}")
    for row in rows:
        if row.end is not None:
            lines += _event(row, row.end, repository)
    lines.append("END:VCALENDAR")
    return "".join(f"{part}{_END}" for line in lines for part in _folded(line))


def _event(row: SupportRow, end: date, repository: str) -> Iterator[str]:
    name = repository.rpartition("/")[2]
    domain = ".".join(reversed(re.sub(r"[^A-Za-z0-9./-]", "-", repository).split("/")))
    yield "BEGIN:VEVENT"
    yield f"UID:end-of-support-{row.minor}@{domain}.github.com"
    yield f"DTSTAMP:{row.newest.day:%Y%m%d}T000000Z"
    yield f"DTSTART;VALUE=DATE:{end:%Y%m%d}"
    yield f"SUMMARY:{_text(f'{name} {row.minor}: end of support')}"
    what = f"From this day on {row.minor} gets no fixes. Its newest patch is {row.newest.version.tag}."
    yield f"DESCRIPTION:{_text(what)}"
    yield "TRANSP:TRANSPARENT"
    yield "END:VEVENT"


def _text(value: str) -> str:
    """A text as a property's value (section 3.3.11); it has no line ends."""
    return re.sub(r"([\\;,])", r"\\\1", value)


def _folded(line: str) -> Iterator[str]:
    """A line in parts of at most 75 octets, of which all but the first begin with a space; no character is split."""
    part = ""
    for character in line:
        if len(f"{part}{character}".encode()) > _LONGEST:
            yield part
            part = " "
        part += character
    yield part
