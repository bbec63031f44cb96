"""The version places of a commit on the remote, read and changed without a checkout of it.

Only the files with version places are fetched, into a private folder where the same code reads and edits them as in a
workspace. What changed becomes a commit in the private repository, whose other files are never there.
"""

from collections.abc import Iterable, Mapping
from pathlib import Path, PurePosixPath

import msgspec

from release_actions.chart.places import read_sources
from release_actions.core.errors import Code, ReleaseError
from release_actions.core.version import Spelling, Version
from release_actions.git.commit_files import TaggedFiles
from release_actions.git.commits import read_commits
from release_actions.git.remote import Remote
from release_actions.git.workspace_commit import Person
from release_actions.project.config import DEFAULT_PATH, Config, parse_config
from release_actions.version_places.place import Spot, edit

_CHART = "Chart.yaml"


class Edit(msgspec.Struct, frozen=True):
    """A file with version places: its text with all of them at one version, and the places that were not."""

    file: str
    text: str
    stale: tuple[Spot, ...]


def read_config(remote: Remote, commit: str, given: str) -> Config:
    """The configuration in a file of a fetched commit, or an empty one when nothing is at the default path.

    Raises E_PATH, E_YAML, E_YAML_LIMIT and E_CONFIG.
    """
    text = TaggedFiles(remote, commit).read(given)
    if text is None and given == DEFAULT_PATH:
        return Config()
    if text is None:
        raise ReleaseError(
            Code.E_PATH,
            f"There is no file {given[:200]!a} in the commit {commit}.",
            next_step="Correct the input `config`.",
        )
    return parse_config(text, given)


def copy_places(remote: Remote, commit: str, config: Config, folder: Path) -> None:
    """Copy the files with version places of a fetched commit into a new folder; those that it lacks are left out.

    Raises E_PATH for what is no plain file of text inside the repository.
    """
    files = TaggedFiles(remote, commit)
    folder.mkdir(mode=0o700)
    charts = (found for one in config.charts for found in files.folders(one.path, _CHART))
    for name in dict.fromkeys([*(f"{chart}/{_CHART}" for chart in charts), *(one.file for one in config.places)]):
        path = PurePosixPath(name)
        if path.is_absolute() or ".." in path.parts:
            raise ReleaseError(
                Code.E_PATH,
                f"The path {name[:200]!a} leaves the repository.",
                next_step="Give a path relative to the repository's root.",
            )
        text = files.read(name)
        if text is not None:
            (folder / path).parent.mkdir(parents=True, exist_ok=True)
            (folder / path).write_bytes(text.encode())


def edits(folder: Path, config: Config, version: Version) -> list[Edit]:
    """Every copied file with all its places at a version.

    Raises E_PATH, E_CHART, E_PLACE_MISSING, E_YAML, E_YAML_LIMIT, E_EDIT, and E_INPUT for a pattern that fits no chart.
    """
    sources = read_sources(folder, [one.path for one in config.charts], config.places, Spelling(config.image_tag))
    return [
        Edit(
            source.file.name,
            edit(source.file, source.spots, version).text,
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
    before: Path, after: Path, config: Config, version: Version, changed: Mapping[str, bool]
) -> list[str]:
    """Of the files that changed between two commits, those that differ in more than their version places.

    The folders hold the copied files of both. A place that the earlier commit does not have is such a difference.
    """
    now = {one.file: one.text for one in edits(after, config, version)}
    try:
        then = {one.file: one.text for one in edits(before, config, version)}
    except ReleaseError:
        then = {}
    return [name for name, whole in changed.items() if whole or name not in now or now[name] != then.get(name)]


def changed_files(remote: Remote, before: str, after: str) -> dict[str, bool]:
    """The files that differ between two fetched commits, and whether more than their content does (kind or mode)."""
    fields = remote.ask("diff-tree", "-r", "--no-renames", "--raw", "--no-abbrev", "-z", before, after).split("\0")
    entries = ((told.split(" "), path) for told, path in zip(fields[0::2], fields[1::2], strict=False))
    return {path: told[0] != f":{told[1]}" for told, path in entries}
