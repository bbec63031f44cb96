"""The commits that a release branch, or a pull request to it, has of its own: what they change, where they are from.

Two private repositories serve this. One has the whole history without any trees, so that it knows which commit is on
which branch. The other has the trees of the commits that are looked at and of those of the default branch that they can
be from, and the files that changed, each fetched in one request.
"""

from collections.abc import Iterable, Sequence

import msgspec

from release_actions.backport.cherry_pick import BarePicks
from release_actions.git import raw_diff
from release_actions.git.commits import Commit, changed_files, parent_tree, read_commits
from release_actions.git.program import Git
from release_actions.guard.detect import find, may_tell
from release_actions.guard.findings import FileChange, Finding
from release_actions.guard.rules import CommitFacts, Origin
from release_actions.history import equivalent
from release_actions.history.change_class import ChangeClass
from release_actions.history.origins import by_number, picked_numbers
from release_actions.history.picks import Change, picked_from, reverted

_LATER = 90 * 86_400
_MOST_CANDIDATES = 10_000
_LARGEST = 8 * 1024 * 1024


class Blobs(msgspec.Struct, frozen=True):
    """The contents of a path before and after a commit, empty where there is no plain file."""

    before: str
    after: str


class BranchCommits:
    """Commits of a branch; `history` has the whole history without trees, `default` is the default branch's tip."""

    def __init__(self, picks: BarePicks, history: Git, default: str) -> None:
        self._picks = picks
        self._git = picks.git
        self._history = history
        self._tip = default
        self._on_default = frozenset(history.run("rev-list", default).split())
        self._changes: dict[str, dict[str, Blobs]] = {}
        self._numbers: dict[int, str] = {}
        self._default: equivalent.Branch

    def examine(self, commits: Sequence[Commit]) -> list[CommitFacts]:
        """What there is to know of commits, given youngest first; raises E_REMOTE_UNAVAILABLE and E_GIT."""
        if not commits:
            return []
        self._fetch(commits)
        undone = self._undone(commits)
        return [self._examined(one, undone) for one in commits]

    def _fetch(self, commits: Sequence[Commit]) -> None:
        named = (origin for one in commits for name in picked_from(one.message) for origin in self._named(name))
        candidates = self._candidates(commits)
        self._picks.fetch(dict.fromkeys([*(one.id for one in commits), *named, *candidates]), depth=2)
        self._picks.fetch_files([Change(number=0, title="", commits=tuple(one.id for one in commits))], ())
        self._changes = {one.id: self._changed(one) for one in commits}
        possible = read_commits(self._git, candidates) if candidates else []
        self._numbers = by_number(possible)
        self._default = equivalent.Branch(self._git, possible)

    def _candidates(self, commits: Sequence[Commit]) -> list[str]:
        """The commits on the default branch that these can be from, or that can be from these, the youngest first."""
        oldest = equivalent.youngest_before(commits)
        youngest = max(one.committed_at for one in commits) + _LATER
        how = ("--topo-order", f"--max-age={oldest}", f"--min-age={youngest}", f"--max-count={_MOST_CANDIDATES}")
        return self._history.run("rev-list", *how, self._tip).split()

    def _named(self, name: str) -> list[str]:
        """The commits on the default branch that an id, which may be shortened, means."""
        if name in self._on_default:
            return [name]
        return [one for one in self._on_default if one.startswith(name)][:1]

    def _examined(self, commit: Commit, undone: set[str]) -> CommitFacts:
        merge = len(commit.parents) > 1
        paths = tuple(self._changes[commit.id])
        origin, strangers = (None, ()) if merge else self._origin(commit, paths)
        return CommitFacts(
            id=commit.id,
            title=commit.title,
            message=commit.message,
            paths=paths,
            findings=tuple(self._findings(commit)),
            origin=origin,
            picked=strangers,
            merge=merge,
            undone=commit.id in undone,
        )

    def _changed(self, commit: Commit) -> dict[str, Blobs]:
        """What a commit changes; of a merge only what none of its parents has, as the rest is other commits' work."""
        differing = raw_diff.between(self._git.run, parent_tree(self._git, commit), commit.tree)
        changed = {one.path: Blobs(*one.files) for one in differing}
        for other in commit.parents[1:]:
            [parent] = read_commits(self._git, [other])
            own = set(changed_files(self._git, parent.tree, commit.tree))
            changed = {path: blobs for path, blobs in changed.items() if path in own}
        return changed

    def _origin(self, commit: Commit, paths: Iterable[str]) -> tuple[Origin | None, tuple[str, ...]]:
        """Where on the default branch a commit is from, or the commits that it names and that can't be it."""
        if commit.id in self._on_default:
            return Origin(commit.id, "history"), ()
        named = sorted(picked_from(commit.message))
        origins = {name: self._named(name) for name in named}
        strangers = tuple(name for name, found in origins.items() if not found or not self._alike(found[0], paths))
        if named and not strangers:
            return Origin(origins[named[0]][0], "trailer"), ()
        # Without a pull request's title: content tells more than a title, and is asked for first then.
        found = self._default.find(Change(number=0, title="", commits=(commit.id,))).get(commit.id)
        if found:
            return Origin(found.commit, found.by), ()
        merged = [self._numbers.get(number, "") for number in picked_numbers(commit.title)]
        if merged and all(one and self._alike(one, paths) for one in merged):
            return Origin(merged[0], "number"), ()
        return None, strangers

    def _alike(self, origin: str, paths: Iterable[str]) -> bool:
        """Whether a commit changes one of these files, as a pick of it does."""
        [commit] = read_commits(self._git, [origin])
        return not set(paths).isdisjoint(changed_files(self._git, parent_tree(self._git, commit), commit.tree))

    def _findings(self, commit: Commit) -> list[Finding]:
        found, changes = [], []
        for path, blobs in self._changes[commit.id].items():
            if not may_tell(path):
                continue
            if max(map(self._size, (blobs.before, blobs.after))) > _LARGEST:
                found.append(Finding(ChangeClass.UNREADABLE, path, 1, "it is too large to be looked at"))
            else:
                changes.append(FileChange(path, self._text(blobs.before), self._text(blobs.after)))
        return found + find(changes)

    def _size(self, blob: str) -> int:
        return int(self._git.run("cat-file", "-s", blob)) if blob else 0

    def _text(self, blob: str) -> str | None:
        return self._git.run("cat-file", "blob", blob) if blob else None

    def _undone(self, commits: Sequence[Commit]) -> set[str]:
        """Commits that a younger one reverts exactly, and those reverts; what a message says alone is not believed."""
        ids = {one.id for one in commits}
        undone: set[str] = set()
        for one in commits:
            for other in reverted(one.message) & ids - undone:
                back = {path: Blobs(blobs.after, blobs.before) for path, blobs in self._changes[one.id].items()}
                if one.id not in undone and back and back == self._changes[other]:
                    undone |= {one.id, other}
        return undone
