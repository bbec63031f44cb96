"""A chart repository of a test's own, and a relay before its server."""

from collections.abc import Iterator
from pathlib import Path

import pytest

from rehearsal.git.server import GitServer
from tests.boundary.chart_repository.pages import Pages
from tests.support.relay import Relay, relayed


@pytest.fixture
def pages(tmp_path: Path, git_server: GitServer) -> Pages:
    name = f"kubeflow/{tmp_path.name.replace('_', '-')}"
    return Pages(tmp_path, git_server.repository(name), f"{git_server.url}/{name}")


@pytest.fixture
def relay(git_server: GitServer) -> Iterator[Relay]:
    with relayed(git_server) as started:
        yield started
