"""Build an image, push it by digest, and set the version's tag when everything expected is there."""

from typing import Literal

from release_actions.core.version import parse_tag
from release_actions.public_state.parts import parse_parts
from release_actions.runner import outputs
from release_actions.runner.inputs import Lines, Secret, Words
from release_actions.runner.run import Run
from release_actions.steps.access import Access, ask_public
from release_actions.steps.image_plan import BuildInputs, ImagePlan, ImageRequest, plan_image
from release_actions.steps.image_publication import build_image, observe_image, open_image_clients, publish_image


class Inputs(BuildInputs, frozen=True):
    """The image, what it is built from, and where it goes."""

    image: Lines
    tag: str
    image_tag: Literal["tag", "bare"]
    platforms: Words
    builder: str
    digest_only: bool
    digests: Lines
    commit: str
    check_tag: bool
    token: Secret
    release_parts: str
    registry_username: str
    registry_password: Secret
    ghcr_token: Secret
    dry_run: bool


class Outputs(outputs.Outputs, frozen=True):
    """The image as it is in the registry."""

    image: str
    tag: str
    digest: str
    reference: str
    platforms: str


def main(inputs: Inputs, run: Run) -> Outputs:
    """Look at what is there, then build and publish what is not."""
    request, parts = _request(inputs, run), parse_parts(inputs.release_parts)
    access = Access(logins=inputs, token=inputs.token, check_tag=inputs.check_tag, parts=parts)
    ask_public(request.version, access, run)
    plan = plan_image(request, run)
    with open_image_clients(plan, access, inputs.builder, run) as clients:
        observed = observe_image(plan, clients, run)
        if run.dry_run:
            digest = observed.digest
        elif plan.digest_only:
            digest = build_image(observed, clients, run)[0]
        else:
            digest = publish_image(observed, build_image(observed, clients, run), clients, run)
    return _outputs(plan, digest)


def _request(inputs: Inputs, run: Run) -> ImageRequest:
    return ImageRequest(
        version=parse_tag(inputs.tag or run.context.tag),
        names=inputs.image,
        image_tag=inputs.image_tag,
        platforms=inputs.platforms,
        build=inputs,
        commit=inputs.commit,
        digest_only=inputs.digest_only,
        digests=inputs.digests,
    )


def _outputs(plan: ImagePlan, digest: str) -> Outputs:
    return Outputs(
        image="\n".join(name.name for name in plan.names),
        tag=plan.tag,
        digest=digest,
        reference=plan.published(digest),
        platforms=",".join(map(str, plan.platforms)),
    )
