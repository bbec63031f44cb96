"""`make faults-actions`: disturb each single action that writes again and again, and tell what came of it."""

import argparse
import signal
import sys
import time
from collections.abc import Iterator, Mapping, Sequence

from rehearsal.base.programs import PROJECT
from rehearsal.base.run_folder import own_folder
from rehearsal.faults.action_cases import CASES, Case
from rehearsal.faults.action_page import action_part, with_part
from rehearsal.faults.action_race import race
from rehearsal.faults.action_scene import Scene
from rehearsal.faults.action_trial import ActionTally, count_calls, draw, play

_PAGE = PROJECT / "docs" / "faults.md"


def main() -> int:
    """0 when every action was complete after one re-run, and nothing else was wrong."""
    options = _options()
    signal.signal(signal.SIGTERM, lambda *_: sys.exit(128 + signal.SIGTERM))
    cases = [one for one in CASES if not options.only or one.action in options.only]
    with own_folder(PROJECT / ".rehearsal") as folder, Scene(folder / "scene") as scene:
        tallies = disturb(cases, scene, options)
        races = [race(case, scene, options.racers, options.rounds) for case in cases]
    part = action_part(tallies, races, options.seed)
    print(part)
    if options.write:
        _PAGE.write_text(with_part(_PAGE.read_text(encoding="utf-8"), part), encoding="utf-8")
    wrong = [problem for one in tallies.values() for problem in one.problems] + [
        why for one in races for why in one.wrong
    ]
    print("\n".join(wrong), file=sys.stderr)
    return 1 if wrong else 0


def disturb(cases: Sequence[Case], scene: Scene, options: argparse.Namespace) -> Mapping[str, ActionTally]:
    """Trials of all actions in turn, until there were so many faults and kills or the time is over."""
    tallies = {case.name: ActionTally() for case in cases}
    calls = {case.name: count_calls(case, scene) for case in cases}
    end = time.monotonic() + 60 * options.minutes
    for number, case in _in_turn(cases):
        faults, kills = (sum(getattr(one, what) for one in tallies.values()) for what in ("faults", "kills"))
        if (faults >= options.faults and kills >= options.kills) or time.monotonic() > end:
            break
        killing = not options.faults or faults * options.kills > kills * options.faults
        tally = play(case, draw(options.seed, number, calls[case.name], killing=killing), scene)
        tallies[case.name].add(tally)
        for problem in tally.problems:
            print(problem, file=sys.stderr, flush=True)
    return tallies


def _in_turn(cases: Sequence[Case]) -> Iterator[tuple[int, Case]]:
    number = 0
    while cases:
        for case in cases:
            yield number, case
            number += 1


def _options() -> argparse.Namespace:
    parser = argparse.ArgumentParser(prog="python -m rehearsal.faults.actions", description=__doc__)
    parser.add_argument("--faults", type=int, default=300, help="how many faults are injected at least (default: 300)")
    parser.add_argument("--kills", type=int, default=80, help="how many runs are killed at least (default: 80)")
    parser.add_argument("--seed", type=int, default=1, help="what is disturbed, and how (default: 1)")
    parser.add_argument("--minutes", type=float, default=600, help="begin no trial after this time")
    parser.add_argument("--racers", type=int, default=3, help="how many identical runs race (default: 3)")
    parser.add_argument("--rounds", type=int, default=3, help="how often they do (default: 3)")
    parser.add_argument("--only", nargs="*", help="these actions alone, by their scripts' names")
    parser.add_argument("--write", action="store_true", help="write the report into docs/faults.md too")
    return parser.parse_args()


if __name__ == "__main__":
    sys.exit(main())
