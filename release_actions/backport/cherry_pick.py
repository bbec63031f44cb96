"""Commits picked onto other branches in a private bare repository, without a working tree.

A pick is a three-way merge of trees: what is between a commit's parent and the commit, onto the branch. Git's
merge-tree computes it, and takes the common ancestor from the history. So it is given three commits made for it, with
the parent's tree in the ancestor of the two others: that serves merges, first commits and shallow histories alike, and
needs nothing newer than git 2.38.

Only trees are fetched, and then in one request the files that picking will read. Should git need more, as for a file
that was renamed, it fetches that itself, in batches.
"""

import re
import threading
from collections.abc import Iterable, Iterator, Sequence
from pathlib import Path, PurePosixPath

import msgspec

from release_actions.backport.conflict import Conflict, hunks, labelled, read_messages, read_names
from release_actions.core.errors import Code, ReleaseError
from release_actions.git.commits import Commit, changed_blobs, is_cut_off, parent_tree, read_commits, read_history
from release_actions.git.program import Git, failed, require_version
from release_actions.git.remote import Remote
from release_actions.history.picks import Change, commit_message

_OLDEST = (2, 38)
_ID = re.compile(r"[0-9a-f]{40}(?:[0-9a-f]{24})?")
_TREE = re.compile(rf"({_ID.pattern})\0")
_AT_ONCE = 500
_DEPTHS = (16, 64, 256, 1024)
_MOST_ATTRIBUTES = 200
_ATTRIBUTES = ".gitattributes"


class Committer(msgspec.Struct, frozen=True):
    """Who makes the picks; with `signs_off` their messages say so (developercertificate.org)."""

    name: str
    email: str
    signs_off: bool = False


class Picked(msgspec.Struct, frozen=True):
    """The commit that the picks lead to; the branch's own tip when all of them were empty.

    `empty` are the commits that change nothing there. With a `conflict`, the picks before it are in `tip`.
    """

    tip: Commit
    empty: tuple[str, ...] = ()
    conflict: Conflict | None = None


