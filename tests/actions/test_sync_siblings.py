"""Charts that depend on one another in the repository: sync-chart-version leaves what publish-chart takes."""

import shutil
from collections.abc import Callable
from pathlib import Path

import pytest

from rehearsal.act.step import Result
from rehearsal.base.programs import run
from rehearsal.oci.registry import Registry
from release_actions.chart import package
from tests.actions.publish_chart.project import Project

Action = Callable[..., Result]
PINS = {"exact": "1.5.0", "with a v": "v1.5.0", "range": "'>=1.0.0-0'", "patches": "~1.5.0", "minors": "^1.5.0"}


@pytest.fixture
def project(tmp_path: Path, registry: Registry) -> Project:
    """A chart whose sibling has its version, both locked by helm."""
    made = Project(tmp_path / "project", registry)
    made.write(".gitignore", "charts/*/charts/\n")
    made.write("charts/crds/Chart.yaml", "apiVersion: v2\nname: crds\nversion: 1.5.0\nappVersion: v1.5.0\n")
    made.write("charts/crds/values.yaml", "tag: main\n")
    made.write("charts/crds/templates/x.yaml", "{kind: X, apiVersion: v1, metadata: {name: '{{ .Values.tag }}'}}\n")
    return made


def lock(project: Project, pin: str = "1.5.0") -> None:
    dependency = f"{{name: crds, version: {pin}, repository: 'file://../crds'}}"
    project.replace("charts/operator/Chart.yaml", "version: 1.5.0", f"version: 1.5.0\ndependencies: [{dependency}]")
    run(["helm", "dependency", "update", str(project.chart)])
    shutil.rmtree(project.chart / "charts")


def publish(project: Project, run_action: Action, tag: str, **more: str) -> Result:
    given = {
        "chart": "charts/operator",
        "tag": tag,
        "registry": f"oci://{project.namespace}",
        "dry-run": "true",
        **more,
    }
    if project.git("status", "--porcelain"):
        project.commit()
    return run_action("publish_chart", {**given, **more}, workspace=project.folder)


@pytest.mark.parametrize("pin", PINS.values(), ids=PINS)
@pytest.mark.parametrize("charts", ["charts/*", "charts/operator"])
def test_what_is_synced_can_be_packed(project: Project, run_action: Action, pin: str, charts: str) -> None:
    lock(project, pin)
    project.push_image("operator:v1.6.0-rc.0")
    given = {"tag": "v1.6.0-rc.0", "charts": charts}
    before = publish(project, run_action, "v1.6.0-rc.0")
    synced = run_action("sync_chart_version", given, workspace=project.folder)
    again = run_action("sync_chart_version", {**given, "check": "true"}, workspace=project.folder)
    after = publish(project, run_action, "v1.6.0-rc.0")

    assert (before.error, synced.code, again.code) == ("E_STALE_VERSION", 0, 0), synced.log + again.log
    assert after.code == 0, after.log
    assert "version: 1.6.0-rc.0" in (project.folder / "charts/crds/Chart.yaml").read_text()


def test_a_sibling_with_a_version_of_its_own_keeps_it(project: Project, run_action: Action) -> None:
    project.replace("charts/crds/Chart.yaml", "version: 1.5.0\nappVersion: v1.5.0", "version: 0.3.0")
    lock(project, "0.3.0")
    project.push_image("operator:v1.6.0")
    before = (project.folder / "charts/crds/Chart.yaml").read_text()
    run_action("sync_chart_version", {"tag": "v1.6.0", "charts": "charts/operator"}, workspace=project.folder)

    assert publish(project, run_action, "v1.6.0").code == 0
    assert (project.folder / "charts/crds/Chart.yaml").read_text() == before


def test_the_package_has_the_version_at_every_place(project: Project, run_action: Action) -> None:
    lock(project)
    project.push_image("operator:v1.6.0")
    project.write("charts/operator/values.yaml", f"image: {project.namespace}/images/operator\nsidecar: ''\ntag: dev\n")
    project.write(
        ".github/release-actions.yml",
        "charts: [{path: 'charts/*'}]\nplaces:\n- {file: charts/operator/values.yaml, yaml: tag}\n"
        "- {file: charts/crds/values.yaml, yaml: tag}\n- {file: VERSION}\n",
    )
    refused = publish(project, run_action, "v1.6.0")
    done = publish(project, run_action, "v1.6.0", sync="true")

    assert refused.error == "E_STALE_VERSION"
    assert "charts/crds/values.yaml:1: write `tag: v1.6.0`, not 'main'" in refused.log
    assert done.code == 0, done.log
    texts = {name: text.decode() for name, text in package.read(Path(done.outputs["package"]).read_bytes()).items()}
    assert "tag: v1.6.0" in texts["operator/values.yaml"]
    assert "version: 1.6.0" in texts["operator/charts/crds/Chart.yaml"]
    assert "tag: v1.6.0" in texts["operator/charts/crds/values.yaml"]
    assert (project.folder / "charts/crds/values.yaml").read_text() == "tag: main\n"
