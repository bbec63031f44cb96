"""Three trees merged in memory, many merges in one process (git-merge-tree(1), `--stdin`).

Git takes the common ancestor of a merge from the history. So it is given commits made for that: one for each base, one
above it with what changed, and one for each tree that is merged onto, above all of its bases. That serves merges, first
commits and shallow histories alike.
"""

import tempfile
import threading
from collections.abc import Iterable, Sequence
from pathlib import Path
from typing import NamedTuple

from release_actions.git.program import Git

OLDEST_GIT = (2, 39)
"""The first git that merges several trees in one process (git's release notes, 2.39)."""

_AT_ONCE = 200
_SECONDS = 600.0
_WHO = "nobody <nobody@localhost> 0 +0000"


class TreeMerge(NamedTuple):
    """What lies between two trees, `base` and `theirs`, to be merged onto the tree `ours`; all are ids of trees."""

    base: str
    ours: str
    theirs: str


class Merged(NamedTuple):
    """The tree of a merge, with conflict markers in the files `conflicts`; `clean` says that there is no conflict.

    Where git could not merge at all, as a file is not to be had, `error` has what it says, and there is no tree.

    `messages` are git's, as fields: how many paths, the paths, the kind, the text. They name the two sides by the ids
    of the commits `ours` and `theirs`.
    """

    tree: str
    clean: bool
    conflicts: tuple[str, ...]
    messages: tuple[str, ...]
    ours: str
    theirs: str
    error: str = ""

    @property
    def kinds(self) -> set[str]:
        """The kinds of its conflicts, such as `CONFLICT (modify/delete)`."""
        found, at = set(), 0
        while at < len(self.messages):
            at += int(self.messages[at]) + 3
            found.add(self.messages[at - 2])
        return {one for one in found if one.startswith("CONFLICT")}


class TreeMerger:
    """Merges trees of a repository; each merge is made once. `folder` is private."""

    def __init__(self, folder: Path) -> None:
        self._folder = folder
        self._lock = threading.Lock()
        self._known: dict[tuple[TreeMerge, str], Merged] = {}
        self._commits: dict[str, str] = {}

    def merge(self, git: Git, merges: Iterable[TreeMerge], attributes: str = "") -> list[Merged]:
        """The merges in their order; raises E_GIT.

        `git` runs in a folder that has the attribute files of the tree `attributes` (gitattributes(5), `merge`).
        """
        wanted = list(merges)
        with self._lock:
            left = [one for one in dict.fromkeys(wanted) if (one, attributes) not in self._known]
            for at in range(0, len(left), _AT_ONCE):
                some = left[at : at + _AT_ONCE]
                self._known.update(zip(((one, attributes) for one in some), self._merged(git, some), strict=True))
            return [self._known[one, attributes] for one in wanted]

    def _merged(self, git: Git, merges: Sequence[TreeMerge]) -> list[Merged]:
        bases = self._made(git, {one.base: _commit(one.base, (), "ancestor") for one in merges})
        by_tree: dict[str, dict[str, None]] = {}
        for one in merges:
            by_tree.setdefault(one.ours, {})[bases[one.base]] = None
        wanted = {tree: _commit(tree, parents, "branch") for tree, parents in by_tree.items()}
        ours = self._made(git, wanted)
        theirs = self._made(git, {one: _commit(one.theirs, (bases[one.base],), "commit") for one in merges})
        return self._answers(git, [(ours[one.ours], theirs[one]) for one in merges])

    def _answers(self, git: Git, sides: Sequence[tuple[str, str]]) -> list[Merged]:
        """The merges of pairs of commits; one that fails ends the process, and so is looked for."""
        how = ("--stdin", "--write-tree", "--name-only", "--messages", "-z")
        lines = "".join(f"{one} {other}\n" for one, other in sides)
        answer = git.start("merge-tree", *how, stdin=lines, timeout=_SECONDS)
        found = _read(answer.stdout, sides) if answer.ok else []
        if len(found) == len(sides):
            return found
        if len(sides) > 1:
            half = len(sides) // 2
            return self._answers(git, sides[:half]) + self._answers(git, sides[half:])
        said = " ".join(answer.tail(1)) or "git merge-tree failed"
        [(ours, theirs)] = sides
        return [Merged("", clean=False, conflicts=(), messages=(), ours=ours, theirs=theirs, error=said)]

    def _made(self, git: Git, contents: "dict[str, str] | dict[TreeMerge, str]") -> "dict[str | TreeMerge, str]":
        """Commits with these contents, by the same keys."""
        new = list(dict.fromkeys(one for one in contents.values() if one not in self._commits))
        if new:
            with tempfile.TemporaryDirectory(dir=self._folder) as name:
                files = [Path(name) / str(number) for number in range(len(new))]
                for file, content in zip(files, new, strict=True):
                    file.write_text(content, encoding="utf-8")
                listed = "".join(f"{file.resolve()}\n" for file in files)
                ids = git.run("hash-object", "-t", "commit", "-w", "--stdin-paths", stdin=listed).split()
            self._commits.update(zip(new, ids, strict=True))
        return {key: self._commits[content] for key, content in contents.items()}


def _commit(tree: str, parents: Iterable[str], message: str) -> str:
    lines = [f"tree {tree}", *(f"parent {one}" for one in parents), f"author {_WHO}", f"committer {_WHO}", "", message]
    return "".join(f"{line}\n" for line in lines)


def _read(answer: str, sides: Sequence[tuple[str, str]]) -> list[Merged]:
    """What `--stdin -z` writes of each merge: whether it is clean, the tree, names, "", messages, ""."""
    fields, at, found = answer.split("\0"), 0, []
    for ours, theirs in sides:
        if at + 2 >= len(fields):
            break
        clean, tree = fields[at] == "1", fields[at + 1]
        end = fields.index("", at + 2)
        names = fields[at + 2 : end]
        at = end + 1
        start = at
        while fields[at]:
            at += int(fields[at]) + 3
        found.append(Merged(tree, clean, tuple(dict.fromkeys(names)), tuple(fields[start:at]), ours, theirs))
        at += 1
    return found
