"""Which fix is on which supported release branch: a matrix of what there is of each, with what GitHub says of it.

Pure: findings, pull requests and answers come as values. A fix is what got onto a release branch after its cut, or what
a label requests there.
"""

from collections.abc import Iterable, Mapping, Sequence
from enum import Enum, unique

import msgspec

from release_actions.backport.names import pick_branch
from release_actions.core.text import short_id
from release_actions.history.change_class import ChangeClass, classify
from release_actions.history.fix_on_branch import FixFinding, Standing
from release_actions.history.names import By, own_number, without_number
from release_actions.history.picks import PickEnd, plain_title

_FIXES = (ChangeClass.SECURITY, ChangeClass.FIX)


@unique
class FixState(str, Enum):
    """What there is of a fix on a branch; the value is how reports spell it, the order is what to look at first."""

    MISSING = "missing"
    TAKEN_BACK = "missing-taken-back"
    PARTLY = "partly-there"
    CONFLICT = "conflict"
    REVERTED = "reverted-on-default"
    PENDING = "pending"
    SUPERSEDED = "superseded-on-default"
    THERE = "there"
    ADAPTED = "there-adapted"
    CHANGED = "there-changed-since"
    NOT_NEEDED = "not-needed"

    @property
    def is_there(self) -> bool:
        """Whether the branch has it."""
        return self in (FixState.SUPERSEDED, FixState.THERE, FixState.ADAPTED, FixState.CHANGED)

    @property
    def is_lacking(self) -> bool:
        """Whether the branch lacks it, or some of it, and nothing is proposed."""
        return self in (FixState.MISSING, FixState.TAKEN_BACK, FixState.PARTLY, FixState.CONFLICT)


class KnownFix(msgspec.Struct, frozen=True, kw_only=True):
    """A fix by its change's id and title, with what there is of it by branch.

    `commits` are those that it consists of.
    """

    commit: str
    title: str
    on_default: bool
    commits: tuple[str, ...]
    findings: dict[str, FixFinding]


class RequestedFix(msgspec.Struct, frozen=True, kw_only=True):
    """A merged pull request that labels ask for on branches; `told` is what cherry-pick said of some of them."""

    number: int
    title: str
    commit: str
    branches: tuple[str, ...]
    told: Mapping[str, PickEnd] = msgspec.field(default_factory=dict)


class Open(msgspec.Struct, frozen=True, kw_only=True):
    """An open pull request from the branch `head` to the release branch `base`."""

    number: int
    title: str
    base: str
    head: str
    draft: bool = False


class Cell(msgspec.Struct, frozen=True, kw_only=True, rename="kebab"):
    """A fix on one branch: the commit that has it or the pull request that brings it, and what tells so.

    `asked` says that a label wants it there. A `regression` is a fix that an older supported branch has and this one
    lacks.
    """

    branch: str
    state: FixState
    commit: str = ""
    pull_request: int = 0
    note: str = ""
    asked: bool = False
    regression: bool = False


class Fix(msgspec.Struct, frozen=True, kw_only=True, rename={"kind": "class", "on_default": "on-default"}):
    """A fix with its cells, in the order of the branches. `number` is its pull request's, 0 where that is not known."""

    commit: str
    number: int
    title: str
    kind: ChangeClass
    on_default: bool
    cells: tuple[Cell, ...]

    @property
    def name(self) -> str:
        """`#12`, or the beginning of the commit's id."""
        return f"#{self.number}" if self.number else short_id(self.commit)

    @property
    def is_regression(self) -> bool:
        """Whether any branch has lost it."""
        return any(cell.regression for cell in self.cells)

    def has(self, state: FixState) -> bool:
        """Whether it is so on any branch."""
        return any(cell.state is state for cell in self.cells)


def matrix(
    fixes: Sequence[KnownFix], branches: Sequence[str], asked: Sequence[RequestedFix], pending: Sequence[Open]
) -> list[Fix]:
    """All fixes, those to look at first on top; branches come newest first, fixes youngest first."""
    requested = {one.commit: one for one in asked}
    rows = []
    for fix in fixes:
        found = next((requested[one] for one in fix.commits if one in requested), None)
        rows.append(_fix(fix, found, branches, pending))
    return sorted(rows, key=_urgency)


