"""Running a program and reading what it cost; one row of the table."""

import os
import statistics
import subprocess
import sys
from collections.abc import Callable, Mapping, Sequence
from pathlib import Path
from typing import NamedTuple

# The interpreter itself: a shim such as pyenv's takes longer to start than some actions take to run.
PYTHON = str(Path(sys.base_prefix) / "bin" / f"python{sys.version_info.major}.{sys.version_info.minor}")


# The kernel counts a program's memory from its parent's on, so a small process starts it and measures.
_STOPWATCH = """
import os, sys, time
start = time.perf_counter()
pid = os.posix_spawn(sys.argv[1], sys.argv[1:], os.environ)
_, status, usage = os.wait4(pid, 0)
print(time.perf_counter() - start, usage.ru_maxrss, file=sys.stderr)
sys.exit(os.waitstatus_to_exitcode(status))
"""


class Cost(NamedTuple):
    """Seconds of wall time, and the largest resident memory in MB; 10 of them are what it can't fall below."""

    seconds: float
    memory: float


class Row(NamedTuple):
    """One line of the table: ours and the peer's figure with their unit, and what is promised about them."""

    what: str
    ours: float
    unit: str
    peer: str
    theirs: float
    budget: str


def measure(argv: list[str], env: Mapping[str, str] | None = None, output: Path = Path(os.devnull)) -> Cost:
    """Run a program, given by its path, to its end; its memory is told by the kernel."""
    stopwatch = [PYTHON, "-I", "-S", "-c", _STOPWATCH, *argv]
    with output.open("wb") as stdout:
        done = subprocess.run(stopwatch, env=env, stdout=stdout, stderr=subprocess.PIPE, text=True, check=False)
    assert done.returncode == 0, (argv, done.stderr)
    seconds, kilobytes = done.stderr.split()[-2:]
    return Cost(float(seconds), int(kilobytes) / 1024)


def median(costs: Sequence[Cost]) -> Cost:
    """The median of the times, and the largest memory."""
    return Cost(statistics.median(cost.seconds for cost in costs), max(cost.memory for cost in costs))


def by_turns(times: int, *runs: Callable[[], Cost]) -> list[Cost]:
    """The medians of several programs that run by turns, so that a busy moment hits all of them."""
    rounds = [[run() for run in runs] for _ in range(times)]
    return [median(costs) for costs in zip(*rounds, strict=True)]
