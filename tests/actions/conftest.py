"""Actions run as processes, the way GitHub's runner starts them."""

import sysconfig
from collections.abc import Callable
from pathlib import Path

import pytest

from rehearsal.step import Job, Result
from scripts import run


@pytest.fixture(scope="session")
def package_cache(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A cache in which the actions find their packages: those of this Python, so that nothing is installed."""
    cache = tmp_path_factory.mktemp("cache")
    run.packages_folder(cache).symlink_to(sysconfig.get_path("purelib"), target_is_directory=True)
    return cache


@pytest.fixture
def job(tmp_path: Path, package_cache: Path) -> Job:
    """A job whose steps share a workspace and a temporary folder."""
    return Job(tmp_path / "job", package_cache)


@pytest.fixture
def run_action(job: Job) -> Callable[..., Result]:
    """`run_action("validate_tag", {"tag": "v1.5.0"}, workspace=…, env=…, args=…)` runs an action to its end."""
    return job.run
