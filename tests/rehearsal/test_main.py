"""`python -m rehearsal` as a release manager uses it."""

import os
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path

import pytest

from rehearsal.base.programs import PROJECT
from rehearsal.base.run_folder import own_folder
from rehearsal.git.worktree import WorkTree

_WORKFLOW = """
on:
  push:
    tags: ["v*"]
jobs:
  release:
    runs-on: ubuntu-latest
    steps:
      - uses: actions/checkout@v5
      - run: helm package chart && helm push operator-1.0.0.tgz oci://ghcr.io/acme/charts
      - run: docker buildx build --platform=linux/amd64,linux/arm64 --tag=docker.io/acme/operator:v1.0.0 --push .
      - run: crane digest quay.io/others/image:v3
      - run: 'echo "# Released" >>"$GITHUB_STEP_SUMMARY"'
      - run: "! python3 -c 'import urllib.request as r; r.urlopen(\\"https://example.com\\")'"
"""

Command = Callable[..., subprocess.CompletedProcess[str]]


@pytest.fixture
def rehearse(tmp_path: Path, package_cache: Path) -> Command:
    """Runs the command with a folder of this test's own."""

    def call(*arguments: str) -> subprocess.CompletedProcess[str]:
        return subprocess.run(
            [sys.executable, "-m", "rehearsal", *arguments, f"--keep={tmp_path / 'kept'}"],
            cwd=PROJECT,
            env={**os.environ, "RELEASE_ACTIONS_CACHE": str(package_cache)},
            capture_output=True,
            text=True,
            check=False,
        )

    return call


@pytest.fixture
def project(tmp_path: Path) -> Path:
    """A repository of a chart and an image that is on GitHub as acme/operator."""
    files = {
        ".github/workflows/release.yml": _WORKFLOW,
        "chart/Chart.yaml": "apiVersion: v2\nname: operator\nversion: 1.0.0\nappVersion: v1.0.0\n",
        "Dockerfile": "FROM scratch\nCOPY Dockerfile /\n",
    }
    tree = WorkTree.create(tmp_path / "project", files)
    tree.git("remote", "add", "origin", "git@github.com:acme/operator.git")
    return tree.folder


def test_a_release_is_rehearsed_and_read_back(rehearse: Command, project: Path) -> None:
    assumed = "quay.io/others/image:v3"
    done = rehearse(str(project), "--tag=v1.0.0", "--create-tag", f"--assume-image={assumed}")
    assert done.returncode == 0, done.stdout + done.stderr
    rows = [line.split(maxsplit=3) for line in done.stdout.splitlines()]
    contents = {tuple(row[:2]): row[3] for row in rows if len(row) == 4 and row[2].startswith("sha256:")}
    assert contents == {
        ("docker.io/acme/operator", "v1.0.0"): "image linux/amd64, linux/arm64",
        ("ghcr.io/acme/charts/operator", "1.0.0"): "chart 1.0.0, appVersion v1.0.0",
        ("quay.io/others/image", "v3"): "image linux/amd64, linux/arm64",
    }
    assert f"assumed to exist, played by an empty image: {assumed}" in done.stdout
    assert "hosts asked for that do not exist here: example.com" in done.stdout
    page = next(line.split()[-1] for line in done.stdout.splitlines() if "job summary:" in line)
    assert "<h1>Released</h1>" in Path(page).read_text()
    assert subprocess.run(["git", "-C", str(project), "tag"], capture_output=True, check=True).stdout == b""


def test_a_failed_release_fails_the_command_and_a_second_one_starts_afresh(rehearse: Command, project: Path) -> None:
    for _ in range(2):
        done = rehearse(str(project), "--tag=v1.0.0", "--create-tag", "--at=main")
        assert done.returncode == 1
        assert ".github/workflows/release.yml: failed" in done.stdout
        assert "ghcr.io/acme/charts/operator" in done.stdout


@pytest.mark.parametrize(
    ("arguments", "message"),
    [
        pytest.param(["--tag=v1.0.0"], "acme/operator has no tag 'v1.0.0'", id="no such tag"),
        pytest.param(
            ["--tag=x1", "--create-tag"], "no workflow of acme/operator reacts to push of refs/tags/x1", id="x"
        ),
        pytest.param(["--tag=v1", "--create-tag", "--at=none"], "acme/operator has no branch 'none'", id="no branch"),
        pytest.param(["--tag=v1..0", "--create-tag"], "'v1..0' is not a valid name for a tag", id="not a tag"),
    ],
)
def test_wrong_input_is_one_clear_message(arguments: list[str], message: str, rehearse: Command, project: Path) -> None:
    done = rehearse(str(project), *arguments)
    assert done.returncode == 2
    assert done.stderr.startswith("rehearsal: ")
    assert message in done.stderr
    assert "Traceback" not in done.stderr


def test_a_path_that_is_not_there(rehearse: Command, tmp_path: Path) -> None:
    done = rehearse(str(tmp_path / "absent"), "--tag=v1.0.0")
    assert (done.returncode, done.stderr) == (2, f"rehearsal: there is no folder {tmp_path / 'absent'}\n")


def test_two_rehearsals_do_not_share_a_folder(rehearse: Command, project: Path, tmp_path: Path) -> None:
    with own_folder(tmp_path / "kept"):
        done = rehearse(str(project), "--tag=v1.0.0")
    assert done.returncode == 2
    assert "another rehearsal runs in" in done.stderr


def test_a_folder_with_something_in_it_is_not_emptied(rehearse: Command, project: Path, tmp_path: Path) -> None:
    precious = tmp_path / "kept" / "precious"
    precious.parent.mkdir()
    precious.touch()
    done = rehearse(str(project), "--tag=v1.0.0")
    assert done.returncode == 2
    assert "is not empty and no earlier rehearsal's folder" in done.stderr
    assert precious.exists()
