"""The whole release of a tag, started by a caller's workflow: what crane and helm find afterwards, and what it says."""

import shutil
from collections.abc import Callable, Iterator, Mapping
from pathlib import Path

import pytest
import yaml

from rehearsal.base.errors import RehearsalError
from rehearsal.base.programs import PROJECT, run
from rehearsal.git.worktree import WorkTree
from rehearsal.oci.registry import Registry
from rehearsal.run.rehearse import Rehearsal, Run
from tests.workflows.release_project import Project, chart, errors, jobs

_EXAMPLES = PROJECT / "examples"
_PLATFORMS = ["linux/amd64", "linux/arm64"]
_ONE_PLATFORM = {"platforms": "linux/amd64"}

_DOCKERFILE = "FROM scratch\nARG TARGETARCH\nCOPY bin/${TARGETARCH} /operator\n"

_POD = """
apiVersion: v1
kind: Pod
metadata:
  name: operator
spec:
  containers:
    - name: operator
      image: "{{ .Values.image }}:{{ .Values.tag | default .Chart.AppVersion }}"
"""

Make = Callable[..., Project]


@pytest.fixture(scope="module")
def rehearsal(tmp_path_factory: pytest.TempPathFactory, package_cache: Path) -> Iterator[Rehearsal]:
    """One internet for all tests of this file; each has a repository of its own."""
    with pytest.MonkeyPatch.context() as patch:
        patch.setenv("RELEASE_ACTIONS_CACHE", str(package_cache))
        with Rehearsal(tmp_path_factory.mktemp("release"), show=lambda _: None) as started:
            yield started


@pytest.fixture(scope="module")
def make(rehearsal: Rehearsal, tmp_path_factory: pytest.TempPathFactory) -> Make:
    """Makes a project of one image and one chart, of version 1.0.0-rc.0, that the README's caller workflow releases.

    It does so with more or other inputs, and without those that are given empty; so for files.
    """

    def project(name: str, files: Mapping[str, str] | None = None, **inputs: str) -> Project:
        image = f"ghcr.io/acme/{name}"
        given = {"images": image, "charts": "charts/operator", "registry": f"oci://{image}-charts", **inputs}
        contents = {
            ".github/workflows/release.yml": caller(given),
            "Dockerfile": _DOCKERFILE,
            "bin/amd64": "amd64\n",
            "bin/arm64": "arm64\n",
            "charts/operator/Chart.yaml": chart("1.0.0-rc.0"),
            "charts/operator/values.yaml": f"image: {image}\ntag: ''\n",
            "charts/operator/templates/pod.yaml": _POD,
            **(files or {}),
        }
        tree = WorkTree.create(tmp_path_factory.mktemp(name), {path: text for path, text in contents.items() if text})
        return Project(rehearsal, tree.folder, f"acme/{name}")

    return project


def caller(inputs: Mapping[str, str]) -> str:
    """The README's workflow, which ends with its inputs, with these in place of its own."""
    start, own, _ = (_EXAMPLES / "release.yml").read_text().partition("      images: ")
    assert own
    return start + "".join(f"      {name.replace('_', '-')}: {value}\n" for name, value in inputs.items() if value)


