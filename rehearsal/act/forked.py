"""Actions as processes that start at once, from the point of view of who starts them."""

import contextlib
import json
import os
import signal
import socket
import sys
from collections.abc import Mapping, Sequence
from pathlib import Path
from types import TracebackType
from typing import IO

from rehearsal.act import fork_server
from rehearsal.base.daemon import Daemon


class Process:
    """An action that runs."""

    def __init__(self, connection: socket.socket) -> None:
        self._connection = connection
        self._said: IO[str] = connection.makefile("r", encoding="utf-8")
        self.pid = int(self._said.readline())

    def wait(self, seconds: float) -> int | None:
        """The exit code, negative for a signal as in `subprocess`; None for an action that had to be killed."""
        self._connection.settimeout(seconds)
        try:
            line = self._said.readline()
        except TimeoutError:
            self.kill(signal.SIGKILL)
            return None
        self._said.close()
        self._connection.close()
        return int(line)

    def kill(self, number: int) -> None:
        """Send a signal to the action's process group, unless it has ended."""
        with contextlib.suppress(ProcessLookupError):
            os.killpg(self.pid, number)


class ForkServer:
    """A process that has imported everything and forks one for each action; used in a `with` statement.

    `preparation` is a module of this project whose `prepare()` the server calls before it imports any action's.
    """

    def __init__(self, folder: Path, preparation: str = "") -> None:
        self._folder = folder
        self._socket = folder / "fork.sock"
        self._started: set[str] = set()
        argv = [sys.executable, "-I", fork_server.__file__, str(self._socket), *filter(None, [preparation])]
        self._daemon = Daemon(argv, folder / "fork-server.log")

    def __enter__(self) -> "ForkServer":
        self.start()
        return self

    def __exit__(self, kind: type[BaseException] | None, error: BaseException | None, at: TracebackType | None) -> None:
        self.stop()

    def start(self) -> None:
        """Start it, and wait until it has imported everything."""
        self._daemon.start()
        self._daemon.wait_for("ready\n")

    def stop(self) -> None:
        """End it; may be called more than once."""
        self._daemon.stop()

    def is_due(self, action: str) -> bool:
        """Whether to fork this action; the first time, one starts as GitHub's runner starts it."""
        known = action in self._started
        self._started.add(action)
        return known

    def begin(self, argv: Sequence[str], *, env: Mapping[str, str], cwd: Path, output: Path) -> Process:
        """Start an action with its arguments.

        Its standard output and standard error go to the files `stdout` and `stderr` in a folder.
        """
        connection = socket.socket(socket.AF_UNIX)
        connection.connect(str(self._socket))
        request = {"argv": list(argv), "env": dict(env), "cwd": str(cwd), "output": str(output)}
        connection.sendall(json.dumps(request).encode() + b"\n")
        return Process(connection)
