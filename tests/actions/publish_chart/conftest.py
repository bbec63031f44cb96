"""A project of a test's own, and publish-chart on its chart."""

import os
from collections.abc import Callable
from pathlib import Path

import pytest

from rehearsal.act.step import ROOT, Result
from rehearsal.oci.registry import Registry
from tests.actions.publish_chart.project import Project, Publish

TOOLS = ROOT / ".tools" / "bin"


@pytest.fixture
def project(tmp_path: Path, registry: Registry) -> Project:
    """The project to release; nothing of it is in the registry yet."""
    return Project(tmp_path / "project", registry)


@pytest.fixture
def helm(request: pytest.FixtureRequest) -> str:
    """Which of our programs the action finds as `helm`; a module whose tests run with Helm 3 and 4 has `BOTH_HELMS`."""
    return str(getattr(request, "param", "helm"))


@pytest.fixture
def publish(project: Project, helm: str, tmp_path: Path, run_action: Callable[..., Result]) -> Publish:
    """`publish(dry_run="true")` commits what was written, and runs the action on the chart for the tag v1.5.0.

    With `commit=False` what was written is only there.
    """
    path: dict[str, str] = {}
    if helm != "helm":
        path["PATH"] = os.pathsep.join([str(_only(helm, tmp_path / "helm")), str(TOOLS), os.environ["PATH"]])

    def run_it(
        env: dict[str, str] | None = None, workspace: Path | None = None, *, commit: bool = True, **inputs: str
    ) -> Result:
        if commit and workspace is None and project.git("status", "--porcelain"):
            project.commit()
        given = {"chart": "charts/operator", "tag": "v1.5.0", "registry": f"oci://{project.namespace}"}
        given |= {name.replace("_", "-"): text for name, text in inputs.items()}
        return run_action("publish_chart", given, workspace=workspace or project.folder, env={**path, **(env or {})})

    return run_it


def _only(program: str, folder: Path) -> Path:
    """A folder in which a program of the rehearsal is called `helm`."""
    folder.mkdir()
    (folder / "helm").symlink_to(TOOLS / program)
    return folder
