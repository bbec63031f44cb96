"""publish-chart as a process, with real helm and real registries: what is published, and that it is published once."""

import os
import shutil
import tarfile
from base64 import b64encode
from pathlib import Path

import pytest

from rehearsal.base.programs import program, run
from rehearsal.oci.crane import crane, is_absent, manifest
from rehearsal.oci.registry import Registry
from tests.actions.publish_chart.project import BOTH_HELMS, CHART, Project, Publish

pytestmark = BOTH_HELMS


def test_a_chart_is_published_once(project: Project, publish: Publish) -> None:
    project.push_image()
    first = publish()
    second = publish()

    assert (first.code, second.code) == (0, 0), first.log + second.log
    assert first.outputs["digest"] == second.outputs["digest"] == crane("digest", project.reference)
    assert first.outputs["chart"] == "operator"
    assert first.outputs["version"] == "1.5.0"
    assert first.outputs["reference"] == project.reference
    assert [one["outcome"] for one in first.result["artefacts"]] == ["done"]
    assert [one["outcome"] for one in second.result["artefacts"]] == ["skipped"]
    assert manifest(project.reference)["annotations"]["org.opencontainers.image.created"] == "2024-02-29T03:00:00Z"
    assert f"helm install operator oci://{project.namespace}/operator --version 1.5.0" in first.summary
    assert "charts/operator/templates/pod.yaml" in first.summary
    assert project.git("status", "--porcelain") == ""


def test_the_package_is_there_for_later_steps(project: Project, publish: Publish) -> None:
    project.push_image()
    package = Path(publish(dry_run="true").outputs["package"])

    with tarfile.open(package) as archive:
        assert archive.getnames() == [
            "operator/Chart.yaml",
            "operator/templates/pod.yaml",
            "operator/values.yaml",
        ]
    assert package.name == "operator-1.5.0.tgz"


def test_the_same_commit_gives_the_same_bytes(project: Project, publish: Publish, tmp_path: Path) -> None:
    project.push_image()
    first = Path(publish(dry_run="true").outputs["package"]).read_bytes()
    clone = tmp_path / "elsewhere"
    mask = os.umask(0o077)
    try:
        run(["git", "clone", "--quiet", "--branch=v1.5.0", str(project.folder.parent / "origin.git"), str(clone)])
        os.utime(clone / "charts/operator/values.yaml", (1, 1))
        again = publish(workspace=clone, env={"TZ": "Asia/Kathmandu", "LANG": "tr_TR.UTF-8"}, dry_run="true")
        pushed = publish(workspace=clone, env={"TZ": "America/St_Johns"})
    finally:
        os.umask(mask)

    assert Path(again.outputs["package"]).read_bytes() == first
    assert pushed.outputs["digest"] == publish().outputs["digest"]


def test_a_chart_that_helm_itself_pushed_is_the_same(project: Project, publish: Publish, tmp_path: Path) -> None:
    project.push_image()
    run(["helm", "package", str(project.chart), f"--destination={tmp_path}"])
    run(["helm", "push", "--plain-http", str(tmp_path / "operator-1.5.0.tgz"), f"oci://{project.namespace}"])
    digest = crane("digest", project.reference)
    result = publish()

    assert result.result["artefacts"][0]["outcome"] == "skipped"
    assert result.outputs["digest"] == digest == crane("digest", project.reference)


def test_another_content_is_refused(project: Project, publish: Publish) -> None:
    project.push_image()
    digest = publish().outputs["digest"]
    project.replace("charts/operator/values.yaml", "sidecar: ''", "sidecar: ")
    result = publish()

    assert (result.code, result.error) == (1, "E_VERSION_EXISTS")
    assert "operator/values.yaml is another (line 2" in result.annotations[-1].message
    assert digest in result.log
    assert crane("digest", project.reference) == digest


def test_something_else_under_the_version_is_refused(project: Project, publish: Publish) -> None:
    project.push_image()
    crane("copy", f"{project.namespace}/images/operator:v1.5.0", project.reference)
    result = publish()

    assert result.error == "E_VERSION_EXISTS"
    assert "it is not a Helm chart" in result.annotations[-1].message


def test_a_dry_run_publishes_nothing(project: Project, publish: Publish) -> None:
    project.push_image()
    result = publish(dry_run="true")

    assert result.code == 0
    assert [one["outcome"] for one in result.result["artefacts"]] == ["planned"]
    assert result.outputs["digest"] == ""
    assert is_absent(project.reference)


def test_sync_changes_the_package_alone(project: Project, publish: Publish) -> None:
    project.push_image("operator:1.5.1")
    result = publish(tag="v1.5.1", image_tag="bare", sync="true")

    assert result.code == 0, result.log
    shown = run(["helm", "show", "chart", "--plain-http", f"oci://{project.namespace}/operator", "--version=1.5.1"])
    assert "version: 1.5.1" in shown
    assert "appVersion: 1.5.1" in shown
    assert project.git("status", "--porcelain") == ""


