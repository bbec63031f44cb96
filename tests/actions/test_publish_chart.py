"""publish-chart as a process, with real helm and real registries; what is there is read back by crane."""

import os
import shutil
import socket
import tarfile
from base64 import b64encode
from collections.abc import Callable
from pathlib import Path

import pytest

from rehearsal.crane import crane, is_absent, manifest
from rehearsal.programs import program, run
from rehearsal.registry import Registry
from rehearsal.step import Result

CHART = """\
apiVersion: v2
# Keep in step with the images.
name: operator
version: 1.5.0
appVersion: "v1.5.0"
"""
TEMPLATE = """\
apiVersion: v1
kind: Pod
metadata: {name: operator}
spec:
  containers:
  - name: operator
    image: {{ .Values.image }}:{{ .Chart.AppVersion }}
  {{- with .Values.sidecar }}
  - {name: sidecar, image: {{ . | quote }}}
  {{- end }}
"""
OLD_DATE = "2024-02-29T12:00:00 +0900"

Publish = Callable[..., Result]


class Project:
    """A repository with a chart, `charts/operator`, whose image is in the registry for two platforms.

    What is committed is tagged, on a remote.
    """

    def __init__(self, folder: Path, registry: Registry) -> None:
        self.folder = folder
        self.registry = registry
        self.namespace = f"{registry.host}/{folder.parent.name.lower().strip('_')}"
        self.chart = folder / "charts" / "operator"
        self.reference = f"{self.namespace}/operator:1.5.0"
        self.write("charts/operator/Chart.yaml", CHART)
        self.write("charts/operator/values.yaml", f"image: {self.namespace}/images/operator\nsidecar: ''\n")
        self.write("charts/operator/templates/pod.yaml", TEMPLATE)
        self.git("init", "--quiet")
        origin = folder.parent / "origin.git"
        run(["git", "init", "--quiet", "--bare", str(origin)])
        self.git("remote", "add", "origin", str(origin))
        self.commit()

    def write(self, name: str, text: str) -> None:
        path = self.folder / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(text)

    def replace(self, name: str, old: str, new: str) -> None:
        text = (self.folder / name).read_text()
        assert old in text
        self.write(name, text.replace(old, new))

    def commit(self) -> None:
        self.git("add", "--all")
        identity = ["-c", "user.name=Demo", "-c", "user.email=demo@example.com", "-c", "commit.gpgsign=false"]
        dates = {**os.environ, "GIT_AUTHOR_DATE": OLD_DATE, "GIT_COMMITTER_DATE": OLD_DATE}
        run(["git", "-C", str(self.folder), *identity, "commit", "--quiet", "--message=x"], env=dates)
        self.git("push", "--quiet", "--force", "origin", *(f"HEAD:refs/tags/{tag}" for tag in ("v1.5.0", "v1.5.1")))

    def git(self, *arguments: str) -> str:
        return run(["git", "-C", str(self.folder), *arguments])

    def push_image(self, name: str = "operator:v1.5.0", platforms: tuple[str, ...] = ("amd64", "arm64")) -> str:
        """Push an image for these architectures of Linux, and return its reference."""
        reference = f"{self.namespace}/images/{name}"
        layer = self.folder.parent / "layer.tar"
        with tarfile.open(layer, "w"):
            pass
        each = []
        for architecture in platforms:
            one = f"{reference}-{architecture}"
            crane("append", "--oci-empty-base", f"--new_layer={layer}", f"--new_tag={one}")
            crane("mutate", one, f"--set-platform=linux/{architecture}", f"--tag={one}")
            each.append(f"--manifest={one}")
        crane("index", "append", *each, f"--tag={reference}")
        return reference


@pytest.fixture
def project(tmp_path: Path, registry: Registry) -> Project:
    """The project to release; nothing of it is in the registry yet."""
    return Project(tmp_path / "project", registry)


@pytest.fixture
def publish(project: Project, run_action: Callable[..., Result]) -> Publish:
    """`publish(dry_run="true")` runs the action on the project's chart for the tag v1.5.0."""

    def run_it(env: dict[str, str] | None = None, workspace: Path | None = None, **inputs: str) -> Result:
        given = {"chart": "charts/operator", "tag": "v1.5.0", "registry": f"oci://{project.namespace}"}
        given |= {name.replace("_", "-"): text for name, text in inputs.items()}
        return run_action("publish_chart", given, workspace=workspace or project.folder, env=env)

    return run_it


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


