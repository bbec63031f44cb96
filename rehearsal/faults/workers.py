"""Workers that play trials at the same time, each in a world of its own."""

import multiprocessing
import sys
import time
from concurrent.futures import ProcessPoolExecutor
from dataclasses import dataclass
from pathlib import Path

from rehearsal.faults.oracle import Oracle
from rehearsal.faults.trial import Tally, draw, play
from rehearsal.faults.world import World

_TOLD_EVERY = 20


@dataclass(frozen=True, slots=True)
class Order:
    """At least so many faults and kills, by so many workers; after some minutes no trial is begun any more."""

    faults: int
    kills: int
    seed: int
    workers: int
    minutes: float


def disturb(folder: Path, order: Order) -> Tally:
    """All trials that it takes."""
    total, numbers = Tally(), range(order.workers)
    folders = [folder / f"world-{number}" for number in numbers]
    with ProcessPoolExecutor(order.workers, multiprocessing.get_context("spawn")) as pool:
        try:
            for tally in pool.map(_work, folders, numbers, [order] * order.workers):
                total.add(tally)
        except BaseException:  # as at SIGTERM: the pool would wait for them
            for worker in multiprocessing.active_children():
                worker.terminate()
            raise
    return total


def _work(folder: Path, number: int, order: Order) -> Tally:
    """One worker's share: every `workers`-th trial, from its own number on."""
    faults, kills = (_share(total, number, order.workers) for total in (order.faults, order.kills))
    end = time.monotonic() + 60 * order.minutes
    done = Tally()
    with World(folder) as world:
        oracle = Oracle(world)
        while (done.faults.total() < faults or done.kills.total() < kills) and time.monotonic() < end:
            # Both come to their ends at about the same time.
            killing = not faults or done.faults.total() * kills > done.kills.total() * faults
            drawn = draw(order.seed, number + done.trials * order.workers, world.calls, killing=killing)
            tally = play(drawn, world, oracle)
            done.add(tally)
            for problem in tally.problems:
                print(problem, file=sys.stderr, flush=True)
            if done.trials % _TOLD_EVERY == 0:
                print(f"worker {number}: {done.report}", file=sys.stderr, flush=True)
    return done


def _share(total: int, number: int, workers: int) -> int:
    return total // workers + (number < total % workers)
