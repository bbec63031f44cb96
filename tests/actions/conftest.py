"""Actions run as processes, the way GitHub's runner starts them."""

from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

from rehearsal.act.forked import ForkServer
from rehearsal.act.step import Job, Result
from rehearsal.git.server import GitServer
from rehearsal.github import GitHub
from rehearsal.projects.github_project import GitHubProject
from tests.support.next_steps import Follower


@pytest.fixture(scope="session")
def forks(tmp_path_factory: pytest.TempPathFactory) -> Iterator[ForkServer]:
    """What starts an action from the second time on."""
    with ForkServer(tmp_path_factory.mktemp("forks")) as started:
        yield started


@pytest.fixture
def job(tmp_path: Path, package_cache: Path, forks: ForkServer) -> Job:
    """A job whose steps share a workspace and a temporary folder."""
    return Job(tmp_path / "job", package_cache, forks=forks)


@pytest.fixture
def run_action(job: Job) -> Callable[..., Result]:
    """`run_action("validate_tag", {"tag": "v1.5.0"}, workspace=…, env=…, args=…)` runs an action to its end."""
    return job.run


@pytest.fixture
def follower(tmp_path: Path, package_cache: Path) -> Follower:
    """A person who does what an error's commands say."""
    return Follower(tmp_path / "person", package_cache)


@pytest.fixture
def hosting(git_server: GitServer, github: GitHub) -> Iterator[GitServer]:
    """The git server as GitHub's: it asks for the same tokens as the API."""
    anyone = git_server.pushers, git_server.readers
    git_server.pushers, git_server.readers = github.pusher, github.reader
    yield git_server
    git_server.pushers, git_server.readers = anyone


@pytest.fixture
def github_project(
    tmp_path: Path, hosting: GitServer, github: GitHub, run_action: Callable[..., Result]
) -> GitHubProject:
    """A project on GitHub whose repository asks for tokens, by git and by the API alike."""
    return GitHubProject(tmp_path, hosting, github, f"kubeflow/{tmp_path.name.replace('_', '-')}", run_action)
