"""Compute which minor versions are supported, and check or write the table of them in the docs."""

import re
from collections.abc import Sequence
from datetime import date, datetime, timezone
from typing import Any

from release_actions.core import markdown
from release_actions.core.errors import Code, ReleaseError
from release_actions.core.report import State as Planned
from release_actions.git.checkout import read_checkout
from release_actions.git.remote import Remote
from release_actions.project.generated_page import GeneratedPage, require_all_writable, write_page
from release_actions.project.read import read_workspace_config
from release_actions.project.support_settings import Support
from release_actions.runner import inputs, outputs
from release_actions.runner.inputs import Secret
from release_actions.runner.run import Run
from release_actions.support import pages
from release_actions.support.findings import Finding, findings
from release_actions.support.page import as_json, table
from release_actions.support.policy import State
from release_actions.support.read import read_kubernetes, read_matrix
from release_actions.system.workspace import WorkspaceFiles


class Inputs(inputs.Inputs, frozen=True):
    """For which day the matrix is computed, and what becomes of a stale table."""

    check: bool
    date: str
    kubernetes_support: str
    dry_run: bool
    config: str
    token: Secret


class Outputs(outputs.Outputs, frozen=True):
    """The matrix, the supported versions, and whether the page was changed."""

    matrix: list[dict[str, Any]]
    supported: str
    findings: tuple[Finding, ...]
    changed: bool


def main(inputs: Inputs, run: Run) -> Outputs:
    """Read the policy and the tags, compute the rows, then check or write the table."""
    today = parse_day(inputs.date)
    workspace = run.context.workspace
    files = WorkspaceFiles(workspace)
    kubernetes = read_kubernetes(files, inputs.kubernetes_support)
    config = read_workspace_config(workspace, inputs.config)
    remote = Remote(
        read_checkout(workspace), run.temp / "remote.git", token=inputs.token, server_url=run.context.server_url
    )
    found = read_matrix(remote, remote.refs(run.warn), config, today, run.warn)
    supported = [one for one in found if one.state is not State.ENDED]
    run.info(f"{len(supported)} of {len(found)} minor versions are supported on {today}.")
    run.summarize(f"### Support on {today}\n\n{table(found)}")
    problems = findings(found, kubernetes, today)
    for one in problems:
        run.warn(one.what, title=one.tag or "Kubernetes")
    about = pages.About(name=repository_of(remote.url), url=remote.url.removesuffix(".git"))
    changed = settle(pages.pages(files, config.support or Support(), found, about), run, check=inputs.check)
    return Outputs(
        matrix=as_json(found),
        supported="\n".join(str(one.minor) for one in supported),
        findings=tuple(problems),
        changed=changed,
    )


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


def repository_of(url: str) -> str:
    """`OWNER/NAME` of a remote's address."""
    return "/".join(re.split("[/:]", url.removesuffix(".git"))[-2:])


def settle(shown: Sequence[GeneratedPage], run: Run, *, check: bool) -> bool:
    """Write what is stale, or in a check fail at its line; whether anything is (or would be) written."""
    stale = [one for one in shown if one.is_stale]
    if not check:
        require_all_writable(run.context.workspace, stale)
    if stale:
        diff = "".join(one.difference for one in stale)
        run.summarize(markdown.details("Changes of the pages", markdown.block(diff, "diff")))
    for one in shown:
        state = Planned.SAME if not one.is_stale else Planned.CONFLICT if check else Planned.ABSENT
        planned = run.report.plan("support matrix", one.file, "", state)
        if one.is_stale and not check and not run.dry_run:
            with run.report.attempt(planned):
                write_page(run.context.workspace, one)
                run.report.done(planned)
    run.failure = pages.failure(stale) if check else None
    return bool(stale) and not check
