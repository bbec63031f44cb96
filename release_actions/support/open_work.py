"""What a release branch has that is in none of its versions yet, counted."""

from collections.abc import Mapping, Sequence

import msgspec

from release_actions.core.version import MinorVersion
from release_actions.git.remote import Refs, Remote
from release_actions.support.policy import SupportRow, SupportState


def with_open_work(
    rows: Sequence[SupportRow], branches: Mapping[MinorVersion, str], remote: Remote, refs: Refs
) -> list[SupportRow]:
    """The rows, with the number of unreleased commits of each supported minor version whose branch is there.

    The histories of these branches are fetched, without trees and files. Merge commits do not count. Raises
    E_REMOTE_UNAVAILABLE.
    """
    wanted = {row.minor: branches[row.minor] for row in rows if _has_work(row, branches)}
    tags = [row.newest.version.tag for row in rows if row.minor in wanted]
    if wanted:
        remote.fetch(*(f"refs/heads/{one}" for one in wanted.values()), *(f"refs/tags/{one}" for one in tags))
    return [_counted(row, wanted[row.minor], remote, refs) if row.minor in wanted else row for row in rows]


def _has_work(row: SupportRow, branches: Mapping[MinorVersion, str]) -> bool:
    return row.state is not SupportState.ENDED and row.minor in branches


def _counted(row: SupportRow, branch: str, remote: Remote, refs: Refs) -> SupportRow:
    tip, tagged = refs.branches[branch], refs.commits[row.newest.version.tag]
    count = remote.git.run("rev-list", "--count", "--no-merges", tip, f"^{tagged}")
    return msgspec.structs.replace(row, unreleased=int(count))
