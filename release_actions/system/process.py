"""Running other programs: the only module that starts a process.

Arguments are lists, never a shell's text. A program gets a small, clean environment, so that a caller's `GIT_DIR`
or `HELM_*` can't change what it does.
"""

import contextlib
import os
import shutil
import signal
import subprocess
import threading
import time
from collections.abc import Callable, Mapping, Sequence
from pathlib import Path

import msgspec

from release_actions.core import text
from release_actions.core.errors import Code, ReleaseError

_KEPT = (
    *("PATH", "HOME", "USER", "LOGNAME", "TMPDIR", "XDG_RUNTIME_DIR"),
    *("HTTP_PROXY", "HTTPS_PROXY", "NO_PROXY", "http_proxy", "https_proxy", "no_proxy"),
    *("SSL_CERT_FILE", "SSL_CERT_DIR", "GIT_SSL_CAINFO", "REQUESTS_CA_BUNDLE", "CURL_CA_BUNDLE"),
)


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
) -> Completed:
    """Run a program to its end and return what it wrote; a failing exit code is the caller's to judge.

    `timeout` is in seconds; past it, or when this process is interrupted, the program and its children are ended:
    with SIGTERM, and with SIGKILL what is left `grace` seconds later, or when the program itself has ended.
    `echo` gets every line of standard error as it comes (progress). Raises E_TIMEOUT and E_PROGRAM.
    """
    name = Path(argv[0]).name
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
        try:
            stdout, stderr = _communicate(child, stdin, timeout, echo)
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
    return Completed(
        tuple(argv), child.returncode, stdout.decode("utf-8", "replace"), stderr.decode("utf-8", "replace")
    )


def _communicate(
    child: "subprocess.Popen[bytes]", stdin: bytes, timeout: float, echo: Callable[[str], None] | None
) -> tuple[bytes, bytes]:
    if echo is None:
        return child.communicate(stdin, timeout)
    stderr, child.stderr = child.stderr, None
    assert stderr is not None
    lines: list[bytes] = []
    deadline = time.monotonic() + timeout

    def follow() -> None:
        with stderr:
            for line in stderr:
                lines.append(line)
                echo(line.decode("utf-8", "replace").rstrip("\r\n"))

    follower = threading.Thread(target=follow, daemon=True)
    follower.start()
    stdout, _ = child.communicate(stdin, timeout)
    follower.join(max(0.0, deadline - time.monotonic()))
    if follower.is_alive():
        raise subprocess.TimeoutExpired(child.args, timeout)
    return stdout, b"".join(lines)


def _end(child: "subprocess.Popen[bytes]", grace: float) -> None:
    """End the program and its children: gently, then surely; a child may outlive the program."""
    for number in (signal.SIGTERM, signal.SIGKILL):
        with contextlib.suppress(ProcessLookupError):
            os.killpg(child.pid, number)
        with contextlib.suppress(subprocess.TimeoutExpired):
            child.wait(grace)
