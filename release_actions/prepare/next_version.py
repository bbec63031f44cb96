"""Which version comes next, and why: computed from all tags of a repository, never from a file that may be stale."""

from collections.abc import Iterable
from typing import Literal

import msgspec

from release_actions.core.errors import Code, ReleaseError
from release_actions.core.version import MinorVersion, Version, first_candidate, parse_minor_version, tag_version

Kind = Literal["candidate", "release", "patch"]
"""What to make next on a release branch."""

Step = Literal["minor", "major"]
"""Which release branch to make next."""


class Next(msgspec.Struct, frozen=True):
    """The next version, the version it follows on its release branch (None for the first), and why, in one sentence."""

    version: Version
    after: Version | None
    why: str


def next_version(kind: Kind, minor: MinorVersion, existing: Iterable[Version]) -> Next:
    """The next candidate, release or patch of a minor version.

    Whether a release needs a candidate isn't asked here. Raises E_VERSION_ORDER for a release that exists already, and
    for a patch of a version that is not released.
    """
    everything = list(existing)
    versions = sorted(one for one in everything if one.minor_version == minor)
    last = versions[-1] if versions else None
    if kind == "candidate":
        return _candidate(minor, last, everything)
    return _release(minor, last) if kind == "release" else _patch(minor, last, versions)


def follow(version: Version, existing: Iterable[Version]) -> Next:
    """A version that a person has chosen, where it makes a sequence with the others of its minor version.

    Raises E_VERSION_ORDER for a candidate whose release exists already.
    """
    existing = list(existing)
    below = [one for one in existing if one.minor_version == version.minor_version and one != version]
    if version.is_candidate and version.release in below:
        raise _out_of_sequence(
            f"`{version.tag}` would be a candidate for `{version.release.tag}`, which is released already",
            f"Make the next one, `{_after(version, existing).tag}` or higher, instead.",
        )
    return Next(version, max((one for one in below if one < version), default=None), "It was asked for by its name.")


def made_before(
    kind: Kind, minor: MinorVersion, existing: Iterable[Version], at_the_tip: Iterable[Version]
) -> Next | None:
    """The version that an earlier run has made of the same commit, None when there is something to make.

    `at_the_tip` are the versions whose tags point to the tip of the release branch. Raises E_VERSION_ORDER for a
    candidate when nothing was merged since the release.
    """
    existing = list(existing)
    versions = sorted(one for one in existing if one.minor_version == minor)
    if not versions or versions[-1] not in at_the_tip:
        return None
    last, before = versions[-1], versions[-2] if versions[1:] else None
    if last.is_candidate == (kind == "candidate"):
        return Next(last, before, f"`{last.tag}` points to the tip of the branch already; nothing was merged since.")
    if last.is_candidate:
        return None
    raise _out_of_sequence(
        f"Nothing was merged since `{last.tag}`, so there is nothing to make a candidate of",
        f"Bring the fix to the branch first; or, to make one all the same, name it: `{_after(last, existing).tag}`.",
    )


def requested_minor_version(version: str, step: Step | Literal[""], existing: Iterable[Version]) -> MinorVersion:
    """The minor version of the inputs `version` and `next`; raises E_INPUT unless exactly one of the two is given."""
    if bool(version) == bool(step):
        raise ReleaseError(
            Code.E_INPUT,
            "Exactly one of the inputs `version` and `next` has to be given.",
            next_step="Write `version: '1.5'`, or `next: minor`.",
        )
    if step:
        return next_minor_version(step, existing)
    named = tag_version(version) or tag_version(f"v{version}")
    minor = named.minor_version if named else parse_minor_version(version)
    if minor is None:
        raise ReleaseError(
            Code.E_INPUT,
            f"The input `version` is {version[:80]!a}, not a version.",
            next_step="Write `version: '1.5'` or `version: v1.5.0`.",
        )
    return minor


def next_minor_version(step: Step, existing: Iterable[Version]) -> MinorVersion:
    """The minor version after all that have a tag, so that asking again before its first tag gives the same one.

    Raises E_VERSION_ORDER when there is no tag to count from.
    """
    highest = max(existing, default=None)
    if highest is None:
        raise _out_of_sequence(
            f"There is no version yet that a next {step} could follow",
            "Name the first one in the input `version`, such as `version: '0.1'`.",
        )
    return MinorVersion(highest.major + 1, 0) if step == "major" else MinorVersion(highest.major, highest.minor + 1)


def development_version(minor: MinorVersion, existing: Iterable[Version]) -> Version:
    """What the default branch goes on to when the branch of a minor version is cut: the first candidate after it."""
    return first_candidate(Version(minor.major, minor.minor + 1, 0), existing)


def is_next_minor_version(minor: MinorVersion, existing: Iterable[Version]) -> bool:
    """Whether a minor version is one that may come after all that have a tag; any may be the first."""
    versions = list(existing)
    return not versions or minor in (next_minor_version("minor", versions), next_minor_version("major", versions))


def last_candidate(version: Version, existing: Iterable[Version]) -> Version | None:
    """The newest candidate for a release, None without any; a candidate is compared with nothing."""
    candidates = (one for one in existing if one.is_candidate and one.release == version)
    return None if version.is_candidate else max(candidates, default=None)


def _candidate(minor: MinorVersion, last: Version | None, existing: list[Version]) -> Next:
    if last is None:
        first = first_candidate(Version(*minor, 0), existing)
        return Next(first, None, f"No version {minor} has a tag yet, so this is its first candidate.")
    if last.candidate is None:
        return Next(
            _after(last, existing),
            last,
            f"`{last.tag}` is released, so this is the first candidate of the patch after it.",
        )
    again = Version(*minor, last.patch, last.candidate + 1)
    return Next(again, last, f"The last candidate is `{last.tag}`.")


def _release(minor: MinorVersion, last: Version | None) -> Next:
    if last is None:
        return Next(Version(*minor, 0), None, f"No version {minor} has a tag yet.")
    if not last.is_candidate:
        raise _out_of_sequence(f"`{last.tag}` is released, and no candidate follows it", "Make a `patch` instead.")
    return Next(last.release, last, f"The last candidate is `{last.tag}`, and this is the release of it.")


def _patch(minor: MinorVersion, last: Version | None, versions: list[Version]) -> Next:
    released = [one for one in versions if not one.is_candidate]
    if not released:
        name = last.tag if last else f"v{minor}.0"
        raise _out_of_sequence(
            f"There is no release of {minor} that a patch could follow ({name} is none)",
            "Make a `candidate`, and then the `release`.",
        )
    newest = released[-1]
    return Next(Version(*minor, newest.patch + 1), last, f"The last release is `{newest.tag}`.")


def _after(version: Version, existing: Iterable[Version]) -> Version:
    """The first candidate of the patch after a version."""
    return first_candidate(Version(version.major, version.minor, version.patch + 1), existing)


def _out_of_sequence(what: str, next_step: str) -> ReleaseError:
    return ReleaseError(Code.E_VERSION_ORDER, f"{what}.", next_step=next_step)