def test_a_project_with_several_images_is_released_and_a_second_run_changes_nothing(
    rehearsal: Rehearsal, tmp_path: Path
) -> None:
    shutil.copytree(_EXAMPLES / "operator", tmp_path / "operator", ignore=shutil.ignore_patterns("bin"))
    project = Project(rehearsal, WorkTree.create(tmp_path / "operator", {}).folder, "kubeflow/example-operator")
    commit = project.tag("v1.5.0-rc.0")
    images = ["ghcr.io/kubeflow/example-operator", "ghcr.io/kubeflow/example-operator-migrate"]

    first = project.release("v1.5.0-rc.0")
    assert jobs(first) == dict.fromkeys(
        (
            "Validate the tag",
            "Look before the release",
            *(f"Build {image} for {platform}" for image in images for platform in _PLATFORMS),
            "Check charts/example-operator",
            *(f"Publish {image}" for image in images),
            "Publish charts/example-operator",
            "Publish the GitHub release",
            "Verify the release",
        ),
        "success",
    )
    for image in images:
        reference = f"{image}:v1.5.0-rc.0"
        assert project.tags(image) == ["v1.5.0-rc.0"]
        assert project.platforms(reference) == _PLATFORMS
        assert project.label(reference, "version") == "1.5.0-rc.0"
        assert project.label(reference, "revision") == commit
        assert f"docker pull {reference}@{project.digest(reference)}" in first.outcome.summary
    published = "ghcr.io/kubeflow/charts/example-operator"
    assert project.versions(published, "1.5.0-rc.0") == ("1.5.0-rc.0", "v1.5.0-rc.0")
    assert project.digest(f"{published}:1.5.0-rc.0") in first.outcome.summary
    (release,) = rehearsal.github.repository("kubeflow/example-operator").releases.values()
    assert (release.tag, release.draft, release.prerelease) == ("v1.5.0-rc.0", False, True)
    assert {asset.name for asset in release.assets.values()} >= {"example-operator-1.5.0-rc.0.tgz", "checksums.txt"}

    since = project.calls()
    second = project.release("v1.5.0-rc.0")
    assert jobs(second) == jobs(first)
    assert project.writes(since) == []


@pytest.fixture(scope="module")
def by_hand(make: Make) -> tuple[Project, str, Run]:
    """A project whose candidate was released by hand, its commit, and the run."""
    project = make("by-hand")
    commit = project.tag("v1.0.0-rc.0")
    return project, commit, project.start("v1.0.0-rc.0")


def test_a_release_is_started_by_hand_for_a_tag(by_hand: tuple[Project, str, Run]) -> None:
    project, commit, started = by_hand
    assert started.outcome.exit_code == 0, errors(started)
    assert project.tags(project.image) == ["v1.0.0-rc.0"]
    assert project.platforms(f"{project.image}:v1.0.0-rc.0") == _PLATFORMS
    assert project.label(f"{project.image}:v1.0.0-rc.0", "revision") == commit
    assert project.versions(project.chart, "1.0.0-rc.0") == ("1.0.0-rc.0", "v1.0.0-rc.0")


def test_a_release_that_is_started_by_hand_needs_a_tag(by_hand: tuple[Project, str, Run]) -> None:
    project = by_hand[0]
    since = project.calls()
    started = project.start("")
    assert jobs(started) == {"Validate the tag": "failure"}
    assert "No tag started this run" in errors(started)
    assert project.writes(since) == []


def test_a_version_that_another_commit_has_is_left_as_it_is(by_hand: tuple[Project, str, Run]) -> None:
    project, published, _ = by_hand
    project.clone.branch("release-1.0")
    project.clone.git("tag", "--delete", "v1.0.0-rc.0")
    project.clone.git("push", "--quiet", "--delete", "origin", "refs/tags/v1.0.0-rc.0")
    moved = project.tag("v1.0.0-rc.0", {"bin/amd64": "other\n"})
    since = project.calls()
    refused = project.release("v1.0.0-rc.0")
    assert jobs(refused) == {
        "Validate the tag": "success",
        "Look before the release": "failure",
    }
    assert published in errors(refused)
    assert moved in errors(refused)
    assert project.writes(since) == []


def test_a_chart_with_a_placeholder_is_released_with_the_tags_version_and_into_a_chart_repository(make: Make) -> None:
    placeholder = {"charts/operator/Chart.yaml": chart("0.0.0")}
    project = make(
        "placeholder",
        placeholder,
        **_ONE_PLATFORM,
        sync="true",
        index_branch="gh-pages",
        index_url="https://acme.github.io/placeholder",
    )
    project.tag("v1.0.0-rc.0")
    released = project.release("v1.0.0-rc.0")
    assert released.outcome.exit_code == 0, errors(released)
    assert project.versions(project.chart, "1.0.0-rc.0") == ("1.0.0-rc.0", "v1.0.0-rc.0")
    assert jobs(released)["Add charts/operator to the chart repository"] == "success"
    index = yaml.safe_load(project.origin.git("show", "gh-pages:index.yaml"))
    (entry,) = index["entries"]["operator"]
    assert (entry["version"], entry["appVersion"]) == ("1.0.0-rc.0", "v1.0.0-rc.0")
    assert entry["urls"] == ["https://acme.github.io/placeholder/operator-1.0.0-rc.0.tgz"]