def count(fixes: Iterable[Fix], state: FixState) -> int:
    """In how many cells it is so."""
    return sum(cell.state is state for fix in fixes for cell in fix.cells)


def _fix(known: KnownFix, asked: RequestedFix | None, branches: Sequence[str], pending: Sequence[Open]) -> Fix:
    title = asked.title if asked else known.title
    number = own_number(title) if known.on_default else 0
    bare = Fix(
        commit=known.commit,
        number=asked.number if asked else number,
        title=without_number(title) if number else title,
        kind=classify(title),
        on_default=known.on_default,
        cells=(),
    )
    cells: list[Cell] = []
    older_has_it = False
    for branch in reversed(branches):
        cell = _cell(bare, known, asked, branch, pending)
        lost = older_has_it and cell.state.is_lacking
        cells.insert(0, msgspec.structs.replace(cell, regression=lost))
        older_has_it = older_has_it or cell.state.is_there
    return msgspec.structs.replace(bare, cells=tuple(cells))


def _cell(fix: Fix, known: KnownFix, asked: RequestedFix | None, branch: str, pending: Sequence[Open]) -> Cell:
    """What there is on one branch: by content first, then by what GitHub says of what the branch lacks."""
    finding = known.findings[branch]
    note, undone = " ".join(filter(None, (finding.reason, finding.note))), finding.undone
    reverted = undone is not None and not undone.superseded
    requested = asked is not None and branch in asked.branches
    cell = Cell(
        branch=branch,
        state=FixState(finding.standing.value),
        commit=finding.changed_by if finding.standing is Standing.TAKEN_BACK else finding.commit,
        note=note,
        asked=requested,
    )
    if finding.standing.is_there:
        inherited = finding.by is By.HISTORY and known.on_default and not finding.changed_by
        if reverted:
            return msgspec.structs.replace(cell, state=FixState.REVERTED)
        if inherited:
            return msgspec.structs.replace(
                cell, state=FixState.NOT_NEEDED, commit="", note="The branch was cut after it."
            )
        superseded = undone and cell.state is not FixState.CHANGED
        return msgspec.structs.replace(cell, state=FixState.SUPERSEDED) if superseded else cell
    alone = not fix.on_default and not asked and fix.kind not in _FIXES
    if reverted or alone or finding.standing is Standing.NOT_NEEDED:
        why = "It was made for another branch alone." if alone else note
        return msgspec.structs.replace(cell, state=FixState.NOT_NEEDED, note=why)
    return _proposed(cell, fix, asked, pending)


def _proposed(cell: Cell, fix: Fix, asked: RequestedFix | None, pending: Sequence[Open]) -> Cell:
    """The cell of a fix that a branch lacks, with what is under way."""
    pull = next((one for one in pending if _brings(one, fix, cell.branch)), None)
    if pull:
        marked = pull.draft and pull.head in _carriers(fix, cell.branch)
        state = FixState.CONFLICT if marked else FixState.PENDING
        return msgspec.structs.replace(cell, state=state, pull_request=pull.number)
    failed = asked is not None and asked.told.get(cell.branch) is PickEnd.CONFLICT
    return msgspec.structs.replace(cell, state=FixState.CONFLICT) if failed else cell


def _brings(pull: Open, fix: Fix, branch: str) -> bool:
    """Whether an open pull request is for this fix: by the branch that cherry-pick makes, else by its title."""
    if pull.base != branch:
        return False
    return pull.head in _carriers(fix, branch) or plain_title(pull.title) == plain_title(fix.title)


def _carriers(fix: Fix, branch: str) -> set[str]:
    return {pick_branch(number, fix.commit, branch) for number in (fix.number, 0)}


def _urgency(fix: Fix) -> int:
    lacks = [cell for cell in fix.cells if cell.state.is_lacking]
    signs = (
        fix.is_regression,
        fix.has(FixState.CONFLICT),
        any(cell.asked for cell in lacks),
        bool(lacks),
        fix.has(FixState.REVERTED),
        fix.has(FixState.PENDING),
        fix.has(FixState.SUPERSEDED),
    )
    return signs.index(True) if True in signs else len(signs)
