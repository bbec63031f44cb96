"""`make faults`: disturb a release again and again, and tell what came of it."""

import argparse
import os
import signal
import sys
import time

from rehearsal.base.programs import PROJECT
from rehearsal.base.run_folder import own_folder
from rehearsal.faults.action_page import with_actions
from rehearsal.faults.races import race_all
from rehearsal.faults.report import page
from rehearsal.faults.workers import Order, disturb
from rehearsal.faults.world import World

_PAGE = PROJECT / "docs" / "faults.md"


def main() -> int:
    """0 when every release was complete after one re-run, and nothing else was wrong."""
    options = _options()
    signal.signal(signal.SIGTERM, lambda *_: sys.exit(128 + signal.SIGTERM))
    began = time.monotonic()
    with own_folder(PROJECT / ".rehearsal") as folder:
        tally = disturb(folder, _order(options))
        with World(folder / "races") as world:
            races = race_all(world, options.racers, options.rounds)
    text = page(tally, races, options.seed)
    print(text)
    if options.write:
        _PAGE.write_text(with_actions(text, _PAGE.read_text(encoding="utf-8")), encoding="utf-8")
    good = not tally.problems and all(race.good for race in races)
    print(f"{time.monotonic() - began:.0f} s, {'as it must be' if good else 'NOT as it must be'}.")
    return 0 if good else 1


def _order(options: argparse.Namespace) -> Order:
    return Order(options.faults, options.kills, options.seed, options.workers, options.minutes)


def _options() -> argparse.Namespace:
    parser = argparse.ArgumentParser(prog="python -m rehearsal.faults", description=__doc__)
    parser.add_argument("--faults", type=int, default=300, help="how many faults are injected at least (default: 300)")
    parser.add_argument("--kills", type=int, default=60, help="how many steps are killed at least (default: 60)")
    parser.add_argument("--seed", type=int, default=1, help="what is disturbed, and how (default: 1)")
    parser.add_argument("--workers", type=int, default=os.cpu_count(), help="how many releases at once")
    parser.add_argument("--minutes", type=float, default=600, help="begin no trial after this time")
    parser.add_argument("--racers", type=int, default=16, help="how many race for one version (default: 16)")
    parser.add_argument("--rounds", type=int, default=3, help="how often they do (default: 3)")
    parser.add_argument("--write", action="store_true", help="write the report to docs/faults.md too")
    return parser.parse_args()


if __name__ == "__main__":
    sys.exit(main())
