"""What stops publish-chart: stale or hostile charts, dependencies from elsewhere, wrong inputs, missing programs."""

import shutil
import socket
from pathlib import Path

import pytest

from rehearsal.base.programs import program
from tests.actions.publish_chart.project import CHART, Project, Publish


def test_a_stale_chart_is_refused_with_the_lines_to_write(publish: Publish) -> None:
    result = publish(tag="v1.5.1-rc.0")

    assert (result.code, result.error) == (1, "E_STALE_VERSION")
    assert (result.annotations[-1].file, result.annotations[-1].line) == ("charts/operator/Chart.yaml", 4)
    assert "charts/operator/Chart.yaml:4: write `version: 1.5.1-rc.0`, not '1.5.0'" in result.log
    assert "charts/operator/Chart.yaml:5: write `appVersion: v1.5.1-rc.0`, not 'v1.5.0'" in result.log


def test_the_kubernetes_version_can_be_said(project: Project, publish: Publish) -> None:
    project.push_image()
    project.write("charts/operator/Chart.yaml", CHART + "kubeVersion: '>= 1.90.0-0'\n")
    project.write("ci.yaml", "name: x\n")
    refused = publish(kube_version="1.89", values="ci.yaml")

    assert refused.error == "E_CHART_RENDER"
    assert "does not render with its default values" in refused.annotations[-1].message
    assert "`kube-version`" in refused.annotations[-1].message

    broken_before = '{{ if semverCompare "<1.90.0-0" .Capabilities.KubeVersion.Version }}a: b: c{{ end }}'
    project.write("charts/operator/templates/new.yaml", broken_before)
    assert publish(kube_version="v1.90.1", values="ci.yaml").code == 0


@pytest.mark.parametrize(
    ("repository", "reason"),
    [
        ("file://../../../outside", "the dependency 'x' is outside the repository"),
        ("file:///etc", "the dependency 'x' is outside the repository"),
        ("http://charts.example.com", "the dependency 'x' comes from 'http://charts.example.com'"),
        ("@nickname", "the dependency 'x' comes from '@nickname'"),
        ("https://user:password@charts.example.com", "the dependency 'x' comes from 'https://charts.example.com'"),
    ],
)
def test_dependencies_from_elsewhere_are_refused(
    project: Project, publish: Publish, repository: str, reason: str
) -> None:
    listed = f"dependencies: [{{name: x, version: 1.0.0, repository: '{repository}'}}]\n"
    project.write("charts/operator/Chart.yaml", CHART + listed)
    project.write("charts/operator/Chart.lock", f"{listed}digest: sha256:0\ngenerated: '2024-02-29T03:00:00Z'\n")
    result = publish()

    assert (result.code, result.error) == (1, "E_CHART_DEPENDENCY")
    assert f"charts/operator/Chart.yaml, line 6: {reason}" in result.annotations[-1].message
    assert result.annotations[-1].file == "charts/operator/Chart.yaml"


def test_a_lock_that_lists_more_is_refused(project: Project, publish: Publish) -> None:
    lock = "dependencies: [{name: x, version: 1.0.0, repository: 'https://u:hunter2@127.0.0.1:1'}]\ndigest: sha256:0\n"
    project.write("charts/operator/Chart.lock", lock)
    result = publish()

    assert result.error == "E_CHART_DEPENDENCY"
    assert "'x' from 'https://127.0.0.1:1' is not in Chart.yaml" in result.annotations[-1].message
    assert "hunter2" not in result.log + result.summary + result.errors
    assert result.annotations[-1].file == "charts/operator/Chart.lock"


def test_a_schema_of_values_that_refers_to_files_is_refused(project: Project, publish: Publish) -> None:
    project.write("charts/operator/charts/sub/Chart.yaml", "apiVersion: v2\nname: sub\nversion: 1.0.0\n")
    project.write("charts/operator/charts/sub/values.schema.json", '{\n"$ref": "file:///dev/zero"}\n')
    result = publish()

    assert (result.code, result.error) == (1, "E_CHART")
    assert (result.annotations[-1].file, result.annotations[-1].line) == (
        "charts/operator/charts/sub/values.schema.json",
        2,
    )


@pytest.mark.parametrize(
    ("template", "code", "line"),
    [
        ("a: {{ .Values.none.at.all }}", "E_CHART_LINT", 1),
        ('\n\na: {{ include "nobody" . }}', "E_CHART_LINT", 3),
        ("a: b: c", "E_CHART_LINT", 0),
        ('\n{{ fail "choose one" }}', "E_CHART_RENDER", 2),
        ('\n{{ required "name it" .Values.name }}', "E_CHART_RENDER", 2),
    ],
)
def test_templates_that_do_not_render(project: Project, publish: Publish, template: str, code: str, line: int) -> None:
    project.write("charts/operator/templates/broken.yaml", template)
    result = publish()

    assert (result.code, result.error) == (1, code)
    assert (result.annotations[-1].file, result.annotations[-1].line) == ("charts/operator/templates/broken.yaml", line)