def test_a_stale_chart_is_refused_with_the_lines_to_write(publish: Publish) -> None:
    result = publish(tag="v1.5.1-rc.0")

    assert (result.code, result.error) == (1, "E_STALE_VERSION")
    assert (result.annotations[-1].file, result.annotations[-1].line) == ("charts/operator/Chart.yaml", 4)
    assert "charts/operator/Chart.yaml:4: write `version: 1.5.1-rc.0`, not '1.5.0'" in result.log
    assert "charts/operator/Chart.yaml:5: write `appVersion: v1.5.1-rc.0`, not 'v1.5.0'" in result.log


def test_sync_changes_the_package_alone(project: Project, publish: Publish) -> None:
    project.push_image("operator:1.5.1")
    result = publish(tag="v1.5.1", image_tag="bare", sync="true")

    assert result.code == 0, result.log
    shown = run(["helm", "show", "chart", "--plain-http", f"oci://{project.namespace}/operator", "--version=1.5.1"])
    assert "version: 1.5.1" in shown
    assert "appVersion: 1.5.1" in shown
    assert project.git("status", "--porcelain") == ""


def test_missing_images_stop_the_release(project: Project, publish: Publish) -> None:
    missing = f"{project.namespace}/images/other:1"
    project.replace("charts/operator/values.yaml", "sidecar: ''", f"sidecar: {missing}")
    result = publish()

    assert (result.code, result.error) == (1, "E_IMAGE_MISSING")
    assert result.annotations[-1].file == "charts/operator/templates/pod.yaml"
    for image in (f"{project.namespace}/images/operator:v1.5.0", missing):
        assert f"charts/operator/templates/pod.yaml: {image} is not in its registry" in result.log
        assert image in result.summary
    assert is_absent(project.reference)


def test_a_missing_platform_stops_the_release(project: Project, publish: Publish) -> None:
    project.push_image(platforms=("amd64",))
    result = publish()

    assert result.error == "E_IMAGE_MISSING"
    assert "lacks linux/arm64" in result.annotations[-1].message
    assert publish(platforms="linux/amd64").code == 0


def test_images_of_values_files_are_asked_for_too(project: Project, publish: Publish) -> None:
    project.push_image()
    project.write("ci/with, comma.yaml", f"sidecar: {project.namespace}/images/other:1\n")
    result = publish(values="ci/with, comma.yaml")

    assert result.error == "E_IMAGE_MISSING"
    assert f"{project.namespace}/images/other:1" in result.annotations[-1].message


def test_excluded_images_are_shown(project: Project, publish: Publish) -> None:
    result = publish(exclude_images=f"quay.io/*\n{project.namespace}/images/*")

    assert result.code == 0
    assert f"{project.namespace}/images/operator:v1.5.0" in result.summary
    assert "excluded by" in result.summary


def test_pending_images_pass_the_check_but_not_the_push(project: Project, publish: Publish) -> None:
    pending = f"{project.namespace}/images/operator:v1.5.0"
    checked = publish(pending_images=pending, dry_run="true")
    pushed = publish(pending_images=pending)

    assert checked.code == 0
    assert "this release publishes it" in checked.summary
    assert (pushed.code, pushed.error) == (1, "E_IMAGE_MISSING")
    assert is_absent(project.reference)


def test_images_at_paths(project: Project, publish: Publish) -> None:
    project.push_image()
    project.write(
        "charts/operator/templates/config.yaml",
        f"kind: ConfigMap\nmetadata: {{name: config}}\ndata: {{image: '{project.namespace}/images/worker:1'}}\n",
    )
    result = publish(image_paths="ConfigMap/config:data.image")
    stale = publish(image_paths="ConfigMap/config:data.images")

    assert result.error == "E_IMAGE_MISSING"
    assert result.annotations[-1].file == "charts/operator/templates/config.yaml"
    assert stale.error == "E_INPUT"


def test_a_floating_tag_is_warned_of(project: Project, publish: Publish) -> None:
    project.push_image()
    latest = project.push_image("sidecar:latest")
    project.replace("charts/operator/values.yaml", "sidecar: ''", f"sidecar: {latest}")
    result = publish()

    assert result.code == 0
    assert [(one.level, one.file) for one in result.annotations] == [("warning", "charts/operator/templates/pod.yaml")]


def test_the_kubernetes_version_can_be_said(project: Project, publish: Publish) -> None:
    project.push_image()
    project.write("charts/operator/Chart.yaml", CHART + "kubeVersion: '>= 1.90.0-0'\n")
    refused = publish(kube_version="1.89")

    assert refused.error == "E_CHART_RENDER"
    assert "`kube-version`" in refused.annotations[-1].message
    assert publish(kube_version="v1.90.1").code == 0


