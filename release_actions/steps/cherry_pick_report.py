"""Report what became of requested cherry-picks: on the run's page, in its log, and in the comment."""

from release_actions.backport.parts import Parts
from release_actions.backport.task import Task
from release_actions.core import markdown
from release_actions.core.errors import ReleaseError
from release_actions.core.report import State
from release_actions.runner.run import Run


def show(task: Task, run: Run) -> None:
    """Show what became of a request, on the run's page and in its log."""
    for row in task.rows.values():
        if not row.pull:
            state = State.SAME if row.outcome.is_settled else State.CONFLICT
            run.report.plan("cherry-pick", f"{task.request.name} to {row.branch}", "", state, note=row.note)
        if row.commands:
            shown = markdown.block(f"{row.details}\n\n{row.commands}")
            run.summarize(markdown.details(f"To finish {task.request.name} on {row.branch} by hand", shown))
    if task.problem:
        run.warn(task.problem, title=f"{task.request.name} is not picked")


def leave_comment(task: Task, run: Run, parts: Parts) -> None:
    """Have the comment on the pull request of a request."""
    try:
        parts.comment(task.request.number, list(task.rows.values()), task.problem)
        if task.request.comment:
            parts.answer(task.request.comment)
    except ReleaseError as error:
        task.uncommented = f"The comment may be missing. {error.what}"
        run.warn(f"{error.what} {error.next_step}", title=f"No comment on {task.request.name}")
