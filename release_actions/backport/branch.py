"""A change proposed for a branch: picked onto it, or the reason why not. Nothing is written here.

The branch's name follows from the change and the target, and the same pick makes the same commit. So a branch that is
there already is ours exactly if picking again onto its parent gives its tip; then it is used as it is. Anything else on
it is a person's work, which is never touched.
"""

import itertools
from collections.abc import Mapping, Sequence

import msgspec

from release_actions.backport.cherry_pick import CherryPicker, Picked
from release_actions.backport.comment import CommentRow, commands, conflict_details
from release_actions.backport.conflict import Conflict
from release_actions.backport.names import pick_branch
from release_actions.backport.requested_changes import RequestedChanges
from release_actions.core.text import short_id
from release_actions.git.commits import Commit, first_parents
from release_actions.git.remote import Refs, Remote
from release_actions.history.fix_on_branch import FixFinding, Standing
from release_actions.history.picks import Change, PickEnd


class Proposal(msgspec.Struct, frozen=True):
    """What becomes of a change on a branch; with a `tip`, `branch` is at that commit, or will be when it is pushed.

    `commits` are the picked ones, `left_out` those that the branch has already with the reason. `draft` says that the
    last commit has conflict markers in it, `existed` that the branch was there before this run, `moved` that it was
    made in the meantime, by another run or a person.
    """

    row: CommentRow
    branch: str
    tip: str = ""
    commits: tuple[Commit, ...] = ()
    left_out: Mapping[str, str] = {}
    draft: bool = False
    existed: bool = False
    moved: bool = False


class Proposer:
    """Makes proposals; several may be made side by side once everything is prepared."""

    def __init__(self, picker: CherryPicker, remote: Remote, refs: Refs, *, drafts: bool) -> None:
        self._picker = picker
        self._git = remote.git
        self._remote = remote
        self._branches = dict(refs.branches)
        self._drafts = drafts
        self._findings: dict[tuple[Change, str], FixFinding] = {}

    def prepare(self, work: Sequence[tuple[Change, str]], requested: RequestedChanges) -> None:
        """Find out what there is of changes on their branches, and fetch what else proposals of them need."""
        names = dict.fromkeys(pick_branch(one.number, one.commits[-1], target) for one, target in work)
        own = [self._branches[name] for name in names if name in self._branches]
        deepest = max(len(change.commits) for change, _ in work)
        if own:
            requested.clone.fetch_commits(own, depth=deepest + 2)
        self._findings.update(requested.find(work))
        tips = [self._branches[target] for _, target in work]
        self._picker.commits([*tips, *(commit for change, _ in work for commit in change.commits)])

    def propose(self, change: Change, target: str) -> Proposal:
        """Pick a change onto a branch; raises E_GIT and E_REMOTE_UNAVAILABLE."""
        [tip] = self._picker.commits([self._branches[target]])
        branch, finding = pick_branch(change.number, change.commits[-1], target), self._findings[change, target]
        if finding.standing.is_there or finding.standing is Standing.NOT_NEEDED:
            return Proposal(_settled(target, finding), branch)
        existing = self._branches.get(branch)
        there = {name: one.reason for name, one in finding.parts.items() if one.standing.is_there}
        left = [one for one in change.commits if one not in there]
        if existing:
            return self._existing(change, target, branch, left, there)
        picked = self._picker.pick(change, tip, left)
        if picked.conflict:
            return self._conflict(change, target, branch, picked, picked.conflict)
        if picked.tip.id == tip.id:
            note = "The branch has all of it already, by other commits."
            return Proposal(CommentRow(branch=target, outcome=PickEnd.EMPTY, note=note), branch)
        return self._picked(CommentRow(branch=target, outcome=PickEnd.CREATED), branch, picked, there, finding)

    def look_again(self, requested: RequestedChanges, change: Change, target: str) -> Proposal:
        """Judge the branch of a proposal that another run, or a person, has made in the meantime.

        Raises E_GIT and E_REMOTE_UNAVAILABLE.
        """
        branch = pick_branch(change.number, change.commits[-1], target)
        there = self._remote.find(f"refs/heads/{branch}").branches
        requested.clone.fetch_commits(there.values(), depth=len(change.commits) + 2)
        self._branches.update(there)
        return self.propose(change, target)

    def _conflict(self, change: Change, target: str, branch: str, picked: Picked, conflict: Conflict) -> Proposal:
        row = _conflict_row(change, target, conflict)
        if not self._drafts:
            return Proposal(row, branch)
        marked = self._with_markers(change, picked, conflict)
        return Proposal(row, branch, marked.tip.id, marked.made, _after(change, conflict), draft=True)

    def _with_markers(self, change: Change, picked: Picked, conflict: Conflict) -> Picked:
        """The pick up to a conflict, with a last commit that has the conflict's markers in its files."""
        [commit] = self._picker.commits([conflict.commit])
        made = self._picker.commit(change, commit, picked.tip, conflict.tree)
        return Picked(made, (*picked.made, commit), picked.empty)

    def _existing(
        self, change: Change, target: str, branch: str, left: Sequence[str], there: Mapping[str, str]
    ) -> Proposal:
        """What the branch is that is there: ours if picking again onto one of its ancestors makes this very commit."""
        existing, finding = self._branches[branch], self._findings[change, target]
        below = first_parents(self._git, existing, len(change.commits) + 1)[:-1]
        for commits, one in itertools.product(dict.fromkeys((tuple(left), change.commits)), below):
            picked = self._picker.pick(change, one, commits)
            if picked.tip.id == existing:
                left_out = {name: why for name, why in there.items() if name not in commits}
                row = CommentRow(branch=target, outcome=PickEnd.EXISTS)
                found = self._picked(row, branch, picked, left_out, finding)
                return msgspec.structs.replace(found, existed=True)
            marked = self._with_markers(change, picked, picked.conflict) if picked.conflict else None
            if picked.conflict and marked and marked.tip.id == existing:
                row, after = _conflict_row(change, target, picked.conflict), _after(change, picked.conflict)
                return Proposal(row, branch, existing, marked.made, after, draft=True, existed=True)
        note = f"The branch {branch} has commits that this action did not make, so it was left alone."
        return Proposal(CommentRow(branch=target, outcome=PickEnd.BLOCKED, note=note), branch, existing, existed=True)

    def _picked(
        self, row: CommentRow, branch: str, picked: Picked, there: Mapping[str, str], finding: FixFinding
    ) -> Proposal:
        left_out = {**there, **{one.id: "picking it changes nothing." for one in picked.empty}}
        row = msgspec.structs.replace(row, note=_note(finding, left_out))
        return Proposal(row, branch, picked.tip.id, picked.made, left_out)


