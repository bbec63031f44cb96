"""An exchange ends at its deadline, also with a server that takes no bytes."""

import contextlib
import io
import socket
import threading
import time
from concurrent.futures import ThreadPoolExecutor

import pytest

from release_actions.system.http import NoAnswerError, Request, Transport

BODY = b"x" * 64 * 1024 * 1024


def test_a_server_that_reads_nothing() -> None:
    with socket.create_server(("127.0.0.1", 0)) as deaf:
        url = f"http://127.0.0.1:{deaf.getsockname()[1]}/"
        transport = Transport()
        request = Request(url, {}, 1, "POST", body=BODY)
        with pytest.raises(NoAnswerError, match="does not answer in time"):
            transport.exchange(request, time.monotonic() + 0.3)
        transport.close()


def test_a_server_that_reads_slowly() -> None:
    read: list[int] = []
    ended = threading.Event()

    def read_slowly(listening: socket.socket) -> None:
        connection, _ = listening.accept()
        with connection, contextlib.suppress(ConnectionError):
            while not ended.wait(0.02) and (part := connection.recv(64 * 1024)):
                read.append(len(part))

    with socket.create_server(("127.0.0.1", 0)) as slow, ThreadPoolExecutor() as pool:
        reading = pool.submit(read_slowly, slow)
        transport = Transport()
        request = Request(f"http://127.0.0.1:{slow.getsockname()[1]}/", {}, 1, "POST", body=io.BytesIO(BODY))
        with pytest.raises(NoAnswerError, match="does not answer in time"):
            transport.exchange(request, time.monotonic() + 0.5)
        transport.close()
        ended.set()
        reading.result()
    assert sum(read) < len(BODY) / 2


def test_a_deadline_that_is_over_sends_nothing() -> None:
    with socket.create_server(("127.0.0.1", 0)) as listening:
        listening.settimeout(0)
        url = f"http://127.0.0.1:{listening.getsockname()[1]}/"
        transport = Transport()
        with pytest.raises(NoAnswerError, match="does not answer in time"):
            transport.exchange(Request(url, {}, 1), time.monotonic())
        with pytest.raises(BlockingIOError):
            listening.accept()
        transport.close()
