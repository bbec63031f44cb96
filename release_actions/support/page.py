"""The support matrix as a table for the docs."""

from collections.abc import Iterable, Sequence
from typing import Any, Final

from release_actions.core import markdown
from release_actions.support.facts import Facts
from release_actions.support.policy import Row

NAME: Final = "support-matrix"
"""What the markers of the table are called."""

_COLUMNS: Final = ("Version", "First release", "Newest patch", "Its date", "State", "End of support")
_OPEN_WORK: Final = "Unreleased commits"
_FACTS: Final = ("Tested on Kubernetes", "kubeVersion", "Kubernetes client", "Go")


def table(rows: Sequence[Row], *, open_work: bool = False) -> str:
    """The matrix in Markdown, see `cells`; pages are without open work, as each commit would make them stale."""
    header, lines = cells(rows)
    if open_work:
        header.append(_OPEN_WORK)
        for row, line in zip(rows, lines, strict=True):
            line.append("" if row.unreleased is None else str(row.unreleased))
    return markdown.table(
        [markdown.text(one) for one in header], [[markdown.prose(one) for one in line] for line in lines]
    )


def cells(rows: Sequence[Row]) -> tuple[list[str], list[list[str]]]:
    """The names of columns, and one line a minor version, as they are given; what stands between backticks is code.

    A column that says nothing in any line is left out.
    """
    own = list(dict.fromkeys(name for row in rows for name in row.facts.columns))
    columns = [*_FACTS, *own]
    facts = [[*_facts(row.facts), *(row.facts.columns.get(name, "") for name in own)] for row in rows]
    kept = [number for number in range(len(columns)) if any(line[number] for line in facts)]
    header = [*_COLUMNS, *(columns[number] for number in kept)]
    return header, [[*_support(row), *(line[number] for number in kept)] for row, line in zip(rows, facts, strict=True)]


def end_of(row: Row) -> str:
    """When the support of a minor version ends; empty where that is not known."""
    return row.end.isoformat() if row.end else f"with the release of {row.until}" if row.until else ""


def _support(row: Row) -> list[str]:
    first, newest = row.first.day.isoformat(), row.newest.day.isoformat()
    return [str(row.minor), first, f"`{row.newest.version.tag}`", newest, row.state.value, end_of(row)]


def _facts(facts: Facts) -> list[str]:
    unknown = f"not known: {facts.unknown}" if facts.unknown else ""
    tested = ", ".join(map(str, facts.tested)) or unknown
    kube_version = ", ".join(f"`{one}`" for one in facts.kube_version)
    return [tested, kube_version, str(facts.client_go or ""), facts.go]


def as_json(rows: Iterable[Row]) -> list[dict[str, Any]]:
    """The rows for programs; days as `2026-11-25`, and empty texts and lists for what is not known."""
    return [
        {
            "version": str(row.minor),
            "first": row.first.day.isoformat(),
            "newest": row.newest.version.tag,
            "newest-date": row.newest.day.isoformat(),
            "state": row.state.value,
            "end": row.end.isoformat() if row.end else "",
            "until": row.until,
            "kubernetes": [str(one) for one in row.facts.tested],
            "kubernetes-unknown": row.facts.unknown,
            "kube-version": list(row.facts.kube_version),
            "client-go": str(row.facts.client_go or ""),
            "go": row.facts.go,
            "columns": dict(row.facts.columns),
            "unreleased": row.unreleased,
        }
        for row in rows
    ]
