"""Compute which minor versions are supported, and check or write the table of them in the docs."""

from datetime import date, datetime, timezone
from pathlib import Path

from release_actions.core import markdown
from release_actions.core.errors import Code, ReleaseError
from release_actions.core.marked_table import with_table
from release_actions.core.report import State as Planned
from release_actions.git.checkout import read_checkout
from release_actions.git.remote import Remote
from release_actions.project.generated_page import GeneratedPage, require_all_writable, write_page
from release_actions.project.read import read_workspace_config
from release_actions.runner import inputs, outputs
from release_actions.runner.inputs import Secret
from release_actions.runner.run import Run
from release_actions.support.page import NAME, as_json, table
from release_actions.support.policy import Row, State, rows
from release_actions.support.tag_dates import read_releases
from release_actions.system.workspace import WorkspaceFiles


class Inputs(inputs.Inputs, frozen=True):
    """For which day the matrix is computed, and what becomes of a stale table."""

    check: bool
    date: str
    dry_run: bool
    config: str
    token: Secret


class Outputs(outputs.Outputs, frozen=True):
    """The matrix, the supported versions, and whether the page was changed."""

    matrix: list[dict[str, str]]
    supported: str
    changed: bool


def main(inputs: Inputs, run: Run) -> Outputs:
    """Read the policy and the tags, compute the rows, then check or write the table."""
    today = parse_day(inputs.date)
    workspace = run.context.workspace
    policy = read_workspace_config(workspace, inputs.config).support
    remote = Remote(
        read_checkout(workspace), run.temp / "remote.git", token=inputs.token, server_url=run.context.server_url
    )
    found = rows(policy, read_releases(remote, remote.refs(run.warn).tags), today)
    supported = [one for one in found if one.state is not State.ENDED]
    run.info(f"{len(supported)} of {len(found)} minor versions are supported on {today}.")
    run.summarize(f"### Support on {today}\n\n{table(found)}")
    changed = bool(policy.docs) and settle(page(workspace, policy.docs, found), run, check=inputs.check)
    return Outputs(matrix=as_json(found), supported="\n".join(str(one.minor) for one in supported), changed=changed)


def parse_day(given: str) -> date:
    """The given day, else today; raises E_INPUT."""
    try:
        return date.fromisoformat(given) if given else datetime.now(timezone.utc).date()
    except ValueError as error:
        raise ReleaseError(
            Code.E_INPUT,
            f"The input `date` is {given[:80]!a}, which is not a day.",
            next_step="Write it as `2026-11-25`, or leave it empty for today.",
        ) from error


def page(workspace: Path, name: str, found: list[Row]) -> GeneratedPage:
    """The page with the table; raises E_PATH, and E_SUPPORT_MATRIX without its two markers."""
    files = WorkspaceFiles(workspace)
    file = files.name(name)
    before = files.read(file)
    after = with_table(before, table(found), file, name=NAME, code=Code.E_SUPPORT_MATRIX)
    return GeneratedPage(file=file, before=before, after=after, stale="The support matrix is not what the tags say")


def settle(page: GeneratedPage, run: Run, *, check: bool) -> bool:
    """Write a stale page, or in a check fail at its line; whether it is (or would be) written."""
    state = Planned.SAME if not page.is_stale else Planned.CONFLICT if check else Planned.ABSENT
    planned = run.report.plan("support matrix", page.file, "", state)
    if not page.is_stale:
        return False
    run.summarize(markdown.details("Change of the page", markdown.block(page.difference, "diff")))
    if check:
        run.failure = ReleaseError(
            Code.E_SUPPORT_MATRIX,
            page.instruction,
            next_step="Run support-matrix with `check: false`, and commit what it writes.",
            file=page.file,
            line=page.line,
        )
        return False
    require_all_writable(run.context.workspace, [page])
    if not run.dry_run:
        with run.report.attempt(planned):
            write_page(run.context.workspace, page)
        run.report.done(planned)
    return True
