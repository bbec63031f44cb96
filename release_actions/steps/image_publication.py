"""Build an image, push it by digest, and set the version's tag when everything expected is there.

`observe_image` looks at what is there, `build_image` pushes by digest, which nobody sees, and `publish_image` sets the
tag. Registries can't set a tag only if it is absent, so it looks again right before, asks whether the git tag still
points to the commit, and reads back what the image's tag points to right after.
"""

import contextlib
from collections.abc import Iterator, Sequence

import msgspec

from release_actions.core import markdown
from release_actions.core.errors import Code, ReleaseError
from release_actions.core.report import Artefact, State
from release_actions.git.checkout import read_checkout
from release_actions.git.remote import Remote
from release_actions.git.tag_check import TagCheck, remote_of_checkout
from release_actions.image import published
from release_actions.image.buildx import Buildx, find_buildx
from release_actions.image.published import (
    PublishedImage,
    labels_of,
    require_digest,
    require_image,
    require_no_conflict,
    require_platforms,
)
from release_actions.oci.commands import pull_image
from release_actions.oci.credentials import release_credentials
from release_actions.oci.reference import Platform, Reference
from release_actions.oci.registry import Registry
from release_actions.public_state.parts import ReleaseParts
from release_actions.runner.run import Run
from release_actions.steps.access import Access, ask_public
from release_actions.steps.image_plan import ImagePlan


class ImageClients(msgspec.Struct, frozen=True, kw_only=True):
    """The registries, which are read, buildx, which writes, and the git tag, where it is to be asked for."""

    registry: Registry
    buildx: Buildx
    tag_check: TagCheck | None


class ObservedImage(msgspec.Struct, frozen=True, kw_only=True):
    """What is there under each name, and the artefacts that the report has for it."""

    plan: ImagePlan
    found: tuple[PublishedImage, ...]
    artefacts: tuple[Artefact, ...]

    @property
    def published(self) -> PublishedImage | None:
        """The image under a name that has it already; the other names then get the very same."""
        return next((one for one in self.found if one.state is State.SAME), None)

    @property
    def digest(self) -> str:
        """What is published already: the index, or for `digest_only` the image of its one platform; else nothing."""
        if self.published is None:
            return ""
        plan = self.plan
        return self.published.platforms[plan.platforms[0]] if plan.digest_only else self.published.digest


@contextlib.contextmanager
def open_image_clients(plan: ImagePlan, access: Access, builder: str, run: Run) -> Iterator[ImageClients]:
    """The tools with the logins that they need, for as long as they are used."""
    hosts = [name.registry for name in plan.names]
    own = ReleaseParts(images=frozenset(name.tagged(plan.tag) for name in plan.names))
    ask_public(plan.identity.version, access, run, own)
    with (
        release_credentials(run.temp, hosts, access.logins, run.mask) as credentials,
        Registry(credentials.login, pushing=True) as registry,
    ):
        yield ImageClients(
            registry=registry,
            buildx=find_buildx(credentials, builder, run.echo),
            tag_check=_tag_check(plan, access, run),
        )


def observe_image(plan: ImagePlan, clients: ImageClients, run: Run) -> ObservedImage:
    """What is there, recorded in the report; raises E_VERSION_EXISTS or E_PLATFORM_INCOMPLETE if it may not stay so."""
    found = tuple(
        published.observe_image(clients.registry, name.tagged(plan.tag), plan.identity) for name in plan.names
    )
    suffix = f" for {plan.platforms[0]}" if plan.digest_only else ""
    artefacts = tuple(
        run.report.plan("image", f"{one.reference}{suffix}", plan.identity.version.bare, one.state, digest=one.digest)
        for one in found
    )
    for one in found:
        require_no_conflict(one, plan.identity)
        if one.state is State.SAME:
            require_platforms(f"{one.reference} is already published, but", plan.platforms, one.platforms)
    return ObservedImage(plan=plan, found=found, artefacts=artefacts)


