"""A server program that lives exactly as long as the rehearsal needs it."""

import re
import subprocess
import time
from collections.abc import Mapping, Sequence
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

from rehearsal.base.errors import RehearsalError
from rehearsal.base.programs import program

_READY_SECONDS = 30.0
_STOP_SECONDS = 10.0
_POLL_SECONDS = 0.01

# The kernel sends the parent-death signal when the *thread* that started the child ends, so every
# daemon is started by one thread that ends with the process.
_LAUNCHER = ThreadPoolExecutor(max_workers=1, thread_name_prefix="rehearsal-launcher")


class Daemon:
    """One server process, its log file, and its end.

    It is told to terminate by `stop`, and by the kernel when this process dies in any way.
    """

    def __init__(self, argv: Sequence[str], log: Path, env: Mapping[str, str] | None = None) -> None:
        self.name = Path(argv[0]).name
        self.log = log
        executable = program(argv[0])
        self._argv = [program("setpriv"), "--pdeathsig=TERM", "--", executable, *argv[1:]]
        self._env = env
        self._process: subprocess.Popen[bytes] | None = None

    @property
    def pid(self) -> int:
        if self._process is None:
            raise RuntimeError(f"{self.name} was not started")
        return self._process.pid

    def start(self) -> None:
        """Starts the process and returns at once; `wait_for` says when it can be used."""
        self._process = _LAUNCHER.submit(self._launch).result()

    def wait_for(self, pattern: str) -> re.Match[str]:
        """Waits until the log matches the pattern.

        Raises RehearsalError with the end of the log when the process ends before, or is too slow.
        """
        deadline = time.monotonic() + _READY_SECONDS
        while True:
            # Asked before the log is read: what it wrote just before its end is then seen as well.
            ended = self._process is None or self._process.poll() is not None
            text = self.log.read_text(errors="replace")
            if match := re.search(pattern, text):
                return match
            if ended or time.monotonic() > deadline:
                state = "ended at once" if ended else f"was not ready in {_READY_SECONDS:.0f} s"
                raise RehearsalError(f"{self.name} {state}; its log {self.log} ends with:\n{text[-2000:]}")
            time.sleep(_POLL_SECONDS)

    def stop(self) -> None:
        """Ends the process if it runs; may be called at any time and more than once."""
        process, self._process = self._process, None
        if process is None:
            return
        process.terminate()
        try:
            process.wait(_STOP_SECONDS)
        except subprocess.TimeoutExpired:
            process.kill()
            process.wait()

    def _launch(self) -> "subprocess.Popen[bytes]":
        self.log.parent.mkdir(parents=True, exist_ok=True)
        with self.log.open("wb") as log:
            # Its own session: Ctrl-C in the terminal reaches this program alone, which then stops
            # its daemons in order.
            return subprocess.Popen(
                self._argv,
                stdin=subprocess.DEVNULL,
                stdout=log,
                stderr=log,
                env=self._env,
                start_new_session=True,
            )
