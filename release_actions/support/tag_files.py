"""Files of many commits at once, by patterns: only the folders on the way to them and they themselves are fetched.

Folders and files that commits share are fetched and read once. All folders of a level are one request, however many
commits there are.
"""

from collections.abc import Iterable, Iterator, Mapping, Sequence
from fnmatch import fnmatchcase

import msgspec

from release_actions.core.files import TEXT_LIMIT, plain_path
from release_actions.core.text import lines
from release_actions.git.remote import Remote

# Without offering what is there: the server would take a commit for its whole tree, and leave folders of it out.
_NOTHING_OFFERED = ("-c", "fetch.negotiationAlgorithm=noop")
_QUIET = ("--quiet", "--no-tags", "--no-write-fetch-head", "--no-recurse-submodules", "--filter=tree:0")


class _Step(msgspec.Struct, frozen=True):
    """A folder of a commit that has to be looked into: its id, its path, and the parts of a pattern below it."""

    commit: str
    tree: str
    folder: str
    parts: tuple[str, ...]


class TagFiles:
    """The files of commits that were fetched, with or without anything else, into the private repository of a remote.

    Symbolic links are not followed, and count as not there.
    """

    def __init__(self, remote: Remote) -> None:
        self._remote = remote
        self._listed: dict[str, list[tuple[str, str, str]]] = {}
        self._texts: dict[str, str | None] = {}

    def read(self, commits: Sequence[str], patterns: Iterable[str]) -> Mapping[str, Mapping[str, str | None]]:
        """By commit, the text of each file that fits a pattern such as `.github/workflows/e2e-*.yml`, by its path.

        None is for what is not UTF-8, or too large. Raises E_PATH for a pattern that is no path, and
        E_REMOTE_UNAVAILABLE.
        """
        wanted = [plain_path(one).parts for one in dict.fromkeys(patterns)]
        roots = {commit: self._tree(commit) for commit in commits}
        level = [_Step(commit, tree, "", parts) for commit, tree in roots.items() for parts in wanted]
        found: dict[str, dict[str, str]] = {commit: {} for commit in commits}
        while level:
            self._fetch(one.tree for one in level if one.tree not in self._listed)
            level = [below for one in level for below in self._below(one, found[one.commit])]
        self._read(blob for files in found.values() for blob in files.values())
        return {commit: {path: self._texts[blob] for path, blob in files.items()} for commit, files in found.items()}

    def _tree(self, commit: str) -> str:
        """The root folder of a commit, by the commit's own text: to name it by its commit would fetch all below it."""
        found = self._remote.git.read(commit)
        return found.headers["tree"] if found else ""

    def _below(self, step: _Step, found: dict[str, str]) -> Iterator[_Step]:
        """The folders to look into next; a file that fits the whole pattern is `found`."""
        first, *rest = step.parts
        for kind, name, made in self._list(step.tree):
            if fnmatchcase(name, first):
                if kind == "tree" and rest:
                    yield _Step(step.commit, made, f"{step.folder}{name}/", tuple(rest))
                elif kind == "file" and not rest:
                    found[f"{step.folder}{name}"] = made

    def _list(self, tree: str) -> list[tuple[str, str, str]]:
        """Kind (`tree`, `file` or another), name and id of all in a fetched folder."""
        if tree not in self._listed:
            entries = self._remote.git.run("ls-tree", "-z", tree).split("\0")
            parts = [entry.partition("\t") for entry in entries if entry]
            self._listed[tree] = [
                ("file" if what.startswith("100") else what.split(" ")[1], name, what.split(" ")[2])
                for what, _, name in parts
            ]
        return self._listed[tree]

    def _read(self, blobs: Iterable[str]) -> None:
        wanted = [one for one in dict.fromkeys(blobs) if one not in self._texts]
        self._fetch(wanted)
        sizes = self._remote.git.run("cat-file", "--batch-check=%(objectname) %(objectsize)", stdin="\n".join(wanted))
        for line in lines(sizes):
            blob, _, size = line.partition(" ")
            text = self._remote.git.run("cat-file", "blob", blob) if int(size) <= TEXT_LIMIT else "\ufffd"
            self._texts[blob] = None if "\ufffd" in text else text

    def _fetch(self, ids: Iterable[str]) -> None:
        wanted = list(dict.fromkeys(ids))
        if wanted:
            self._remote.ask(*_NOTHING_OFFERED, "fetch", *_QUIET, "--", "origin", *wanted)
