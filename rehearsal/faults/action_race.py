"""Identical runs of an action at the same moment: all of them succeed, and they end as one."""

import threading
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass

from rehearsal.act.step import Result
from rehearsal.faults.action_cases import Case
from rehearsal.faults.action_scene import Scene


@dataclass(frozen=True, slots=True)
class ActionRace:
    """What came of the rounds of a race; `wrong` says of each other round why."""

    name: str
    racers: int
    rounds: int
    ended_as_one: int
    wrong: tuple[str, ...]


def race(case: Case, scene: Scene, racers: int, rounds: int) -> ActionRace:
    """Rounds of a race; each begins where nothing is there."""
    wrong = []
    for _ in range(rounds):
        scene.begin()
        ended = _run_all(case, scene, racers)
        found, wanted = case.parts(scene), case.complete(scene)
        failed = [one.log[-800:] if one else "it did not end" for one in ended if one is None or one.code]
        if failed or found != wanted:
            wrong.append(f"{case.name}: {sorted(found ^ wanted)} {' '.join(failed)}")
    return ActionRace(case.name, racers, rounds, rounds - len(wrong), tuple(wrong))


def _run_all(case: Case, scene: Scene, racers: int) -> list[Result | None]:
    runners, together = scene.runners(racers), threading.Barrier(racers)

    def run(number: int) -> Result | None:
        together.wait()
        return scene.step(runners[number], case.action, case.inputs)

    with ThreadPoolExecutor(racers) as pool:
        return list(pool.map(run, range(racers)))
