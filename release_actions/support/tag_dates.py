"""The days of releases, by their tags: only what those tags point to is fetched, without history and files."""

from collections.abc import Iterable
from datetime import date, datetime, timezone
from itertools import groupby

from release_actions.core.version import Version, versions_of
from release_actions.git.remote import Remote
from release_actions.support.policy import Release


def read_releases(remote: Remote, tags: Iterable[str]) -> list[Release]:
    """The first and the newest release of each minor version, with the day of the tag, else that of its commit.

    Raises E_REMOTE_UNAVAILABLE, and E_TAG_OBJECT for a tag that does not lead to a commit.
    """
    wanted = _ends_of_minors([one for one in versions_of(tags) if not one.is_candidate])
    if wanted:
        remote.fetch(*(f"refs/tags/{one.tag}" for one in wanted), shallow=True)
    return [Release(one, _day(remote, one)) for one in wanted]


def _ends_of_minors(releases: list[Version]) -> list[Version]:
    groups = [list(group) for _, group in groupby(sorted(releases), key=lambda one: one.minor_version)]
    return [one for group in groups for one in dict.fromkeys((group[0], group[-1]))]


def _day(remote: Remote, version: Version) -> date:
    tag = remote.tag(version.tag, under_any_name=True)
    at = tag.committed_at if tag.tagged_at is None else tag.tagged_at
    return datetime.fromtimestamp(at, timezone.utc).date()
