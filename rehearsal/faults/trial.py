"""One trial: a release is disturbed, looked at, re-run, and looked at again."""

import random
import shutil
from collections import Counter
from dataclasses import dataclass, field

from rehearsal.faults.injector import Fault, Kill, Kind, drawn_faults, drawn_kill
from rehearsal.faults.oracle import Completeness, Oracle
from rehearsal.faults.project import CHART, IMAGE, INDEX_BRANCH, NAME, PLATFORMS, TAG
from rehearsal.faults.public_sentence import judge
from rehearsal.faults.release import Ended
from rehearsal.faults.sums import Sums
from rehearsal.faults.world import Attempt, World
from rehearsal.run import oracle as outside
from release_actions.core.errors import Code

_EXPECTED = outside.Expected(
    repository=NAME,
    tag=TAG,
    images={IMAGE: frozenset(PLATFORMS)},
    charts=(CHART,),
    index_branch=INDEX_BRANCH,
)
_MOST_FAULTS = 6
_CANCELLED = 130
# It lists each artefact by itself, and writes none.
_TELLS_ALL = "verify_release"
# What a run may say that was disturbed from outside; anything else would send people looking in the wrong place.
_HONEST = {
    *(Code.E_CANCELLED.name, Code.E_RATE_LIMIT.name, Code.E_REMOTE_UNAVAILABLE.name),
    *(Code.E_REGISTRY_UNAVAILABLE.name, Code.E_REGISTRY_LOGIN.name, Code.E_REGISTRY_RESPONSE.name),
    *(Code.E_GITHUB_UNAVAILABLE.name, Code.E_GITHUB_PERMISSION.name, Code.E_GITHUB_RESPONSE.name),
}


@dataclass
class Tally(Sums):
    """What was done and found in some trials; tallies can be added up."""

    trials: int = 0
    faults: Counter[str] = field(default_factory=Counter)
    hit: Counter[str] = field(default_factory=Counter)
    kills: Counter[tuple[str, str]] = field(default_factory=Counter)
    operations: Counter[str] = field(default_factory=Counter)
    outcomes: Counter[tuple[str, str]] = field(default_factory=Counter)
    errors: Counter[str] = field(default_factory=Counter)
    public: Counter[str] = field(default_factory=Counter)
    sentences: int = 0
    wrong_sentences: int = 0
    completed: int = 0
    repeated: int = 0
    writes: int = 0
    searched: int = 0
    problems: list[str] = field(default_factory=list)

    @property
    def report(self) -> str:
        """How far the trials have come, in a line."""
        faults, kills = self.faults.total(), self.kills.total()
        return f"{self.trials} trials, {faults} faults, {kills} kills, {len(self.problems)} problems"


@dataclass(frozen=True, slots=True)
class Trial:
    """What is done to a release: it is disturbed from the step `start` on, by faults or by a kill.

    `all_again` re-runs every step and not only those that are left; with `repeat` a complete release is also looked at
    with the programs that people use, and made again.
    """

    number: int
    start: int
    faults: tuple[Fault, ...]
    kill: Kill | None
    all_again: bool
    repeat: bool


def draw(seed: int, number: int, calls: tuple[int, ...], *, killing: bool) -> Trial:
    """The trial of a number; `calls` are how many each step of a release makes."""
    choice = random.Random(f"{seed} {number}")
    start = choice.choices(range(len(calls)), weights=calls)[0]
    left = sum(calls[start:]) if choice.random() < 0.3 else calls[start]
    return Trial(
        number=number,
        start=start,
        faults=() if killing else drawn_faults(choice, left, _MOST_FAULTS),
        kill=drawn_kill(choice, calls[start]) if killing else None,
        all_again=choice.random() < 0.2,
        repeat=choice.random() < 0.1,
    )