def test_no_version_appears_when_one_platform_does_not_build(make: Make) -> None:
    project = make("half-built", {"bin/arm64": ""})
    project.tag("v1.0.0-rc.0")
    failed = project.release("v1.0.0-rc.0")
    builds = [f"Build {project.image} for {platform}" for platform in _PLATFORMS]
    assert set(jobs(failed)) == {"Validate the tag", "Look before the release", *builds, "Check charts/operator"}
    assert jobs(failed)[builds[1]] == "failure"
    assert "linux/arm64" in errors(failed)
    assert project.tags(project.image) == []
    assert project.tags(project.chart) == []

    project.tag("v1.0.0-rc.1", {"bin/arm64": "arm64\n", "charts/operator/Chart.yaml": chart("1.0.0-rc.1")})
    assert project.release("v1.0.0-rc.1").outcome.exit_code == 0
    assert project.tags(project.image) == ["v1.0.0-rc.1"]
    assert project.platforms(f"{project.image}:v1.0.0-rc.1") == _PLATFORMS
    assert project.tags(project.chart) == ["1.0.0-rc.1"]


def test_no_version_appears_when_the_chart_needs_an_image_that_nobody_has(make: Make) -> None:
    values = "image: quay.io/acme/nobody-has-this\ntag: v7\n"
    project = make("bad-chart", {"charts/operator/values.yaml": values}, **_ONE_PLATFORM)
    project.tag("v1.0.0-rc.0")
    failed = project.release("v1.0.0-rc.0")
    assert jobs(failed) == {
        "Validate the tag": "success",
        "Look before the release": "failure",
    }
    assert "quay.io/acme/nobody-has-this:v7" in errors(failed)
    assert project.tags(project.image) == []
    assert project.tags(project.chart) == []


def test_nothing_is_published_under_a_release_page_that_was_made_first(make: Make) -> None:
    project = make("page-first", **_ONE_PLATFORM)
    project.tag("v1.0.0-rc.0")
    page = {"tag_name": "v1.0.0-rc.0", "name": "v1.0.0-rc.0", "body": "Notes of a person", "prerelease": True}
    project.rehearsal.manager(project.origin).ask("POST", "/releases", page)
    failed = project.release("v1.0.0-rc.0")

    assert jobs(failed)["Look before the release"] == "failure"
    assert "Delete that release in the web page" in errors(failed)
    assert project.tags(project.image) == project.tags(project.chart) == []


def test_a_dry_run_writes_nothing(make: Make) -> None:
    project = make("dry", dry_run="true")
    project.tag("v1.0.0-rc.0")
    since = project.calls()
    dry = project.release("v1.0.0-rc.0")
    assert jobs(dry) == {
        "Validate the tag": "success",
        "Look before the release": "success",
        f"Build {project.image} for linux/amd64": "success",
        f"Build {project.image} for linux/arm64": "success",
        "Check charts/operator": "success",
    }
    assert project.writes(since) == []
    assert f"{project.image}:v1.0.0-rc.0" in dry.outcome.summary
    assert f"{project.chart}:1.0.0-rc.0" in dry.outcome.summary


def test_a_project_can_have_charts_only(make: Make) -> None:
    project = make("charts-only", {"charts/operator/values.yaml": "image: quay.io/acme/there\ntag: v7\n"}, images="")
    project.rehearsal.assume_images(["quay.io/acme/there:v7"])
    project.tag("v1.0.0-rc.0")
    released = project.release("v1.0.0-rc.0")
    assert jobs(released) == {
        "Validate the tag": "success",
        "Look before the release": "success",
        "Check charts/operator": "success",
        "Publish charts/operator": "success",
        "Publish the GitHub release": "success",
        "Verify the release": "success",
    }
    assert project.versions(project.chart, "1.0.0-rc.0") == ("1.0.0-rc.0", "v1.0.0-rc.0")


