"""The commits that a release branch, or a pull request to it, has of its own: what they change, where they are from.

Two private repositories serve this. One has the whole history without any trees, so that it knows which commit is on
which branch. The other has trees and files of the commits that are looked at and of those of the default branch that
they can be from, fetched in a few requests. `history.fix_on_branch` decides by content where a commit is from.
"""

from collections.abc import Iterable, Sequence

import msgspec

from release_actions.git.commits import Commit, read_commits, read_since
from release_actions.git.program import Git
from release_actions.guard.detect import find, may_tell
from release_actions.guard.findings import FileChange, GuardFinding
from release_actions.guard.rules import CommitFacts, CommitOrigin
from release_actions.history.branch_history import BranchHistory, Subject, named
from release_actions.history.change_class import ChangeClass
from release_actions.history.content import Content
from release_actions.history.edit import LineEdit
from release_actions.history.evidence import FixSearch
from release_actions.history.names import By, Names
from release_actions.history.on_default import undone_changes
from release_actions.history.picks import picked_from, reverted

_LARGEST = 8 * 1024 * 1024


class Blobs(msgspec.Struct, frozen=True):
    """The contents of a path before and after a commit, empty where there is no plain file."""

    before: str
    after: str


class BranchCommits:
    """Commits of a branch; `history` has the whole history without trees, `default` is the default branch's tip."""

    def __init__(self, content: Content, history: Git, default: str) -> None:
        self._content = content
        self._git = content.clone.git
        self._history = history
        self._tip = default
        self._on_default = frozenset(history.run("rev-list", default).split())
        self._changes: dict[str, dict[str, Blobs]] = {}

    def examine(self, commits: Sequence[Commit]) -> list[CommitFacts]:
        """What there is to know of commits, given youngest first; raises E_REMOTE_UNAVAILABLE and E_GIT."""
        if not commits:
            return []
        self._changes = self._changed(commits)
        wanted = [
            blob for changed in self._changes.values() for one in changed.values() for blob in (one.before, one.after)
        ]
        self._content.clone.fetch_files(filter(None, wanted))
        undone = self._undone(commits)
        own = [one for one in commits if len(one.parents) < 2]
        origins = self._origins([one for one in own if one.id not in self._on_default], commits[0].id)
        origins.update((one.id, CommitOrigin(one.id, By.HISTORY)) for one in own if one.id in self._on_default)
        return [
            CommitFacts(
                id=one.id,
                title=one.title,
                message=one.message,
                paths=tuple(self._changes[one.id]),
                findings=tuple(self._findings(one)),
                origin=origins.get(one.id),
                picked=() if one.id in origins else tuple(sorted(picked_from(one.message))),
                merge=len(one.parents) > 1,
                undone=one.id in undone,
            )
            for one in commits
        ]

    def _origins(self, commits: Sequence[Commit], tip: str) -> dict[str, CommitOrigin]:
        """What commits are picks of on the default branch: of those with a name for it first, then of all it has."""
        [newest] = read_commits(self._history, [self._tip])
        lacks = read_since(self._history, tip, self._tip)
        known = {one.id for one in lacks}
        older = {one for commit in commits for name in picked_from(commit.message) for one in self._named(name)} - known
        default = BranchHistory("the default branch", newest, lacks)
        changes = [*default.changes(), *(named(one, ()) for one in read_commits(self._history, sorted(older)))]
        names = Names(changes, lacks)
        presence = FixSearch(self._content, names, self._history)
        by_name = {one.id: [(found, by) for found, by in _candidates(names, one)] for one in commits}
        found = self._came(presence, commits, by_name)
        left = [one for one in commits if one.id not in found]
        alike = presence.alike(left, default)
        same = {name: [(one, By.CONTENT) for one in some] for name, some in alike.items()}
        found |= self._came(presence, left, same)
        subjects = self._subjects([origin.commit for origin in found.values()])
        undone = undone_changes(presence, list(subjects.values()), default)
        reverted_by = {name: one.by for name, one in undone.items() if not one.superseded}
        return {
            name: msgspec.structs.replace(one, undone_by=reverted_by.get(one.commit, "")) for name, one in found.items()
        }

    def _came(
        self, presence: FixSearch, commits: Sequence[Commit], possible: dict[str, list[tuple[str, By]]]
    ) -> dict[str, CommitOrigin]:
        pairs = [(commit, change, by) for commit in commits for change, by in possible.get(commit.id, [])]
        subjects = self._subjects([change for _, change, _ in pairs])
        looked = [(subjects[change], [(commit, by)]) for commit, change, by in pairs if change in subjects]
        pairs = [(commit, change, by) for commit, change, by in pairs if change in subjects]
        found: dict[str, CommitOrigin] = {}
        for (commit, change, by), came in zip(pairs, presence.came(looked), strict=True):
            if came:
                found.setdefault(commit.id, CommitOrigin(change, by))
        return found

    def _subjects(self, changes: Sequence[str]) -> dict[str, Subject]:
        """Changes of the default branch with their trees, as far as these were fetched."""
        commits = read_commits(self._history, dict.fromkeys(changes))
        edits = self._content.edits(self._history, commits)
        return {name: Subject(id=name, edit=edit) for name, edit in edits.items()}

    def _named(self, name: str) -> list[str]:
        """The commits on the default branch that an id, which may be shortened, means."""
        if name in self._on_default:
            return [name]
        return [one for one in self._on_default if one.startswith(name)][:1]

    def _changed(self, commits: Sequence[Commit]) -> dict[str, dict[str, Blobs]]:
        """What commits change; of a merge only what none of its parents has, as the rest is other commits' work."""
        edits = self._content.edits(self._history, commits)
        others = {one.id: read_commits(self._history, one.parents[1:]) for one in commits if len(one.parents) > 1}
        further = {name: [LineEdit(one.tree, edits[name].after) for one in some] for name, some in others.items()}
        files = self._content.files([*edits.values(), *(edit for some in further.values() for edit in some)])
        found = {}
        for one in commits:
            changed = dict(files[edits[one.id]])
            for edit in further.get(one.id, ()):
                changed = {path: file for path, file in changed.items() if path in files[edit]}
            found[one.id] = {path: Blobs(*file.files) for path, file in changed.items()}
        return found

    def _findings(self, commit: Commit) -> list[GuardFinding]:
        found, changes = [], []
        for path, blobs in self._changes[commit.id].items():
            if not may_tell(path):
                continue
            if max(map(self._size, (blobs.before, blobs.after))) > _LARGEST:
                found.append(GuardFinding(ChangeClass.UNREADABLE, path, 1, "it is too large to be looked at"))
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
            for other in _meant(reverted(one.message), ids) - undone:
                back = {path: Blobs(blobs.after, blobs.before) for path, blobs in self._changes[one.id].items()}
                if one.id not in undone and back and back == self._changes[other]:
                    undone |= {one.id, other}
        return undone


def _meant(named: Iterable[str], ids: Iterable[str]) -> set[str]:
    """The ids that names, which may be shortened, stand for."""
    return {one for one in ids for name in named if one.startswith(name)}


def _candidates(names: Names, commit: Commit) -> list[tuple[str, By]]:
    """The changes that a commit can be a pick of by what it says."""
    said = names.named(commit)
    return list(said.items()) or [(one, By.TITLE) for one in names.titled(commit)]
