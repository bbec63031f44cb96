"""Show what each supported release branch has that is in no version yet, and what to make next. Nothing is written."""

from typing import Any

import msgspec

from release_actions.core.version import MinorVersion, Version, versions_of
from release_actions.git.commits import read_since
from release_actions.git.remote import Refs, Remote
from release_actions.github.client import GitHub
from release_actions.github.pull_requests import PullRequests
from release_actions.history.change_class import classify
from release_actions.prepare import unreleased
from release_actions.prepare.unreleased import Unreleased, Waiting
from release_actions.runner import inputs, outputs
from release_actions.runner.inputs import Secret, Words
from release_actions.runner.run import Run
from release_actions.steps.supported_branches import BranchesRequest, choose_branches


class Inputs(inputs.Inputs, frozen=True):
    """Which branches to look at."""

    supported_branches: Words
    supported: str
    token: Secret
    config: str


class Outputs(outputs.Outputs, frozen=True):
    """The view, as JSON, and the branches that have something to make."""

    report: list[dict[str, Any]]
    due: str


def main(inputs: Inputs, run: Run) -> Outputs:
    """Look at the branches, the newest first."""
    context = run.context
    with GitHub(context.api_url, context.repository, inputs.token) as github:
        default = PullRequests(github).default_branch()
    remote = Remote.of_repository(context.server_url, context.repository, run.temp / "remote.git", token=inputs.token)
    refs = remote.refs(run.warn)
    requested = BranchesRequest(
        names=inputs.supported_branches,
        number=inputs.supported,
        default=default,
        config=inputs.config,
        token=inputs.token,
    )
    branches = choose_branches(requested, remote, refs, run)
    versions = versions_of(refs.tags)
    tags = [one.tag for one in versions if one.minor_version in branches]
    remote.fetch(*(f"refs/heads/{one}" for one in branches.values()), *(f"refs/tags/{one}" for one in tags))
    views = [look(minor, branch, default, versions, remote=remote, refs=refs) for minor, branch in branches.items()]
    for one in views:
        if one.elsewhere:
            names = ", ".join(one.elsewhere)
            run.warn(f"These tags are not on {one.branch}, where they belong: {names}.", title="Tags elsewhere")
    run.summarize(unreleased.page(views))
    for one in views:
        run.info(f"{one.branch}: {len(one.commits)} commits since {one.last_tag or 'it was cut'}. {one.why}")
    return Outputs(
        report=[msgspec.to_builtins(one) for one in views], due="\n".join(one.branch for one in views if one.make)
    )


def look(
    minor: MinorVersion, branch: str, default: str, versions: list[Version], *, remote: Remote, refs: Refs
) -> Unreleased:
    """What one branch has since its last tag or, without one, since it was cut."""
    tip = refs.branches[branch]
    history = set(remote.git.run("rev-list", tip).split())
    existing = [one for one in versions if one.minor_version == minor]
    on_it = [one for one in existing if refs.commits[one.tag] in history]
    last = max(on_it, default=None)
    since = refs.commits[last.tag] if last else refs.branches[default]
    commits = [
        Waiting(one.id, classify(one.title), one.title)
        for one in read_since(remote.git, since, tip)
        if len(one.parents) < 2
    ]
    return unreleased.view(branch, tip, minor, on_it=last, existing=existing, commits=commits)
