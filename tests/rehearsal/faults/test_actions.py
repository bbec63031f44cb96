"""A sample of what `make faults-actions` does, and that its witness would tell of what is wrong."""

from collections.abc import Iterator

import pytest

from rehearsal.faults.action_cases import CASES, Case
from rehearsal.faults.action_page import BEGINS, action_part, with_actions, with_part
from rehearsal.faults.action_race import ActionRace, race
from rehearsal.faults.action_scene import Scene
from rehearsal.faults.action_trial import ActionTally, ActionTrial, count_calls, draw, play
from rehearsal.faults.injector import Fault, Kind
from rehearsal.faults.project import NAME

SEED = 20261125
BY_ACTION = {case.name: case for case in CASES}


@pytest.fixture(scope="module")
def scene(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Scene]:
    with Scene(tmp_path_factory.mktemp("actions") / "scene") as started:
        yield started


@pytest.mark.parametrize(("number", "case"), [*enumerate(CASES)], ids=[case.name for case in CASES])
def test_each_action_is_complete_after_one_re_run(number: int, case: Case, scene: Scene) -> None:
    trial = draw(SEED, number, count_calls(case, scene), killing=number % 2 == 0)
    tally = play(case, trial, scene)
    assert tally.problems == []
    assert (tally.completed, tally.untrue, tally.writes) == (1, 0, 0)
    assert tally.faults + tally.kills >= 1


def test_identical_picks_at_once_end_as_one(scene: Scene) -> None:
    assert race(BY_ACTION["cherry-pick"], scene, 3, 1).wrong == ()


def test_the_witness_tells_of_what_is_there_twice_or_not_at_all(scene: Scene) -> None:
    """A comment too many, a pull request that is gone, and a fault that nothing is said of."""
    case = BY_ACTION["cherry-pick"]
    count_calls(case, scene)
    repository = scene.github.repository(NAME)
    (comment,) = repository.comments.values()
    repository.comments[comment.id + 1] = comment
    assert "comment on #1, 2 times" in case.parts(scene) - case.complete(scene)
    del repository.issues[max(repository.issues)]
    assert case.complete(scene) - case.parts(scene) >= {"comment on #1", "pull request of #1 to release-1.5"}
    lost = ActionTrial(0, (Fault(0, Kind.INTERNAL, lasting=True),), None, repeat=False)
    tally = play(case, lost, scene)
    assert (tally.left["nothing"], tally.completed, tally.problems) == (1, 1, [])


def test_the_page_keeps_both_its_parts() -> None:
    part = action_part({"cherry-pick": ActionTally(trials=2, completed=2)}, [ActionRace("cherry-pick", 3, 1, 1, ())], 7)
    page = with_part("# Faults\n\nReleases.\n", part)
    assert page.startswith("# Faults\n\nReleases.\n\n" + BEGINS)
    assert "| cherry-pick | 0 | 0 | 2 | 0 / 0 / 0 | 2 of 2 | 0, 0 | 0, 0 | 0 |" in page
    assert with_part(page, part) == page
    assert with_actions("# Faults\n\nOther releases.\n", page).endswith(part)
    assert with_actions("# Faults\n", "# Faults\n") == "# Faults\n"
