"""The days of releases, by their tags: only what those tags point to is fetched, without history and files."""

from collections.abc import Iterable
from datetime import date, datetime, timezone
from itertools import groupby

from release_actions.core.errors import Code, ReleaseError
from release_actions.core.version import Version, versions_of
from release_actions.git.remote import Remote
from release_actions.support.policy import DatedRelease

# The year 2200, in seconds since 1970; git takes later dates too, and none at all.
_LATEST = 7_258_118_400


def read_releases(remote: Remote, tags: Iterable[str]) -> list[DatedRelease]:
    """The first and the newest release of each minor version, with the day of the tag, else that of its commit.

    Raises E_REMOTE_UNAVAILABLE, and E_TAG_OBJECT for a tag that does not lead to a commit, or has no date.
    """
    wanted = _ends_of_minors([one for one in versions_of(tags) if not one.is_candidate])
    if wanted:
        remote.fetch(*(f"refs/tags/{one.tag}" for one in wanted), shallow=True)
    return [DatedRelease(one, _day(remote, one)) for one in wanted]


def _ends_of_minors(releases: list[Version]) -> list[Version]:
    groups = [list(group) for _, group in groupby(sorted(releases), key=lambda one: one.minor_version)]
    return [one for group in groups for one in dict.fromkeys((group[0], group[-1]))]


def _day(remote: Remote, version: Version) -> date:
    tag = remote.tag(version.tag, under_any_name=True)
    at = tag.tagged_at or tag.committed_at
    if not 0 < at < _LATEST:
        raise ReleaseError(
            Code.E_TAG_OBJECT,
            f"The tag {version.tag} has no date that can be right, and nor has its commit, so the days of support "
            f"of {version.minor_version} are not known.",
            next_step="Leave out that minor version by deleting the tag, or set an annotated tag with a date.",
        )
    return datetime.fromtimestamp(at, timezone.utc).date()
