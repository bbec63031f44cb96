"""Which files commits change, and their patch ids (git-patch-id(1)): of thousands at once, and kept between runs.

The history is there without trees and files. Those of the commits that nothing is known of are fetched in one request,
and the files in a second one, for those alone that could be the same as another. What is kept is by commit id, so it
can never be stale; a file that can't be read is as good as none.
"""

import os
from collections.abc import Sequence
from pathlib import Path

import msgspec

from release_actions.core.text import lines
from release_actions.git import raw_diff
from release_actions.git.commits import Commit
from release_actions.git.remote import Remote

_AT_ONCE = 5_000
_PATCHES_AT_ONCE = 200
_LIMIT = 128 * 1024 * 1024
_QUIET = ("--quiet", "--no-tags", "--no-write-fetch-head", "--no-recurse-submodules", "--filter=blob:none")
_FILE = "backports.json"


class Change(msgspec.Struct, omit_defaults=True):
    """The files a commit changes against its first parent, and its patch id once that was asked for."""

    paths: tuple[str, ...]
    patch_id: str | None = None


class CommitChanges:
    """Changes of commits of a remote, whose repository may be empty; `folder` keeps them between runs, if given."""

    def __init__(self, remote: Remote, folder: Path | None) -> None:
        self._remote = remote
        self._file = folder / _FILE if folder else None
        self._known = _read(self._file) if self._file else {}
        self._used: set[str] = set()
        self._blobs: dict[str, set[str]] = {}

    def paths(self, commits: Sequence[Commit]) -> dict[str, frozenset[str]]:
        """The files that each commit changes; raises E_REMOTE_UNAVAILABLE and E_GIT."""
        self._used |= {one.id for one in commits}
        self._look([one for one in commits if one.id not in self._known])
        return {one.id: frozenset(self._known[one.id].paths) for one in commits}

    def patch_ids(self, commits: Sequence[Commit]) -> dict[str, str]:
        """The patch ids of commits whose paths were asked for, empty for one without changes; raises as `paths`."""
        left = [one for one in commits if self._known[one.id].patch_id is None]
        self._look([one for one in left if one.id not in self._blobs])
        self._fetch(sorted(set[str]().union(*(self._blobs[one.id] for one in left))))
        for at in range(0, len(left), _PATCHES_AT_ONCE):
            some = left[at : at + _PATCHES_AT_ONCE]
            found = self._patch_ids(some)
            for one in some:
                self._known[one.id].patch_id = found.get(one.id, "")
        return {one.id: self._known[one.id].patch_id or "" for one in commits}

    def save(self) -> bool:
        """Keep what this run has used; whether that worked, which nothing else depends on."""
        if self._file is None:
            return True
        kept = {name: change for name, change in self._known.items() if name in self._used}
        partial = self._file.with_suffix(f".{os.getpid()}")
        try:
            self._file.parent.mkdir(parents=True, exist_ok=True)
            partial.write_bytes(msgspec.json.encode(kept))
            partial.replace(self._file)
        except (OSError, UnicodeError):
            return False
        return True

    def _look(self, commits: Sequence[Commit]) -> None:
        """Learn which files commits change, and in which contents."""
        self._fetch([one.id for one in commits], "--depth=2")
        if not commits:
            return
        changes = raw_diff.by_commit(self._diff(commits, *raw_diff.RAW))
        for one in commits:
            changed = changes.get(one.id, [])
            self._known[one.id] = Change(tuple(each.path for each in changed))
            self._blobs[one.id] = set[str]().union(*(each.blobs for each in changed))

    def _patch_ids(self, commits: Sequence[Commit]) -> dict[str, str]:
        how = ("-r", "--no-renames", "--patch", "--full-index", "--no-ext-diff", "--no-textconv")
        patches = self._diff(commits, *how)
        listed = self._remote.git.run("patch-id", "--stable", stdin=patches)
        return {commit: patch for patch, _, commit in (line.partition(" ") for line in lines(listed))}

    def _diff(self, commits: Sequence[Commit], *how: str) -> str:
        """A merge is compared with its first parent, which is named for that (git-diff-tree(1), `--stdin`)."""
        lines = "".join(" ".join([one.id, *one.parents[:1]]) + "\n" for one in commits)
        return self._remote.git.run("diff-tree", "--stdin", "--root", *how, stdin=lines)

    def _fetch(self, ids: Sequence[str], *how: str) -> None:
        for at in range(0, len(ids), _AT_ONCE):
            self._remote.ask("fetch", *_QUIET, *how, "--", "origin", *ids[at : at + _AT_ONCE])


def _read(file: Path) -> dict[str, Change]:
    try:
        if file.stat().st_size > _LIMIT:
            return {}
        return msgspec.json.decode(file.read_bytes(), type=dict[str, Change])
    except (OSError, msgspec.DecodeError, UnicodeError):
        return {}
