"""Actions as processes that start at once: a parent that has imported everything forks one for each step.

It is started as a program and told over a socket what to run. What a step does is what `scripts/run.py` does; only the
waiting is short: a pause ends after some milliseconds, and a host that does not answer is given up after seconds.
"""

import contextlib
import ctypes
import importlib
import json
import os
import signal
import socket
import sys
import time
import traceback
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import IO, Any

PROJECT = Path(__file__).resolve().parents[2]
STEPS = (
    "validate_tag",
    "build_push_image",
    "publish_chart",
    "publish_release",
    "verify_release",
    *("cherry_pick", "prepare_release", "create_release_branch", "move_floating_tags", "release"),
)
PATIENCE = 3
"""The seconds after which a step gives a silent host up."""

_LONGEST_PAUSE = 0.005
_SUBREAPER = 36  # PR_SET_CHILD_SUBREAPER, prctl(2)


class Process:
    """A step that runs."""

    def __init__(self, connection: socket.socket) -> None:
        self._connection = connection
        self._said: IO[str] = connection.makefile("r", encoding="utf-8")
        self.pid = int(self._said.readline())

    def wait(self, seconds: float) -> int | None:
        """The exit code, negative for a signal as in `subprocess`; None when it goes on running."""
        self._connection.settimeout(seconds)
        try:
            line = self._said.readline()
        except TimeoutError:
            return None
        self._said.close()
        self._connection.close()
        return int(line)

    def kill(self, number: int) -> None:
        """Send a signal to the step's process group, unless it has ended."""
        with contextlib.suppress(ProcessLookupError):
            os.killpg(self.pid, number)


def begin(nursery: Path, step: str, *, env: Mapping[str, str], cwd: Path, output: Path) -> Process:
    """Start a step; its standard output and standard error go to the files `stdout` and `stderr` in a folder."""
    connection = socket.socket(socket.AF_UNIX)
    connection.connect(str(nursery))
    order = {"step": step, "env": dict(env), "cwd": str(cwd), "output": str(output)}
    connection.sendall(json.dumps(order).encode() + b"\n")
    return Process(connection)


def main(path: str) -> None:
    """Serve until killed."""
    _prepare()
    server = socket.socket(socket.AF_UNIX)
    server.bind(path)
    server.listen(64)
    signal.signal(signal.SIGCHLD, signal.SIG_IGN)
    print("ready", flush=True)
    while True:
        connection, _ = server.accept()
        if os.fork() == 0:
            server.close()
            signal.signal(signal.SIGCHLD, signal.SIG_DFL)
            os._exit(_keep(connection))
        connection.close()


def _prepare() -> None:
    """Import what steps need, with short pauses: `time.sleep` is a default of several functions."""
    sleep = time.sleep

    def nap(seconds: float) -> None:
        sleep(min(seconds, _LONGEST_PAUSE))

    vars(time)["sleep"] = nap
    run = importlib.import_module("scripts.run")
    scripts = {name: run.load(name) for name in STEPS}
    vars(run)["load"] = scripts.__getitem__
    registries = vars(importlib.import_module("release_actions.system.http"))
    github = vars(importlib.import_module("release_actions.github.client"))["GitHub"].__init__.__kwdefaults__
    for limits, name in ((registries, "_READ_TIMEOUT"), (github, "timeout")):
        assert name in limits
        limits[name] = PATIENCE


def _keep(connection: socket.socket) -> int:
    """Run one step and tell how it ended; then end what it has left running, as the runner does."""
    ctypes.CDLL(None).prctl(_SUBREAPER, 1, 0, 0, 0)
    order = json.loads(connection.makefile("r", encoding="utf-8").readline())
    pid = os.fork()
    if pid == 0:
        connection.close()
        _run(order)
    connection.sendall(f"{pid}\n".encode())
    _, status = os.waitpid(pid, 0)
    for orphan in _children():
        with contextlib.suppress(ProcessLookupError):
            os.kill(orphan, signal.SIGKILL)
    with contextlib.suppress(OSError):
        connection.sendall(f"{os.waitstatus_to_exitcode(status)}\n".encode())
    return 0


def _run(order: dict[str, Any]) -> None:
    os.setsid()
    code = 1
    output = Path(order["output"])
    with (output / "stdout").open("wb") as stdout, (output / "stderr").open("wb") as stderr:
        os.dup2(stdout.fileno(), 1)
        os.dup2(stderr.fileno(), 2)
    os.environ.clear()
    os.environ.update(order["env"])
    os.chdir(order["cwd"])
    run = importlib.import_module("scripts.run")
    try:
        code = run.main([order["step"]])
    except SystemExit as end:
        code = end.code if isinstance(end.code, int) else 1
    except BaseException:  # it is shown, and ends nothing but this process
        traceback.print_exc()
        raise
    finally:
        sys.stdout.flush()
        sys.stderr.flush()
        os._exit(code)


def _children() -> Iterator[int]:
    """Those of this process, until there are none."""
    listed = Path("/proc/self/task", str(os.getpid()), "children")
    while found := [int(pid) for pid in listed.read_text().split()]:
        yield from found
        with contextlib.suppress(ChildProcessError):
            os.waitpid(-1, 0)


if __name__ == "__main__":
    sys.path.insert(0, str(PROJECT))
    main(sys.argv[1])
