"""What changes are by content, and what they bring where: asked of trees, for many changes and trees at once.

Where each file of a change is as it was before it, or as it is behind it, that alone decides. All else is merged in
memory.
"""

from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from typing import Final

from release_actions.core.errors import ReleaseError
from release_actions.git import raw_diff
from release_actions.git.commits import Commit, is_cut_off, read_commits
from release_actions.git.partial_clone import PartialClone
from release_actions.git.program import Git, failed
from release_actions.git.raw_diff import PathDiff
from release_actions.git.tree_merge import Merged, TreeMerge
from release_actions.history.edit import LineEdit
from release_actions.history.fix_on_branch import Brings, Effect
from release_actions.history.kept_effects import KeptEffect, KeptEffects
from release_actions.history.patch_lines import NO_LINES, Lines, read_patches

_NOTHING = "000000"
_FILES = ("100", "120")
_ABSENT = ("CONFLICT (modify/delete)", "CONFLICT (rename/delete)")  # of git-merge-tree(1)
_UNREADABLE = "\ufffd"  # of a name that is no UTF-8, which no tree can be asked for
_AT_ONCE = 300
_TREES_AT_ONCE = 40
_SECONDS = 600.0
_PATCH = ("-r", "--patch", "-M", "-U0", "--full-index", "--no-ext-diff", "--no-textconv", "--no-color")


