"""Runs of a reader, each one the same for the same seed and number, and what they find."""

import time
from collections.abc import Iterator
from types import TracebackType
from typing import NamedTuple

from release_actions.core.errors import ReleaseError
from tools.fuzz.mutate import mutant
from tools.fuzz.readers import Reader

SLOW = 2.0
"""Seconds of a processor that no text of this size may cost."""


class Find(NamedTuple):
    """A text that broke a reader, and how."""

    reader: str
    number: int
    problem: str
    data: bytes


class _Watch:
    """What goes wrong in its block: an exception other than ReleaseError, or too much time of the processor."""

    problem = ""

    def __enter__(self) -> "_Watch":
        self._start = time.process_time()
        return self

    def __exit__(self, _: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None) -> bool:
        spent = time.process_time() - self._start
        if error is not None and not isinstance(error, ReleaseError):
            while trace and trace.tb_next:
                trace = trace.tb_next
            place = f"{trace.tb_frame.f_code.co_filename}:{trace.tb_lineno}" if trace else ""
            self.problem = f"{type(error).__name__} at {place}: {error}"[:300]
        elif spent > SLOW:
            self.problem = f"took {spent:.1f} seconds"
        return isinstance(error, Exception) or error is None


def finds(reader: Reader, seed: int, numbers: range) -> Iterator[Find]:
    """What these runs of a reader find."""
    seeds = reader.seeds
    for number in numbers:
        data = mutant(seeds, f"{seed} {reader.name} {number}")
        with _Watch() as watch:
            reader.read(data)
        if watch.problem:
            yield Find(reader.name, number, watch.problem, data)
