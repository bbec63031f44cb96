"""publish-chart with a chart repository on a branch, as a process: real helm, registry and git server."""

from collections.abc import Callable
from pathlib import Path

import pytest
import yaml

from rehearsal.act.step import Result
from rehearsal.base.programs import run
from rehearsal.git.project import GitProject
from rehearsal.git.server import GitServer
from rehearsal.oci.registry import Registry

CHART = "apiVersion: v2\nname: op\nversion: {0}\nappVersion: v{0}\n"
CONFIG_MAP = "apiVersion: v1\nkind: ConfigMap\nmetadata:\n  name: op\ndata:\n  note: {0}\n"
URL = "https://kubeflow.github.io/op"


class Repository:
    """A project with a chart; `publish("1.5.0")` commits that version and runs the action on a checkout of it."""

    def __init__(self, folder: Path, run_action: Callable[..., Result], git: GitServer, registry: Registry) -> None:
        self.name = f"kubeflow/{folder.name.replace('_', '-').lower()}"
        self.project = GitProject(folder, git.repository(self.name), f"{git.url}/{self.name}")
        self.namespace = f"{registry.host}/{self.name}"
        self._run = run_action
        self._count = 0

    def publish(self, version: str, note: str = "x", **inputs: str) -> Result:
        self._count += 1
        self.project.write("charts/op/Chart.yaml", CHART.format(version))
        self.project.write("charts/op/templates/note.yaml", CONFIG_MAP.format(note))
        self.project.commit(version)
        self.project.git("tag", "--force", f"v{version}")
        self.project.push()
        workspace = self.project.checkout(f"refs/tags/v{version}", f"workspace-{self._count}")
        given = {
            "chart": "charts/op",
            "tag": f"v{version}",
            "registry": self.namespace,
            "index-branch": "gh-pages",
            "index-url": URL,
            **{name.replace("_", "-"): text for name, text in inputs.items()},
        }
        return self._run("publish_chart", given, workspace=workspace)

    def files(self) -> list[str]:
        return self._origin("ls-tree", "--name-only", "gh-pages").split()

    def entries(self) -> list[dict[str, object]]:
        entries: list[dict[str, object]] = yaml.safe_load(self._origin("show", "gh-pages:index.yaml"))["entries"]["op"]
        return entries

    def commits(self) -> int:
        return int(self._origin("rev-list", "--count", "gh-pages"))

    def _origin(self, *arguments: str) -> str:
        return run(["git", "-C", str(self.project.origin), *arguments])


@pytest.fixture
def repository(
    tmp_path: Path, run_action: Callable[..., Result], git_server: GitServer, registry: Registry
) -> Repository:
    """A project whose origin has no gh-pages branch yet."""
    return Repository(tmp_path, run_action, git_server, registry)


def test_the_branch_is_made_then_added_to_and_a_repetition_commits_nothing(repository: Repository) -> None:
    for version in ("1.5.0-rc.0", "1.5.0"):
        done = repository.publish(version)
        assert done.code == 0, done.log + done.errors
    assert repository.files() == ["index.yaml", "op-1.5.0-rc.0.tgz", "op-1.5.0.tgz"]
    assert [one["version"] for one in repository.entries()] == ["1.5.0", "1.5.0-rc.0"]
    assert repository.entries()[0]["urls"] == [f"{URL}/op-1.5.0.tgz"]
    assert [one["outcome"] for one in done.result["artefacts"]] == ["done", "done"]

    again = repository.publish("1.5.0")
    assert again.code == 0, again.log + again.errors
    assert [one["outcome"] for one in again.result["artefacts"]] == ["skipped", "skipped"]
    assert repository.commits() == 2


def test_a_package_that_is_elsewhere_is_only_pointed_to(repository: Repository) -> None:
    done = repository.publish("1.5.0", package_in_branch="false", index_url=f"{URL}/releases/download/v1.5.0")
    assert done.code == 0, done.log + done.errors
    assert repository.files() == ["index.yaml"]
    assert repository.entries()[0]["urls"] == [f"{URL}/releases/download/v1.5.0/op-1.5.0.tgz"]


def test_other_content_of_a_version_in_the_index_stops_before_anything_is_pushed(repository: Repository) -> None:
    assert repository.publish("1.5.0").code == 0
    done = repository.publish("1.5.0", note="other", registry=f"{repository.namespace}/elsewhere")
    assert done.code == 1
    assert done.error == "E_VERSION_EXISTS"
    assert "Nothing was published" in done.log
    assert repository.commits() == 1


def test_a_dry_run_makes_no_branch(repository: Repository) -> None:
    done = repository.publish("1.5.0", dry_run="true")
    assert done.code == 0, done.log + done.errors
    assert [one["outcome"] for one in done.result["artefacts"]] == ["planned", "planned"]
    assert "gh-pages" not in run(["git", "-C", str(repository.project.origin), "branch", "--list"])


@pytest.mark.parametrize(
    "url", ["", "http://example.org/charts", "https://example.org/a b", "https://user@example.org"]
)
def test_an_address_that_helm_could_not_use_is_refused(repository: Repository, url: str) -> None:
    done = repository.publish("1.5.0", index_url=url)
    assert done.error == "E_INPUT"
    assert "index-url" in done.log