class Content:
    """The content of changes, read from a clone that fetches what is needed; `kept` is what an earlier run found.

    Every method raises E_GIT and E_REMOTE_UNAVAILABLE.
    """

    def __init__(self, clone: PartialClone, kept: KeptEffects | None = None) -> None:
        self.clone: Final = clone
        self._kept = kept or KeptEffects()
        self._git = clone.git
        self._edits: dict[str, LineEdit] = {}
        self._files: dict[LineEdit, Mapping[str, PathDiff]] = {}
        self._lines: dict[LineEdit, Lines] = {}
        self._effects: dict[tuple[tuple[LineEdit, str], str], Effect] = {}
        self._blobs: dict[tuple[str, str], str] = {}
        self._empty = ""

    def edits(self, git: Git, commits: Iterable[Commit]) -> dict[str, LineEdit]:
        """What commits change against their first parent, by id, without those whose parents were not fetched.

        `git` has the commits.
        """
        wanted = list(commits)
        new = [one for one in wanted if one.id not in self._edits]
        known = {one.id: one.tree for one in new}
        missing = dict.fromkeys(one.parents[0] for one in new if one.parents and one.parents[0] not in known)
        known.update((one.id, one.tree) for one in read_commits(git, missing))
        for one in new:
            if one.parents:
                self._edits[one.id] = LineEdit(known[one.parents[0]], one.tree)
            elif not is_cut_off(git, one):
                self._edits[one.id] = LineEdit(self._nothing(), one.tree)
        return {one.id: self._edits[one.id] for one in wanted if one.id in self._edits}

    def files(self, edits: Iterable[LineEdit]) -> dict[LineEdit, Mapping[str, PathDiff]]:
        """The paths that changes change, renames as two."""
        wanted = list(dict.fromkeys(edits))
        new = [one for one in wanted if one not in self._files]
        self.clone.fetch_trees(tree for one in new for tree in one)
        for at in range(0, len(new), _AT_ONCE):
            some = new[at : at + _AT_ONCE]
            told = self._diff(some, *raw_diff.RAW)
            self._files.update((one, {}) for one in some)
            self._files.update(_read_raw(told))
        return {one: self._files[one] for one in wanted}

    def lines(self, edits: Iterable[LineEdit]) -> dict[LineEdit, Lines]:
        """The lines that changes change."""
        wanted = list(dict.fromkeys(edits))
        new = [one for one in wanted if one not in self._lines]
        files = self.files(new)
        self.clone.fetch_files(blob for one in new for file in files[one].values() for blob in file.blobs)
        for at in range(0, len(new), _AT_ONCE):
            some = new[at : at + _AT_ONCE]
            self._lines.update(dict.fromkeys(some, NO_LINES))
            self._lines.update(self._patches(some))
        return {one: self._lines[one] for one in wanted}

    def effects(
        self, pairs: Iterable[tuple[LineEdit, str]], attributes: str = ""
    ) -> dict[tuple[LineEdit, str], Effect]:
        """What changes bring to trees, merged as the attribute files of the tree `attributes` say."""
        wanted = list(dict.fromkeys(pairs))
        new = [pair for pair in wanted if (pair, attributes) not in self._effects]
        self._effects.update(((pair, attributes), effect) for pair, effect in self._still_so(new, attributes).items())
        new = [pair for pair in new if (pair, attributes) not in self._effects]
        self.prepare(new)
        left = []
        for edit, tree in new:
            known = self._by_files(edit, tree)
            if known:
                self._effects[(edit, tree), attributes] = known
            else:
                left.append((edit, tree))
        merged = self.merged(left, attributes)
        brought = [(pair, one) for pair, one in zip(left, merged, strict=True) if one.clean and one.tree != pair[1]]
        results = [LineEdit(tree, one.tree) for (_, tree), one in brought]
        self._know_files(brought)
        lines = self.lines([*(edit for (edit, _), _ in brought), *results])
        parts = {pair: _part(lines[pair[0]], lines[result]) for (pair, _), result in zip(brought, results, strict=True)}
        for pair, one in zip(left, merged, strict=True):
            if not one.clean:
                absent = bool(one.kinds) and all(kind in _ABSENT for kind in one.kinds)
                effect = Effect(Brings.CONFLICT, one.conflicts, absent, one.error)
            else:
                effect = Effect(parts.get(pair, Brings.NOTHING))
            self._effects[pair, attributes] = effect
        return {pair: self._effects[pair, attributes] for pair in wanted}

    def kept(self) -> list[KeptEffect]:
        """What this run found, for the next one; what git could not merge is not kept."""
        found = self._effects.items()
        return [KeptEffect(*pair, attributes, one) for (pair, attributes), one in found if not one.error]

    def _still_so(self, pairs: Iterable[tuple[LineEdit, str]], attributes: str) -> dict[tuple[LineEdit, str], Effect]:
        """What an earlier run found: of the same trees, and of those that differ in no path of the change.

        A path that is not there may stand under another name, and then any path may matter.
        """
        found, older = {}, {}
        for edit, tree in pairs:
            if known := self._kept.same(edit, tree, attributes):
                found[edit, tree] = known
            elif before := self._kept.before(edit, tree, attributes):
                older[edit, tree] = before
        moves = {pair: LineEdit(tree, pair[1]) for pair, (tree, _) in older.items()}
        files = self.files([*moves.values(), *(edit for edit, _ in older)])
        there = self.blobs((tree, path) for edit, tree in older for path in files[edit])
        for (edit, tree), (_, effect) in older.items():
            changed = files[moves[edit, tree]].keys()
            stands = all(there[tree, path] or file.mode_before == _NOTHING for path, file in files[edit].items())
            if (
                stands
                and changed.isdisjoint(files[edit])
                and not any(one.endswith(".gitattributes") for one in changed)
            ):
                found[edit, tree] = effect
        return found

    def prepare(self, pairs: Sequence[tuple[LineEdit, str]]) -> None:
        """Fetch at once what merging these changes onto these trees needs."""
        self.clone.fetch_trees(dict.fromkeys([tree for edit, onto in pairs for tree in (*edit, onto)]))
        files = self.files(edit for edit, _ in pairs)
        there = self.blobs((tree, path) for edit, tree in pairs for path in files[edit])
        unlike = [pair for pair in pairs if not self._by_files(*pair)]
        own = (blob for edit, _ in unlike for file in files[edit].values() for blob in file.blobs)
        at = (there[tree, path] for edit, tree in unlike for path in files[edit])
        self.clone.fetch_files(filter(None, dict.fromkeys([*own, *at])))

    def merged(self, pairs: Sequence[tuple[LineEdit, str]], attributes: str = "") -> list[Merged]:
        """Changes merged onto trees for which all is prepared."""
        if not pairs:
            return []
        git = self.clone.reading_attributes(attributes) if attributes else self._git
        merges = (TreeMerge(edit.before, tree, edit.after) for edit, tree in pairs)
        return self.clone.merger.merge(git, merges, attributes)

    def blobs(self, wanted: Iterable[tuple[str, str]]) -> dict[tuple[str, str], str]:
        """The contents' ids at paths of fetched trees, empty where there is no file; no content is fetched for that."""
        pairs = list(dict.fromkeys(wanted))
        left = [pair for pair in pairs if pair not in self._blobs]
        self._blobs.update(dict.fromkeys(left, ""))
        paths: dict[str, list[str]] = {}
        for tree, path in left:
            paths.setdefault(tree, []).append(path)
        trees = list(paths)
        for at in range(0, len(trees), _TREES_AT_ONCE):
            self._list({tree: paths[tree] for tree in trees[at : at + _TREES_AT_ONCE]})
        return {pair: self._blobs[pair] for pair in pairs}

    def _list(self, paths: Mapping[str, Sequence[str]]) -> None:
        """Look up paths of trees, as what these have more than the empty tree."""
        git = self._git.within(self.clone.folder, GIT_LITERAL_PATHSPECS="1")
        every = list(dict.fromkeys(path for some in paths.values() for path in some))
        lines = "".join(f"{self._nothing()} {tree}\n" for tree in paths)
        for at in range(0, len(every), _AT_ONCE):
            told = git.run("diff-tree", "--stdin", *raw_diff.RAW, "--", *every[at : at + _AT_ONCE], stdin=lines)
            for edit, files in _read_raw(told).items():
                self._blobs.update(((edit.after, path), file.after) for path, file in files.items() if _is_plain(file))

    def _nothing(self) -> str:
        """The empty tree."""
        if not self._empty:
            self._empty = self._git.run("hash-object", "-t", "tree", "-w", "--stdin").strip()
            self.clone.have([self._empty])
        return self._empty

    def texts(self, blobs: Iterable[str]) -> dict[str, str]:
        """The texts of contents; none of a binary one."""
        wanted = list(dict.fromkeys(blobs))
        self.clone.fetch_files(wanted)
        lines = "".join(f"{blob}\n" for blob in wanted)
        told = "\n" + self._git.run("cat-file", "--batch=%(objectname)", stdin=lines)
        found, at = {}, 0
        for blob, following in zip(wanted, [*wanted[1:], ""], strict=False):
            start = at + len(blob) + 2
            at = told.find(f"\n{following}\n", start) if following else len(told) - 1
            found[blob] = told[start:at]
        return {blob: text for blob, text in found.items() if "\0" not in text}

    def paths(self, tree: str) -> list[str]:
        """All files below a tree."""
        self.clone.fetch_trees([tree])
        return self._git.run("ls-tree", "-r", "-z", "--full-tree", "--name-only", tree).split("\0")

    def _by_files(self, edit: LineEdit, tree: str) -> Effect | None:
        """What follows from files that are as before the change, or as behind it."""
        files = self._files[edit]
        if not files:
            return Effect(Brings.NOTHING)
        if not all(map(_is_plain, files.values())) or any(_UNREADABLE in path for path in files):
            return None
        signs = set()
        for path, file in files.items():
            there = self._blobs[tree, path] or "0" * len(file.before)
            if there not in (file.before, file.after):
                return None
            signs.add(there == file.after)
        if len(signs) > 1 and any(file.mode_after == _NOTHING for file in files.values()):
            return None  # what is deleted may stand under another name there
        return Effect(Brings.PART if len(signs) > 1 else Brings.NOTHING if True in signs else Brings.ALL)

    def _know_files(self, brought: Sequence[tuple[tuple[LineEdit, str], Merged]]) -> None:
        """A merge's result is here and nowhere else, so nothing of it is fetched."""
        self.clone.have(one.tree for _, one in brought)
        edits = [LineEdit(tree, one.tree) for (_, tree), one in brought]
        for edit, changed in self.files(edits).items():
            self.clone.have(file.after for file in changed.values())
            self._files[edit] = changed

    def _patches(self, edits: Sequence[LineEdit]) -> dict[LineEdit, Lines]:
        """The lines of changes; where a file is not to be had, its contents count as lines."""
        try:
            return {LineEdit(*pair): found for pair, found in read_patches(self._diff(edits, *_PATCH)).items()}
        except ReleaseError:
            if len(edits) > 1:
                half = len(edits) // 2
                return self._patches(edits[:half]) | self._patches(edits[half:])
            files = self._files[edits[0]].values()
            return {
                edits[0]: Lines(Counter(f"\0{one.before}" for one in files), Counter(f"\0{one.after}" for one in files))
            }

    def _diff(self, edits: Sequence[LineEdit], *how: str) -> str:
        lines = "".join(f"{one.before} {one.after}\n" for one in edits)
        answer = self._git.start("diff-tree", "--stdin", *how, stdin=lines, timeout=_SECONDS)
        if not answer.ok:
            raise failed(answer)
        return answer.stdout


def _part(change: Lines, brought: Lines) -> Brings:
    """Whether a merge has brought a whole change; one without lines of its own (a move) can't be brought in part."""
    return Brings.ALL if not change or change.share(brought) >= 1 else Brings.PART


def _is_plain(file: PathDiff) -> bool:
    """Whether a file's content alone is changed, or a file is made or deleted."""
    modes = {file.mode_before, file.mode_after} - {_NOTHING}
    return len(modes) == 1 and modes.pop().startswith(_FILES)


def _read_raw(told: str) -> dict[LineEdit, dict[str, PathDiff]]:
    """What `git diff-tree --stdin --raw -z` writes of pairs of trees: their ids, then entries with paths."""
    found: dict[LineEdit, dict[str, PathDiff]] = {}
    current: dict[str, PathDiff] = {}
    fields = iter(told.split("\0"))
    for field in fields:
        head, _, entry = field.rpartition("\n")
        for line in filter(None, head.split("\n")):
            before, _, after = line.partition(" ")
            current = found.setdefault(LineEdit(before, after), {})
        if entry.startswith(":"):
            modes_and_ids = entry[1:].split(" ")
            path = next(fields)
            current[path] = PathDiff(path, *modes_and_ids[:4])
    return found