def test_the_configuration_file_says_what_inputs_do_not(project: Project, publish: Publish) -> None:
    project.push_image("operator:1.5.0")
    project.replace("charts/operator/Chart.yaml", '"v1.5.0"', "1.5.0")
    project.write(
        ".github/release-actions.yml",
        f"image-tag: bare\ncharts: [{{path: charts/operator, registry: 'oci://{project.namespace}'}}]\n",
    )

    assert publish(chart="", registry="").code == 0
    assert publish(chart="./charts/operator/", registry="").code == 0


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
    "dependency",
    [
        "{name: x, version: 1.0.0, repository: 'file://../../../outside'}",
        "{name: x, version: 1.0.0, repository: 'file:///etc'}",
        "{name: x, version: 1.0.0, repository: 'http://charts.example.com'}",
        "{name: x, version: 1.0.0, repository: '@nickname'}",
        "{name: x, version: 1.0.0, repository: 'https://user:password@charts.example.com'}",
    ],
)
def test_dependencies_from_elsewhere_are_refused(project: Project, publish: Publish, dependency: str) -> None:
    listed = f"dependencies: [{dependency}]\n"
    project.write("charts/operator/Chart.yaml", CHART + listed)
    project.write("charts/operator/Chart.lock", f"{listed}digest: sha256:0\ngenerated: '2024-02-29T03:00:00Z'\n")
    result = publish()

    assert (result.code, result.error) == (1, "E_CHART_DEPENDENCY")
    assert result.annotations[-1].file == "charts/operator/Chart.yaml"


def test_a_lock_that_lists_more_is_refused(project: Project, publish: Publish) -> None:
    lock = "dependencies: [{name: x, version: 1.0.0, repository: 'https://127.0.0.1:1'}]\ndigest: sha256:0\n"
    project.write("charts/operator/Chart.lock", lock)
    result = publish()

    assert result.error == "E_CHART_DEPENDENCY"
    assert result.annotations[-1].file == "charts/operator/Chart.lock"


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


def test_a_chart_that_insists_on_a_value_is_rendered_with_one(project: Project, publish: Publish) -> None:
    project.push_image()
    project.write("charts/operator/templates/check.yaml", '{{ required "name it" .Values.name | trunc 0 }}')
    project.write("ci.yaml", "name: x\n")
    result = publish(values="ci.yaml")

    assert result.code == 0, result.log
    assert [one.level for one in result.annotations] == ["warning"]
    assert f"{project.namespace}/images/operator:v1.5.0" in result.summary


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

    assert publish().error == "E_PATH"


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


@pytest.mark.parametrize("arrives", [True, False])
def test_a_push_whose_answer_is_lost(project: Project, publish: Publish, tmp_path: Path, *, arrives: bool) -> None:
    project.push_image()
    programs = tmp_path / "bin"
    programs.mkdir()
    push = '"$helm" "$@"' if arrives else ":"
    lost = f'if test "$1" = push; then {push}; echo "Error: connection reset by peer" >&2; exit 1; fi'
    (programs / "helm").write_text(f'#!/bin/sh\nhelm={program("helm")}\n{lost}\nexec "$helm" "$@"\n')
    (programs / "helm").chmod(0o755)
    result = publish(env={"PATH": f"{programs}:{os.environ['PATH']}"})

    assert result.error == ("" if arrives else "E_REGISTRY_UNAVAILABLE")
    assert [one["outcome"] for one in result.result["artefacts"]] == ["done" if arrives else "failed"]
    assert is_absent(project.reference) is not arrives


def test_a_registry_that_is_down(publish: Publish) -> None:
    with socket.socket() as taken:
        taken.bind(("127.0.0.1", 0))  # bound but not listening: every connection is refused
        result = publish(registry=f"oci://127.0.0.1:{taken.getsockname()[1]}/charts", exclude_images="*")

    assert (result.code, result.error) == (1, "E_REGISTRY_UNAVAILABLE")


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


def test_a_workspace_without_a_commit(project: Project, publish: Publish) -> None:
    shutil.rmtree(project.folder / ".git")

    assert publish(exclude_images="*").error == "E_CHECKOUT"


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


def test_as_a_command_on_a_laptop(project: Project, run_action: Callable[..., Result]) -> None:
    flags = [
        "--chart=charts/operator",
        f"--registry={project.namespace}",
        "--tag=v1.5.0",
        "--dry-run",
        "--exclude-images=*",
    ]
    result = run_action("publish_chart", workspace=project.folder, args=flags)

    assert result.code == 0, result.errors
    assert f"reference={project.reference}" in result.log