def test_a_project_can_have_images_only_and_a_registry_of_its_own(
    make: Make, registry_with_login: Registry, rehearsal: Rehearsal, tmp_path: Path
) -> None:
    rehearsal.internet.connect("registry.example.com", registry_with_login.address)
    image, login = "registry.example.com/acme/images-only", registry_with_login.login
    workflow = caller({"images": image, **_ONE_PLATFORM})
    secrets = f"    secrets:\n      registry-username: {login.username}\n      registry-password: {login.password}\n"
    project = make("images-only", {".github/workflows/release.yml": workflow + secrets})
    project.tag("v1.0.0-rc.0")
    released = project.release("v1.0.0-rc.0")
    assert jobs(released) == {
        "Validate the tag": "success",
        "Look before the release": "success",
        f"Build {image} for linux/amd64": "success",
        f"Publish {image}": "success",
        "Publish the GitHub release": "success",
        "Verify the release": "success",
    }
    assert login.password not in released.outcome.log.read_text()
    logged_in = {**rehearsal.internet.env(), "DOCKER_CONFIG": str(tmp_path)}
    account = [f"--username={login.username}", f"--password={login.password}"]
    run(["crane", "auth", "login", "registry.example.com", *account], env=logged_in)
    assert run(["crane", "ls", image], env=logged_in).split() == ["v1.0.0-rc.0"]


def test_floating_tags_follow_a_release_last(make: Make) -> None:
    project = make("floating", charts="", registry="", floating_tags="latest, minor", **_ONE_PLATFORM)
    project.tag("v1.0.0")
    released = project.release("v1.0.0")
    assert released.outcome.exit_code == 0, errors(released)
    done = list(jobs(released))
    assert done.index("Publish the GitHub release") < done.index(f"Move the floating tags of {project.image}")
    assert done[-1] == "Verify the release"
    assert sorted(project.tags(project.image)) == ["latest", "v1.0", "v1.0.0"]
    assert len({project.digest(f"{project.image}:{tag}") for tag in ("latest", "v1.0", "v1.0.0")}) == 1


def test_a_tag_of_another_kind_starts_no_release(make: Make) -> None:
    project = make("other-tags")
    project.clone.tag("chart-1.2.3")
    project.clone.push("chart-1.2.3")
    with pytest.raises(RehearsalError, match="no workflow of acme/other-tags reacts to push of refs/tags/chart-"):
        project.release("chart-1.2.3")


def test_a_tag_that_is_spelled_wrong_is_refused(make: Make) -> None:
    project = make("misspelled")
    project.tag("v1.0.0-rc0")
    since = project.calls()
    refused = project.release("v1.0.0-rc0")
    assert jobs(refused) == {"Validate the tag": "failure"}
    assert "Did you mean `v1.0.0-rc.0`?" in errors(refused)
    assert project.writes(since) == []


def test_single_actions_release_in_one_job(make: Make) -> None:
    text = (_EXAMPLES / "single-actions.yml").read_text()
    names = {
        "ghcr.io/kubeflow/example-operator": "ghcr.io/acme/one-job",
        "charts/example-operator": "charts/operator",
        "oci://ghcr.io/kubeflow/charts": "oci://ghcr.io/acme/one-job-charts",
    }
    for theirs, ours in names.items():
        assert theirs in text
        text = text.replace(theirs, ours)
    project = make("one-job", {".github/workflows/release.yml": text})
    commit = project.tag("v1.0.0-rc.0")
    released = project.release("v1.0.0-rc.0")
    assert released.outcome.exit_code == 0, errors(released)
    assert project.platforms(f"{project.image}:v1.0.0-rc.0") == _PLATFORMS
    assert project.label(f"{project.image}:v1.0.0-rc.0", "revision") == commit
    assert project.versions(project.chart, "1.0.0-rc.0") == ("1.0.0-rc.0", "v1.0.0-rc.0")
