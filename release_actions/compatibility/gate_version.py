"""Which minor version a checkout is for, and with which release its feature gates are compared."""

from collections.abc import Iterable, Sequence

from release_actions.compatibility.gate import Gate, Minor, parse_minor
from release_actions.core.errors import Code, ReleaseError
from release_actions.core.version import Version, parse_tag, tag_version
from release_actions.project.live_branches import ReleaseBranches
from release_actions.project.release_branch_names import minor_of

_FIRST: Minor = (0, 1)


def under_development(
    given: str,
    ref: str,
    *,
    pattern: str,
    branches: Iterable[str],
    releases: Sequence[Version],
    gates: Iterable[Gate],
) -> Minor:
    """The minor version that is given, else that of the tag or release branch `ref`, else the next one.

    The next one follows the newest release, or the release branch that has been cut for the minor version after it.
    Before a project's first release it is the highest that its gates name. Raises E_INPUT, and E_CONFIG as `minor_of`
    does.
    """
    if given:
        found = parse_minor(given)
        if found is None:
            raise ReleaseError(
                Code.E_INPUT,
                f"The input `version` is {given[:80]!a}, which is not a minor version.",
                next_step="Write it as `1.6`.",
            )
        return found
    tag = tag_version(ref.removeprefix("refs/tags/")) if ref.startswith("refs/tags/") else None
    own = tag.minor_version if tag else minor_of(pattern, ref.removeprefix("refs/heads/"))
    if own:
        return (own.major, own.minor)
    if releases:
        newest = max(releases).minor_version
        major, minor = max([newest, *ReleaseBranches.of(pattern, list(branches), releases).live])
        return (major, minor + 1)
    return max((spec.since for gate in gates for spec in gate.specs if spec.since), default=_FIRST)


def release_before(given: str, version: Minor, releases: Sequence[Version], tags: Iterable[str]) -> str:
    """The tag that is given, else that of the newest release below a minor version, nothing where there is none.

    Raises E_TAG_GRAMMAR for a tag that names no version, and E_TAG_MISSING.
    """
    if given and parse_tag(given).tag not in tags:
        raise ReleaseError(
            Code.E_TAG_MISSING,
            f"The remote has no tag {given[:80]!a}, which the input `since` names.",
            next_step="Correct the input `since`.",
        )
    below = [one for one in releases if (one.major, one.minor) < version]
    return given or (max(below).tag if below else "")
