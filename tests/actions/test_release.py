"""The root action as a process: a whole release in one step, to real host names on the loopback internet."""

import json
from collections.abc import Callable, Mapping
from pathlib import Path

import pytest

from rehearsal.act.step import Result
from rehearsal.base.programs import run
from rehearsal.git.project import GitProject
from rehearsal.hosts.internet import Internet
from rehearsal.oci.buildkit import BuildKit
from rehearsal.oci.content import push_image, release_labels
from tests.support.next_steps import Follower, followed

TAG = "v1.5.0-rc.0"
DEPLOYMENT = """\
apiVersion: apps/v1
kind: Deployment
metadata:
  name: op
spec:
  selector:
    matchLabels: &labels
      app: op
  template:
    metadata:
      labels: *labels
    spec:
      containers:
        - name: op
          image: "{image}:{{{{ .Chart.AppVersion }}}}"
"""


class Release:
    """A project with one image and one chart, its tag checked out, and the action run on it."""

    def __init__(self, folder: Path, run_action: Callable[..., Result], internet: Internet, builder: BuildKit) -> None:
        name = f"kubeflow/{folder.name.replace('_', '-').lower()}"
        self.image = f"ghcr.io/{name}/op"
        self.charts = f"ghcr.io/{name}/charts"
        self.internet = internet
        self.project = GitProject(folder, internet.git.repository(name), f"{internet.git.url}/{name}")
        self.project.write("Dockerfile", "FROM scratch\nCOPY VERSION /\n")
        self.project.write("VERSION", f"{TAG}\n")
        self.project.write("charts/op/Chart.yaml", f"apiVersion: v2\nname: op\nversion: {TAG[1:]}\nappVersion: {TAG}\n")
        self.project.write("charts/op/templates/deployment.yaml", DEPLOYMENT.format(image=self.image))
        self._run = run_action
        self._environment = {**internet.env(), **builder.env()}

    def tag(self) -> None:
        """Commit, tag on the release branch, push, and check the tag out as a job starts."""
        self.project.switch("release-1.5")
        self.project.commit("release")
        self.project.tag(TAG)
        self.project.push()
        self.workspace = self.project.checkout(f"refs/tags/{TAG}")

    def __call__(self, **more: str) -> Result:
        inputs = {"tag": TAG, "image": self.image, "chart": "charts/op", "registry": f"oci://{self.charts}"}
        given = {**inputs, **{key.replace("_", "-"): value for key, value in more.items()}}
        return self._run("release", given, workspace=self.workspace, env=self._environment)

    def tags(self, repository: str) -> list[str]:
        """The tags that crane finds; none where there is no such repository."""
        known = run(["crane", "catalog", "ghcr.io"], env=self._environment).split()
        if repository.removeprefix("ghcr.io/") not in known:
            return []
        return run(["crane", "ls", repository], env=self._environment).split()


@pytest.fixture
def release(tmp_path: Path, run_action: Callable[..., Result], loopback: Internet, builder: BuildKit) -> Release:
    """A project that is ready to be tagged."""
    return Release(tmp_path, run_action, loopback, builder)


def test_a_tag_becomes_a_matching_image_and_chart_and_its_repetition_writes_nothing(release: Release) -> None:
    release.tag()
    first = release()
    assert first.code == 0, first.log + first.errors
    assert release.tags(release.image) == [TAG]
    assert release.tags(f"{release.charts}/op") == [TAG[1:]]
    assert first.outputs["tag"] == TAG
    assert first.outputs["image-digest"].startswith("sha256:")
    assert json.loads(first.outputs["is-prerelease"]) is True

    calls = len(release.internet.proxy.calls)
    second = release()
    assert second.code == 0, second.log + second.errors
    assert release.internet.writes(since=calls) == ()
    del first.outputs["result"], second.outputs["result"], first.outputs["package"], second.outputs["package"]
    assert second.outputs == first.outputs


def test_nothing_is_pushed_for_a_chart_with_a_missing_image(release: Release) -> None:
    release.project.write("charts/op/templates/hook.yaml", DEPLOYMENT.format(image="ghcr.io/kubeflow/forgotten"))
    release.tag()
    done = release()
    assert done.code == 1
    assert done.error == "E_IMAGE_MISSING"
    assert "ghcr.io/kubeflow/forgotten:v1.5.0-rc.0" in done.log
    assert release.tags(release.image) == []
    assert release.tags(f"{release.charts}/op") == []


def test_nothing_is_pushed_when_the_chart_is_stale(release: Release) -> None:
    release.project.write("charts/op/Chart.yaml", "apiVersion: v2\nname: op\nversion: 1.4.0\nappVersion: v1.4.0\n")
    release.tag()
    done = release()
    assert done.error == "E_STALE_VERSION"
    assert release.tags(release.image) == []


def test_what_a_stale_chart_needs_can_be_typed(release: Release, follower: Follower) -> None:
    release.project.write("charts/op/Chart.yaml", "apiVersion: v2\nname: op\nversion: 1.4.0\nappVersion: v1.4.0\n")
    release.tag()

    def attempt(changed: Mapping[str, str], ref: str) -> Result:
        if ref:
            release.workspace = release.project.checkout(ref, "another")
        tag = ref.removeprefix("refs/tags/") or TAG
        return release(dry_run="true", **{"tag": tag, **changed})

    last = followed(follower.follow(release.project.origin, attempt), "E_STALE_VERSION")
    assert last.outputs["chart"].endswith("/op:1.5.0-rc.1")


def test_a_dry_run_writes_nothing_and_shows_the_plan(release: Release) -> None:
    release.tag()
    calls = len(release.internet.proxy.calls)
    done = release(dry_run="true")
    assert done.code == 0, done.log + done.errors
    assert release.internet.writes(since=calls) == ()
    assert {one["outcome"] for one in done.result["artefacts"] if one["kind"] != "version place"} == {"planned"}


def test_an_image_input_without_a_name_is_told(release: Release) -> None:
    release.tag()
    done = release(image="")
    assert done.error == "E_INPUT"


def test_all_that_is_wrong_is_in_one_list_before_anything_is_built(release: Release) -> None:
    registry = release.internet.registry("ghcr.io")
    push_image(registry, f"{release.image.removeprefix('ghcr.io/')}", TAG, release_labels(TAG[1:], "1" * 40))
    release.project.write("film.mp4", f"version https://git-lfs.github.com/spec/v1\noid sha256:{'0' * 64}\nsize 1\n")
    old = DEPLOYMENT.replace("{{{{ .Chart.AppVersion }}}}", "v1.4.0").format(image=release.image)
    release.project.write("charts/op/templates/deployment.yaml", old)
    release.tag()
    calls = len(release.internet.proxy.calls)
    done = release()

    assert done.code == 1
    for said in (
        "Git LFS has not fetched film.mp4",
        f"{release.image}:{TAG} is already published",
        f"The chart pulls {release.image}:v1.4.0",
    ):
        assert said in done.log
    assert release.internet.writes(since=calls) == ()


def test_a_project_whose_image_is_built_in_a_folder_is_asked_about_that_folder(release: Release) -> None:
    release.project.write("film.mp4", f"version https://git-lfs.github.com/spec/v1\noid sha256:{'0' * 64}\nsize 1\n")
    release.project.write("image/Dockerfile", "FROM scratch\nCOPY hello /\n")
    release.project.write("image/hello", "hello\n")
    release.tag()
    done = release(context="image")

    assert done.code == 0, done.log + done.errors
