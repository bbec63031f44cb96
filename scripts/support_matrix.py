"""Compute which minor versions are supported, and check, write or propose the pages that say so."""

import re
from datetime import date, datetime, timezone
from functools import partial
from typing import Any

from release_actions.core.errors import Code, ReleaseError
from release_actions.git.checkout import read_checkout
from release_actions.git.person import parse_person
from release_actions.git.remote import Remote
from release_actions.github.client import GitHub
from release_actions.github.pull_requests import PullRequests
from release_actions.project.read import read_workspace_config
from release_actions.project.support_settings import Support
from release_actions.runner import inputs, outputs
from release_actions.runner.inputs import Secret
from release_actions.runner.run import Run
from release_actions.steps.support_pages import PagesProposal, propose_pages, settle
from release_actions.support import pages
from release_actions.support.findings import SupportFinding, findings
from release_actions.support.page import as_json, table
from release_actions.support.policy import SupportState
from release_actions.support.read import read_kubernetes, read_matrix, with_branches
from release_actions.system.workspace import WorkspaceFiles


class Inputs(inputs.Inputs, frozen=True):
    """For which day the matrix is computed, and what becomes of stale pages."""

    check: bool
    pull_request: bool
    open_work: bool
    date: str
    kubernetes_support: str
    dry_run: bool
    config: str
    token: Secret
    commit_author: str


class Outputs(outputs.Outputs, frozen=True):
    """The matrix, the supported versions, what does not fit, and whether the pages were changed."""

    matrix: list[dict[str, Any]]
    supported: str
    findings: tuple[SupportFinding, ...]
    changed: bool
    pull_request: str


def main(inputs: Inputs, run: Run) -> Outputs:
    """Read the policy and the tags, compute the rows, then check, write or propose the pages."""
    today, author = parse_day(inputs.date), parse_person(inputs.commit_author)
    files = WorkspaceFiles(run.context.workspace)
    kubernetes = read_kubernetes(files, inputs.kubernetes_support)
    config = read_workspace_config(run.context.workspace, inputs.config)
    remote, history = (open_remote(inputs, run, name) for name in ("remote.git", "history.git"))
    refs = remote.refs(run.warn)
    found = read_matrix(remote, refs, config, today, run.warn)
    if inputs.open_work:
        found = with_branches(found, history, refs, config, run.warn)
    supported = [one for one in found if one.state is not SupportState.ENDED]
    run.info(f"{len(supported)} of {len(found)} minor versions are supported on {today}.")
    run.summarize(f"### Support on {today}\n\n{table(found, open_work=inputs.open_work)}")
    policy = config.support or Support()
    problems = findings(found, kubernetes, today, is_sought=bool(policy.kubernetes))
    for one in problems:
        run.warn(one.what, title=one.tag or "Kubernetes")
    about = pages.About(name=repository_of(remote.url), url=remote.url.removesuffix(".git"))
    make = partial(pages.pages, policy=policy, rows=found, about=about)
    changed, link = False, ""
    if inputs.pull_request:
        with GitHub(run.context.api_url, run.context.repository, inputs.token) as api:
            proposal = PagesProposal(make=make, day=today, author=author)
            changed, link = propose_pages(proposal, PullRequests(api), history, run)
    else:
        changed = settle(make(files), run, check=inputs.check)
    return Outputs(
        matrix=as_json(found),
        supported="\n".join(str(one.minor) for one in supported),
        findings=tuple(problems),
        changed=changed,
        pull_request=link,
    )


def open_remote(inputs: Inputs, run: Run, folder: str) -> Remote:
    """A private repository of the checkout's remote."""
    checkout = read_checkout(run.context.workspace)
    return Remote(checkout, run.temp / folder, token=inputs.token, server_url=run.context.server_url)


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
