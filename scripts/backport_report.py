"""Tell which fix is on which supported release branch, and which got lost between them. It only reads."""

import os
from collections.abc import Sequence
from datetime import datetime, timezone
from pathlib import Path
from typing import Any

import msgspec

from release_actions.backport.html import page
from release_actions.backport.kept import Kept
from release_actions.backport.markdown import summary, told_of
from release_actions.backport.matrix import Fix, FixState, count
from release_actions.git.remote import Remote
from release_actions.github.client import GitHub
from release_actions.github.pull_requests import PullRequests
from release_actions.runner import inputs, outputs
from release_actions.runner.inputs import Secret, Words
from release_actions.runner.run import Run
from release_actions.steps.backport_matrix import Repositories, cache_folder, fixes_by_branch
from release_actions.steps.supported_branches import BranchesRequest, choose_branches
from release_actions.system import workspace

_SHOWN = 100
_REPORTED = 300


class Inputs(inputs.Inputs, frozen=True):
    """Which branches to look at, and where the results go."""

    supported_branches: Words
    supported: str
    page: str
    json: str
    cache: str
    token: Secret
    config: str


class Outputs(outputs.Outputs, frozen=True):
    """The first fixes, how many there are, and on how many branches something is to be done."""

    report: list[dict[str, Any]]
    fixes: int
    missing: int
    regressions: int


def main(inputs: Inputs, run: Run) -> Outputs:
    """Read branches and pull requests, put them in one matrix, and show it in every requested form."""
    context = run.context
    history, contents = (
        Remote.of_repository(context.server_url, context.repository, run.temp / name, token=inputs.token)
        for name in ("history.git", "contents.git")
    )
    kept = Kept(cache_folder(inputs.cache, context.workspace))
    with GitHub(context.api_url, context.repository, inputs.token) as api:
        pulls = PullRequests(api)
        default, refs = pulls.default_branch(), history.refs(run.warn)
        requested = BranchesRequest(
            names=inputs.supported_branches,
            number=inputs.supported,
            default=default,
            config=inputs.config,
            token=inputs.token,
        )
        branches = list(choose_branches(requested, history, refs, run).values())
        repositories = Repositories(history=history, contents=contents, refs=refs, default=default)
        fixes = fixes_by_branch(branches, repositories, pulls, kept, run)
    return tell(fixes, branches, inputs, run)


def tell(fixes: Sequence[Fix], branches: Sequence[str], inputs: Inputs, run: Run) -> Outputs:
    """Show the matrix on the run's page, write it where that is asked for, and warn of what got lost."""
    context = run.context
    lost = [fix for fix in fixes if fix.is_regression]
    run.summarize(summary(branches, fixes, _SHOWN))
    for fix in lost[:_SHOWN]:
        run.info(f"{fix.name} {fix.title}: {told_of(fix)}")
    if lost:
        message = f"{len(lost)} fixes are on an older release branch, and a newer one lacks them."
        run.warn(message, title="Lost fixes")
    built = [msgspec.to_builtins(fix) for fix in fixes]
    if inputs.json:
        whole = {"repository": context.repository, "branches": list(branches), "fixes": built}
        write(context.workspace, inputs.json, msgspec.json.format(msgspec.json.encode(whole)).decode() + "\n")
    if inputs.page:
        made = datetime.now(timezone.utc).strftime("as of %d %B %Y, %H:%M UTC")
        url = f"{context.server_url}/{context.repository}"
        write(context.workspace, inputs.page, page(context.repository, url, branches, fixes, made))
    return Outputs(
        report=built[:_REPORTED],
        fixes=len(fixes),
        missing=sum(count(fixes, state) for state in FixState if state.is_lacking and state is not FixState.CONFLICT),
        regressions=sum(cell.regression for fix in fixes for cell in fix.cells),
    )


def write(root: Path, given: str, text: str) -> None:
    """Write a file of the workspace, whose folder is there; raises E_PATH."""
    folder = workspace.inside(root, str(Path(given).parent), kind="folder")
    if not os.path.lexists(folder / Path(given).name):
        (folder / Path(given).name).touch()
    file = workspace.inside(root, str(folder / Path(given).name))
    workspace.write_text(file, text, shown=given)
