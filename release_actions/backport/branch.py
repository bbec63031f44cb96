"""A change proposed for a branch: picked, pushed to a branch of its own, or the reason why not.

The branch's name follows from the change and the target, and the same pick makes the same commit. So a branch that is
there already is ours exactly if picking again onto its parent gives its tip; then it is used as it is. Anything else on
it is a person's work, which is never touched: a push here only ever creates a branch.
"""

import itertools
from collections.abc import Mapping, Sequence

import msgspec

from release_actions.backport.cherry_pick import CherryPicker, Picked
from release_actions.backport.comment import Row, commands, conflict_details
from release_actions.backport.conflict import Conflict
from release_actions.backport.names import pick_branch
from release_actions.backport.requested_changes import RequestedChanges
from release_actions.core.errors import Code, ReleaseError
from release_actions.core.text import short_id
from release_actions.git.commits import Commit, first_parents
from release_actions.git.push import Move, push
from release_actions.git.remote import AccessError, Refs, Remote
from release_actions.history.fix_on_branch import Finding, Standing
from release_actions.history.picks import Change, Outcome

_REFUSALS = (Code.E_BRANCH_MOVED, Code.E_BRANCH_PROTECTED, Code.E_NEEDS_WORKFLOWS_PERMISSION)


class Proposal(msgspec.Struct, frozen=True):
    """What became of a change on a branch so far; with a `tip`, a pull request from `branch` is still to be opened.

    `commits` are the picked ones, `left_out` those that the branch has already with the reason. `draft` says that the
    last commit has conflict markers in it, `existed` that the branch was there before this run.
    """

    row: Row
    branch: str
    tip: str = ""
    commits: tuple[Commit, ...] = ()
    left_out: Mapping[str, str] = {}
    draft: bool = False
    existed: bool = False


