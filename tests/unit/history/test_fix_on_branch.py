"""What there is of a change, by all that is known: the table of docs/cherry-pick.md."""

import pytest

from release_actions.history.fix_on_branch import (
    Brings,
    Came,
    Effect,
    Evidence,
    FixFinding,
    Later,
    Standing,
    Undone,
    in_parts,
    judge,
    with_default,
)
from release_actions.history.names import By
from release_actions.history.patch_lines import Fate

HERE, THERE, TOOK = "1" * 40, "2" * 40, "3" * 40
BEGAN = Came(HERE, By.HISTORY, whole=True, share=1)
WHOLE, ADAPTED = Came(HERE, By.TRAILER, whole=True, share=1), Came(HERE, By.TRAILER, whole=False, share=0.6)
NOTHING, ALL, PART, CONFLICT = (Effect(one) for one in (Brings.NOTHING, Brings.ALL, Brings.PART, Brings.CONFLICT))
STANDS, GONE, BACK, HALF = Fate(1, 0, 0, 0), Fate(0, 0, 1, 0), Fate(0, 1, 1, 0), Fate(0.5, 0.5, 0.5, 0)
UNTOUCHED = Fate(1, 0, 0, -1)


def later(effect: Effect, became: Fate, reverted_by: str = "", *, undone: bool = False) -> Later:
    return Later(effect, became, TOOK if became.first >= 0 else "", reverted_by, undone)


@pytest.mark.parametrize(
    ("came", "tip", "after", "standing"),
    [
        (WHOLE, NOTHING, None, Standing.THERE),
        (None, NOTHING, None, Standing.THERE),
        (None, ALL, None, Standing.MISSING),
        (None, PART, None, Standing.PARTLY),
        (None, CONFLICT, None, Standing.CONFLICT),
        (None, Effect(Brings.CONFLICT, ("a.go",), absent=True), None, Standing.NOT_NEEDED),
        (WHOLE, ALL, later(ALL, GONE), Standing.TAKEN_BACK),
        (WHOLE, ALL, later(ALL, STANDS), Standing.CHANGED),
        (WHOLE, ALL, later(ALL, UNTOUCHED), Standing.TAKEN_BACK),
        (WHOLE, ALL, later(ALL, STANDS, TOOK), Standing.TAKEN_BACK),
        (WHOLE, ALL, later(ALL, HALF), Standing.TAKEN_BACK),
        (BEGAN, ALL, later(ALL, UNTOUCHED), Standing.THERE),
        (WHOLE, PART, later(PART, HALF), Standing.PARTLY),
        (WHOLE, PART, later(PART, STANDS, TOOK), Standing.PARTLY),
        (WHOLE, PART, later(PART, STANDS), Standing.CHANGED),
        (WHOLE, CONFLICT, later(CONFLICT, STANDS), Standing.CHANGED),
        (WHOLE, CONFLICT, later(CONFLICT, GONE), Standing.CHANGED),
        (WHOLE, CONFLICT, later(CONFLICT, BACK), Standing.TAKEN_BACK),
        (WHOLE, CONFLICT, later(CONFLICT, GONE, TOOK), Standing.TAKEN_BACK),
        (WHOLE, CONFLICT, later(CONFLICT, GONE, undone=True), Standing.TAKEN_BACK),
        (WHOLE, CONFLICT, later(CONFLICT, UNTOUCHED), Standing.THERE),
        (ADAPTED, CONFLICT, later(NOTHING, UNTOUCHED), Standing.ADAPTED),
        (ADAPTED, CONFLICT, later(CONFLICT, STANDS), Standing.CHANGED),
        (ADAPTED, ALL, later(ALL, GONE), Standing.TAKEN_BACK),
    ],
)
def test_the_table(came: Came | None, tip: Effect, after: Later | None, standing: Standing) -> None:
    found = judge(Evidence(empty=False, tip=tip, came=came, later=after))
    assert found.standing is standing
    assert found.reason.endswith(".")
    assert (found.commit == HERE) is (came is not None)


def test_every_reason_names_what_decided() -> None:
    found = judge(Evidence(empty=False, tip=ALL, came=WHOLE, later=later(ALL, GONE)))
    assert found.reason == "111111111111 says that it was picked from it, but 333333333333 took that back."
    assert (found.commit, found.changed_by) == (HERE, TOOK)


def test_an_empty_change_is_needed_nowhere() -> None:
    assert judge(Evidence(empty=True, tip=NOTHING)).reason == "It changes no file."
    assert judge(Evidence(empty=False, tip=NOTHING, removes_alone=True)).standing is Standing.NOT_NEEDED


def test_versions_of_dependencies_decide_before_a_conflict() -> None:
    newer = judge(Evidence(empty=False, tip=CONFLICT, newer="It has v1.2.0."))
    older = judge(Evidence(empty=False, tip=CONFLICT, older="It has v1.0.0."))
    assert (newer.standing, older.standing) == (Standing.NOT_NEEDED, Standing.MISSING)


def test_a_merge_that_git_can_not_make_says_so() -> None:
    found = judge(Evidence(empty=False, tip=Effect(Brings.CONFLICT, error="fatal: unable to read 12")))
    assert "git can't merge it: fatal: unable to read 12" in found.reason


def part(standing: Standing) -> FixFinding:
    return FixFinding(standing=standing, reason=f"It is {standing.value}.")


@pytest.mark.parametrize(
    ("standings", "expected"),
    [
        ((Standing.THERE, Standing.THERE), Standing.THERE),
        ((Standing.THERE, Standing.CHANGED), Standing.CHANGED),
        ((Standing.THERE, Standing.ADAPTED), Standing.ADAPTED),
        ((Standing.ADAPTED, Standing.MISSING), Standing.PARTLY),
        ((Standing.THERE, Standing.NOT_NEEDED), Standing.THERE),
        ((Standing.THERE, Standing.MISSING), Standing.PARTLY),
        ((Standing.MISSING, Standing.MISSING), Standing.CONFLICT),
    ],
)
def test_a_change_of_several_commits(standings: tuple[Standing, ...], expected: Standing) -> None:
    parts = {str(number): part(one) for number, one in enumerate(standings)}
    assert in_parts(parts, part(Standing.CONFLICT)).standing is expected


@pytest.mark.parametrize(
    ("undone", "inherited", "standing", "note"),
    [
        (None, False, Standing.THERE, ""),
        (Undone(TOOK), False, Standing.THERE, "main took it back with 333333333333; look whether it is still wanted."),
        (Undone(TOOK), True, Standing.TAKEN_BACK, ""),
        (
            Undone(TOOK, superseded=True),
            False,
            Standing.THERE,
            "main replaced its lines since, beginning with 333333333333; look whether that is needed here.",
        ),
        (Undone(TOOK, superseded=True), True, Standing.THERE, ""),
    ],
    ids=["nothing", "reverted", "reverted-before-the-cut", "superseded", "superseded-before-the-cut"],
)
def test_what_the_default_branch_did(undone: Undone | None, *, inherited: bool, standing: Standing, note: str) -> None:
    there = FixFinding(standing=Standing.THERE, reason="It is there.", by=By.HISTORY)
    found = with_default(there, undone, "main", inherited=inherited)
    assert (found.standing, found.note) == (standing, note)
    assert (found == there) is (undone is None or (inherited and undone.superseded))


def test_what_was_picked_stays_there_though_the_default_branch_took_it_back() -> None:
    picked = FixFinding(standing=Standing.THERE, reason="It was picked.", by=By.TRAILER)
    assert with_default(picked, Undone(TOOK), "main", inherited=True).standing is Standing.THERE
