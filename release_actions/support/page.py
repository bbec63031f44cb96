"""The support matrix as a table for the docs."""

from collections.abc import Iterable
from typing import Final

from release_actions.core import markdown
from release_actions.support.policy import Row

NAME: Final = "support-matrix"
"""What the markers of the table are called."""

_COLUMNS: Final = ("Version", "First release", "Newest patch", "Its date", "State", "End of support")


def table(rows: Iterable[Row]) -> str:
    """One row a minor version, as they are given."""
    return markdown.table(_COLUMNS, [_cells(row) for row in rows])


def _cells(row: Row) -> tuple[str, ...]:
    end = row.end.isoformat() if row.end else f"with the release of {row.until}" if row.until else ""
    first, newest = row.first.day.isoformat(), row.newest.day.isoformat()
    return str(row.minor), first, markdown.code(row.newest.version.tag), newest, row.state.value, end


def as_json(rows: Iterable[Row]) -> list[dict[str, str]]:
    """The rows for programs; days as `2026-11-25`, and empty texts for what is not known."""
    return [
        {
            "version": str(row.minor),
            "first": row.first.day.isoformat(),
            "newest": row.newest.version.tag,
            "newest-date": row.newest.day.isoformat(),
            "state": row.state.value,
            "end": row.end.isoformat() if row.end else "",
            "until": row.until,
        }
        for row in rows
    ]
