"""One run of tests: a fork of this process, which has pytest and the packages loaded, but nothing of the repository."""

import ctypes
import importlib
import json
import os
import resource
import select
import signal
import sys
import traceback
from collections.abc import Collection, Sequence
from contextlib import suppress
from dataclasses import dataclass, field
from pathlib import Path

import hypothesis
import pytest

_LOADED = ("yaml", "msgspec", "requests", "docker", "github", "cryptography.x509", "jsonschema")
ALL = "all tests"

_STARTED, _PASSED, _FAILED = "started", "passed", "failed"
_LOADED_BEFORE = "ignore::pytest.PytestAssertRewriteWarning"
_MEMORY = 4 * 1024**3
_SECONDS_TO_STOP = 10.0
_WAYS_TO_STOP = (0, signal.SIGINT, signal.SIGKILL)  # 0: it is about to end by itself
_SET_CHILD_SUBREAPER = 36  # prctl(2): what outlives its parent becomes a child of this process


@dataclass
class Asked:
    """The tests of one run: whole files, tests to begin with, tests to leave out, or the only test to run."""

    files: Sequence[str]
    first: Sequence[str] = ()
    without: Collection[str] = ()
    only: str = ""
    options: Sequence[str] = ()


@dataclass
class Ended:
    """How a run ended: the tests that passed, and the first that failed or did not end.

    `failed` is a test's id, a file's name when it can't even be imported, or ALL when no test can be run.
    """

    passed: set[str] = field(default_factory=set)
    failed: str = ""


def load() -> None:
    """Import what nearly every run needs."""
    for name in _LOADED:
        importlib.import_module(name)


def adopt() -> None:
    """Become the parent of what runs leave behind, so that it can be ended."""
    ctypes.CDLL(None).prctl(_SET_CHILD_SUBREAPER, 1, 0, 0, 0)


def _use_one_search() -> None:
    """Let hypothesis search always in the same way: two runs of one seed end alike."""
    # An example that fails is enough, no smaller one is searched for; on a busy machine no time limit is fair.
    phases = (hypothesis.Phase.explicit, hypothesis.Phase.generate)
    hypothesis.settings.register_profile("once", deadline=None, derandomize=True, database=None, phases=phases)
    hypothesis.settings.load_profile("once")


def run(root: Path, asked: Asked, limit: float) -> Ended:
    """Run tests in a copy until the first one fails, or until for `limit` seconds no test has ended."""
    reading, writing = os.pipe()
    child = os.fork()
    if child == 0:
        code = 3
        try:
            os.close(reading)
            code = _child(root, asked, writing)
        except BaseException:
            traceback.print_exc()
            raise
        finally:
            os._exit(code)
    os.close(writing)
    ended = Ended()
    ways: Sequence[int] = _WAYS_TO_STOP
    try:
        running, hangs = _follow(reading, ended, limit)
        ways = _WAYS_TO_STOP[hangs:]
    finally:
        os.close(reading)
        code = _stop(child, ways)
    if code not in (pytest.ExitCode.OK, pytest.ExitCode.NO_TESTS_COLLECTED):
        ended.failed = ended.failed or running
    return ended


def _follow(reading: int, ended: Ended, limit: float) -> tuple[str, bool]:
    """Note what the run says of each test, until it ends; the test that it was at, and whether it said no more."""
    running, rest = ALL, b""
    while select.select([reading], [], [], limit)[0]:
        if not (said := os.read(reading, 1 << 16)):
            return running, False
        *lines, rest = (rest + said).split(b"\n")
        for line in lines:
            what, test = json.loads(line)
            if what == _STARTED:
                running = test
            elif what == _PASSED:
                ended.passed.add(test)
            else:
                ended.failed = ended.failed or test
    return running, True


def _stop(child: int, ways: Sequence[int]) -> int:
    """End a run if it still goes on, gently, then surely, with all that it started; its exit code."""
    process = os.pidfd_open(child)
    for number in ways:
        os.kill(child, number)
        if select.select([process], [], [], _SECONDS_TO_STOP)[0]:
            break
    os.close(process)
    _, status = os.waitpid(child, 0)
    while left := Path(f"/proc/self/task/{os.getpid()}/children").read_text().split():
        for one in map(int, left):
            with suppress(ProcessLookupError):
                os.kill(one, signal.SIGKILL)
            os.waitpid(one, 0)
    return os.waitstatus_to_exitcode(status)


def _child(root: Path, asked: Asked, pipe: int) -> int:
    os.setpgid(0, 0)  # Ctrl-C is for this program, which then ends the run
    with Path(f"{root}.log").open("wb") as log, Path(os.devnull).open("rb") as nothing:
        for number, file in enumerate((nothing, log, log)):
            os.dup2(file.fileno(), number)
    resource.setrlimit(resource.RLIMIT_DATA, (_MEMORY, _MEMORY))
    elsewhere = {"", str(Path.cwd()), str(Path(__file__).resolve().parents[2])}
    os.chdir(root)
    os.environ.pop("PYTHONPATH", None)
    sys.path[:] = [path for path in sys.path if path not in elsewhere]
    for name in [name for name in sys.modules if name.partition(".")[0] == "tools"]:
        del sys.modules[name]
    _use_one_search()
    options = ["-x", "-q", "-p", "no:cacheprovider", "-W", _LOADED_BEFORE, f"--basetemp={root}.tmp"]
    return int(pytest.main([*options, *asked.options, *asked.files], plugins=[_Reporter(asked, pipe)]))


class _Reporter:
    """A plugin of pytest that puts tests in order, and says at once how each one ended."""

    def __init__(self, asked: Asked, pipe: int) -> None:
        self._asked = asked
        self._pipe = pipe

    @pytest.hookimpl(trylast=True)
    def pytest_collection_modifyitems(self, items: list[pytest.Item]) -> None:
        asked = self._asked
        first = {test: number for number, test in enumerate(asked.first)}
        items[:] = [item for item in items if asked.only in ("", item.nodeid) and item.nodeid not in asked.without]
        # All unit tests together take less time than one test of an action.
        items.sort(key=lambda item: (not item.nodeid.startswith("tests/unit/"), first.get(item.nodeid, len(first))))

    def pytest_collectreport(self, report: pytest.CollectReport) -> None:
        if report.failed:
            self._report(_FAILED, report.nodeid)

    def pytest_runtest_logstart(self, nodeid: str) -> None:
        self._report(_STARTED, nodeid)

    def pytest_runtest_logreport(self, report: pytest.TestReport) -> None:
        if report.failed or (report.passed and report.when == "call"):
            self._report(_FAILED if report.failed else _PASSED, report.nodeid)

    def _report(self, what: str, test: str) -> None:
        os.write(self._pipe, json.dumps([what, test]).encode() + b"\n")
