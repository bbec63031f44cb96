"""The program that starts actions at once: it has imported everything, and forks a process for each.

It is asked over a socket. What a process does then is what `scripts/run.py` does.
"""

import contextlib
import ctypes
import importlib
import json
import os
import runpy
import signal
import socket
import sys
from collections.abc import Iterator
from pathlib import Path
from typing import Any

PROJECT = Path(__file__).resolve().parents[2]
_RUN = PROJECT / "scripts" / "run.py"
_SUBREAPER = 36  # PR_SET_CHILD_SUBREAPER, prctl(2)


def main(path: str, *preparation: str) -> None:
    """Serve until killed."""
    for name in preparation:
        importlib.import_module(name).prepare()
    run = importlib.import_module("scripts.run")
    for script in (PROJECT / "scripts").glob("*.py"):
        run.load(script.stem)
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


def _keep(connection: socket.socket) -> int:
    """Run one action and say how it ended; then end what it has left running, as the runner does."""
    ctypes.CDLL(None).prctl(_SUBREAPER, 1, 0, 0, 0)
    request = json.loads(connection.makefile("r", encoding="utf-8").readline())
    pid = os.fork()
    if pid == 0:
        connection.close()
        _become(request)
    connection.sendall(f"{pid}\n".encode())
    _, status = os.waitpid(pid, 0)
    for orphan in _children():
        with contextlib.suppress(ProcessLookupError):
            os.kill(orphan, signal.SIGKILL)
    with contextlib.suppress(OSError):
        connection.sendall(f"{os.waitstatus_to_exitcode(status)}\n".encode())
    return 0


def _become(request: dict[str, Any]) -> None:
    """Run an action in this process; what it raises ends the process as it ends Python."""
    os.setsid()
    os.dup2(os.open(os.devnull, os.O_RDONLY), 0)
    for number, name in ((1, "stdout"), (2, "stderr")):
        os.dup2(os.open(Path(request["output"], name), os.O_WRONLY | os.O_CREAT | os.O_TRUNC, 0o600), number)
    os.environ.clear()
    os.environ.update(request["env"])
    os.chdir(request["cwd"])
    sys.argv = [str(_RUN), *request["argv"]]
    runpy.run_path(str(_RUN), run_name="__main__")
    raise SystemExit(0)


def _children() -> Iterator[int]:
    """Those of this process, until there are none."""
    listed = Path("/proc/self/task", str(os.getpid()), "children")
    while found := [int(pid) for pid in listed.read_text().split()]:
        yield from found
        with contextlib.suppress(ChildProcessError):
            os.waitpid(-1, 0)


if __name__ == "__main__":
    sys.path.insert(0, str(PROJECT))
    main(*sys.argv[1:])
