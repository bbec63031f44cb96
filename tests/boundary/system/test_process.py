"""Programs that do not end by themselves: they are ended with their children, and the error says which it was."""

import os
import select
import signal
import sys
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

from release_actions.core.errors import Code, ReleaseError
from release_actions.system import process

HANGS = "exec 3>fifo; echo started >&3; {}"
"""A script with a child (`{}`) that keeps `fifo` open for as long as it lives."""


@pytest.fixture
def fifo(tmp_path: Path) -> Iterator[int]:
    os.mkfifo(tmp_path / "fifo")
    reading = os.open(tmp_path / "fifo", os.O_RDONLY | os.O_NONBLOCK)
    yield reading
    os.close(reading)


def written(fifo: int) -> bytes:
    """What was written to a FIFO, once no process has it open any more."""
    found = b""
    while True:
        assert select.select([fifo], [], [], 10)[0], "a process that should be ended still runs"
        part = os.read(fifo, 100)
        found += part
        if not part:
            return found


@pytest.mark.parametrize("echo", [None, lambda _line: None], ids=["quiet", "echoed"])
@pytest.mark.parametrize(
    "script",
    [
        pytest.param("sleep 60", id="the program hangs"),
        pytest.param("sleep 60 & exit 0", id="a child holds its output"),
        pytest.param("(trap '' TERM; sleep 60; sleep 60) & sleep 60", id="a child ignores SIGTERM"),
        pytest.param("trap '' TERM; sleep 60; sleep 60", id="the program ignores SIGTERM"),
    ],
)
def test_a_program_that_hangs_is_ended_with_its_children(
    script: str, echo: Callable[[str], None] | None, fifo: int, tmp_path: Path
) -> None:
    with pytest.raises(ReleaseError) as failure:
        process.run(["sh", "-c", HANGS.format(script)], cwd=tmp_path, timeout=0.5, grace=0.1, echo=echo)
    assert failure.value.code is Code.E_TIMEOUT
    assert failure.value.what == "`sh -c` did not finish in 0.5 seconds."
    assert written(fifo) == b"started\n"


def test_a_child_that_holds_only_the_echoed_output_counts_as_a_program_that_hangs(fifo: int, tmp_path: Path) -> None:
    heard: list[str] = []
    script = HANGS.format("echo working >&2; sleep 60 >/dev/null & exit 0")
    with pytest.raises(ReleaseError) as failure:
        process.run(["sh", "-c", script], cwd=tmp_path, timeout=0.5, echo=heard.append)
    assert failure.value.code is Code.E_TIMEOUT
    assert (heard, written(fifo)) == (["working"], b"started\n")


def test_an_interrupt_ends_the_program_and_its_children(fifo: int, tmp_path: Path) -> None:
    def interrupted(*_: object) -> None:
        raise KeyboardInterrupt

    before = signal.signal(signal.SIGALRM, interrupted)
    signal.setitimer(signal.ITIMER_REAL, 0.5)
    try:
        with pytest.raises(KeyboardInterrupt):
            process.run(["sh", "-c", HANGS.format("sleep 60 & sleep 60")], cwd=tmp_path, timeout=60)
    finally:
        signal.setitimer(signal.ITIMER_REAL, 0)
        signal.signal(signal.SIGALRM, before)
    assert written(fifo) == b"started\n"


@pytest.mark.parametrize("echo", [None, lambda _line: None], ids=["quiet", "echoed"])
@pytest.mark.parametrize("script", ["yes", "yes >&2", "cat /dev/zero"], ids=["output", "errors", "one line"])
def test_a_program_that_writes_without_end_is_stopped(script: str, echo: Callable[[str], None] | None) -> None:
    with pytest.raises(process.OutputError) as failure:
        process.run(["sh", "-c", script], echo=echo, bounds=process.Bounds(output=100_000))
    assert failure.value.code is Code.E_PROGRAM
    assert failure.value.what == "`sh -c` wrote more than 100000 bytes, so it was stopped."


def test_an_output_as_large_as_its_bound_is_whole() -> None:
    done = process.run(["head", "-c", "100000", "/dev/zero"], bounds=process.Bounds(output=100_000))
    assert (done.returncode, len(done.stdout)) == (0, 100_000)


def test_memory_is_bounded() -> None:
    allocate = [sys.executable, "-Ic", "bytearray(2 * 1024**3)"]
    done = process.run(allocate, bounds=process.Bounds(memory=1024**3))
    assert (done.returncode, done.tail(1)) == (1, ("MemoryError",))
