"""What a release would have that its last candidate had not: what nobody has tried."""

from collections.abc import Sequence

import msgspec

from release_actions.core.commands import InputChange, NextRun
from release_actions.core.errors import Code, ReleaseError
from release_actions.core.text import short_id, shown
from release_actions.core.version import Version
from release_actions.git import raw_diff
from release_actions.git.commit_files import CommitFiles
from release_actions.git.commits import Commit, read_since
from release_actions.git.remote import Remote
from release_actions.history.change_class import ChangeClass, classify
from release_actions.prepare.existing_tags import compared
from release_actions.prepare.next_version import next_version
from release_actions.prepare.version_commit import other_changes
from release_actions.project.config import Config

_SHOWN = 50


class Difference(msgspec.Struct, frozen=True):
    """The files that differ from a candidate in more than their version places, and the commits since, newest first.

    Merges and commits that are about a version alone are left out. Without files there are no commits either.
    """

    candidate: Version
    files: tuple[str, ...] = ()
    commits: tuple[Commit, ...] = ()


def compare(candidate: Version, version: Version, tip: str, config: Config, *, remote: Remote) -> Difference:
    """What is at a fetched tip of the branch, and was not in a candidate; the tip's configuration says what a place is.

    Raises E_TAG_OBJECT, E_REMOTE_UNAVAILABLE, and what reading version places raises.
    """
    tried = compared(candidate, remote)
    changed = raw_diff.between(remote.ask, tried, tip)
    files = other_changes(CommitFiles(remote, tried), CommitFiles(remote, tip), config, version, changed)
    if not files:
        return Difference(candidate)
    single = (one for one in read_since(remote.git, tried, tip) if len(one.parents) < 2)
    commits = (one for one in single if classify(one.title) is not ChangeClass.RELEASE)
    return Difference(candidate, tuple(files), tuple(commits))


def difference_error(
    version: Version, difference: Difference | None, versions: Sequence[Version]
) -> ReleaseError | None:
    """Why a release may not be made: E_CANDIDATE_DIFFERS, or E_NO_CANDIDATE for the first of its minor version.

    A patch needs no candidate; if it has one, it may not differ from it.
    """
    override = "or say in the input `override-reason` why it is made all the same"
    if version.is_candidate or (difference is None and version.patch) or (difference and not difference.files):
        return None
    if difference is None:
        return ReleaseError(
            Code.E_NO_CANDIDATE,
            f"`{version.tag}` has no candidate.",
            next_step=f"Make `{version.tag}-rc.0` and try it first, {override}.",
            commands=(InputChange("make", f"{version.tag}-rc.0"), NextRun()),
        )
    proposed = next_version("candidate", version.minor_version, versions).version
    return ReleaseError(
        Code.E_CANDIDATE_DIFFERS,
        f"`{version.tag}` would differ from `{difference.candidate.tag}` in more than its version places: "
        f"{len(difference.files)} files, {len(difference.commits)} commits.",
        next_step=f"Make the candidate `{proposed.tag}` and try it, {override}.",
        details=(
            *(f"commit {short_id(one.id)} {shown(one.title, 100)}" for one in difference.commits[:_SHOWN]),
            *(f"file {shown(name, 300)}" for name in difference.files[:_SHOWN]),
        ),
    )
