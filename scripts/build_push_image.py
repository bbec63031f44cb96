"""Build an image, push it by digest, and set the version's tag when everything promised is there.

The phases can be called one by one: `prepare` reads what is asked for, `observe` looks at what is there, `build` pushes
by digest, which nobody sees, and `publish` sets the tag. Registries can't set a tag only if it is absent, so `publish`
looks again right before, asks whether the git tag still points to the commit, and reads back what the image's tag
points to right after.
"""

import contextlib
import os
from collections.abc import Iterator, Sequence
from typing import Literal

import msgspec

from release_actions.core import markdown
from release_actions.core.errors import Code, ReleaseError
from release_actions.core.report import Artefact, State
from release_actions.core.version import Spelling, parse_tag
from release_actions.git.checkout import Checkout, read_checkout
from release_actions.git.remote import Remote
from release_actions.git.tag_check import TagCheck, remote_of_checkout
from release_actions.image.build import (
    Build,
    metadata,
    parse_arguments,
    parse_commit,
    parse_labels,
    parse_secrets,
    parse_target,
)
from release_actions.image.buildx import Buildx, find_buildx
from release_actions.image.context import read_context
from release_actions.image.published import (
    Identity,
    PublishedImage,
    labels_of,
    observe_image,
    require_digest,
    require_image,
    require_no_conflict,
    require_platforms,
)
from release_actions.oci.commands import pull_image
from release_actions.oci.credentials import release_credentials
from release_actions.oci.reference import Platform, Reference, parse_digest, parse_name, parse_platform
from release_actions.oci.registry import Registry
from release_actions.public_state.ask import PublicState
from release_actions.runner import inputs, outputs
from release_actions.runner.inputs import Lines, Secret, Words
from release_actions.runner.run import Run


class Inputs(inputs.Inputs, frozen=True):
    """The image, what it is built from, and where it goes."""

    image: Lines
    tag: str
    image_tag: Literal["tag", "bare"]
    platforms: Words
    context: str
    file: str
    target: str
    build_args: Lines
    labels: Lines
    secrets: Lines
    builder: str
    provenance: Literal["min", "max", "none"]
    sbom: bool
    digest_only: bool
    digests: Lines
    commit: str
    check_tag: bool
    token: Secret
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


class Plan(msgspec.Struct, frozen=True, kw_only=True):
    """What is asked for. `build` is None for a join, which has `digests` instead; `tag` is the image's."""

    names: tuple[Reference, ...]
    identity: Identity
    tag: str
    platforms: tuple[Platform, ...]
    build: Build | None
    digests: tuple[str, ...]
    digest_only: bool


class Clients(msgspec.Struct, frozen=True, kw_only=True):
    """The registries, which are read, buildx, which writes, and the git tag, where it is to be asked for."""

    registry: Registry
    buildx: Buildx
    tag_check: TagCheck | None


class Observed(msgspec.Struct, frozen=True, kw_only=True):
    """What is there under each name, and the artefacts that the report has for it."""

    plan: Plan
    found: tuple[PublishedImage, ...]
    artefacts: tuple[Artefact, ...]

    @property
    def published(self) -> PublishedImage | None:
        """The image under a name that has it already; the other names then get the very same."""
        return next((one for one in self.found if one.state is State.SAME), None)


def main(inputs: Inputs, run: Run) -> Outputs:
    """Look at what is there, then build and publish what is not."""
    plan = prepare(inputs, run)
    with clients(plan, inputs, run) as tools:
        observed = observe(plan, tools, run)
        if run.dry_run:
            digest = _published_digest(observed)
        elif plan.digest_only:
            digest = build(observed, tools, run)[0]
        else:
            digest = publish(observed, build(observed, tools, run), tools, run)
    return outputs_of(plan, digest)


def prepare(inputs: Inputs, run: Run) -> Plan:
    """What is asked for; nothing is started yet."""
    version = parse_tag(inputs.tag or run.context.tag)
    names = tuple(dict.fromkeys(parse_name(name) for name in inputs.image))
    platforms = tuple(dict.fromkeys(parse_platform(text) for text in inputs.platforms))
    digests = tuple(dict.fromkeys(parse_digest(text) for text in inputs.digests))
    _require_mode(inputs, names, platforms)
    tag = version.spelled(Spelling(inputs.image_tag))
    for name in names:
        name.tagged(tag)
    # A join builds nothing, so it needs no checkout when it is told the commit.
    checkout = None if digests and inputs.commit else _checkout(inputs, run)
    identity = Identity(version, checkout.commit if checkout else parse_commit(inputs.commit))
    return Plan(
        names=names,
        identity=identity,
        tag=tag,
        platforms=platforms,
        build=_build(inputs, run, platforms, identity, checkout) if checkout and not digests else None,
        digests=digests,
        digest_only=inputs.digest_only,
    )


