"""Measure everything and print one table: `python -m bench`."""

import os
import platform
import tempfile
from collections.abc import Callable
from pathlib import Path

from bench import backport_ledger, cherry_picks, index_splice, many_tags, preflight, start, support_matrix, sync
from bench.measure import Row
from release_actions.core.markdown import table

# To add rows, add a function that measures in the folder it is given.
MEASUREMENTS: list[Callable[[Path], list[Row]]] = [
    start.rows,
    sync.rows,
    index_splice.rows,
    cherry_picks.rows,
    backport_ledger.rows,
    many_tags.rows,
    preflight.rows,
    support_matrix.rows,
]


def main() -> None:
    """Print the table; nothing is judged here, since a busy machine is no defect."""
    header = ("What", "Ours", "Instead", "Theirs", "Ratio", "Budget")
    with tempfile.TemporaryDirectory() as name:
        lines = []
        for number, measurement in enumerate(MEASUREMENTS):
            (folder := Path(name) / str(number)).mkdir()
            lines += [_line(row) for row in measurement(folder)]
    machine = f"{os.cpu_count()} cores of {platform.machine()}, load {os.getloadavg()[1]:.1f}"
    print(f"Python {platform.python_version()}, {machine}; medians of runs by turns\n")
    print(table(header, lines), end="")


def _line(row: Row) -> tuple[str, ...]:
    ours, theirs = (f"{figure:.2f} {row.unit}" for figure in (row.ours, row.theirs))
    return row.what, ours, row.peer, theirs, f"{row.ours / row.theirs:.2f}", row.budget


if __name__ == "__main__":
    main()