def build_image(observed: ObservedImage, clients: ImageClients, run: Run) -> tuple[str, ...]:
    """The digests that make up the image: each is this release's, and together they are for all expected platforms.

    Without a join that is one digest, built and pushed to every name, and not yet visible by any tag. Nothing is built
    when the image is already published.
    """
    plan = observed.plan
    if observed.published:
        return (observed.digest,)
    digests = plan.digests
    if plan.build:
        with run.group(f"Build for {', '.join(map(str, plan.platforms))}"):
            digests = (clients.buildx.push(plan.build, plan.names, run.temp / "build.json"),)
    for name in plan.names:
        images = [
            require_image(clients.registry, name.at(digest), plan.identity, just_pushed=plan.build is not None)
            for digest in digests
        ]
        present = [platform for image in images for platform in image.platforms]
        require_platforms(str(name), plan.platforms, present)
        _require_once(present)
    if plan.digest_only:
        for artefact in observed.artefacts:
            run.report.done(artefact, digest=digests[0])
    return digests


def publish_image(observed: ObservedImage, digests: Sequence[str], clients: ImageClients, run: Run) -> str:
    """Set the version's tag under every name that lacks it, and return the digest it points to.

    Raises E_TAG_MOVED and E_TAG_MISSING when the git tag is elsewhere by now.
    """
    plan, digest = observed.plan, observed.digest
    for one, artefact in zip(observed.found, observed.artefacts, strict=True):
        if one.state is State.SAME:
            continue
        sources = [(observed.published or one).reference.at(part) for part in digests]
        with run.group(f"Tag {one.reference}"):
            require_no_conflict(published.observe_image(clients.registry, one.reference, plan.identity), plan.identity)
            if clients.tag_check:
                clients.tag_check.require()
            with run.report.attempt(artefact):
                digest = _set_tag(one.reference, sources, plan, clients)
                run.report.done(artefact, digest=digest)
    run.summarize(_instructions(plan, digest))
    return digest


def _set_tag(tagged: Reference, sources: Sequence[Reference], plan: ImagePlan, clients: ImageClients) -> str:
    """Make the tag point to the one source, or to an index of several, and read it back by tag and by digest."""
    registry = clients.registry
    try:
        clients.buildx.tag(tagged, sources, labels_of(registry, sources[0]) if len(sources) > 1 else {})
    except ReleaseError:
        # The answer may have been lost on its way.
        if published.observe_image(registry, tagged, plan.identity).state is State.ABSENT:
            raise
    image = require_image(registry, tagged, plan.identity, just_pushed=True)
    require_platforms(str(tagged), plan.platforms, image.platforms)
    require_digest(registry, image, sources[0].digest if len(sources) == 1 else image.digest)
    return image.digest


def _tag_check(plan: ImagePlan, access: Access, run: Run) -> TagCheck | None:
    """What to ask before a version's tag is set, if one is."""
    if not access.check_tag or plan.digest_only or run.dry_run:
        return None
    return TagCheck(_remote(plan, access, run), plan.identity.version, plan.identity.commit)


def _remote(plan: ImagePlan, access: Access, run: Run) -> Remote:
    """The checkout's remote; for a join that needs no checkout, the repository of the run."""
    context, folder = run.context, run.temp / "tag.git"
    if not plan.needs_checkout and context.repository:
        return Remote.of_repository(context.server_url, context.repository, folder, token=access.token)
    checkout = read_checkout(context.workspace)
    return remote_of_checkout(checkout, folder, token=access.token, server_url=context.server_url)


def _require_once(platforms: Sequence[Platform]) -> None:
    for platform in platforms:
        if platforms.count(platform) > 1:
            raise ReleaseError(
                Code.E_INPUT, f"Two of the digests are for {platform}.", next_step="Join one digest for each platform."
            )


def _instructions(plan: ImagePlan, digest: str) -> str:
    commands = "\n".join(pull_image(name.tagged(plan.tag), digest) for name in plan.names)
    return markdown.details("Pull exactly this image", markdown.block(commands, "sh"))
