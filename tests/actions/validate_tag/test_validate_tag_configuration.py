"""validate-tag reads what a release consists of: matrices for later jobs, the configuration file, version places."""

import json

import pytest

from rehearsal.git.project import GitProject
from tests.actions.validate_tag.validation import Validate, refused

CONFIG = """\
platforms: [linux/amd64, linux/arm64, linux/s390x]
image-tag: bare
images:
  - name: ghcr.io/kubeflow/demo
    build-args: [A=1, B=2]
  - name: ghcr.io/kubeflow/demo-migrate
    context: migrate
    file: migrate/Dockerfile
    target: final
    platforms: [linux/aarch64]
charts:
  - path: charts/demo
    registry: oci://ghcr.io/kubeflow/charts
    values: [ci/a.yaml, ci/b.yaml]
  - path: charts/crds
    image-paths: ["ConfigMap/a:data.A", "ConfigMap/b:data.B"]
    kube-version: "1.34.0"
    api-versions: [cert-manager.io/v1, batch/v1]
    platforms: [linux/aarch64]
"""


def write_configured_charts(project: GitProject) -> None:
    for name in ("demo", "crds"):
        project.write(f"charts/{name}/Chart.yaml", f"apiVersion: v2\nname: {name}\nversion: 0.1.0\n")
    project.write(".github/release-actions.yml", CONFIG)


def test_the_matrices(project: GitProject, validate: Validate) -> None:
    write_configured_charts(project)
    project.commit("v1.5.0-rc.1")
    project.tag("v1.5.0-rc.1")
    done = validate("v1.5.0-rc.1", registry="oci://quay.io/charts", check_places="false")
    assert done.code == 0, done.log
    demo = {"image": "ghcr.io/kubeflow/demo", "image-tag": "bare", "platforms": "linux/amd64,linux/arm64,linux/s390x"}
    migrate = {"image": "ghcr.io/kubeflow/demo-migrate", "image-tag": "bare", "platforms": "linux/arm64"}
    build = {**demo, "context": ".", "file": "", "target": "", "build-args": "A=1\nB=2"}
    slug = "0-ghcr.io-kubeflow-demo"
    other = "1-ghcr.io-kubeflow-demo-migrate"
    assert json.loads(done.outputs["matrix"])["include"] == [
        {**build, "platform": "linux/amd64", "runner": "ubuntu-24.04", "slug": f"{slug}-linux-amd64"},
        {**build, "platform": "linux/arm64", "runner": "ubuntu-24.04-arm", "slug": f"{slug}-linux-arm64"},
        {**build, "platform": "linux/s390x", "runner": "ubuntu-24.04", "slug": f"{slug}-linux-s390x"},
        {
            **migrate,
            "context": "migrate",
            "file": "migrate/Dockerfile",
            "target": "final",
            "build-args": "",
            "platform": "linux/arm64",
            "runner": "ubuntu-24.04-arm",
            "slug": f"{other}-linux-arm64",
        },
    ]
    assert json.loads(done.outputs["images"])["include"] == [{**demo, "slug": slug}, {**migrate, "slug": other}]
    assert done.outputs["chart-references"].splitlines() == [
        "ghcr.io/kubeflow/charts/demo:1.5.0-rc.1",
        "quay.io/charts/crds:1.5.0-rc.1",
    ]
    chart = {"image-tag": "bare", "platforms": demo["platforms"], "exclude-images": ""}
    assert json.loads(done.outputs["charts"])["include"] == [
        {
            **chart,
            "path": "charts/demo",
            "registry": "oci://ghcr.io/kubeflow/charts",
            "values": "ci/a.yaml\nci/b.yaml",
            "image-paths": "",
            "kube-version": "",
            "api-versions": "",
        },
        {
            **chart,
            "path": "charts/crds",
            "registry": "oci://quay.io/charts",
            "platforms": "linux/arm64",
            "values": "",
            "image-paths": "ConfigMap/a:data.A\nConfigMap/b:data.B",
            "kube-version": "1.34.0",
            "api-versions": "cert-manager.io/v1\nbatch/v1",
        },
    ]
    assert done.outputs["pending-images"].splitlines() == [
        "ghcr.io/kubeflow/demo:1.5.0-rc.1",
        "ghcr.io/kubeflow/demo-migrate:1.5.0-rc.1",
    ]
    assert done.outputs["built-images"].splitlines() == [
        "ghcr.io/kubeflow/demo:1.5.0-rc.1 linux/amd64,linux/arm64,linux/s390x",
        "ghcr.io/kubeflow/demo-migrate:1.5.0-rc.1 linux/arm64",
    ]
    assert done.outputs["app-version"] == done.outputs["image-tag"] == "1.5.0-rc.1"
    assert json.loads(done.outputs["release-parts"]) == {
        "images": sorted(done.outputs["pending-images"].splitlines()),
        "charts": done.outputs["chart-references"].splitlines(),
        "floating-tags": [],
        "index-branch": "",
    }


def test_the_parts_of_a_release_have_the_floating_tags_that_it_gets(project: GitProject, validate: Validate) -> None:
    project.tag("v2.0.0")
    project.commit("v1.5.0")
    project.tag("v1.5.0")
    given = {"images": "ghcr.io/kubeflow/demo", "floating_tags": "latest, major, minor", "index_branch": "gh-pages"}
    assert json.loads(validate("v1.5.0", **given).outputs["release-parts"]) == {
        "images": ["ghcr.io/kubeflow/demo:v1.5.0"],
        "charts": [],
        "floating-tags": ["ghcr.io/kubeflow/demo:v1", "ghcr.io/kubeflow/demo:v1.5"],
        "index-branch": "gh-pages",
    }


