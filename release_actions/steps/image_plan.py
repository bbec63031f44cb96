"""Which image is built, from what, and under which names and tag."""

import os
from collections.abc import Sequence
from typing import Literal

import msgspec

from release_actions.core.errors import Code, ReleaseError
from release_actions.core.version import Spelling, Version
from release_actions.git.checkout import Checkout, read_checkout
from release_actions.image.build import (
    Build,
    metadata,
    parse_arguments,
    parse_commit,
    parse_labels,
    parse_secrets,
    parse_target,
)
from release_actions.image.context import read_context
from release_actions.image.published import Identity
from release_actions.oci.reference import Platform, Reference, parse_digest, parse_name, parse_platform
from release_actions.runner import inputs
from release_actions.runner.inputs import Lines
from release_actions.runner.run import Run


class BuildInputs(inputs.Inputs, frozen=True):
    """How an image is built: the inputs of every action that does; folder and file count from the workspace's root."""

    context: str
    file: str
    target: str
    build_args: Lines
    labels: Lines
    secrets: Lines
    provenance: Literal["min", "max", "none"]
    sbom: bool


class ImageRequest(msgspec.Struct, frozen=True, kw_only=True):
    """The image of a version: its names and platforms, and how its tag is spelled (`tag`, `bare`).

    With `digest_only` it gets no tag, with `digests` those are joined and nothing is built. `commit` is empty where the
    checkout alone decides.
    """

    version: Version
    names: tuple[str, ...]
    image_tag: str
    platforms: tuple[str, ...]
    build: BuildInputs
    commit: str = ""
    digest_only: bool = False
    digests: tuple[str, ...] = ()


class ImagePlan(msgspec.Struct, frozen=True, kw_only=True):
    """The requested image. `build` is None for a join, which has `digests` instead; `tag` is the image's."""

    names: tuple[Reference, ...]
    identity: Identity
    tag: str
    platforms: tuple[Platform, ...]
    build: Build | None
    digests: tuple[str, ...]
    digest_only: bool
    needs_checkout: bool

    def published(self, digest: str) -> str:
        """The image by each of its names, a line each, with its digest unless that is empty."""
        tagged = [name if self.digest_only else name.tagged(self.tag) for name in self.names]
        return "\n".join(f"{name}@{digest}" if digest else str(name) for name in tagged)


def plan_image(request: ImageRequest, run: Run) -> ImagePlan:
    """Read the request and the checkout; nothing is started yet. Raises E_INPUT, E_TAG_MOVED, E_PATH."""
    version = request.version
    names = tuple(dict.fromkeys(parse_name(name) for name in request.names))
    platforms = tuple(dict.fromkeys(parse_platform(text) for text in request.platforms))
    digests = tuple(dict.fromkeys(parse_digest(text) for text in request.digests))
    _require_mode(request, names, platforms)
    tag = version.spelled(Spelling(request.image_tag))
    for name in names:
        name.tagged(tag)
    # A join builds nothing, so it needs no checkout when the commit is given.
    needs_checkout = not (digests and request.commit)
    checkout = _checkout(request, run) if needs_checkout else None
    identity = Identity(version, checkout.commit if checkout else parse_commit(request.commit))
    return ImagePlan(
        names=names,
        identity=identity,
        tag=tag,
        platforms=platforms,
        build=_build(request.build, run, platforms, identity, checkout) if checkout and not digests else None,
        digests=digests,
        digest_only=request.digest_only,
        needs_checkout=needs_checkout,
    )


def _build(
    given: BuildInputs, run: Run, platforms: tuple[Platform, ...], identity: Identity, checkout: Checkout
) -> Build:
    context, file = read_context(run.context.workspace, given.context, given.file)
    secrets = parse_secrets(given.secrets, os.environ)
    for secret in secrets:
        run.mask(secret.value)
    source = f"{run.context.server_url}/{run.context.repository}" if run.context.repository else ""
    return Build(
        workspace=run.context.workspace,
        context=context,
        file=file,
        platforms=platforms,
        epoch=checkout.time,
        labels={
            **parse_labels(given.labels),
            **metadata(identity.version, identity.commit, source, checkout.time),
        },
        target=parse_target(given.target),
        arguments=parse_arguments(given.build_args),
        secrets=secrets,
        provenance="" if given.provenance == "none" else given.provenance,
        sbom=given.sbom,
    )


def _checkout(request: ImageRequest, run: Run) -> Checkout:
    checkout = read_checkout(run.context.workspace)
    if request.commit and request.commit != checkout.commit:
        raise ReleaseError(
            Code.E_TAG_MOVED,
            f"The input `commit` is {request.commit[:80]!a}, but {checkout.commit} is checked out.",
            next_step="Check out that commit before this step.",
        )
    return checkout


def _require_mode(request: ImageRequest, names: Sequence[Reference], platforms: Sequence[Platform]) -> None:
    if not names:
        problem = "The input `image` names no image", "Write its name, such as `ghcr.io/kubeflow/operator`"
    elif not platforms:
        problem = "The input `platforms` names no platform", "Write some, such as `linux/amd64,linux/arm64`"
    elif request.digest_only and request.digests:
        problem = "`digest-only` and `digests` exclude each other", "Build with the one, and join in a later job"
    elif request.digest_only and len(platforms) != 1:
        problem = "`digest-only` is for one platform", "Give one in `platforms`, and build each in a job of its own"
    else:
        return
    raise ReleaseError(Code.E_INPUT, f"{problem[0]}.", next_step=f"{problem[1]}.")