@contextlib.contextmanager
def clients(plan: Plan, inputs: Inputs, run: Run) -> Iterator[Clients]:
    """The tools with the logins that they need, for as long as they are used."""
    hosts, images = [name.registry for name in plan.names], [name.tagged(plan.tag) for name in plan.names]
    run.ask_public = PublicState(run, plan.identity.version, inputs.token, inputs, images=images).sentence
    with (
        release_credentials(run.temp, hosts, inputs, run.mask) as credentials,
        Registry(credentials.login, pushing=True) as registry,
    ):
        yield Clients(
            registry=registry,
            buildx=find_buildx(credentials, inputs.builder, run.echo),
            tag_check=_tag_check(plan, inputs, run),
        )


def observe(plan: Plan, tools: Clients, run: Run) -> Observed:
    """What is there, recorded in the report; raises E_VERSION_EXISTS or E_PLATFORM_INCOMPLETE if it may not stay so."""
    found = tuple(observe_image(tools.registry, name.tagged(plan.tag), plan.identity) for name in plan.names)
    suffix = f" for {plan.platforms[0]}" if plan.digest_only else ""
    artefacts = tuple(
        run.report.plan("image", f"{one.reference}{suffix}", plan.identity.version.bare, one.state, digest=one.digest)
        for one in found
    )
    for one in found:
        require_no_conflict(one, plan.identity)
        if one.state is State.SAME:
            require_platforms(f"{one.reference} is already published, but", plan.platforms, one.platforms)
    return Observed(plan=plan, found=found, artefacts=artefacts)


def build(observed: Observed, tools: Clients, run: Run) -> tuple[str, ...]:
    """The digests that make up the image: each is this release's, and together they are for all promised platforms.

    Without a join that is one digest, built and pushed to every name, and not yet visible by any tag. Nothing is built
    when the image is already published.
    """
    plan = observed.plan
    if observed.published:
        return (_published_digest(observed),)
    digests = plan.digests
    if plan.build:
        with run.group(f"Build for {', '.join(map(str, plan.platforms))}"):
            digests = (tools.buildx.push(plan.build, plan.names, run.temp / "build.json"),)
    for name in plan.names:
        images = [
            require_image(tools.registry, name.at(digest), plan.identity, just_pushed=plan.build is not None)
            for digest in digests
        ]
        present = [platform for image in images for platform in image.platforms]
        require_platforms(str(name), plan.platforms, present)
        _require_once(present)
    if plan.digest_only:
        for artefact in observed.artefacts:
            run.report.done(artefact, digest=digests[0])
    return digests


def publish(observed: Observed, digests: Sequence[str], tools: Clients, run: Run) -> str:
    """Set the version's tag under every name that lacks it, and return the digest it points to.

    Raises E_TAG_MOVED and E_TAG_MISSING when the git tag is elsewhere by now.
    """
    plan, digest = observed.plan, _published_digest(observed)
    for one, artefact in zip(observed.found, observed.artefacts, strict=True):
        if one.state is State.SAME:
            continue
        sources = [(observed.published or one).reference.at(part) for part in digests]
        with run.group(f"Tag {one.reference}"):
            require_no_conflict(observe_image(tools.registry, one.reference, plan.identity), plan.identity)
            if tools.tag_check:
                tools.tag_check.require()
            run.report.failed(artefact)  # until it is read back, nobody knows
            digest = _set_tag(one.reference, sources, plan, tools)
            run.report.done(artefact, digest=digest)
    run.summarize(_instructions(plan, digest))
    return digest


def outputs_of(plan: Plan, digest: str) -> Outputs:
    """What later steps get to know; the digest is empty if nothing is there."""
    tagged = [name if plan.digest_only else name.tagged(plan.tag) for name in plan.names]
    return Outputs(
        image="\n".join(name.name for name in plan.names),
        tag=plan.tag,
        digest=digest,
        reference="\n".join(f"{name}@{digest}" if digest else str(name) for name in tagged),
        platforms=",".join(map(str, plan.platforms)),
    )


