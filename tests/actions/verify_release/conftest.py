"""The loopback internet of verify-release, and a project of a test's own in it."""

from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

from rehearsal.act.step import Result
from rehearsal.github import GitHub
from rehearsal.hosts.internet import Internet
from tests.actions.verify_release.project import Project


@pytest.fixture(scope="session")
def internet(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Internet]:
    """A loopback internet of these tests' own, as a GitHub that joins one stays in it."""
    with Internet(tmp_path_factory.mktemp("verify-release")) as started:
        yield started


@pytest.fixture(scope="session")
def joined(internet: Internet) -> Iterator[GitHub]:
    """The GitHub of that internet."""
    with GitHub() as started:
        started.join(internet)
        yield started


@pytest.fixture
def project(tmp_path: Path, internet: Internet, joined: GitHub, run_action: Callable[..., Result]) -> Project:
    """A project without releases."""
    return Project(tmp_path, internet, joined, run_action)
