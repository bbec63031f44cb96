"""The matrix of fixes and branches as Markdown, what needs a person first."""

from collections.abc import Sequence

from release_actions.backport.matrix import Cell, Fix, FixState, count
from release_actions.core import markdown

SIGNS = {
    FixState.MISSING: "❌ missing",
    FixState.TAKEN_BACK: "❌ taken back",
    FixState.PARTLY: "❌ partly there",
    FixState.CONFLICT: "⚠️ conflict",
    FixState.REVERTED: "⚠️ still there, reverted on the default branch",
    FixState.PENDING: "⏳ pending",
    FixState.SUPERSEDED: "✅ there, superseded on the default branch",
    FixState.THERE: "✅ there",
    FixState.ADAPTED: "✅ there, adapted",
    FixState.CHANGED: "✅ there, changed since",
    FixState.NOT_NEEDED: "· not needed",
}
"""How a state is shown."""

_LONGEST_TITLE = 120
_LONGEST_NOTE = 300


def summary(branches: Sequence[str], fixes: Sequence[Fix], most: int) -> str:
    """The figures, the regressions by name, and the first rows of the matrix."""
    if not fixes:
        return "No fix is on a supported release branch, and none is asked for.\n"
    lost = [fix for fix in fixes if fix.is_regression]
    figures = ", ".join(f"{count(fixes, state)} {state.value}" for state in FixState)
    parts = [f"{len(fixes)} fixes on {len(branches)} branches: {figures}.\n"]
    if lost:
        parts.append(f"**{len(lost)} fixes are on an older release branch, and a newer one lacks them:**\n")
        parts.append("".join(f"- {_title(fix)}: {told_of(fix)}\n" for fix in lost[:most]))
    rows = [(_title(fix), *(_shown(cell) for cell in fix.cells)) for fix in fixes[:most]]
    parts.append(markdown.table(("Fix", *(markdown.code(name) for name in branches)), rows))
    if len(fixes) > most:
        parts.append(f"And {len(fixes) - most} more, which need less; the page and the JSON file have all of them.\n")
    return "\n".join(parts)


def told_of(fix: Fix) -> str:
    """Where a fix is and where it was lost: `in release-1.4 but not in release-1.5`."""
    there = ", ".join(cell.branch for cell in fix.cells if cell.state.is_there)
    lost = ", ".join(cell.branch for cell in fix.cells if cell.regression)
    return f"in {markdown.text(there)} but not in {markdown.text(lost)}"


def _title(fix: Fix) -> str:
    where = "" if fix.on_default else " (not on the default branch)"
    title = fix.title if len(fix.title) <= _LONGEST_TITLE else f"{fix.title[: _LONGEST_TITLE - 1]}…"
    return f"{markdown.code(fix.name)} {markdown.text(title)}{where}"


def _shown(cell: Cell) -> str:
    pull = f" in #{cell.pull_request}" if cell.pull_request else ""
    asked = ", asked for" if cell.asked and cell.state.is_lacking else ""
    lost = " **(regression)**" if cell.regression else ""
    why = f": {markdown.text(cell.note[:_LONGEST_NOTE])}" if cell.note and cell.state is not FixState.NOT_NEEDED else ""
    return f"{SIGNS[cell.state]}{pull}{asked}{lost}{why}"
