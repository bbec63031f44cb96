"""A file of a chart that can't be read is named as the repository names it, though a private copy of it is read."""

import pytest

from tests.actions.publish_chart.project import CHART, Project, Publish

BESIDE = "dependencies: [{name: beside, version: 1.5.0, repository: 'file://../beside'}]\n"


@pytest.mark.parametrize(
    "file",
    [
        "charts/operator/Chart.yaml",
        "charts/operator/Chart.lock",
        "charts/beside/Chart.yaml",
        "charts/beside/Chart.lock",
    ],
)
def test_a_file_that_is_no_text(project: Project, publish: Publish, file: str) -> None:
    project.push_image()
    project.write("charts/operator/Chart.yaml", CHART + BESIDE)
    project.write("charts/operator/Chart.lock", f"{BESIDE}digest: sha256:0\n")
    project.write("charts/beside/Chart.yaml", "apiVersion: v2\nname: beside\nversion: 1.5.0\n")
    (project.folder / file).write_bytes(b"a: 1\nb: \xff\n")
    result = publish()

    assert (result.code, result.annotations[-1].file) == (1, file), result.log