def _set_tag(tagged: Reference, sources: Sequence[Reference], plan: Plan, tools: Clients) -> str:
    """Make the tag point to the one source, or to an index of several, and read it back by tag and by digest."""
    registry = tools.registry
    try:
        tools.buildx.tag(tagged, sources, labels_of(registry, sources[0]) if len(sources) > 1 else {})
    except ReleaseError:
        # The answer may have been lost on its way.
        if observe_image(registry, tagged, plan.identity).state is State.ABSENT:
            raise
    image = require_image(registry, tagged, plan.identity, just_pushed=True)
    require_platforms(str(tagged), plan.platforms, image.platforms)
    require_digest(registry, image, sources[0].digest if len(sources) == 1 else image.digest)
    return image.digest


def _published_digest(observed: Observed) -> str:
    """What is published already: the index, or for `digest-only` the image of its one platform; else nothing."""
    if observed.published is None:
        return ""
    plan = observed.plan
    return observed.published.platforms[plan.platforms[0]] if plan.digest_only else observed.published.digest


def _build(inputs: Inputs, run: Run, platforms: tuple[Platform, ...], identity: Identity, checkout: Checkout) -> Build:
    context, file = read_context(run.context.workspace, inputs.context, inputs.file)
    secrets = parse_secrets(inputs.secrets, os.environ)
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
            **parse_labels(inputs.labels),
            **metadata(identity.version, identity.commit, source, checkout.time),
        },
        target=parse_target(inputs.target),
        arguments=parse_arguments(inputs.build_args),
        secrets=secrets,
        provenance="" if inputs.provenance == "none" else inputs.provenance,
        sbom=inputs.sbom,
    )


def _checkout(inputs: Inputs, run: Run) -> Checkout:
    checkout = read_checkout(run.context.workspace)
    if inputs.commit and inputs.commit != checkout.commit:
        raise ReleaseError(
            Code.E_TAG_MOVED,
            f"The input `commit` is {inputs.commit[:80]!a}, but {checkout.commit} is checked out.",
            next_step="Check out that commit before this step.",
        )
    return checkout


def _tag_check(plan: Plan, inputs: Inputs, run: Run) -> TagCheck | None:
    """What to ask before a version's tag is set, if one is."""
    if not inputs.check_tag or plan.digest_only or run.dry_run:
        return None
    return TagCheck(_remote(inputs, run), plan.identity.version, plan.identity.commit)


def _remote(inputs: Inputs, run: Run) -> Remote:
    """The checkout's remote; for a join that needs no checkout, the repository of the run."""
    context, folder = run.context, run.temp / "tag.git"
    if inputs.digests and inputs.commit and context.repository:
        return Remote.of_repository(context.server_url, context.repository, folder, token=inputs.token)
    checkout = read_checkout(context.workspace)
    return remote_of_checkout(checkout, folder, token=inputs.token, server_url=context.server_url)


def _require_mode(inputs: Inputs, names: Sequence[Reference], platforms: Sequence[Platform]) -> None:
    if not names:
        trouble = "The input `image` names no image", "Write its name, such as `ghcr.io/kubeflow/operator`"
    elif not platforms:
        trouble = "The input `platforms` names no platform", "Write some, such as `linux/amd64,linux/arm64`"
    elif inputs.digest_only and inputs.digests:
        trouble = "`digest-only` and `digests` exclude each other", "Build with the one, and join in a later job"
    elif inputs.digest_only and len(platforms) != 1:
        trouble = "`digest-only` is for one platform", "Give one in `platforms`, and build each in a job of its own"
    else:
        return
    raise ReleaseError(Code.E_INPUT, f"{trouble[0]}.", next_step=f"{trouble[1]}.")


def _require_once(platforms: Sequence[Platform]) -> None:
    for platform in platforms:
        if platforms.count(platform) > 1:
            raise ReleaseError(
                Code.E_INPUT, f"Two of the digests are for {platform}.", next_step="Join one digest for each platform."
            )


def _instructions(plan: Plan, digest: str) -> str:
    commands = "\n".join(pull_image(name.tagged(plan.tag), digest) for name in plan.names)
    return markdown.details("Pull exactly this image", markdown.block(commands, "sh"))
