"""The version places of a commit on the remote, read and changed without a checkout of it.

Only the files with version places are fetched. What changed becomes a commit in the private repository, whose other
files are never there.
"""

from collections.abc import Iterable

import msgspec

from release_actions.chart.places import read_sources
from release_actions.core.errors import ReleaseError
from release_actions.core.files import Files
from release_actions.core.version import Spelling, Version
from release_actions.git.commits import read_commits
from release_actions.git.raw_diff import PathDiff
from release_actions.git.remote import Remote
from release_actions.git.workspace_commit import Person
from release_actions.project.config import Config
from release_actions.version_places.place import Spot


class Edit(msgspec.Struct, frozen=True):
    """A file with version places: its text with all of them at one version, and the places that were not."""

    file: str
    text: str
    stale: tuple[Spot, ...]


def edits(files: Files, config: Config, version: Version) -> list[Edit]:
    """Every file with version places, with all of them at a version.

    Raises E_PATH, E_CHART, E_PLACE_MISSING, E_YAML, E_YAML_LIMIT, E_EDIT, and E_INPUT for a pattern that fits no chart.
    """
    sources = read_sources(files, [one.path for one in config.charts], config.places, Spelling(config.image_tag))
    return [
        Edit(
            source.file.name,
            source.at(version),
            tuple(spot for spot in source.spots if not spot.is_right(version)),
        )
        for source in sources
    ]


def commit_edits(remote: Remote, parent: str, changed: Iterable[Edit], message: str, author: Person) -> str:
    """The commit that brings the edits onto a fetched one, in the private repository; the same one on every run."""
    git = remote.git
    remote.ask("read-tree", parent)
    entries = []
    for one in changed:
        mode = remote.ask("ls-tree", "-z", "--full-tree", parent, "--", one.file).partition(" ")[0]
        blob = git.run("hash-object", "-w", "--stdin", stdin=one.text).strip()
        entries.append(f"{mode} {blob}\t{one.file}\0")
    git.run("update-index", "-z", "--index-info", stdin="".join(entries))
    tree = git.run("write-tree", "--missing-ok").strip()  # the other files were never fetched
    [onto] = read_commits(git, [parent])
    who = f"{author.name} <{author.email}> {onto.committed_at} +0000"
    commit = f"tree {tree}\nparent {parent}\nauthor {who}\ncommitter {who}\n\n{message}\n"
    return git.run("hash-object", "-t", "commit", "-w", "--stdin", stdin=commit).strip()


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