def play(trial: Trial, world: World, oracle: Oracle) -> Tally:
    """What came of a trial."""
    tally = Tally(trials=1)
    world.begin(trial.start)
    attempt = world.release(world.clean[: trial.start], trial.faults, trial.kill)
    look = oracle.look()
    completeness = look.completeness(succeeded=attempt.ended.succeeded)
    _count(attempt, completeness, tally)
    _judge_sentence(trial, attempt.ended, oracle, tally)
    if completeness is Completeness.HALF:
        tally.problems.append(_report(trial, attempt.ended, f"half-published: {look}"))
    tally.problems += [_report(trial, attempt.ended, problem) for problem in _misbehaviour(attempt)]
    again = world.release(() if trial.all_again else attempt.ended.good)
    look = oracle.look()
    if again.ended.succeeded and look.is_complete:
        tally.completed += 1
    else:
        tally.problems.append(_report(trial, again.ended, f"not complete after one re-run: {look}"))
    if trial.repeat and again.ended.succeeded:
        seen = outside.Oracle(world.internet, world.github, _EXPECTED).look()
        if seen.outcome is not outside.Outcome.COMPLETE:
            tally.problems.append(_report(trial, again.ended, f"not complete for crane, helm, git and the API: {seen}"))
        third = world.release()
        tally.repeated += 1
        tally.writes += third.writes
        if third.writes or not third.ended.succeeded:
            tally.problems.append(_report(trial, third.ended, f"the second re-run made {third.writes} writes"))
        other = sorted(dict(third.ended.outputs.items() ^ again.ended.outputs.items()))
        if other:
            tally.problems.append(_report(trial, third.ended, f"the second re-run has other outputs: {other}"))
    shutil.rmtree(world.folder / "runners")
    return tally


def _count(attempt: Attempt, completeness: Completeness, tally: Tally) -> None:
    ended, injector = attempt.ended, attempt.injector
    how = "success" if ended.succeeded else "killed" if ended.killed else "failure"
    tally.outcomes[how, completeness.value] += 1
    if ended.error:
        tally.errors[ended.error] += 1
    for fired, call in injector.fired:
        tally.operations[f"{call.host} {call.method}"] += 1
        if isinstance(fired, Fault):
            tally.faults[fired.kind.value] += 1
        else:
            tally.kills[fired.number.name, fired.moment.value] += 1
    tally.hit.update({kind.value: count for kind, count in injector.hit.items()})
    tally.searched += 1


def _judge_sentence(trial: Trial, ended: Ended, oracle: Oracle, tally: Tally) -> None:
    """Hold what a step that failed or was cancelled says is public against what is there."""
    name, result = ended.steps[-1] if ended.steps else ("", None)
    if result is None or ended.hung or not ended.error or name == _TELLS_ALL:
        return
    counts, wrong = judge(result.result["error"].get("public", ""), oracle.facts())
    tally.public.update(counts)
    tally.sentences += 1
    tally.wrong_sentences += bool(wrong)
    tally.problems += [_report(trial, ended, f"what is public: {one}") for one in wrong]


def _misbehaviour(attempt: Attempt) -> list[str]:
    """What no run may do, however it is disturbed."""
    ended, found = attempt.ended, []
    if ended.hung:
        found.append("a step did not end")
    elif ended.error and ended.error not in _HONEST and not _may_be_missing(attempt):
        found.append(f"it fails with {ended.error}")
    if attempt.is_cancelled and not ended.succeeded and ended.code != _CANCELLED:
        found.append(f"a cancelled step ended with {ended.code}")
    return [*found, *attempt.leaks()]


def _may_be_missing(attempt: Attempt) -> bool:
    """Whether an image is said to be missing, or behind a login: registries refuse both in the same words."""
    return attempt.ended.error == Code.E_IMAGE_MISSING.name and Kind.EXPIRED in attempt.injector.hit


def _report(trial: Trial, ended: Ended, problem: str) -> str:
    what = trial.kill or ", ".join(map(str, trial.faults))
    name, result = ended.steps[-1] if ended.steps else ("", None)
    log = result.log[-1500:] if result else ""
    return f"trial {trial.number}, from step {trial.start}, {what}: {problem}\n  {name} {result and result.code}\n{log}"