@pytest.mark.parametrize("path", ["charts/operator", "./charts/operator", "charts/*"])
def test_the_configuration_file_says_what_inputs_do_not(project: Project, publish: Publish, path: str) -> None:
    project.push_image("operator:1.5.0")
    project.replace("charts/operator/Chart.yaml", '"v1.5.0"', "1.5.0")
    for name in ("file", "input"):
        project.write(f"{name}.yaml", f"sidecar: 127.0.0.1:1/{name}:1\n")
    chart = f"path: '{path}', registry: 'oci://{project.namespace}'"
    own = "values: [file.yaml], exclude-images: ['*/file:1']"
    project.write(".github/release-actions.yml", f"image-tag: bare\ncharts: [{{{chart}, {own}}}]\n")
    inputs = {"values": "input.yaml", "exclude_images": "*/input:1"}

    assert publish(chart="", registry="").code == 0
    assert publish(chart="./charts/operator/", registry="", **inputs).code == 0


def test_a_local_dependency_is_packed(project: Project, publish: Publish) -> None:
    project.push_image()
    project.write("charts/common/Chart.yaml", "apiVersion: v2\nname: common\nversion: 1.0.0\ntype: library\n")
    project.write("charts/common/templates/_help.tpl", '{{- define "x" }}{{ end }}')
    dependency = "dependencies: [{name: common, version: 1.0.0, repository: 'file://../common'}]\n"
    project.write("charts/operator/Chart.yaml", CHART + dependency)
    unlocked = publish()
    run(["helm", "dependency", "update", str(project.chart)])
    shutil.rmtree(project.chart / "charts")
    result = publish()

    assert (unlocked.error, unlocked.annotations[-1].line) == ("E_CHART_DEPENDENCY", 6)
    assert result.code == 0, result.log
    with tarfile.open(result.outputs["package"]) as archive:
        assert "operator/charts/common/templates/_help.tpl" in archive.getnames()


@pytest.mark.parametrize(
    ("push", "error"),
    [
        ('"$helm" "$@"', ""),
        (":", "E_REGISTRY_UNAVAILABLE"),
        ('"$helm" push --plain-http "$OTHER" "$4"', "E_VERSION_EXISTS"),
    ],
    ids=["it arrived", "it did not", "another chart did"],
)
def test_a_push_whose_answer_is_lost(project: Project, publish: Publish, tmp_path: Path, push: str, error: str) -> None:
    project.push_image()
    other = shutil.copytree(project.chart, tmp_path / "other")
    (other / "values.yaml").write_text("image: other\n")
    run(["helm", "package", str(other), f"--destination={tmp_path}"])
    programs = tmp_path / "bin"
    programs.mkdir()
    lost = f'if test "$1" = push; then {push}; echo "Error: connection reset by peer" >&2; exit 1; fi'
    setup = f"helm={program('helm')} OTHER={tmp_path}/operator-1.5.0.tgz"
    (programs / "helm").write_text(f'#!/bin/sh\n{setup}\n{lost}\nexec "$helm" "$@"\n')
    (programs / "helm").chmod(0o755)
    result = publish(env={"PATH": f"{programs}:{os.environ['PATH']}"})

    assert result.error == error, result.log
    assert [one["outcome"] for one in result.result["artefacts"]] == ["failed" if error else "done"]
    assert is_absent(project.reference) is (error == "E_REGISTRY_UNAVAILABLE")


def test_a_registry_that_needs_a_login(publish: Publish, registry_with_login: Registry, tmp_path: Path) -> None:
    namespace = f"oci://{registry_with_login.host}/{tmp_path.name.lower().strip('_')}"
    login = registry_with_login.login
    refused = publish(registry=namespace, exclude_images="*")
    accepted = publish(
        registry=namespace, exclude_images="*", registry_username=login.username, registry_password=login.password
    )

    assert (refused.code, refused.error) == (1, "E_REGISTRY_LOGIN")
    assert accepted.code == 0, accepted.log
    visible = [line for line in accepted.log.splitlines() if not line.startswith("::add-mask::")]
    assert login.password not in "\n".join(visible) + accepted.summary
    pair = b64encode(f"{login.username}:{login.password}".encode()).decode()
    assert pair in [command.data for command in accepted.commands if command.name == "add-mask"]


def test_the_callers_helm_configuration_is_not_obeyed(project: Project, publish: Publish, tmp_path: Path) -> None:
    plugin = tmp_path / "plugins/bad"
    plugin.mkdir(parents=True)
    (plugin / "plugin.yaml").write_text("name: lint\nversion: 1.0.0\ncommand: /bin/false\nusage: x\ndescription: x\n")
    project.push_image()
    hostile = {
        "HELM_PLUGINS": str(plugin.parent),
        "HELM_NAMESPACE": "--x",
        "HELM_DEBUG": "true",
        "HELM_BIN": "/bin/false",
    }

    assert publish(env=hostile).code == 0
