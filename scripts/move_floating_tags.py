"""Move an image's floating tags to a release, forwards only, and never to what is not the highest of all tags."""

from typing import Literal

from release_actions.core.version import Spelling, parse_tag
from release_actions.public_state.parts import parse_parts
from release_actions.runner import inputs, outputs
from release_actions.runner.inputs import Lines, Secret, Words
from release_actions.runner.run import Run
from release_actions.steps.access import Access, ask_public
from release_actions.steps.floating_tags import move, open_mover, plan, record_none, requested_tags


class Inputs(inputs.Inputs, frozen=True):
    """The images, the release that they are of, and which floating tags follow it."""

    images: Lines
    tag: str
    image_tag: Literal["tag", "bare"]
    floating_tags: Words
    repository: str
    token: Secret
    registry_username: str
    registry_password: Secret
    ghcr_token: Secret
    release_parts: str
    dry_run: bool


class Outputs(outputs.Outputs, frozen=True):
    """The floating tags that this run moved, one reference a line."""

    moved: str


def main(inputs: Inputs, run: Run) -> Outputs:
    """Look at every floating tag first, then move those that are behind."""
    version, spelling = parse_tag(inputs.tag or run.context.tag), Spelling(inputs.image_tag)
    access = Access(logins=inputs, token=inputs.token, parts=parse_parts(inputs.release_parts))
    ask_public(version, access, run, repository=inputs.repository)
    floating = requested_tags(inputs.images, inputs.floating_tags, version, spelling)
    if version.is_candidate:
        record_none(floating, version, run)
        return Outputs(moved="")
    with open_mover(floating, access, run, version=version, spelling=spelling, repository=inputs.repository) as mover:
        planned = plan(floating, mover, run)
        if run.dry_run:
            return Outputs(moved="")
        moved = [str(one.floating.reference) for one in planned if move(one, mover, run)]
    return Outputs(moved="\n".join(moved))
