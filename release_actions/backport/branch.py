"""A change proposed for a branch: picked, pushed to a branch of its own, or the reason why not.

The branch's name follows from the change and the target, and the same pick makes the same commit. So a branch that is
there already is ours exactly if picking again onto its parent gives its tip; then it is used as it is. Anything else on
it is a person's work, which is never touched: a push here only ever creates a branch.
"""

from collections.abc import Iterable, Sequence

import msgspec

from release_actions.backport.cherry_pick import BarePicks, Picked
from release_actions.backport.comment import Row, commands, conflict_details
from release_actions.backport.conflict import Conflict
from release_actions.backport.names import pick_branch
from release_actions.core.errors import Code, ReleaseError
from release_actions.core.text import short_id
from release_actions.git.commits import Commit, first_parents, read_commits, read_history
from release_actions.git.push import Move, push
from release_actions.git.remote import AccessError, Refs, Remote
from release_actions.history import equivalent
from release_actions.history.picks import Change, Outcome

_REFUSALS = (Code.E_BRANCH_MOVED, Code.E_BRANCH_PROTECTED, Code.E_NEEDS_WORKFLOWS_PERMISSION)
_FOUND = {
    "history": "It has the commit itself",
    "trailer": "{} says that it was picked from it",
    "content": "{} makes the same changes",
    "title": "{} has the same title, and changes a file of it",
}


class Proposal(msgspec.Struct, frozen=True):
    """What became of a change on a branch so far; with a `tip`, a pull request from `branch` is still to be opened.

    `commits` are the picked ones, `draft` says that the last has conflict markers in it, `existed` that the branch was
    there before this run.
    """

    row: Row
    branch: str
    tip: str = ""
    commits: tuple[Commit, ...] = ()
    draft: bool = False
    existed: bool = False


class Proposer:
    """Makes proposals; several may be made side by side once everything is fetched."""

    def __init__(self, picks: BarePicks, remote: Remote, refs: Refs, *, writes: bool, drafts: bool) -> None:
        self._picks = picks
        self._remote = remote
        self._refs = refs
        self._writes = writes
        self._drafts = drafts

    def fetch(self, commits: Iterable[str], branches: Iterable[str]) -> None:
        """Fetch commits with their parents, and the tips of those of the branches that are there."""
        tips = (self._refs.branches[name] for name in branches if name in self._refs.branches)
        self._picks.fetch([*commits, *tips], depth=2)

    def prepare(self, changes: Sequence[Change], targets: Sequence[str]) -> None:
        """Fetch whatever else proposals of these changes for these branches need, for all of them at once."""
        git = self._picks.git
        tips = [self._refs.branches[target] for target in targets]
        names = (pick_branch(one.number, one.commits[-1], target) for one in changes for target in targets)
        own = [self._refs.branches[name] for name in names if name in self._refs.branches]
        deepest = max(len(change.commits) for change in changes)
        if own and deepest > 1:
            self._picks.fetch(own, depth=deepest + 1)
        since = min(equivalent.youngest_before(read_commits(git, change.commits)) for change in changes)
        self._picks.fetch_since(tips, since)
        self._picks.fetch_files(changes, [*tips, *own])

    def propose(self, change: Change, target: str) -> Proposal:
        """Pick a change onto a branch and push the result; raises E_GIT and E_REMOTE_UNAVAILABLE."""
        tip, branch = self._refs.branches[target], pick_branch(change.number, change.commits[-1], target)
        there = equivalent.Branch(self._picks.git, read_history(self._picks.git, tip)).find(change)
        if len(there) == len(change.commits):
            return _settled(target, branch, Outcome.ALREADY_THERE, _already(there))
        existing = self._refs.branches.get(branch)
        if existing:
            return self._existing(change, target, branch, existing)
        left = msgspec.structs.replace(change, commits=tuple(one for one in change.commits if one not in there))
        picked = self._picks.pick(left, tip)
        if picked.conflict:
            return self._conflict(left, target, branch, picked, picked.conflict)
        if picked.tip.id == tip:
            return _settled(target, branch, Outcome.EMPTY, "The branch has all of it already, by other commits.")
        note = _already(there) if there else ""
        return self._push(left, Row(branch=target, outcome=Outcome.CREATED, note=note), branch, picked.tip.id)

    def _conflict(self, change: Change, target: str, branch: str, picked: Picked, conflict: Conflict) -> Proposal:
        row = _conflict_row(change, target, conflict)
        if not self._drafts:
            return Proposal(row, branch)
        made = self._with_markers(change, picked, conflict)
        return msgspec.structs.replace(self._push(change, row, branch, made), draft=True)

    def _with_markers(self, change: Change, picked: Picked, conflict: Conflict) -> str:
        """The commit that has the conflict's markers in its files."""
        [commit] = read_commits(self._picks.git, [conflict.commit])
        return self._picks.commit(change, commit, picked.tip, conflict.tree).id

    def _existing(self, change: Change, target: str, branch: str, existing: str) -> Proposal:
        """What the branch is that is there: ours if picking again onto one of its ancestors gives this very commit."""
        row = Row(branch=target, outcome=Outcome.EXISTS, note=f"on the branch {branch}")
        for below in first_parents(self._picks.git, existing, len(change.commits) + 1)[:-1]:
            picked = self._picks.pick(change, below.id)
            if picked.tip.id == existing:
                return Proposal(row, branch, existing, self._commits(change), existed=True)
            if picked.conflict and self._with_markers(change, picked, picked.conflict) == existing:
                row = _conflict_row(change, target, picked.conflict)
                return Proposal(row, branch, existing, self._commits(change), draft=True, existed=True)
        note = f"The branch {branch} has commits that this action did not make, so it was left alone."
        return Proposal(Row(branch=target, outcome=Outcome.BLOCKED, note=note), branch, existing, existed=True)

    def _push(self, change: Change, row: Row, branch: str, commit: str) -> Proposal:
        proposal = Proposal(row, branch, commit, self._commits(change))
        if not self._writes:
            return proposal
        try:
            push(self._remote, Move(f"refs/heads/{branch}", commit))
        except ReleaseError as error:
            failed = Outcome.BLOCKED if error.code in _REFUSALS else Outcome.FAILED
            outcome = Outcome.NO_PERMISSION if isinstance(error, AccessError) else failed
            todo = commands(change, row.branch)
            return Proposal(msgspec.structs.replace(row, outcome=outcome, note=error.what, commands=todo), branch)
        return proposal

    def _commits(self, change: Change) -> tuple[Commit, ...]:
        return tuple(read_commits(self._picks.git, change.commits))


def _conflict_row(change: Change, target: str, conflict: Conflict) -> Row:
    files = ", ".join(list(conflict.files)[:10])
    return Row(
        branch=target,
        outcome=Outcome.CONFLICT,
        note=f"{short_id(conflict.commit)} conflicts{f' in {files}' if files else ''}",
        details=conflict_details(conflict),
        commands=commands(change, target),
    )


def _settled(target: str, branch: str, outcome: Outcome, note: str) -> Proposal:
    return Proposal(Row(branch=target, outcome=outcome, note=note), branch)


def _already(there: dict[str, equivalent.Found]) -> str:
    told = dict.fromkeys(_FOUND[one.by].format(short_id(one.commit)) for one in there.values())
    return f"{'; '.join(told)}."
