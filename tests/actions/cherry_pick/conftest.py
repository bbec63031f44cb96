"""The project of which cherry-pick picks changes."""

from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

from rehearsal.act.step import Result
from rehearsal.git.server import GitServer
from rehearsal.github import GitHub
from tests.actions.cherry_pick.project import Project


@pytest.fixture
def project(tmp_path: Path, github: GitHub, run_action: Callable[..., Result]) -> Iterator[Project]:
    with GitServer(tmp_path / "served") as server:
        yield Project(tmp_path, github, server, run_action)
