"""A forked action does what one does that was started as GitHub's runner starts it."""

from pathlib import Path

import pytest

from rehearsal.act.forked import ForkServer
from rehearsal.act.step import Job, Result


@pytest.fixture
def forks(tmp_path: Path) -> ForkServer:
    return ForkServer(tmp_path)


@pytest.mark.parametrize(
    ("inputs", "args"),
    [
        ({"tag": "v1.5.0-rc.1", "check-branch": "false", "images": "ghcr.io/kubeflow/demo"}, None),
        ({"tag": "1.5"}, None),
        ({}, ["--tag", "1.5"]),
        ({}, ["--no-such-flag"]),
    ],
)
def test_it_ends_alike(
    tmp_path: Path, package_cache: Path, forks: ForkServer, inputs: dict[str, str], args: list[str] | None
) -> None:
    job = Job(tmp_path / "job", package_cache, forks=forks)

    def start() -> Result:
        return job.run("validate_tag", inputs, args=args)

    with forks:
        started, forked, again = start(), start(), start()
    assert (forked.code, forked.outputs, forked.summary) == (started.code, started.outputs, started.summary)
    assert (forked.log, forked.errors) == (started.log, started.errors)
    assert (again.code, again.log) == (started.code, started.log)
