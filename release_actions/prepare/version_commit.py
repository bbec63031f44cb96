"""The version places of a commit on the remote, read and changed without a checkout of it.

Only the files with version places are fetched. What changed becomes a commit in the private repository, whose other
files are never there.
"""

from collections.abc import Iterable

import msgspec

from release_actions.chart.places import version_files
from release_actions.core.errors import ReleaseError
from release_actions.core.files import Files
from release_actions.core.version import Spelling, Version
from release_actions.git.commits import read_commits
from release_actions.git.person import Person
from release_actions.git.raw_diff import PathDiff
from release_actions.git.remote import Remote
from release_actions.git.tree_commit import commit_blobs, write_blob
from release_actions.project.config import Config
from release_actions.version_places.place import FoundPlace


class VersionEdit(msgspec.Struct, frozen=True):
    """A file with version places: its text with all of them at one version, and the places that were not."""

    file: str
    text: str
    stale: tuple[FoundPlace, ...]


def edits(files: Files, config: Config, version: Version) -> list[VersionEdit]:
    """Every file with version places, with all of them at a version.

    Raises E_PATH, E_CHART, E_PLACE_MISSING, E_YAML, E_YAML_LIMIT, E_UNSAFE_EDIT, and E_INPUT for a pattern that fits
    no chart.
    """
    found = version_files(files, [one.path for one in config.charts], config.places, Spelling(config.image_tag))
    return [
        VersionEdit(
            one.file.name,
            one.at(version),
            tuple(place for place in one.places if not place.is_right(version)),
        )
        for one in found
    ]


def commit_edits(remote: Remote, parent: str, changed: Iterable[VersionEdit], message: str, author: Person) -> str:
    """The commit that brings the edits onto a fetched one, in the private repository; the same one on every run."""
    [onto] = read_commits(remote.git, [parent])
    blobs = {one.file: write_blob(remote.git, one.text) for one in changed}
    return commit_blobs(remote, parent, blobs, message, author=author, time=onto.committed_at)


def other_changes(
    before: Files, after: Files, config: Config, version: Version, changed: Iterable[PathDiff]
) -> list[str]:
    """Of the files that changed between two commits, those that differ in more than their version places.

    A place that the earlier commit does not have is such a difference, and so is a file's mode.
    """
    now = {one.file: one.text for one in edits(after, config, version)}
    try:
        then = {one.file: one.text for one in edits(before, config, version)}
    except ReleaseError:
        then = {}
    return [
        one.path
        for one in changed
        if one.mode_before != one.mode_after or one.path not in now or now[one.path] != then.get(one.path)
    ]
