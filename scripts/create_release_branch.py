"""Cut the release branch of a minor version from the default branch, with what belongs to it, and never twice."""

import json
from typing import Annotated, Literal

import msgspec

from release_actions.core.failures import Failures
from release_actions.core.report import State
from release_actions.git.person import parse_person
from release_actions.github.branch_settings import ruleset
from release_actions.github.client import GitHub
from release_actions.runner import inputs, outputs
from release_actions.runner.inputs import Lines, Secret
from release_actions.runner.run import Run
from release_actions.steps.branch_settings import create_setting, observe_setting, requested_settings
from release_actions.steps.development_version import DevelopmentRequest, observe_development, open_pull_request
from release_actions.steps.release_branch import BranchRequest, create, observe, open_repository

FollowUps = Annotated[
    tuple[Literal["label", "milestone", "development-version", "protection"], ...],
    msgspec.Meta(extra={"split": "words"}),
]


class Inputs(inputs.Inputs, frozen=True):
    """Which branch, where it begins, and what follows."""

    version: str
    next: Literal["", "minor", "major"]
    commit: str
    require_checks: bool
    ignore_checks: Lines
    follow_ups: FollowUps
    development_version: str
    commit_author: str
    token: Secret
    charts: Lines
    places: Lines
    image_tag: Literal["", "tag", "bare"]
    config: str
    dry_run: bool


class Outputs(outputs.Outputs, frozen=True):
    """The branch, and what was made with it."""

    release_branch: str
    version: str
    commit: str
    created: bool
    pull_request: str
    ruleset: str


def main(inputs: Inputs, run: Run) -> Outputs:
    """Look at everything, then make the branch, then what follows; a follow-up that fails stops no other."""
    development = _development(inputs)
    with GitHub(run.context.api_url, run.context.repository, inputs.token) as github:
        repository = open_repository(github, inputs.token, run)
        cut = observe(_branch(inputs), repository, run)
        settings, change, unseen = [], None, Failures()
        for setting in requested_settings(inputs.follow_ups, cut):
            with unseen.keep():
                settings.append((setting, observe_setting(setting, cut, repository, run)))
        with unseen.keep():
            change = observe_development(development, cut, repository, run) if development else None
        unseen.check()

        create(cut, repository, run, more_rights=bool(set(inputs.follow_ups) - {"protection"}))
        for setting, artefact in settings:
            create_setting(setting, artefact, repository, run)
        link = open_pull_request(change, repository, run) if change else ""
    run.failure = repository.failures.error
    return Outputs(
        release_branch=cut.branch,
        version=str(cut.minor),
        commit=cut.commit,
        created=cut.artefact.state is State.ABSENT and not run.dry_run,
        pull_request=link,
        ruleset=json.dumps(ruleset(cut.branch).fields),
    )


def _branch(inputs: Inputs) -> BranchRequest:
    return BranchRequest(
        version=inputs.version,
        next=inputs.next,
        commit=inputs.commit,
        config=inputs.config,
        ignored_checks=inputs.ignore_checks if inputs.require_checks else None,
    )


def _development(inputs: Inputs) -> DevelopmentRequest | None:
    """The next development version, if one is among the follow-ups; a wrong author is an error in any case."""
    author = parse_person(inputs.commit_author)
    if "development-version" not in inputs.follow_ups:
        return None
    return DevelopmentRequest(
        version=inputs.development_version,
        author=author,
        config=inputs.config,
        charts=inputs.charts,
        places=inputs.places,
        image_tag=inputs.image_tag,
    )
