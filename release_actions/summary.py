"""The run's page: what a release manager reads when the run is over, green or red."""

from release_actions import markdown
from release_actions.errors import ReleaseError
from release_actions.plan import Artefact, Outcome, Report

_SIGNS = {
    Outcome.PLANNED: "🆕 would be created",
    Outcome.DONE: "✅ created",
    Outcome.SKIPPED: "☑️ already there",
    Outcome.REFUSED: "⛔ in conflict",
    Outcome.FAILED: "❌ failed",
}


def page(title: str, report: Report, parts: list[str], error: ReleaseError | None, *, dry_run: bool) -> str:
    """The whole summary as Markdown: heading, error if any, the artefacts, then what the action added."""
    heading = f"## {markdown.text(title)}{' (dry run: nothing was written)' if dry_run else ''}\n"
    blocks = [heading]
    if error:
        blocks.append(_failure(error, report))
    if report.artefacts:
        blocks.append(_artefacts(report.artefacts, dry_run=dry_run))
    return "\n".join(blocks + parts)


def _failure(error: ReleaseError, report: Report) -> str:
    place = f" ({markdown.code(_place(error))})" if error.file else ""
    lines = [
        f"**{error.code.name}**{place}: {markdown.text(error.what)}\n",
        f"- **Published:** {markdown.text(report.published())}",
        f"- **Next:** {markdown.text(error.next_step)}",
    ]
    folded = markdown.details("Details", markdown.block("\n".join(error.details))) if error.details else ""
    return "\n".join(lines) + f"\n\n{folded}"


def _artefacts(artefacts: tuple[Artefact, ...], *, dry_run: bool) -> str:
    return markdown.table(
        ("Artefact", "Version", "State", "Digest", "Note"),
        (
            (
                f"{markdown.text(one.kind)} {markdown.link(markdown.code(one.name), one.link)}",
                markdown.code(one.version),
                _state(one, dry_run=dry_run),
                markdown.code(one.digest),
                markdown.text(one.note),
            )
            for one in artefacts
        ),
    )


def _state(one: Artefact, *, dry_run: bool) -> str:
    if one.outcome is Outcome.PLANNED and not dry_run:
        return "⬜ not written"
    return _SIGNS[one.outcome]


def _place(error: ReleaseError) -> str:
    return f"{error.file}:{error.line}" if error.line else f"{error.file}"
