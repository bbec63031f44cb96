"""Actions run as processes, the way GitHub's runner starts them."""

from collections.abc import Callable
from pathlib import Path

import pytest

from rehearsal.step import Job, Result


@pytest.fixture
def job(tmp_path: Path, package_cache: Path) -> Job:
    """A job whose steps share a workspace and a temporary folder."""
    return Job(tmp_path / "job", package_cache)


@pytest.fixture
def run_action(job: Job) -> Callable[..., Result]:
    """`run_action("validate_tag", {"tag": "v1.5.0"}, workspace=…, env=…, args=…)` runs an action to its end."""
    return job.run
