"""Whatever ends a rehearsal, its servers end with it."""

import os
import select
import signal
import subprocess
import sys
from pathlib import Path

import pytest

from rehearsal.base.daemon import Daemon
from rehearsal.base.errors import RehearsalError
from rehearsal.base.programs import PROJECT, run
from rehearsal.hosts.internet import Internet
from rehearsal.oci.buildkit import BuildKit
from rehearsal.oci.registry import Registry

_SECONDS = 30

# Starts the servers from a thread that ends, as the proxy does for a registry that is asked for.
_PARENT = """
import sys, threading, time
from pathlib import Path
from rehearsal.oci.registry import Registry
registries = [Registry(Path(sys.argv[1]) / "main"), Registry(Path(sys.argv[1]) / "thread")]
try:
    registries[0].start()
    thread = threading.Thread(target=registries[1].start)
    thread.start()
    thread.join()
    for registry in registries:
        registry.address
        print(registry.pid, flush=True)
    if sys.argv[2] == "exception":
        raise ValueError("on purpose")
    time.sleep(3600)
finally:
    if sys.argv[2] == "exception":
        for registry in registries:
            registry.stop()
"""


def ended(pid: int) -> bool:
    """Waits for the end of a process, which need not be a child of this one."""
    try:
        descriptor = os.pidfd_open(pid)
    except ProcessLookupError:
        return True
    try:
        return bool(select.select([descriptor], [], [], _SECONDS)[0])
    finally:
        os.close(descriptor)


@pytest.mark.parametrize("end", ["exception", "SIGTERM", "SIGINT", "SIGKILL"])
def test_servers_end_with_their_parent(end: str, tmp_path: Path) -> None:
    with subprocess.Popen(
        [sys.executable, "-c", _PARENT, str(tmp_path), end],
        cwd=PROJECT,
        stdout=subprocess.PIPE,
        stderr=subprocess.DEVNULL,
        text=True,
    ) as parent:
        assert parent.stdout
        pids = [int(parent.stdout.readline()) for _ in range(2)]
        if end != "exception":
            parent.send_signal(signal.Signals[end])
        assert [ended(pid) for pid in pids] == [True, True]


def test_stop_ends_a_server_and_may_be_repeated(tmp_path: Path) -> None:
    registry = Registry(tmp_path / "registry")
    registry.stop()
    registry.start()
    pid = registry.pid
    registry.stop()
    registry.stop()
    assert ended(pid)


def test_the_path_of_a_rehearsal_may_be_longer_than_a_sockets(tmp_path: Path, loopback: Internet) -> None:
    with BuildKit(tmp_path / ("long" * 30), loopback.env()) as started:
        assert run(["buildx", "inspect"], env={**loopback.env(), **started.env()})


def test_a_server_that_does_not_start_says_why(tmp_path: Path) -> None:
    daemon = Daemon(["registry", "serve", str(tmp_path / "absent.yml")], tmp_path / "log")
    daemon.start()
    with pytest.raises(RehearsalError, match=r"registry ended at once; its log .* ends with:(.|\n)*absent\.yml"):
        daemon.wait_for("listening on")
    daemon.stop()


def test_a_program_that_is_missing_is_named(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("PATH", str(tmp_path))
    with pytest.raises(RehearsalError, match="'no-such-program' is missing: run `make tools`"):
        Daemon(["no-such-program"], tmp_path / "log")
