"""Tell which fix is on which supported release branch, and which got lost between them. It only reads."""

import os
from collections.abc import Sequence
from datetime import datetime, timezone
from pathlib import Path
from typing import Any

import msgspec

from release_actions.backport.html import page
from release_actions.backport.kept import Kept
from release_actions.backport.ledger import Ledger
from release_actions.backport.markdown import summary, told_of
from release_actions.backport.matrix import Fix, State, count, matrix
from release_actions.backport.requested_fixes import asked_for, proposed, with_answers
from release_actions.git.commits import read_commits, read_since
from release_actions.git.partial_clone import PartialClone
from release_actions.git.remote import Refs, Remote
from release_actions.github.client import GitHub
from release_actions.github.pull_requests import PullRequests
from release_actions.history.branch_history import BranchHistory
from release_actions.history.content import Content
from release_actions.runner import inputs, outputs
from release_actions.runner.inputs import Secret, Words
from release_actions.runner.run import Run
from release_actions.system import workspace
from scripts import unreleased

_SHOWN = 100
_REPORTED = 300


class Inputs(inputs.Inputs, frozen=True):
    """Which branches to look at, and where the results go."""

    supported_branches: Words
    supported: int
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
    """Read branches and pull requests, put them in one matrix, and show it in every form that is asked for."""
    context = run.context
    history, contents = (
        Remote.of_repository(context.server_url, context.repository, run.temp / name, token=inputs.token)
        for name in ("history.git", "contents.git")
    )
    kept = Kept(cache_folder(inputs.cache, context.workspace))
    with GitHub(context.api_url, context.repository, inputs.token) as api:
        pulls = PullRequests(api)
        default, refs = pulls.default_branch(), history.refs(run.warn)
        chosen = list(unreleased.choose_branches(inputs_of(inputs), default, history, refs, run).values())
        seen, branches = look(chosen, default, history, refs)
        asked = asked_for(chosen, seen.own, pulls)
        pending = proposed(chosen, pulls)
        requested = [one.commit for one in asked]
        key = [context.repository, *requested, *(refs.branches[name] for name in (default, *chosen))]
        known = kept.read(key)
        if known is None:
            content = Content(PartialClone(contents, run.temp / "contents"), kept.effects([seen, *branches]))
            known = Ledger(content, history.git).read(seen, branches, requested)
            if not kept.save(key, known, content.kept()):
                run.warn("What was computed can't be kept for the next run.", title="Cache")
        fixes = matrix(known, chosen, asked, pending)
        fixes = matrix(known, chosen, with_answers(asked, fixes, pulls), pending)
    return tell(fixes, chosen, inputs, run)


def inputs_of(given: Inputs) -> unreleased.Inputs:
    """The inputs by which `unreleased` chooses branches."""
    return inputs.handed_on(given, unreleased.Inputs)


def cache_folder(given: str, root: Path) -> Path | None:
    """Where findings are kept between runs, if anywhere; a relative path counts from the workspace."""
    shared = os.environ.get("RELEASE_ACTIONS_CACHE", "")
    return root / given if given else Path(shared) / "backports" if shared else None


def look(
    branches: Sequence[str], default: str, remote: Remote, refs: Refs
) -> tuple[BranchHistory, list[BranchHistory]]:
    """The history of the default branch and the release branches, as far as they differ."""
    remote.fetch(*(f"refs/heads/{name}" for name in (default, *branches)))
    tip = refs.branches[default]
    lacking = {name: read_since(remote.git, refs.branches[name], tip) for name in branches}
    tips = {one.id: one for one in read_commits(remote.git, {tip, *(refs.branches[name] for name in branches)})}
    on_default = max(lacking.values(), key=len, default=[])
    found = []
    for name in branches:
        one = tips[refs.branches[name]]
        lacks = {commit.id for commit in lacking[name]}
        inherited = (commit.id for commit in on_default if commit.id not in lacks)
        found.append(BranchHistory(name, one, read_since(remote.git, tip, one.id), inherited))
    return BranchHistory(default, tips[tip], on_default), found


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
        missing=sum(count(fixes, state) for state in State if state.is_lacking and state is not State.CONFLICT),
        regressions=sum(cell.regression for fix in fixes for cell in fix.cells),
    )


def write(root: Path, given: str, text: str) -> None:
    """Write a file of the workspace, whose folder is there; raises E_PATH."""
    folder = workspace.inside(root, str(Path(given).parent), kind="folder")
    if not os.path.lexists(folder / Path(given).name):
        (folder / Path(given).name).touch()
    file = workspace.inside(root, str(folder / Path(given).name))
    workspace.write_text(file, text, shown=given)
