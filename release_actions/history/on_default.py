"""What the default branch did to changes since it got them: it took them back, or replaced their lines by others."""

from collections.abc import Sequence

from release_actions.history.branch_history import BranchHistory, Case, Subject
from release_actions.history.edit import LineEdit
from release_actions.history.evidence import FixSearch
from release_actions.history.fix_on_branch import HALF, Brings, Came, Evidence, Later, Standing, Undone, judge
from release_actions.history.hints import Hints
from release_actions.history.names import By
from release_actions.history.patch_lines import Lines

_GONE = (Standing.TAKEN_BACK, Standing.PARTLY)


def undone_changes(search: FixSearch, subjects: Sequence[Subject], default: BranchHistory) -> dict[str, Undone]:
    """Of changes that are on the default branch those that it reverted or superseded, by their ids."""
    tip = default.tip.tree
    effects = search.content.effects(((one.edit, tip) for one in subjects), tip)
    reverted = {name for one in default.own for name in search.names.takes_back(one)}
    unlike = [one for one in subjects if effects[one.edit, tip].brings is not Brings.NOTHING]
    hints = Hints(search.content)
    hints.read([(one, default) for one in unlike])
    cases = []
    for one in unlike:
        commits = search.commits_of(one.id)
        named = reverted & {one.id, *commits}
        if named or effects[one.edit, tip].brings is Brings.ALL or hints.stands(one, default) < HALF:
            cases.append(Case(one, default, came=Came(commits[-1], By.HISTORY, whole=True, share=1.0)))
    search.follow(cases)
    edits = _edits(search, cases, default)
    lines = search.content.lines([*(case.subject.edit for case in cases), *edits.values()])
    found: dict[str, Undone] = {}
    for case in cases:
        if case.later is None:
            continue
        edit = case.subject.edit
        finding = judge(Evidence(empty=False, tip=effects[edit, tip], came=case.came, later=case.later))
        if case.later.by and _is_replaced(lines[edit], lines[edits[case.later.by]], case.later):
            found[case.subject.id] = Undone(case.later.by, superseded=True)
        elif finding.standing in _GONE:
            found[case.subject.id] = Undone(finding.changed_by)
    return found


def _edits(search: FixSearch, cases: Sequence[Case], default: BranchHistory) -> dict[str, LineEdit]:
    """What the first commits that touch changes change themselves, by their ids."""
    wanted = {case.later.by for case in cases if case.later}
    return search.content.edits(search.git, [one for one in default.line if one.id in wanted])


def _is_replaced(change: Lines, touching: Lines, later: Later) -> bool:
    """Whether most lines of a change gave way to others, and not to those that were there before it.

    A change that only adds lines leaves nothing that could come back, so what took them away has to add some.
    """
    if later.reverted_by or later.fate.stands >= HALF or later.fate.back >= HALF:
        return False
    return bool(change.removed) or touching.added.total() >= HALF * change.added.total()