class BarePicks:
    """A remote's repository in which picks are made. `folder` is private; no files of the project are in it."""

    def __init__(self, remote: Remote, folder: Path, committer: Committer) -> None:
        self._remote = remote
        self._folder = folder
        self._committer = committer
        self._lock = threading.Lock()
        self.git = remote.git
        require_version(self.git, _OLDEST)
        folder.mkdir(exist_ok=True)

    def fetch(self, ids: Iterable[str], *, depth: int) -> None:
        """Fetch commits with so much of their history, without files; raises E_REMOTE_UNAVAILABLE."""
        self._fetch(ids, f"--depth={depth}")

    def fetch_since(self, tips: Iterable[str], since: int) -> None:
        """Fetch the history of fetched commits back to a time (seconds since 1970), without files.

        Git's `--shallow-since` would cut a merge off from all of its parents when one of them is older. Raises
        E_REMOTE_UNAVAILABLE.
        """
        for depth in _DEPTHS:
            young = [tip for tip in tips if self._ends_after(tip, since)]
            if not young:
                break
            self.fetch(young, depth=depth)

    def fetch_files(self, changes: Iterable[Change], tips: Sequence[str]) -> None:
        """Fetch at once what picking these changes onto these tips will read; raises E_REMOTE_UNAVAILABLE."""
        wanted: set[str] = set()
        for change in changes:
            paths: set[str] = set()
            for commit in read_commits(self.git, change.commits):
                changed = changed_blobs(self.git, commit)
                paths |= changed.keys()
                wanted.update(*changed.values())
            wanted.update(*(self._blobs(tip, sorted(paths)) for tip in tips))
        wanted.update(*(self._attributes(tip).values() for tip in tips))
        self._fetch(sorted(wanted))

    def pick(self, change: Change, tip: str) -> Picked:
        """Pick a change's commits onto a tip, one after the other, as `git cherry-pick -x` does.

        Commits that change nothing there are left out. The same pick makes the same commits on every run. Raises E_GIT.
        """
        [onto] = read_commits(self.git, [tip])
        git = self._reading_attributes(tip)
        empty: list[str] = []
        for commit in read_commits(self.git, change.commits):
            tree, conflict = self._merge(git, commit, onto)
            if conflict:
                return Picked(onto, tuple(empty), conflict)
            if tree == onto.tree:
                empty.append(commit.id)
            else:
                onto = self.commit(change, commit, onto, tree)
        return Picked(onto, tuple(empty))

    def commit(self, change: Change, commit: Commit, onto: Commit, tree: str) -> Commit:
        """A picked commit, by the original's author; its time is that of the younger one, not of this run."""
        author, message, who = commit, commit.message, self._committer
        if change.mainline:
            # A merge is by whoever merged, and says little; the change is by the author of what was merged.
            [author] = read_commits(self.git, commit.parents[1:2])
            message = change.title
        made = self._make(
            tree,
            onto.id,
            commit_message(message, commit.id, f"{who.name} <{who.email}>" if who.signs_off else ""),
            GIT_AUTHOR_NAME=author.author.strip(" .,:;<>\"\\'") or author.email.partition("@")[0] or "unknown",
            GIT_AUTHOR_EMAIL=author.email,
            GIT_AUTHOR_DATE=f"@{author.author_date}",
            GIT_COMMITTER_NAME=who.name,
            GIT_COMMITTER_EMAIL=who.email,
            GIT_COMMITTER_DATE=f"@{max(commit.committed_at, onto.committed_at)} +0000",
        )
        return read_commits(self.git, [made])[0]

    def _ends_after(self, tip: str, since: int) -> bool:
        young = (one for one in read_history(self.git, tip) if not one.parents and one.committed_at >= since)
        return any(is_cut_off(self.git, one) for one in young)

    def _merge(self, git: Git, commit: Commit, onto: Commit) -> tuple[str, Conflict | None]:
        """The tree of one pick, and what is in its way."""
        base = self._make(parent_tree(git, commit), "", "ancestor")
        ours, theirs = self._make(onto.tree, base, "branch"), self._make(commit.tree, base, "commit")
        answer = git.start("merge-tree", "--write-tree", "--name-only", "--messages", "-z", ours, theirs)
        found = _TREE.match(answer.stdout)
        if found is None or answer.returncode > 1:
            raise failed(answer)
        tree = found[1]
        if answer.ok:
            return tree, None
        names, told = read_names(answer.stdout[found.end() :])
        labels = {ours: "HEAD", theirs: f"{commit.id[:7]} ({commit.title})"}
        files = {labelled(name, labels): hunks(self._content(tree, name), labels) for name in names}
        return tree, Conflict(commit.id, read_messages(told, labels), files, tree)

    def _make(self, tree: str, parent: str, message: str, **who: str) -> str:
        of = ["-p", parent] if parent else []
        git = self.git.within(self._folder, **(who or _NOBODY))
        return git.run("commit-tree", *of, "-F", "-", tree, stdin=message).strip()

    def _content(self, tree: str, name: str) -> str:
        """A file with conflict markers; nothing for one that was deleted or is no text."""
        answer = self.git.start("cat-file", "blob", f"{tree}:{name}")
        return answer.stdout if answer.ok and "\0" not in answer.stdout else ""

    def _blobs(self, tip: str, paths: list[str]) -> set[str]:
        git = self.git.within(self._folder, GIT_LITERAL_PATHSPECS="1")
        listed = (
            _files(git.run("ls-tree", "-r", "-z", "--full-tree", tip, "--", *paths[at : at + _AT_ONCE]))
            for at in range(0, len(paths), _AT_ONCE)
        )
        return {blob for files in listed for _, blob in files}

    def _attributes(self, tip: str) -> dict[str, str]:
        """The files of a tip that say how others are merged, and their blobs (gitattributes(5), `merge`)."""
        files = _files(self.git.run("ls-tree", "-r", "-z", "--full-tree", tip))
        named = [(path, blob) for path, blob in files if path.rpartition("/")[2] == _ATTRIBUTES]
        return dict(named[:_MOST_ATTRIBUTES])

    def _reading_attributes(self, tip: str) -> Git:
        """Git in a folder that holds a branch's attribute files and nothing else, which is where it looks for them."""
        folder = self._folder / tip
        with self._lock:
            if not folder.exists():
                self._write_attributes(tip, folder)
        return self.git.within(folder, GIT_WORK_TREE=str(folder))

    def _write_attributes(self, tip: str, folder: Path) -> None:
        folder.mkdir()
        for path, blob in self._attributes(tip).items():
            if {"..", ".git"} & set(PurePosixPath(path).parts):
                continue
            file = folder / path
            file.parent.mkdir(parents=True, exist_ok=True)
            file.write_text(self.git.run("cat-file", "blob", blob), encoding="utf-8")

    def _fetch(self, ids: Iterable[str], *how: str) -> None:
        wanted = list(dict.fromkeys(ids))
        for one in wanted:
            if not _ID.fullmatch(one):
                raise ReleaseError(
                    Code.E_INPUT, f"{one[:80]!a} is no id of a commit.", next_step="Give the id with all its digits."
                )
        if wanted:
            quiet = ("--quiet", "--no-tags", "--no-write-fetch-head", "--no-recurse-submodules", "--filter=blob:none")
            self._remote.ask("fetch", *quiet, *how, "--", "origin", *wanted)


def _files(listed: str) -> Iterator[tuple[str, str]]:
    """The paths and blobs of what `git ls-tree -z` lists, in order; submodules are none."""
    for entry in filter(None, listed.split("\0")):
        told, _, path = entry.partition("\t")
        _, kind, blob = told.split(" ")
        if kind == "blob":
            yield path, blob


_NOBODY = {
    f"GIT_{who}_{what}": value
    for who in ("AUTHOR", "COMMITTER")
    for what, value in (("NAME", "nobody"), ("EMAIL", "nobody@localhost"), ("DATE", "@0 +0000"))
}
