"""The run's page: what a release manager reads when the run is over, green or red."""

from collections.abc import Sequence

from release_actions.core import markdown
from release_actions.core.errors import Code, ReleaseError
from release_actions.core.report import Artefact, Outcome, Report, State

_SIGNS = {
    Outcome.PLANNED: "🆕 would be created",
    Outcome.DONE: "✅ created",
    Outcome.SKIPPED: "☑️ already there",
    Outcome.REFUSED: "⛔ in conflict",
    Outcome.FAILED: "❌ failed",
    Outcome.VERIFIED: "✅ right",
    Outcome.WRONG: "❌ wrong",
}
# Where the state says more than the outcome alone.
_SIGNS_OF_STATES = {
    (State.ABSENT, Outcome.WRONG): "❌ missing",
    (State.BEHIND, Outcome.PLANNED): "🆕 would be moved",
    (State.BEHIND, Outcome.DONE): "✅ moved",
    (State.AHEAD, Outcome.SKIPPED): "☑️ not ours to move",
}

ERRORS_PAGE = "https://github.com/kubeflow/release-actions/blob/v1/docs/errors.md"
"""Where every code is described, by its name in small letters as the fragment."""

_MANY = 3


def page(
    title: str, report: Report, parts: list[str], error: ReleaseError | None, *, dry_run: bool, public: str = ""
) -> str:
    """The whole summary as Markdown: heading, error if any and what is public, artefacts, what the action added."""
    heading = f"## {markdown.text(title)}{' (dry run: nothing was written)' if dry_run else ''}\n"
    blocks = [heading]
    if error:
        blocks.append(_failure(error, f"{report.published()} {public}".strip()))
    if report.artefacts:
        blocks.append(_artefacts(report.artefacts, dry_run=dry_run))
    return "\n".join(blocks + parts)


def errors_page(code: Code) -> str:
    """Where the causes of a failure and the way out are described."""
    return f"{ERRORS_PAGE}#{code.name.lower()}"


def _failure(error: ReleaseError, published: str) -> str:
    place = f" ({markdown.code(_place(error))})" if error.file else ""
    code = f"[{markdown.code(error.code.name)}]({errors_page(error.code)})"
    lines = [
        f"**{error.code.title}** ({code}){place}: {markdown.prose(error.what)}\n",
        f"- **Published:** {markdown.text(published)}",
        f"- **Next:** {markdown.prose(error.next_step)}",
    ]
    commands = markdown.block("\n".join(one.text for one in error.commands), "sh") if error.commands else ""
    folded = markdown.details("Details", markdown.block("\n".join(error.details))) if error.details else ""
    return "\n".join(lines) + f"\n\n{commands}{folded}"


def _artefacts(artefacts: tuple[Artefact, ...], *, dry_run: bool) -> str:
    """A table of what matters, and a folded one for each kind of which many were right already."""
    kinds = dict.fromkeys(one.kind for one in artefacts)
    right = {kind: [one for one in artefacts if (one.kind, one.outcome) == (kind, Outcome.SKIPPED)] for kind in kinds}
    folded = {kind: some for kind, some in right.items() if len(some) > _MANY}
    shown = [one for one in artefacts if one.kind not in folded or one.outcome is not Outcome.SKIPPED]
    blocks = [_table(shown, dry_run=dry_run)] if shown else []
    for kind, some in folded.items():
        title = f"{markdown.text(kind)} ({len(some)}): {_SIGNS[Outcome.SKIPPED]}"
        blocks.append(markdown.details(title, _table(some, dry_run=dry_run)))
    return "\n".join(blocks)


def _table(artefacts: Sequence[Artefact], *, dry_run: bool) -> str:
    header = ("Artefact", "Version", "State", "Digest", "Note")
    rows = [
        (
            f"{markdown.text(one.kind)} {markdown.link(markdown.code(one.name), one.link)}",
            markdown.code(one.version),
            _state(one, dry_run=dry_run),
            markdown.code(one.digest),
            markdown.text(one.note),
        )
        for one in artefacts
    ]
    used = [number for number in range(len(header)) if any(row[number] for row in rows)]
    return markdown.table([header[number] for number in used], ([row[number] for number in used] for row in rows))


def _state(one: Artefact, *, dry_run: bool) -> str:
    if one.outcome is Outcome.PLANNED and not dry_run:
        return "⬜ not written"
    return _SIGNS_OF_STATES.get((one.state, one.outcome), _SIGNS[one.outcome])


def _place(error: ReleaseError) -> str:
    return f"{error.file}:{error.line}" if error.line else f"{error.file}"
