"""Move an image's floating tags to a release, forwards only, and never to what is not the highest of all tags.

They are the one thing of a release that may be moved, so they come last. A registry can't set a tag only if it is
where it was; so after each move all is looked at again, and the tag ends at the highest release even when two are made
at once.
"""

import contextlib
from collections.abc import Callable, Iterator, Sequence

import msgspec

from release_actions.core.errors import Code, ReleaseError
from release_actions.core.report import Artefact, State
from release_actions.core.version import Spelling, Version, versions_of
from release_actions.git import tag_check
from release_actions.git.remote import Remote
from release_actions.image import floating_state
from release_actions.image.buildx import Buildx, find_buildx
from release_actions.image.floating import Scope, parse_scopes, releases_by_precedence
from release_actions.image.floating_state import FloatingTag
from release_actions.oci.credentials import release_credentials
from release_actions.oci.reference import Reference, parse_name
from release_actions.oci.registry import Registry
from release_actions.public_state.parts import ReleaseParts
from release_actions.runner.run import Run
from release_actions.steps.access import Access, ask_public

_KIND = "floating tag"
_ROUNDS = 10


class Floating(msgspec.Struct, frozen=True):
    """One floating tag of one image."""

    image: Reference
    scope: Scope
    reference: Reference


class Planned(msgspec.Struct, frozen=True):
    """A floating tag that is to be moved, and the digest it is to have."""

    floating: Floating
    digest: str
    artefact: Artefact


class Mover(msgspec.Struct, frozen=True):
    """The release, and what it is asked of and written with."""

    version: Version
    spelling: Spelling
    remote: Remote
    registry: Registry
    buildx: Buildx
    warn: Callable[[str], None]

    def existing(self) -> list[Version]:
        """All release versions that the repository has tags for; raises E_TAG_MISSING when ours is not there."""
        tags = self.remote.refs(self.warn).tags
        if self.version.tag not in tags:
            raise tag_check.missing(self.version, self.remote)
        return versions_of(tags)

    def released(self, floating: Floating, version: Version) -> Reference:
        """Where the image of a release is."""
        return floating.image.tagged(version.spelled(self.spelling))


def requested_tags(
    images: Sequence[str], floating_tags: Sequence[str], version: Version, spelling: Spelling
) -> list[Floating]:
    """Every floating tag of every image; raises E_INPUT where there is none."""
    scopes = parse_scopes(floating_tags)
    if not images or not scopes:
        name = "images" if not images else "floating-tags"
        raise ReleaseError(Code.E_INPUT, f"The input `{name}` is empty.", next_step=f"Give `{name}` under `with:`.")
    names = dict.fromkeys(parse_name(name) for name in images)
    return [Floating(name, scope, name.tagged(scope.tag(version, spelling))) for name in names for scope in scopes]


@contextlib.contextmanager
def open_mover(
    floating: Sequence[Floating], access: Access, run: Run, *, version: Version, spelling: Spelling, repository: str
) -> Iterator[Mover]:
    """The clients for as long as they are used; `repository` has the tags, empty for that of the run."""
    context, hosts = run.context, [one.image.registry for one in floating]
    remote = Remote.of_repository(
        context.server_url, repository or context.repository, run.temp / "remote.git", token=access.token
    )
    own = ReleaseParts(
        images=frozenset(one.image.tagged(version.spelled(spelling)) for one in floating),
        floating=frozenset(one.reference for one in floating),
    )
    ask_public(version, access, run, own, repository=repository)
    with (
        release_credentials(run.temp, hosts, access.logins, run.mask) as credentials,
        Registry(credentials.login) as registry,
    ):
        buildx = find_buildx(credentials, "", run.echo)
        yield Mover(version, spelling, remote, registry, buildx, run.warn)


def record_none(floating: Sequence[Floating], version: Version, run: Run) -> None:
    """Record that a candidate has none of these tags."""
    for one in floating:
        run.report.plan(_KIND, str(one.reference), version.bare, State.AHEAD, note="A candidate has none.")


def plan(floating: Sequence[Floating], mover: Mover, run: Run) -> list[Planned]:
    """What is to be moved, recorded in the report; raises E_VERSION_EXISTS for a tag on what is no release."""
    existing, planned = mover.existing(), []
    for one in floating:
        highest = releases_by_precedence(one.scope, mover.version, existing)[0]
        if highest != mover.version:
            _record(one, mover.version, FloatingTag(State.AHEAD), f"It belongs to {highest.tag}, which is higher.", run)
            continue
        released = mover.released(one, mover.version)
        digest = floating_state.require_release(mover.registry, released, mover.version)
        found = floating_state.observe(mover.registry, one.reference, mover.version, digest)
        note = f"It is at {found.said}." if found.state in {State.BEHIND, State.AHEAD} else ""
        artefact = _record(one, mover.version, found, note, run)
        if found.state is State.CONFLICT:
            raise floating_state.conflict(one.reference, found, released)
        if found.state in {State.ABSENT, State.BEHIND}:
            planned.append(Planned(one, digest, artefact))
    return planned


def move(planned: Planned, mover: Mover, run: Run) -> bool:
    """Set the tag until the registry has it at the highest release that is published by then.

    Whether it was written at all: someone else may have moved it ahead. Raises E_VERSION_EXISTS and E_TIMEOUT.
    """
    one, version, digest = planned.floating, mover.version, planned.digest
    for number in range(_ROUNDS):
        found = floating_state.observe(mover.registry, one.reference, version, digest)
        if found.state is State.CONFLICT:
            raise floating_state.conflict(one.reference, found, mover.released(one, version))
        if found.state in {State.SAME, State.AHEAD}:
            # Only now is it known whether a higher release came while we wrote, whose tag we may have taken.
            higher = _published_since(one, version, mover) if number else None
            if higher:
                version, digest = higher
                continue
            note = "" if found.said == version.tag else f"It is at {found.said}."
            if number:
                run.report.done(planned.artefact, digest=found.digest, note=note)
            else:
                _record(one, mover.version, found, note, run)
            return number > 0
        run.report.failed(planned.artefact)  # until it is read back, nobody knows
        with run.group(f"Set {one.reference} to {version.tag}"), _read_back_decides(run):
            mover.buildx.tag(one.reference, [one.image.at(digest)], {})
    raise ReleaseError(
        Code.E_TIMEOUT,
        f"{one.reference} is not at {version.tag}, though it was set {_ROUNDS} times.",
        next_step="Find out who else moves this tag at the moment, then run the job again.",
    )


def _published_since(one: Floating, version: Version, mover: Mover) -> tuple[Version, str] | None:
    """The highest release above a version that has its image already, with the image's digest."""
    for other in releases_by_precedence(one.scope, mover.version, mover.existing()):
        if other <= version:
            break
        if digest := floating_state.release_digest(mover.registry, mover.released(one, other), other):
            return other, digest
    return None


@contextlib.contextmanager
def _read_back_decides(run: Run) -> Iterator[None]:
    """What comes after a write looks at the registry anyway, and the answer may be all that was lost."""
    try:
        yield
    except ReleaseError as error:
        if error.code is not Code.E_REGISTRY_UNAVAILABLE:
            raise
        run.warn(error.what)


def _record(one: Floating, version: Version, found: FloatingTag, note: str, run: Run) -> Artefact:
    name = str(one.reference)
    return run.report.plan(_KIND, name, version.bare, found.state, digest=found.digest, note=note)
