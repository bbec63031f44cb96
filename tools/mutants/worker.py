"""Trying edits in two processes, each of which has a copy of the repository for itself."""

import tempfile
import time
from collections.abc import Iterator, Sequence
from concurrent.futures import ProcessPoolExecutor, as_completed
from dataclasses import dataclass
from functools import cache
from multiprocessing import get_context
from pathlib import Path

from tools.mutants.copy import Copy
from tools.mutants.edits import Edit, EditError
from tools.mutants.trial import ALL, Asked, Ended, adopt, load, run

_WORKERS = 2
_LOG_CHARACTERS = 2000


@dataclass(frozen=True)
class Setting:
    """The repository, a folder for copies of it, the seconds that a test may take, and when no edit is begun any more.

    `deadline` is a time of `time.monotonic`.
    """

    root: Path
    folder: str
    limit: float
    deadline: float


def try_all(setting: Setting, tasks: Sequence[tuple[Sequence[Edit], Sequence[str]]]) -> Iterator[tuple[Edit, str]]:
    """Each edit with the test that notices it, empty when none does; a task is some edits and the test files to ask.

    Raises EditError.
    """
    load()
    with ProcessPoolExecutor(_WORKERS, get_context("fork")) as pool:
        try:
            for done in as_completed([pool.submit(_try, setting, edits, files) for edits, files in tasks]):
                yield from done.result()
        finally:
            pool.shutdown(cancel_futures=True)


def _try(setting: Setting, edits: Sequence[Edit], files: Sequence[str]) -> list[tuple[Edit, str]]:
    worker = _worker(setting)
    return [(edit, worker.noticed_by(edit, files)) for edit in edits if time.monotonic() < setting.deadline]


@cache
def _worker(setting: Setting) -> "Worker":
    """The worker of this process."""
    return Worker(setting.root, Path(tempfile.mkdtemp(dir=setting.folder)), setting.limit)


class Worker:
    """A copy of the repository, and what is known of its tests; `limit` is how long a test may run, in seconds.

    A test that fails, or does not end, counts only when it passes without the edit: in this process, on this copy.
    """

    def __init__(self, original: Path, folder: Path, limit: float) -> None:
        adopt()
        self._copy = Copy(original, folder / "tree")
        self._limit = limit
        self._passing: set[str] = set()
        self._broken: set[str] = set()
        self._first: dict[str, list[str]] = {}

    def noticed_by(self, edit: Edit, files: Sequence[str]) -> str:
        """The test that notices an edit, empty when it survives.

        The tests that the edit names are asked first, then these files, in which the tests that noticed its neighbours
        come first. Raises EditError when there is no test that passes without the edit.
        """
        if test := self._noticed_by(edit, edit.tests):
            return test
        test = self._noticed_by(edit, files)
        if test is None and files:
            log = Path(f"{self._copy.root}.log").read_text(errors="replace")[-_LOG_CHARACTERS:]
            raise EditError(f"no test of {edit.module} can be run without an edit: {', '.join(files)}\n{log}")
        return test or ""

    def _noticed_by(self, edit: Edit, files: Sequence[str]) -> str | None:
        """The test among these that notices an edit, empty when none does; None when no test can be run."""
        first = self._first.setdefault(edit.module, [])
        while asked := [file for file in files if file not in self._broken]:
            with self._copy.edited(edit):
                failed = self._run(Asked(asked, first, self._broken)).failed
            if not failed or self._is_sound(failed, asked):
                first[:] = [failed, *(test for test in first if test != failed)] if failed else first
                return failed
            self._broken.update(asked if failed == ALL else [failed])
        return None

    def _is_sound(self, test: str, files: Sequence[str]) -> bool:
        """Whether a test passes, or a file can be imported, in the copy as it is."""
        if test not in self._passing:
            file, _, name = test.partition("::")
            if name:
                self._run(Asked([file], only=test))
            elif not self._run(Asked(files, options=["--collect-only"])).failed:
                self._passing.add(test)
        return test in self._passing

    def _run(self, asked: Asked) -> Ended:
        ended = run(self._copy.root, asked, self._limit)
        self._passing |= ended.passed
        return ended
