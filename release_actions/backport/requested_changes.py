"""What there is on release branches of the changes that are to be picked, in one look at all of them."""

from collections.abc import Mapping, Sequence
from typing import Final

import msgspec

from release_actions.git.commits import Commit, no_parent, read_commits, read_history
from release_actions.git.partial_clone import PartialClone
from release_actions.git.remote import Refs
from release_actions.history.branch_history import BranchHistory, Subject, named, youngest_before
from release_actions.history.content import Content
from release_actions.history.edit import LineEdit
from release_actions.history.evidence import FixSearch
from release_actions.history.fix_on_branch import FixFinding, with_default
from release_actions.history.names import Mention, Names
from release_actions.history.on_default import undone_changes
from release_actions.history.picks import Change


class RequestedChanges:
    """Looks for changes of the default branch on others. Only commits younger than the oldest change are read."""

    def __init__(self, content: Content, refs: Refs, default: str) -> None:
        self.clone: Final[PartialClone] = content.clone
        self._content = content
        self._refs = refs
        self._default = default

    def find(self, work: Sequence[tuple[Change, str]]) -> dict[tuple[Change, str], FixFinding]:
        """What there is of each change on its branch; raises E_GIT and E_REMOTE_UNAVAILABLE."""
        git = self.clone.git
        changes = list(dict.fromkeys(change for change, _ in work))
        commits = {one.id: one for one in read_commits(git, [name for one in changes for name in one.commits])}
        tips = {target: self._refs.branches[target] for _, target in work}
        newest = self._refs.branches[self._default]
        self.clone.fetch_commits([newest, *tips.values()], depth=2)
        self.clone.fetch_since([newest, *tips.values()], youngest_before(commits.values()))
        default = BranchHistory(self._default, read_commits(git, [newest])[0], read_history(git, newest))
        on_default = {one.id for one in default.own}
        branches = {}
        for target, tip in tips.items():
            history = read_history(git, tip)
            own = [one for one in history if one.id not in on_default]
            inherited = (one.id for one in history if one.id in on_default)
            branches[target] = BranchHistory(target, history[0], own, inherited)
        subjects = {change: self._subject(change, commits) for change in changes}
        presence = FixSearch(self._content, Names(self._named(changes, commits, default), _all(default, branches)), git)
        found = presence.find((subjects[change], branches[target]) for change, target in work)
        undone = undone_changes(presence, list(subjects.values()), default)
        results = {}
        for (change, target), finding in zip(work, found, strict=True):
            taken = undone.get(subjects[change].id)
            began = taken is not None and taken.by in branches[target].inherited
            results[change, target] = with_default(finding, taken, self._default, inherited=began)
        return results

    def _subject(self, change: Change, commits: Mapping[str, Commit]) -> Subject:
        edits = self._content.edits(self.clone.git, [commits[name] for name in change.commits])
        for name in change.commits:
            if name not in edits:
                raise no_parent(commits[name])
        parts = tuple(Subject(id=name, edit=edits[name]) for name in change.commits)
        if len(parts) == 1:
            return parts[0]
        return Subject(id=change.name, edit=LineEdit(parts[0].edit.before, parts[-1].edit.after), parts=parts)

    def _named(self, changes: Sequence[Change], commits: Mapping[str, Commit], default: BranchHistory) -> list[Mention]:
        """The changes of the default branch by what names them; the requested ones by their pull requests too."""
        found = {one.id: one for one in default.changes()}
        for change in changes:
            for name in change.commits:
                one = named(commits[name], default.members(name) if change.mainline else ())
                if len(change.commits) == 1:
                    one = msgspec.structs.replace(one, number=change.number or one.number)
                    if change.title != one.title:
                        one = msgspec.structs.replace(one, other_title=change.title)
                found[name] = one
            if len(change.commits) > 1:
                messages = tuple(commits[name].message for name in change.commits)
                found[change.name] = Mention(
                    id=change.name, title=change.title, number=change.number, commits=change.commits, messages=messages
                )
        return list(found.values())


def _all(default: BranchHistory, branches: Mapping[str, BranchHistory]) -> list[Commit]:
    return [*default.own, *(one for branch in branches.values() for one in branch.own)]
