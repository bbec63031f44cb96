"""Dependencies that are in the chart already, and repositories that are down."""

import socket

from release_actions.chart.lock_digest import with_digest
from tests.actions.publish_chart.project import BOTH_HELMS, CHART, Project, Publish

pytestmark = BOTH_HELMS


def test_a_vendored_dependency_needs_no_lock(project: Project, publish: Publish) -> None:
    project.push_image()
    project.write("charts/operator/Chart.yaml", CHART + "dependencies: [{name: crds, version: 0.1.0}]\n")
    missing = publish(dry_run="true")
    project.write("charts/operator/charts/crds/Chart.yaml", "apiVersion: v2\nname: crds\nversion: 0.1.0\n")
    project.write("charts/operator/charts/crds/templates/x.yaml", "{kind: X, apiVersion: v1, metadata: {name: x}}\n")

    assert missing.error in {"E_CHART_LINT", "E_CHART_PACKAGE"}
    assert publish(dry_run="true").code == 0


def test_a_repository_that_is_down_is_not_the_locks_fault(project: Project, publish: Publish) -> None:
    with socket.socket() as taken:
        taken.bind(("127.0.0.1", 0))  # bound but not listening: every connection is refused
        url = f"http://127.0.0.1:{taken.getsockname()[1]}"
        listed = f"dependencies: [{{name: x, version: 1.0.0, repository: '{url}'}}]\n"
        project.write("charts/operator/Chart.yaml", CHART + listed)
        lock = with_digest(CHART + listed, f"{listed}digest: ''\ngenerated: '2024-02-29T03:00:00Z'\n", "Chart.lock")
        project.write("charts/operator/Chart.lock", lock)
        result = publish(dry_run="true")

    assert (result.code, result.error) == (1, "E_REGISTRY_UNAVAILABLE"), result.log
    assert f"({url})" in result.annotations[-1].message
    assert "Run the job again" in result.annotations[-1].message


def test_a_chart_that_managed_clusters_could_not_install_is_warned_of(project: Project, publish: Publish) -> None:
    project.push_image()
    project.write("charts/operator/Chart.yaml", f'{CHART}kubeVersion: ">=1.29.0"\n')
    result = publish(dry_run="true")

    assert result.code == 0
    [warning] = result.annotations
    assert (warning.level, warning.file, warning.line) == ("warning", "charts/operator/Chart.yaml", 6)
    assert 'kubeVersion: ">=1.29.0-0"' in warning.message
