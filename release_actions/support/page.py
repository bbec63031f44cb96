"""The support matrix as a table for the docs."""

from collections.abc import Iterable, Sequence
from typing import Any, Final

from release_actions.core import markdown
from release_actions.support.facts import Facts
from release_actions.support.policy import Row

NAME: Final = "support-matrix"
"""What the markers of the table are called."""

_COLUMNS: Final = ("Version", "First release", "Newest patch", "Its date", "State", "End of support")
_FACTS: Final = ("Tested on Kubernetes", "kubeVersion", "Kubernetes client", "Go")


def table(rows: Sequence[Row]) -> str:
    """One row a minor version, as they are given; a column that says nothing in any of them is left out."""
    own = list(dict.fromkeys(name for row in rows for name in row.facts.columns))
    columns = [*_FACTS, *map(markdown.text, own)]
    facts = [[*_facts(row.facts), *(markdown.prose(row.facts.columns.get(name, "")) for name in own)] for row in rows]
    kept = [number for number in range(len(columns)) if any(line[number] for line in facts)]
    header = [*_COLUMNS, *(columns[number] for number in kept)]
    lines = [[*_cells(row), *(line[number] for number in kept)] for row, line in zip(rows, facts, strict=True)]
    return markdown.table(header, lines)


def _cells(row: Row) -> tuple[str, ...]:
    end = row.end.isoformat() if row.end else f"with the release of {row.until}" if row.until else ""
    first, newest = row.first.day.isoformat(), row.newest.day.isoformat()
    return str(row.minor), first, markdown.code(row.newest.version.tag), newest, row.state.value, end


def _facts(facts: Facts) -> tuple[str, ...]:
    unknown = f"not known: {markdown.prose(facts.unknown)}" if facts.unknown else ""
    tested = ", ".join(map(str, facts.tested)) or unknown
    kube_version = ", ".join(map(markdown.code, facts.kube_version))
    return tested, kube_version, str(facts.client_go or ""), facts.go


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
        }
        for row in rows
    ]
