"""Which fix is on which supported release branch: a matrix, from what commits say and what they change.

Pure: commits, pull requests and answers come as values. A fix is what got onto a release branch after its cut, or what
a label asks for there.
"""

from collections.abc import Iterable, Mapping, Sequence
from enum import Enum, unique
from typing import Final

import msgspec

from release_actions.backport.names import pick_branch
from release_actions.core.text import short_id
from release_actions.history.change_class import ChangeClass, classify
from release_actions.history.origins import History, Origins, Patch, own_number, undone, without_number
from release_actions.history.picks import Outcome, plain_title, reverted

_FIXES = (ChangeClass.SECURITY, ChangeClass.FIX)


@unique
class State(str, Enum):
    """What there is of a fix on a branch; the value is how reports spell it, the order is what to look at first."""

    MISSING = "missing"
    CONFLICT = "conflict"
    PENDING = "pending"
    THERE = "there"
    NOT_NEEDED = "not-needed"


class Asked(msgspec.Struct, frozen=True, kw_only=True):
    """A merged pull request that labels ask for on branches; `told` is what cherry-pick said of some of them."""

    number: int
    title: str
    commit: str
    branches: tuple[str, ...]
    told: Mapping[str, Outcome] = msgspec.field(default_factory=dict)


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
    state: State
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

    def has(self, state: State) -> bool:
        """Whether it is so on any branch."""
        return any(cell.state is state for cell in self.cells)


def matrix(
    default: Sequence[Patch], histories: Sequence[History], asked: Sequence[Asked], pending: Sequence[Open]
) -> list[Fix]:
    """All fixes, those to look at first on top; `default` and each branch come youngest first, newest branch first."""
    known = Origins(default, histories)
    branches = [_Branch(history, known) for history in histories]
    wanted = {known.default_id(one.commit): one for one in asked}
    taken_back = undone(default)
    fixes = []
    for origin in dict.fromkeys([*wanted, *(one for branch in branches for one in branch.there)]):
        told = _Told(known.default.get(origin), wanted.get(origin), origin in taken_back)
        fixes.append(_fix(origin, told, branches, pending))
    order = {patch.id: number for number, patch in enumerate(default)}
    fixes.sort(key=lambda one: order.get(one.commit, len(order)))
    return sorted(fixes, key=_urgency)


def count(fixes: Iterable[Fix], state: State) -> int:
    """In how many cells it is so."""
    return sum(cell.state is state for fix in fixes for cell in fix.cells)


class _Branch:
    """What a release branch has and had: commits by what they are picks of, and reverts by what they take back."""

    def __init__(self, history: History, known: Origins) -> None:
        self.name: Final = history.branch
        self.lacks: Final = history.lacks
        self.there: Final[dict[str, tuple[Patch, str]]] = {}
        self.reverted: Final[set[str]] = set()
        self.reverts: Final[dict[str, str]] = {}
        own, gone = {patch.id for patch in history.own}, undone(history.own)
        for patch in history.own:
            takes_back = reverted(patch.message)
            if patch.id not in gone:
                self.reverts.update(dict.fromkeys(takes_back, patch.id))
            if takes_back & own or not classify(patch.title).reaches_users:
                continue
            for origin, by in known.origins(patch):
                if patch.id in gone:
                    self.reverted.add(origin)
                else:
                    self.there.setdefault(origin, (patch, by))


class _Told(msgspec.Struct, frozen=True):
    """What is known of a fix beside the branches."""

    on_default: Patch | None
    asked: Asked | None
    reverted_on_default: bool


def _fix(origin: str, told: _Told, branches: Sequence[_Branch], pending: Sequence[Open]) -> Fix:
    picks = (branch.there[origin][0] for branch in reversed(branches) if origin in branch.there)
    first = told.on_default or next(picks, None)
    title = told.asked.title if told.asked else first.title if first else origin
    number = own_number(title) if told.on_default else 0
    bare = Fix(
        commit=origin,
        number=told.asked.number if told.asked else number,
        title=without_number(title) if number else title,
        kind=classify(title),
        on_default=told.on_default is not None,
        cells=(),
    )
    cells: list[Cell] = []
    older_has_it = False
    for branch in reversed(branches):
        cell = _cell(bare, told, branch, pending)
        lost = older_has_it and cell.state in (State.MISSING, State.CONFLICT)
        cells.insert(0, msgspec.structs.replace(cell, regression=lost))
        older_has_it = older_has_it or cell.state is State.THERE
    return msgspec.structs.replace(bare, cells=tuple(cells))


def _cell(fix: Fix, told: _Told, branch: _Branch, pending: Sequence[Open]) -> Cell:
    """What there is on one branch, by the strongest sign."""
    asked = told.asked is not None and branch.name in told.asked.branches
    blank = Cell(branch=branch.name, state=State.MISSING, asked=asked)
    if fix.commit in branch.there:
        patch, by = branch.there[fix.commit]
        return msgspec.structs.replace(blank, state=State.THERE, commit=patch.id, note=_BY[by])
    undoing = branch.reverts.get(fix.commit, "")
    outcome = told.asked.told.get(branch.name) if told.asked else None
    reason = ""
    if told.on_default and fix.commit not in branch.lacks and not undoing:
        reason = "cut after it"
    elif told.reverted_on_default:
        reason = "reverted on the default branch"
    elif not fix.on_default and not told.asked and fix.kind not in _FIXES:
        reason = "made for another branch alone"
    elif outcome is Outcome.EMPTY:
        reason = "nothing to pick, by the comment of cherry-pick"
    if reason:
        return msgspec.structs.replace(blank, state=State.NOT_NEEDED, note=reason)
    pull = next((one for one in pending if _brings(one, fix, branch.name)), None)
    if pull:
        marked = pull.draft and pull.head in _carriers(fix, branch.name)
        state = State.CONFLICT if marked else State.PENDING
    else:
        state = State.CONFLICT if outcome is Outcome.CONFLICT else State.MISSING
    return msgspec.structs.replace(
        blank,
        state=state,
        commit=undoing,
        pull_request=pull.number if pull else 0,
        note="reverted here" if undoing or fix.commit in branch.reverted else "",
    )


def _brings(pull: Open, fix: Fix, branch: str) -> bool:
    """Whether an open pull request is for this fix: by the branch that cherry-pick makes, else by its title."""
    if pull.base != branch:
        return False
    return pull.head in _carriers(fix, branch) or plain_title(pull.title) == plain_title(fix.title)


def _carriers(fix: Fix, branch: str) -> set[str]:
    return {pick_branch(number, fix.commit, branch) for number in (fix.number, 0)}


def _urgency(fix: Fix) -> int:
    lacks = [cell for cell in fix.cells if cell.state is State.MISSING]
    signs = (
        fix.is_regression,
        fix.has(State.CONFLICT),
        any(cell.asked for cell in lacks),
        bool(lacks),
        fix.has(State.PENDING),
    )
    return signs.index(True) if True in signs else len(signs)


_BY: Final = {
    "trailer": "named in its message",
    "content": "the same changes",
    "title": "the same title, a file in common",
    "itself": "written here",
}