class Proposer:
    """Makes proposals; several may be made side by side once everything is prepared."""

    def __init__(self, picker: CherryPicker, remote: Remote, refs: Refs, *, writes: bool, drafts: bool) -> None:
        self._picker = picker
        self._git = remote.git
        self._remote = remote
        self._refs = refs
        self._writes = writes
        self._drafts = drafts
        self._findings: dict[tuple[Change, str], Finding] = {}

    def prepare(self, work: Sequence[tuple[Change, str]], requested: RequestedChanges) -> None:
        """Find out what there is of changes on their branches, and fetch what else proposals of them need."""
        names = dict.fromkeys(pick_branch(one.number, one.commits[-1], target) for one, target in work)
        own = [self._refs.branches[name] for name in names if name in self._refs.branches]
        deepest = max(len(change.commits) for change, _ in work)
        if own:
            requested.clone.fetch_commits(own, depth=deepest + 2)
        self._findings.update(requested.find(work))
        tips = [self._refs.branches[target] for _, target in work]
        self._picker.commits([*tips, *(commit for change, _ in work for commit in change.commits)])

    def propose(self, change: Change, target: str) -> Proposal:
        """Pick a change onto a branch and push the result; raises E_GIT and E_REMOTE_UNAVAILABLE."""
        [tip] = self._picker.commits([self._refs.branches[target]])
        branch, finding = pick_branch(change.number, change.commits[-1], target), self._findings[change, target]
        if finding.standing.is_there or finding.standing is Standing.NOT_NEEDED:
            return Proposal(_settled(target, finding), branch)
        existing = self._refs.branches.get(branch)
        there = {name: one.reason for name, one in finding.parts.items() if one.standing.is_there}
        left = [one for one in change.commits if one not in there]
        if existing:
            return self._existing(change, target, branch, left)
        picked = self._picker.pick(change, tip, left)
        if picked.conflict:
            return self._conflict(change, target, branch, picked, picked.conflict)
        if picked.tip.id == tip.id:
            note = "The branch has all of it already, by other commits."
            return Proposal(Row(branch=target, outcome=Outcome.EMPTY, note=note), branch)
        left_out = there | {one.id: "picking it changes nothing." for one in picked.empty}
        row = Row(branch=target, outcome=Outcome.CREATED, note=_note(finding, left_out))
        return msgspec.structs.replace(self._push(change, row, branch, picked), left_out=left_out)

    def _conflict(self, change: Change, target: str, branch: str, picked: Picked, conflict: Conflict) -> Proposal:
        row = _conflict_row(change, target, conflict)
        if not self._drafts:
            return Proposal(row, branch)
        marked = self._with_markers(change, picked, conflict)
        return msgspec.structs.replace(
            self._push(change, row, branch, marked), left_out=_after(change, conflict), draft=True
        )

    def _with_markers(self, change: Change, picked: Picked, conflict: Conflict) -> Picked:
        """The pick up to a conflict, with a last commit that has the conflict's markers in its files."""
        [commit] = self._picker.commits([conflict.commit])
        made = self._picker.commit(change, commit, picked.tip, conflict.tree)
        return Picked(made, (*picked.made, commit), picked.empty)

    def _existing(self, change: Change, target: str, branch: str, left: Sequence[str]) -> Proposal:
        """What the branch is that is there: ours if picking again onto one of its ancestors makes this very commit."""
        existing = self._refs.branches[branch]
        below = first_parents(self._git, existing, len(change.commits) + 1)[:-1]
        for commits, one in itertools.product(dict.fromkeys((tuple(left), change.commits)), below):
            picked = self._picker.pick(change, one, commits)
            if picked.tip.id == existing:
                row = Row(branch=target, outcome=Outcome.EXISTS, note=f"on the branch {branch}")
                return Proposal(row, branch, existing, picked.made, existed=True)
            marked = self._with_markers(change, picked, picked.conflict) if picked.conflict else None
            if picked.conflict and marked and marked.tip.id == existing:
                row, after = _conflict_row(change, target, picked.conflict), _after(change, picked.conflict)
                return Proposal(row, branch, existing, marked.made, after, draft=True, existed=True)
        note = f"The branch {branch} has commits that this action did not make, so it was left alone."
        return Proposal(Row(branch=target, outcome=Outcome.BLOCKED, note=note), branch, existing, existed=True)

    def _push(self, change: Change, row: Row, branch: str, picked: Picked) -> Proposal:
        commit = picked.tip.id
        proposal = Proposal(row, branch, commit, picked.made)
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


def _settled(target: str, finding: Finding) -> Row:
    """The row of a branch that has the change already, or does not need it."""
    if finding.standing is Standing.NOT_NEEDED:
        return Row(branch=target, outcome=Outcome.NOT_NEEDED, note=finding.reason)
    return Row(branch=target, outcome=Outcome.ALREADY_THERE if finding.by else Outcome.EMPTY, note=finding.reason)


def _conflict_row(change: Change, target: str, conflict: Conflict) -> Row:
    files = ", ".join(list(conflict.files)[:10])
    return Row(
        branch=target,
        outcome=Outcome.CONFLICT,
        note=f"{short_id(conflict.commit)} conflicts{f' in {files}' if files else ''}",
        details=conflict_details(conflict),
        commands=commands(change, target),
    )


def _after(change: Change, conflict: Conflict) -> dict[str, str]:
    """The commits of a change that come after a conflict, each with the reason why it is left out."""
    later = change.commits[change.commits.index(conflict.commit) + 1 :]
    return dict.fromkeys(later, "it comes after the conflict; pick it by hand once that is resolved.")


def _note(finding: Finding, left_out: Mapping[str, str]) -> str:
    """What a person has to know of a pick that is proposed; nothing where no commit of the branch has to do with it."""
    known = finding.standing in (Standing.TAKEN_BACK, Standing.PARTLY)
    left = f"{len(left_out)} of its commits are left out, as the branch has them." if left_out else ""
    return " ".join(filter(None, (finding.reason if known else "", finding.note, left)))