def test_a_configuration_with_an_unknown_key_is_refused_at_its_line(project: GitProject, validate: Validate) -> None:
    project.write(
        ".github/release-actions.yml", "images:\n  - name: ghcr.io/kubeflow/demo\n    dockerfile: Dockerfile\n"
    )
    project.commit("v1.5.0-rc.1")
    project.tag("v1.5.0-rc.1")
    done = validate("v1.5.0-rc.1")
    refused(done, "E_CONFIG", "no key 'dockerfile'")
    assert [(note.file, note.line) for note in done.annotations] == [(".github/release-actions.yml", 3)]


def test_inputs_win_over_the_configuration(project: GitProject, validate: Validate) -> None:
    write_configured_charts(project)
    project.commit("v1.5.0-rc.1")
    project.tag("v1.5.0-rc.1")
    done = validate(
        "v1.5.0-rc.1",
        images="ghcr.io/kubeflow/demo\nquay.io/kubeflow/other",
        platforms="linux/arm64",
        image_tag="tag",
        check_places="false",
    )
    builds = json.loads(done.outputs["matrix"])["include"]
    assert [(one["image"], one["build-args"], one["platform"]) for one in builds] == [
        ("ghcr.io/kubeflow/demo", "A=1\nB=2", "linux/arm64"),
        ("quay.io/kubeflow/other", "", "linux/arm64"),
    ]
    assert done.outputs["image-tag"] == "v1.5.0-rc.1"


@pytest.mark.parametrize(
    ("inputs", "code"),
    [
        ({"images": "ghcr.io/Kubeflow/Demo"}, "E_IMAGE_REFERENCE"),
        ({"images": "ghcr.io/kubeflow/demo:v1"}, "E_IMAGE_REFERENCE"),
        ({"images": "ghcr.io/a/b\nghcr.io/a/b"}, "E_CONFIG"),
        ({"images": "\n".join(f"a/b{number}" for number in range(129))}, "E_CONFIG"),
        ({"images": "a/b", "platforms": "amd64"}, "E_IMAGE_REFERENCE"),
        ({"image_tag": "bear"}, "E_INPUT"),
        ({"check_branch": "perhaps"}, "E_INPUT"),
        ({"config": "missing.yml"}, "E_PATH"),
        ({"config": "../outside.yml"}, "E_PATH"),
    ],
    ids=[
        *("capitals", "image with tag", "image twice", "too many jobs", "half a platform"),
        *("no spelling", "no boolean", "no such file", "file outside"),
    ],
)
def test_inputs_that_make_no_sense(validate: Validate, inputs: dict[str, str], code: str) -> None:
    refused(validate("v1.5.0-rc.0", **inputs), code)


def chart(project: GitProject, name: str, version: str) -> None:
    text = f"apiVersion: v2\nname: {name}\nversion: {version}\nappVersion: v{version}\n"
    project.write(f"charts/{name}/Chart.yaml", text)


@pytest.fixture
def charts(project: GitProject) -> GitProject:
    """The project with two charts, one of which was left behind at the tag v1.5.0-rc.1."""
    chart(project, "demo", "1.5.0-rc.1")
    chart(project, "crds", "1.5.0-rc.0")
    project.write("VERSION", "v1.5.0-rc.1\n")
    project.commit("v1.5.0-rc.1")
    project.tag("v1.5.0-rc.1")
    return project


@pytest.mark.usefixtures("charts")
def test_a_stale_version_place_is_named_with_its_line(validate: Validate) -> None:
    done = validate("v1.5.0-rc.1", charts="charts/*", places="VERSION")
    assert done.code == 1
    assert done.error == "E_STALE_VERSION"
    places = [(note.file, note.line) for note in done.annotations if note.level == "error" and note.file]
    assert places == [("charts/crds/Chart.yaml", 3), ("charts/crds/Chart.yaml", 4)]
    assert set(done.outputs) == {"result"}


@pytest.mark.usefixtures("charts")
def test_version_places_can_be_left_to_others(validate: Validate) -> None:
    done = validate("v1.5.0-rc.1", charts="charts/*", check_places="false")
    assert done.code == 0, done.log
    assert [one["path"] for one in json.loads(done.outputs["charts"])["include"]] == ["charts/crds", "charts/demo"]


@pytest.mark.usefixtures("charts")
def test_a_chart_that_is_named_twice(validate: Validate) -> None:
    done = validate("v1.5.0-rc.1", charts="./charts/demo/\ncharts/d*", check_places="false")
    refused(done, "E_CONFIG", "`charts/demo` is there twice")


def test_every_version_place_is_in_the_summary(charts: GitProject, validate: Validate) -> None:
    chart(charts, "crds", "1.5.0-rc.2")
    chart(charts, "demo", "1.5.0-rc.2")
    charts.write("VERSION", "v1.5.0-rc.2\n")
    charts.commit("v1.5.0-rc.2")
    charts.tag("v1.5.0-rc.2")
    done = validate("v1.5.0-rc.2", charts="charts/*", places="VERSION")
    assert done.code == 0, done.log
    assert "| Version places | `5` |" in done.summary
    assert "`VERSION:1`" in done.summary
