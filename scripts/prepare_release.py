"""Prepare a version on its release branch: every version place, then the tag that the release is made from.

Run it until there is a tag: what is missing is made, by a pull request or at once, and what is there is left alone.
"""

from typing import Literal

from release_actions.git.person import parse_person
from release_actions.git.remote import Remote
from release_actions.github.client import GitHub
from release_actions.github.pull_requests import PullRequests
from release_actions.runner import inputs, outputs
from release_actions.runner.inputs import Lines, Secret
from release_actions.runner.run import Run
from release_actions.steps.next_version import propose_version, set_tag, version_page
from release_actions.steps.version_plan import VersionPlan, VersionRequest, check_make, observe_version


class Inputs(inputs.Inputs, frozen=True):
    """What to make, on which branch, and how it gets there."""

    make: str
    release_branch: str
    mode: Literal["pull-request", "push"]
    override_reason: str
    token: Secret
    signing_key: Secret
    commit_author: str
    charts: Lines
    places: Lines
    image_tag: Literal["", "tag", "bare"]
    config: str
    dry_run: bool


class Outputs(outputs.Outputs, frozen=True):
    """The version, and how far it has come: `tag` is empty until the tag exists."""

    tag: str
    next_tag: str
    previous_tag: str
    is_prerelease: bool
    release_branch: str
    commit: str
    why: str
    pull_request: str


def main(inputs: Inputs, run: Run) -> Outputs:
    """Look at tags and branch, say what comes next and why, then bring it one step further."""
    author = parse_person(inputs.commit_author)
    check_make(inputs.make)
    context = run.context
    with GitHub(context.api_url, context.repository, inputs.token) as github:
        folder = run.temp / "remote.git"
        remote = Remote.of_repository(context.server_url, context.repository, folder, token=inputs.token)
        pulls = PullRequests(github)
        plan = observe_version(_request(inputs), pulls, remote, run)
        run.summarize(version_page(plan))
        run.info(f"{plan.chosen.version.tag} on {plan.base.branch}: {plan.chosen.why}")
        commit, link = plan.made, ""
        if not plan.made and plan.stale and inputs.mode == "pull-request":
            link = propose_version(plan, author, pulls, remote, run)
        elif not plan.made:
            commit = set_tag(plan, author, remote, run, signing_key=inputs.signing_key)
        return _outputs(plan, commit, link)


def _request(inputs: Inputs) -> VersionRequest:
    return VersionRequest(
        make=inputs.make,
        release_branch=inputs.release_branch,
        override_reason=inputs.override_reason,
        config=inputs.config,
        charts=inputs.charts,
        places=inputs.places,
        image_tag=inputs.image_tag,
    )


def _outputs(plan: VersionPlan, commit: str, link: str) -> Outputs:
    """The run's outputs; `commit` is what the tag points to now, empty without one."""
    version = plan.chosen.version
    return Outputs(
        tag=version.tag if commit else "",
        next_tag=version.tag,
        previous_tag=plan.chosen.after.tag if plan.chosen.after else "",
        is_prerelease=version.is_candidate,
        release_branch=plan.base.branch,
        commit=commit,
        why=plan.chosen.why,
        pull_request=link,
    )
