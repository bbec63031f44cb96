"""A project with tags and a release branch, and validate-tag on depth-1 checkouts of it."""

from collections.abc import Callable
from pathlib import Path

import pytest

from rehearsal.act.step import Result
from rehearsal.git.project import GitProject
from rehearsal.git.server import GitServer
from tests.actions.validate_tag.validation import Validate


@pytest.fixture
def project(tmp_path: Path, git_server: GitServer) -> GitProject:
    """A project whose release branch 1.5 has one candidate, and whose repository has tags of older schemes."""
    name = f"kubeflow/{tmp_path.name.replace('_', '-')}"
    made = GitProject(tmp_path, git_server.repository(name), f"{git_server.url}/{name}")
    for tag in ("chart-1.2.3", "v1beta2-1.6.2-3.5.0", "v1.5", "v1.5.0-beta.1", "v1.4.0-rc.0", "v1.4.0", "v1.4.1"):
        made.tag(tag)
    made.switch("release-1.5")
    made.commit("v1.5.0-rc.0")
    made.tag("v1.5.0-rc.0")
    return made


@pytest.fixture
def validate(project: GitProject, run_action: Callable[..., Result]) -> Validate:
    """`validate("v1.5.0", …)` pushes everything, checks the tag out and runs the action on it."""

    def run(tag: str, at: str = "", env: dict[str, str] | None = None, **inputs: str) -> Result:
        project.push()
        workspace = project.checkout(at or f"refs/tags/{tag}")
        given = {name.replace("_", "-"): value for name, value in inputs.items()}
        before = tree(workspace), tree(project.origin)
        done = run_action("validate_tag", {"tag": tag, **given}, workspace=workspace, env=env)
        assert (tree(workspace), tree(project.origin)) == before, "something was written"
        return done

    return run


def tree(folder: Path) -> dict[str, bytes]:
    """Every file below a folder with its content."""
    return {str(path): path.read_bytes() for path in folder.rglob("*") if path.is_file() and not path.is_symlink()}
