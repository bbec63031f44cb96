"""A private repository that has of a remote what is needed: commits alone, the trees of some, and single files.

Everything is fetched by its id, so that there are no refs of which the server could think that all below them is there.
What was fetched once is not requested again. Should git need more, as for a file that was renamed, it fetches that
itself, in batches.
"""

import re
import threading
from collections.abc import Iterable, Iterator, Sequence
from pathlib import Path, PurePosixPath

from release_actions.core.errors import Code, ReleaseError
from release_actions.git.commits import is_cut_off, read_history
from release_actions.git.program import Git, require_version
from release_actions.git.remote import Remote
from release_actions.git.tree_merge import OLDEST_GIT, TreeMerger

_ID = re.compile(r"[0-9a-f]{40}(?:[0-9a-f]{24})?")
_QUIET = ("--quiet", "--no-tags", "--no-write-fetch-head", "--no-recurse-submodules")
_AT_ONCE = 2_000
_DEPTHS = (16, 64, 256, 1024, 4096)
_MOST_ATTRIBUTES = 200
_ATTRIBUTES = ".gitattributes"


class PartialClone:
    """The clone in the private repository of `remote`; `folder` is private too, and no file of the project is in it.

    With `complete` everything is there already, as in a repository that borrows another one's objects.
    """

    def __init__(self, remote: Remote, folder: Path, *, complete: bool = False) -> None:
        self._remote = remote
        self._complete = complete
        self._lock = threading.Lock()
        self._there: set[str] = set()
        self.folder = folder
        self.git = remote.git
        require_version(self.git, OLDEST_GIT)
        folder.mkdir(exist_ok=True)
        self.merger = TreeMerger(folder)

    def fetch_commits(self, ids: Iterable[str], *, depth: int = 0) -> None:
        """Fetch commits with so much of their history, all of it without a depth, and neither trees nor files.

        Raises E_INPUT and E_REMOTE_UNAVAILABLE.
        """
        self._fetch(dict.fromkeys(ids), "--filter=tree:0", *([f"--depth={depth}"] if depth else []))

    def fetch_since(self, tips: Iterable[str], since: int) -> None:
        """Fetch the history of fetched commits back to a time (seconds since 1970), as `fetch_commits` does.

        Git's `--shallow-since` would cut a merge off from all of its parents when one of them is older.
        """
        young = list(dict.fromkeys(tips))
        for depth in _DEPTHS:
            young = [tip for tip in young if self._ends_after(tip, since)]
            if not young:
                break
            self.fetch_commits(young, depth=depth)

    def fetch_trees(self, trees: Iterable[str]) -> None:
        """Fetch trees with all below them but files; raises E_REMOTE_UNAVAILABLE."""
        self._fetch(self._new(trees), "--filter=blob:none")

    def fetch_files(self, blobs: Iterable[str]) -> None:
        """Fetch the contents of files; raises E_REMOTE_UNAVAILABLE."""
        self._fetch(self._new(blobs), "--filter=blob:none")

    def have(self, ids: Iterable[str]) -> None:
        """Take objects for fetched that were made here."""
        self._there.update(ids)

    def reading_attributes(self, tree: str) -> Git:
        """Git in a folder that holds a fetched tree's attribute files and nothing else, where it looks for them.

        They say how files are merged (gitattributes(5), `merge`); the first 200 count.
        """
        folder = self.folder / tree
        with self._lock:
            if not folder.exists():
                self._write_attributes(tree, folder)
        return self.git.within(folder, GIT_WORK_TREE=str(folder))

    def _write_attributes(self, tree: str, folder: Path) -> None:
        listed = files_of(self.git.run("ls-tree", "-r", "-z", "--full-tree", tree))
        named = [(path, blob) for path, blob in listed if path.rpartition("/")[2] == _ATTRIBUTES][:_MOST_ATTRIBUTES]
        self.fetch_files(blob for _, blob in named)
        folder.mkdir()
        for path, blob in named:
            if {"..", ".git"} & set(PurePosixPath(path).parts):
                continue
            file = folder / path
            file.parent.mkdir(parents=True, exist_ok=True)
            file.write_text(self.git.run("cat-file", "blob", blob), encoding="utf-8")

    def _ends_after(self, tip: str, since: int) -> bool:
        young = (one for one in read_history(self.git, tip) if not one.parents and one.committed_at >= since)
        return any(is_cut_off(self.git, one) for one in young)

    def _new(self, ids: Iterable[str]) -> list[str]:
        wanted = [one for one in dict.fromkeys(ids) if one not in self._there]
        self._there.update(wanted)
        return wanted

    def _fetch(self, ids: Iterable[str], *how: str) -> None:
        wanted: Sequence[str] = [] if self._complete else list(ids)
        for one in wanted:
            if not _ID.fullmatch(one):
                raise ReleaseError(
                    Code.E_INPUT, f"{one[:80]!a} is no id of a commit.", next_step="Give the id with all its digits."
                )
        for at in range(0, len(wanted), _AT_ONCE):
            self._remote.ask("fetch", *_QUIET, *how, "--", "origin", *wanted[at : at + _AT_ONCE])


def files_of(listed: str) -> Iterator[tuple[str, str]]:
    """The paths and blobs of what `git ls-tree -z` lists, in order; submodules are none."""
    for entry in filter(None, listed.split("\0")):
        told, _, path = entry.partition("\t")
        _, kind, blob = told.split(" ")
        if kind == "blob":
            yield path, blob
