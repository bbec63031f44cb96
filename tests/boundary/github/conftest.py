"""A repository on a GitHub on loopback, and a client of it that never really waits."""

from collections.abc import Iterator
from pathlib import Path

import pytest

from rehearsal.base.programs import run
from rehearsal.github import GitHub as Server
from release_actions.github.client import GitHub
from release_actions.github.releases import Releases
from tests.boundary.github.faults import REPOSITORY


@pytest.fixture
def server(github: Server, tmp_path: Path) -> Server:
    path = tmp_path / "operator.git"
    run(["git", "init", "--quiet", "--bare", "--initial-branch=main", "--", str(path)])
    run(["git", "-C", str(path), "fast-import", "--quiet"], stdin=HISTORY)
    github.add(REPOSITORY, path)
    return github


HISTORY = """\
commit refs/heads/main
committer Ann <ann@example.com> 1767225600 +0000
data 6
First

M 100644 inline VERSION
data 6
1.5.0

reset refs/tags/v1.5.0
from refs/heads/main

"""


@pytest.fixture
def pauses() -> list[float]:
    """The seconds that were waited for."""
    return []


@pytest.fixture
def client(server: Server, pauses: list[float]) -> Iterator[GitHub]:
    with GitHub(server.url, REPOSITORY, server.token(contents="write"), pause=pauses.append) as made:
        yield made


@pytest.fixture
def releases(client: GitHub) -> Releases:
    return Releases(client)
