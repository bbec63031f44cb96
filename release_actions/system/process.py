"""Running other programs: the only module that starts a process.

Arguments are lists, never a shell's text. A program gets a small, clean environment, so that a caller's `GIT_DIR`
or `HELM_*` can't change what it does.
"""

import contextlib
import os
import resource
import shutil
import signal
import subprocess
import sys
import threading
import time
from collections.abc import Callable, Mapping, Sequence
from pathlib import Path
from typing import IO

import msgspec

from release_actions.core import text
from release_actions.core.errors import Code, ReleaseError

_KEPT = (
    *("PATH", "HOME", "USER", "LOGNAME", "TMPDIR", "XDG_RUNTIME_DIR"),
    *("HTTP_PROXY", "HTTPS_PROXY", "NO_PROXY", "http_proxy", "https_proxy", "no_proxy"),
    *("SSL_CERT_FILE", "SSL_CERT_DIR", "GIT_SSL_CAINFO", "REQUESTS_CA_BUNDLE", "CURL_CA_BUNDLE"),
)

_PART = 64 * 1024


class Bounds(msgspec.Struct, frozen=True):
    """How many bytes a program may take: of address space (on Linux), and of what it writes to each of its outputs."""

    memory: int = 0
    """Without a bound when it is 0."""
    output: int = 512 * 1024 * 1024


class OutputError(ReleaseError):
    """A program wrote more than it may; `written` is what it wrote to its standard output until then."""

    def __init__(self, name: str, bound: int, written: str) -> None:
        super().__init__(
            Code.E_PROGRAM,
            f"`{name}` wrote more than {bound} bytes, so it was stopped.",
            next_step="Look for what makes its output so large in what it was given to read.",
        )
        self.written = written


class Completed(msgspec.Struct, frozen=True):
    """A finished program: its exit code and what it wrote, decoded as UTF-8 with replacement."""

    argv: tuple[str, ...]
    returncode: int
    stdout: str
    stderr: str

    @property
    def ok(self) -> bool:
        """Whether it exited with 0."""
        return self.returncode == 0

    def tail(self, lines: int = 20) -> tuple[str, ...]:
        """The last lines it wrote, errors after output, for an error's details."""
        return tuple(text.lines(f"{self.stdout}\n{self.stderr}".strip())[-lines:])


def environment(**more: str) -> dict[str, str]:
    """The environment for a program: what finds programs, homes, proxies and certificates, and what is given here."""
    kept = {name: os.environ[name] for name in _KEPT if name in os.environ}
    return {**kept, "LC_ALL": "C.UTF-8", **more}


def find(name: str, *, next_step: str) -> str:
    """The path of a program on PATH; raises E_PROGRAM with that next step when there is none."""
    found = shutil.which(name)
    if found is None:
        raise ReleaseError(Code.E_PROGRAM, f"The program `{name}` is not on PATH.", next_step=next_step)
    return found


def run(
    argv: Sequence[str],
    *,
    cwd: Path | None = None,
    env: Mapping[str, str] | None = None,
    stdin: bytes = b"",
    timeout: float = 120.0,
    grace: float = 5.0,
    echo: Callable[[str], None] | None = None,
    bounds: Bounds | None = None,
) -> Completed:
    """Run a program to its end and return what it wrote; a failing exit code is the caller's to judge.

    `timeout` is in seconds; past it, or when this process is interrupted, the program and its children are ended:
    with SIGTERM, and with SIGKILL what is left `grace` seconds later, or when the program itself has ended.
    `echo` gets every line of standard error as it comes (progress). A program that writes more than its bound finds its
    output closed. Raises E_TIMEOUT and E_PROGRAM, the latter as OutputError for too much output.
    """
    name, bounds = Path(argv[0]).name, bounds or Bounds()
    try:
        child = subprocess.Popen(
            list(argv),
            cwd=cwd,
            env=dict(environment() if env is None else env),
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            stderr=subprocess.PIPE,
            start_new_session=True,
        )
    except OSError as error:
        raise ReleaseError(
            Code.E_PROGRAM,
            f"`{name}` can't be started: {error.strerror}.",
            next_step=f"Install `{name}` on the runner, in a folder on PATH.",
        ) from error
    with child:
        if bounds.memory:
            _limit_memory(child, bounds.memory)
        try:
            stdout, stderr = _communicate(child, stdin, timeout, echo, bounds.output)
        except subprocess.TimeoutExpired as error:
            _end(child, grace)
            raise ReleaseError(
                Code.E_TIMEOUT,
                f"`{name} {argv[1] if len(argv) > 1 else ''}` did not finish in {timeout:g} seconds.",
                next_step="Run the job again; if it happens again, look at the program's output above.",
            ) from error
        except BaseException:
            _end(child, grace)
            raise
    done = Completed(
        tuple(argv),
        child.returncode,
        stdout.written.decode("utf-8", "replace"),
        stderr.written.decode("utf-8", "replace"),
    )
    if stdout.is_cut or stderr.is_cut:
        raise OutputError(" ".join([name, *argv[1:2]]), bounds.output, done.stdout)
    return done


class _Output(threading.Thread):
    """What a program writes, read as it comes up to a bound; past it the program finds its output closed."""

    def __init__(self, source: IO[bytes] | None, bound: int, echo: Callable[[str], None] | None = None) -> None:
        super().__init__(daemon=True)
        assert source is not None
        self._source = source
        self._bound = bound
        self._echo = echo
        self.written = bytearray()

    @property
    def is_cut(self) -> bool:
        return len(self.written) > self._bound

    def run(self) -> None:
        with self._source:
            while not self.is_cut and (part := self._part()):
                self.written += part

    def _part(self) -> bytes:
        if self._echo is None:
            return os.read(self._source.fileno(), _PART)
        line = self._source.readline(_PART)
        if line:
            self._echo(line.decode("utf-8", "replace").rstrip("\r\n"))
        return line


def _limit_memory(child: "subprocess.Popen[bytes]", most: int) -> None:
    """Bound the address space of a program that has just started; other systems than Linux can't do so from outside."""
    if sys.platform == "linux":
        with contextlib.suppress(ProcessLookupError):
            resource.prlimit(child.pid, resource.RLIMIT_AS, (most, most))


def _communicate(
    child: "subprocess.Popen[bytes]", stdin: bytes, timeout: float, echo: Callable[[str], None] | None, bound: int
) -> tuple[_Output, _Output]:
    deadline = time.monotonic() + timeout
    outputs = _Output(child.stdout, bound), _Output(child.stderr, bound, echo)
    child.stdout = child.stderr = None
    for output in outputs:
        output.start()
    child.communicate(stdin, timeout)
    for output in outputs:
        output.join(max(0.0, deadline - time.monotonic()))
        if output.is_alive():
            raise subprocess.TimeoutExpired(child.args, timeout)
    return outputs


def _end(child: "subprocess.Popen[bytes]", grace: float) -> None:
    """End the program and its children: gently, then surely; a child may outlive the program."""
    for number in (signal.SIGTERM, signal.SIGKILL):
        with contextlib.suppress(ProcessLookupError):
            os.killpg(child.pid, number)
        with contextlib.suppress(subprocess.TimeoutExpired):
            child.wait(grace)