def _settled(target: str, finding: FixFinding) -> CommentRow:
    """The row of a branch that has the change already, or does not need it."""
    if finding.standing is Standing.NOT_NEEDED:
        return CommentRow(branch=target, outcome=PickEnd.NOT_NEEDED, note=finding.reason)
    return CommentRow(
        branch=target, outcome=PickEnd.ALREADY_THERE if finding.by else PickEnd.EMPTY, note=finding.reason
    )


def _conflict_row(change: Change, target: str, conflict: Conflict) -> CommentRow:
    files = ", ".join(list(conflict.files)[:10])
    return CommentRow(
        branch=target,
        outcome=PickEnd.CONFLICT,
        note=f"{short_id(conflict.commit)} conflicts{f' in {files}' if files else ''}",
        details=conflict_details(conflict),
        commands=commands(change, target),
    )


def _after(change: Change, conflict: Conflict) -> dict[str, str]:
    """The commits of a change that come after a conflict, each with the reason why it is left out."""
    later = change.commits[change.commits.index(conflict.commit) + 1 :]
    return dict.fromkeys(later, "it comes after the conflict; pick it by hand once that is resolved.")


def _note(finding: FixFinding, left_out: Mapping[str, str]) -> str:
    """What a person has to know of a pick that is proposed; nothing where no commit of the branch has to do with it."""
    known = finding.standing in (Standing.TAKEN_BACK, Standing.PARTLY)
    left = f"{len(left_out)} of its commits are left out, as the branch has them." if left_out else ""
    return " ".join(filter(None, (finding.reason if known else "", finding.note, left)))
