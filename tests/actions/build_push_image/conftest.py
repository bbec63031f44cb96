"""A project of a test's own, and build-push-image on it."""

from collections.abc import Callable
from pathlib import Path

import pytest

from rehearsal.act.step import Result
from rehearsal.git.server import GitServer
from rehearsal.hosts.internet import Internet
from rehearsal.oci.buildkit import BuildKit
from rehearsal.oci.registry import Registry
from tests.actions.build_push_image.project import TAG, BuildPush, Project


@pytest.fixture
def project(tmp_path: Path, registry: Registry, git_server: GitServer) -> Project:
    """The project to release."""
    return Project(tmp_path / "project", registry, git_server)


@pytest.fixture
def build_push(project: Project, run_action: Callable[..., Result], loopback: Internet, builder: BuildKit) -> BuildPush:
    """`build_push(platforms="linux/amd64")` runs the action on the project for the tag v1.5.0-rc.0."""

    def run_it(env: dict[str, str] | None = None, **inputs: str) -> Result:
        given = {"image": project.image, "tag": TAG, **{name.replace("_", "-"): text for name, text in inputs.items()}}
        environment = {**loopback.env(), **builder.env(), **(env or {})}
        return run_action("build_push_image", given, workspace=project.folder, env=environment)

    return run_it
