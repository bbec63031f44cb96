"""Publish a tag's GitHub release: a draft first, then its assets, and the public release as the last step."""

from release_actions.core.version import parse_tag
from release_actions.public_state.parts import parse_parts
from release_actions.runner import inputs, outputs
from release_actions.runner.inputs import Lines, Secret
from release_actions.runner.run import Run
from release_actions.steps.access import Access, ask_public
from release_actions.steps.github_release import finish
from release_actions.steps.github_release_plan import (
    GitHubReleaseRequest,
    gather,
    observe_release,
    open_release_clients,
    plan_github_release,
)


class Inputs(inputs.Inputs, frozen=True):
    """The tag, what its release consists of, and what is said about it."""

    tag: str
    commit: str
    token: Secret
    images: Lines
    charts: Lines
    assets: Lines
    notes_file: str
    generate_notes: bool
    draft: bool
    registry_username: str
    registry_password: Secret
    ghcr_token: Secret
    release_parts: str
    config: str
    dry_run: bool


class Outputs(outputs.Outputs, frozen=True):
    """The release as GitHub has it."""

    tag: str
    release_id: str
    release_url: str
    is_latest: bool


def main(inputs: Inputs, run: Run) -> Outputs:
    """Look at what is there, then complete and publish what is not."""
    request, parts = _request(inputs, run), parse_parts(inputs.release_parts)
    access = Access(logins=inputs, token=inputs.token, parts=parts)
    ask_public(request.version, access, run)
    plan = plan_github_release(request, run)
    with open_release_clients(plan, access, run) as clients:
        content = gather(plan, clients, run)
        observed = observe_release(plan, content, clients, run)
        release = observed.found.release if run.dry_run else finish(observed, clients, run)
    return Outputs(
        tag=plan.version.tag,
        release_id=str(release.id) if release else "",
        release_url=release.html_url if release else "",
        is_latest=observed.is_latest,
    )


def _request(inputs: Inputs, run: Run) -> GitHubReleaseRequest:
    return GitHubReleaseRequest(
        version=parse_tag(inputs.tag or run.context.tag),
        commit=inputs.commit,
        images=inputs.images,
        charts=inputs.charts,
        assets=inputs.assets,
        notes_file=inputs.notes_file,
        generate_notes=inputs.generate_notes,
        draft=inputs.draft,
        config=inputs.config,
    )
