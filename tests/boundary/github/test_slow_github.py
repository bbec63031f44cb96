"""A GitHub that is silent for too long: the call is tried again, and a write only after a look."""

import threading
from collections.abc import Iterator
from pathlib import Path

import pytest

from rehearsal.github import GitHub as Server
from rehearsal.github.calls import Call
from rehearsal.github.exchange import Answer
from release_actions.github.assets import describe
from release_actions.github.client import GitHub
from release_actions.github.releases import Releases
from tests.boundary.github.faults import REPOSITORY, Execute, create


class Silent:
    """Holds back the answers to the first calls of a method, at most five seconds; `ended` lets them go."""

    def __init__(self, server: Server, method: str, times: int) -> None:
        self.method, self.left, self.calls = method, times, 0
        self.ended = threading.Event()
        server.hook = self

    def __call__(self, call: Call, execute: Execute) -> Answer:
        if call.method != self.method:
            return execute()
        self.calls += 1
        self.left -= 1
        if self.left < 0:
            return execute()
        self.ended.wait(5)
        return execute()


@pytest.fixture
def hasty(server: Server) -> Iterator[Releases]:
    token = server.token(contents="write")
    with GitHub(server.url, REPOSITORY, token, pause=lambda _seconds: None, timeout=1) as client:
        yield Releases(client)


def test_an_upload_without_an_answer_is_sent_again(
    server: Server, releases: Releases, hasty: Releases, tmp_path: Path
) -> None:
    (tmp_path / "op.tgz").write_bytes(b"package")
    draft, file = create(releases), describe(tmp_path / "op.tgz")
    silent = Silent(server, "POST", times=1)
    assert hasty.upload(draft, file).name == "op.tgz"
    assert silent.calls == 2
    silent.ended.set()


def test_a_read_without_an_answer_is_sent_again(server: Server, hasty: Releases) -> None:
    silent = Silent(server, "GET", times=1)
    assert hasty.tags() == ["v1.5.0"]
    assert silent.calls == 2
    silent.ended.set()
