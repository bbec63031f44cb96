"""An exchange ends at its deadline, also with a server that takes no bytes."""

import socket
import time

import pytest

from release_actions.system.http import NoAnswerError, Request, Transport


def test_a_server_that_reads_nothing() -> None:
    with socket.create_server(("127.0.0.1", 0)) as deaf:
        url = f"http://127.0.0.1:{deaf.getsockname()[1]}/"
        transport = Transport()
        request = Request(url, {}, 1, "POST", body=b"x" * 64 * 1024 * 1024)
        with pytest.raises(NoAnswerError, match="does not answer in time"):
            transport.exchange(request, time.monotonic() + 0.3)
        transport.close()


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