CHART_FILES = {
    "missing": ("", "E_PATH"),
    "a name that leaves": (CHART.replace("operator", ".."), "E_CHART"),
    "a name with a slash": (CHART.replace("operator", "a/b"), "E_CHART"),
    "upper case": (CHART.replace("operator", "Operator"), "E_CHART"),
    "an option as a name": (CHART.replace("operator", "--version"), "E_CHART"),
    "two names": (CHART + "name: other\n", "E_YAML"),
    "two documents": (CHART + "---\n" + CHART, "E_YAML"),
    "a number as a version": (CHART.replace("1.5.0\n", "1.10\n"), "E_STALE_VERSION"),
    "a v before the version": (CHART.replace("version: 1", "version: v1"), "E_STALE_VERSION"),
    "deep": (CHART + "a: " + "[" * 100 + "]" * 100, "E_YAML_LIMIT"),
}


@pytest.mark.parametrize(("text", "code"), CHART_FILES.values(), ids=CHART_FILES)
def test_hostile_charts(project: Project, publish: Publish, text: str, code: str) -> None:
    project.write("charts/operator/Chart.yaml", text)
    if not text:
        (project.chart / "Chart.yaml").unlink()
    result = publish()

    assert (result.code, result.error) == (1, code)
    assert len([one for one in result.annotations if one.level == "error"]) == 1


@pytest.mark.parametrize(
    "chart", ["../project/charts/operator", "/etc", "linked", "charts/none", "charts/operator/Chart.yaml"]
)
def test_charts_that_are_no_folder_of_the_workspace(project: Project, publish: Publish, chart: str) -> None:
    (project.folder / "linked").symlink_to("charts/operator")

    assert publish(chart=chart).error == "E_PATH"


def test_a_link_in_the_chart_is_refused(project: Project, publish: Publish) -> None:
    (project.chart / "templates/secret.yaml").symlink_to("/etc/passwd")
    result = publish()

    assert (result.error, result.annotations[-1].file) == ("E_PATH", "charts/operator/templates/secret.yaml")


INPUTS = {
    "no chart": ({"chart": ""}, "E_INPUT"),
    "no registry": ({"registry": ""}, "E_INPUT"),
    "a registry without a host": ({"registry": "oci://kubeflow/charts"}, "E_INPUT"),
    "a web address": ({"registry": "https://ghcr.io/kubeflow"}, "E_IMAGE_REFERENCE"),
    "an option": ({"registry": "--help"}, "E_IMAGE_REFERENCE"),
    "another spelling": ({"image-tag": "pep440"}, "E_INPUT"),
    "no platform": ({"platforms": "linux"}, "E_IMAGE_REFERENCE"),
    "no Kubernetes version": ({"kube-version": "latest"}, "E_INPUT"),
    "no image path": ({"image-paths": "data.image"}, "E_INPUT"),
    "no tag": ({"tag": ""}, "E_EVENT"),
    "another tag": ({"tag": "v1.5"}, "E_TAG_GRAMMAR"),
    "half a login": ({"registry-username": "me"}, "E_INPUT"),
    "a values file that is not there": ({"values": "none.yaml"}, "E_PATH"),
    "a values file from the web": ({"values": "https://example.com/values.yaml"}, "E_PATH"),
}


@pytest.mark.parametrize(("inputs", "code"), INPUTS.values(), ids=INPUTS)
def test_inputs_that_can_not_be_right(publish: Publish, inputs: dict[str, str], code: str) -> None:
    result = publish(**inputs)

    assert (result.code, result.error) == (1, code)
    assert "Nothing was published or written" in result.annotations[-1].message


@pytest.mark.parametrize(
    ("version", "code"),
    [
        ("v3.20.1", "E_PROGRAM"),
        ("v2.17.0", "E_PROGRAM"),
        ("v4.1.3", "E_PROGRAM"),
        ("none", "E_PROGRAM"),
        ("", "E_PROGRAM"),
    ],
)
def test_helm_that_is_too_old_or_missing(publish: Publish, tmp_path: Path, version: str, code: str) -> None:
    programs = tmp_path / "bin"
    programs.mkdir()
    for name in ("git", "python3"):
        (programs / name).symlink_to(program(name))
    if version:
        (programs / "helm").write_text(f"#!/bin/sh\necho {version}\n")
        (programs / "helm").chmod(0o755)
    result = publish(env={"PATH": f"{programs}:/usr/bin:/bin"})

    assert (result.code, result.error) == (1, code)
    assert "3.20.2" in result.annotations[-1].message


def test_a_registry_that_is_down(publish: Publish) -> None:
    with socket.socket() as taken:
        taken.bind(("127.0.0.1", 0))  # bound but not listening: every connection is refused
        result = publish(registry=f"oci://127.0.0.1:{taken.getsockname()[1]}/charts", exclude_images="*")

    assert (result.code, result.error) == (1, "E_REGISTRY_UNAVAILABLE")


def test_a_workspace_without_a_commit(project: Project, publish: Publish) -> None:
    shutil.rmtree(project.folder / ".git")

    assert publish(commit=False, exclude_images="*").error == "E_CHECKOUT"
