"""One trial of a single action: it is disturbed and looked at, run again and looked at, and now and then once more."""

import random
import shutil
from collections import Counter
from dataclasses import dataclass, field

from rehearsal.faults.action_cases import Case
from rehearsal.faults.action_scene import Attempt, Scene
from rehearsal.faults.injector import Fault, Kill, drawn_faults, drawn_kill
from rehearsal.faults.sentence import false_claims
from rehearsal.faults.sums import Sums
from release_actions.core.errors import Code

_MOST_FAULTS = 4
_CANCELLED = 130
# What a run may say that was disturbed from outside; anything else would send people looking in the wrong place.
_HONEST = {
    *(Code.E_CANCELLED.name, Code.E_RATE_LIMIT.name, Code.E_REMOTE_UNAVAILABLE.name, Code.E_CHERRY_PICK.name),
    *(Code.E_REGISTRY_UNAVAILABLE.name, Code.E_REGISTRY_LOGIN.name, Code.E_REGISTRY_RESPONSE.name),
    *(Code.E_GITHUB_UNAVAILABLE.name, Code.E_GITHUB_PERMISSION.name, Code.E_GITHUB_RESPONSE.name),
    Code.E_IMAGE_MISSING.name,  # registries say the same of an image that is missing and one behind a login
}


@dataclass
class ActionTally(Sums):
    """What was done to an action and found; tallies can be added up."""

    trials: int = 0
    faults: int = 0
    kills: int = 0
    left: Counter[str] = field(default_factory=Counter)
    sentences: int = 0
    untrue: int = 0
    completed: int = 0
    repeated: int = 0
    writes: int = 0
    problems: list[str] = field(default_factory=list)


@dataclass(frozen=True, slots=True)
class ActionTrial:
    """What is done to a run: faults, or a kill. With `repeat` it is run a third time, which has to write nothing."""

    number: int
    faults: tuple[Fault, ...]
    kill: Kill | None
    repeat: bool


def draw(seed: int, number: int, calls: int, *, killing: bool) -> ActionTrial:
    """The trial of a number, of a run that makes so many calls."""
    choice = random.Random(f"action {seed} {number}")
    return ActionTrial(
        number=number,
        faults=() if killing else drawn_faults(choice, calls, _MOST_FAULTS),
        kill=drawn_kill(choice, calls) if killing else None,
        repeat=choice.random() < 0.2,
    )


def count_calls(case: Case, scene: Scene) -> int:
    """How many calls an undisturbed run makes; raises AssertionError unless it makes everything."""
    scene.begin()
    attempt = scene.run(case.action, case.inputs)
    found, wanted = case.parts(scene), case.complete(scene)
    assert attempt.ended, f"{case.name} does not end"
    assert (attempt.ended.code, found) == (0, wanted), f"{case.name}: {attempt.ended.log}{attempt.ended.errors}"
    return attempt.injector.calls


def play(case: Case, trial: ActionTrial, scene: Scene) -> ActionTally:
    """What came of a trial."""
    scene.begin()
    before = case.parts(scene)
    first = scene.run(case.action, case.inputs, trial.faults, trial.kill)
    there = case.parts(scene)
    tally = ActionTally(trials=1)
    tally.faults = sum(isinstance(fired, Fault) for fired, _ in first.injector.fired)
    tally.kills = len(first.injector.fired) - tally.faults
    complete = there == case.complete(scene)
    tally.left["complete" if complete else "nothing" if there == before else "in part"] += 1
    problems = _misbehaviour(first)
    if first.ended and first.ended.code == 0 and not complete:
        problems.append(f"it succeeded, and there is only {sorted(there)}")
    if first.ended and (error := first.ended.result.get("error")):
        untrue = false_claims(error["published"], before, there)
        tally.sentences, tally.untrue = 1, bool(untrue)
        problems += [f"the sentence is not true: {one}" for one in untrue]
    problems += _again(case, trial, scene, tally)
    tally.problems = [_shown(case, trial, first, one) for one in problems]
    shutil.rmtree(scene.folder / "runners")
    return tally


def _again(case: Case, trial: ActionTrial, scene: Scene, tally: ActionTally) -> list[str]:
    """What is wrong with the runs after the disturbed one."""
    second = scene.run(case.action, case.inputs)
    found, wanted = case.parts(scene), case.complete(scene)
    if not second.ended or second.ended.code or found != wanted:
        said = second.ended.log[-1500:] if second.ended else "it did not end"
        return [f"not complete after one re-run: {sorted(found ^ wanted)}\n{said}"]
    tally.completed = 1
    if not trial.repeat:
        return []
    third = scene.run(case.action, case.inputs)
    tally.repeated, tally.writes = 1, third.writes
    if third.writes or not third.ended or third.ended.code:
        return [f"the second re-run made {third.writes} writes"]
    return []


def _misbehaviour(attempt: Attempt) -> list[str]:
    """What no run may do, however it is disturbed."""
    result, found = attempt.ended, []
    if result is None:
        return ["it did not end"]
    if result.error and result.error not in _HONEST:
        found.append(f"it fails with {result.error}")
    if attempt.is_cancelled and result.code not in (0, _CANCELLED):
        found.append(f"a cancelled run ended with {result.code}")
    return [*found, *attempt.leaks()]


def _shown(case: Case, trial: ActionTrial, first: Attempt, problem: str) -> str:
    what = trial.kill or ", ".join(map(str, trial.faults))
    hit = [f"{call.method} {call.host}{call.path[:100]}" for _, call in first.injector.fired]
    log = first.ended.log[-1500:] if first.ended else ""
    code = first.ended.code if first.ended else None
    return f"{case.name}, trial {trial.number}, {what} at {hit}: {problem}\n  it ended with {code}\n{log}"
