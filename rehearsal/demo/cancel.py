"""A run that is cancelled in the middle, as GitHub does it: SIGINT to the process of the step, right after a call."""

import os
import signal
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from pathlib import Path

from rehearsal.hosts.internet import Internet
from rehearsal.net.proxy import Answer, Call, Meddling


@contextmanager
def cancelled_at(internet: Internet, method: str, path_end: str, script: str) -> Iterator[list[Call]]:
    """Cancel the steps of a script that this process has started, when their first such call is answered.

    The list gets that call.
    """
    calls: list[Call] = []
    before = internet.proxy.hook

    def hook(call: Call) -> Answer | Meddling | None:
        if not calls and call.method == method and call.path.endswith(path_end):
            calls.append(call)
            return Meddling(delivered=lambda: _interrupt(script))
        return before(call)

    internet.proxy.hook = hook
    try:
        yield calls
    finally:
        internet.proxy.hook = before


def _interrupt(script: str) -> None:
    for pid in _descendants(os.getpid()):
        with suppress(OSError):
            arguments = Path("/proc", str(pid), "cmdline").read_bytes().split(b"\0")
            if script.encode() in arguments and any(one.endswith(b"/run.py") for one in arguments):
                os.kill(pid, signal.SIGINT)


def _descendants(pid: int) -> Iterator[int]:
    with suppress(OSError):
        for task in Path("/proc", str(pid), "task").iterdir():
            for child in map(int, (task / "children").read_text().split()):
                yield child
                yield from _descendants(child)
