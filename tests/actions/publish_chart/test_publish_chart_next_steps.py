"""What publish-chart says to do next about stale charts and dependencies, done: it ends well."""

import tempfile
from collections.abc import Callable, Mapping
from pathlib import Path

import pytest

from rehearsal.act.step import Job, Result
from rehearsal.base.programs import run
from tests.actions.publish_chart.project import CHART, TEMPLATE, Project, Publish
from tests.support.next_steps import Follower, followed

Follow = Callable[..., tuple[list[str], Result]]
SIBLING = "dependencies:\n- name: lib\n  version: '>=0.1.0'\n  repository: file://../lib\n"


@pytest.fixture
def follow(project: Project, publish: Publish, follower: Follower, job: Job) -> Follow:
    """`follow(tag="v1.5.0", …)` publishes the chart of a tag on release-1.5, by what the errors say about it.

    With a `branch`, that is checked out instead of the tag: a rehearsal, before there is one.
    """

    def follow(tag: str = "v1.5.0", branch: str = "", **given: str) -> tuple[list[str], Result]:
        project.commit()
        for name in ("release-1.5", branch or "release-1.5"):
            project.git("push", "--quiet", "origin", f"HEAD:refs/heads/{name}")
        run(["git", "-C", str(project.origin), "symbolic-ref", "HEAD", "refs/heads/release-1.5"])
        runs = [tag]

        def attempt(changed: Mapping[str, str], ref: str) -> Result:
            if ref != "HEAD":
                runs.append(ref.removeprefix("refs/tags/") or tag)
            project.push_image(f"operator:{runs[-1]}")
            return publish(workspace=checkout(branch or runs[-1]), **{"tag": runs[-1], **given, **changed})

        return follower.follow(project.origin, attempt, branch)

    def checkout(name: str) -> Path:
        workspace = Path(tempfile.mkdtemp(dir=job.folder))
        run(["git", "clone", "--quiet", "--depth=1", f"--branch={name}", f"file://{project.origin}", str(workspace)])
        return workspace

    return follow


def test_a_stale_chart(project: Project, follow: Follow) -> None:
    project.replace("charts/operator/Chart.yaml", "version: 1.5.0", "version: 1.4.0")
    last = followed(follow(), "E_STALE_VERSION")
    assert last.outputs["version"] == "1.5.2"


def test_a_stale_chart_that_is_rehearsed_on_a_branch(project: Project, follow: Follow) -> None:
    project.replace("charts/operator/Chart.yaml", "v1.5.0", "v1.4.0")
    last = followed(follow("v1.6.0", branch="prepare", dry_run="true"), "E_STALE_VERSION")
    assert last.outputs["version"] == "1.6.0"


def test_a_chart_of_a_configuration(project: Project, follow: Follow) -> None:
    project.write(".github/release-actions.yml", "charts: [{path: charts/operator}]\nplaces: [{file: VERSION}]\n")
    project.write("VERSION", "1.4.0\n")
    project.replace("charts/operator/Chart.yaml", "version: 1.5.0", "version: 1.4.0")
    followed(follow(chart=""), "E_STALE_VERSION")
    assert run(["git", "-C", str(project.origin), "show", "release-1.5:VERSION"]) == "1.5.2\n"


LOCK = "dependencies:\n- name: lib\n  version: {version}\n  repository: file://../lib\ndigest: sha256:0\n"
LOCKS = {
    "none": "",
    "a range": LOCK.format(version="'>=0.1.0'"),
    "out of date": LOCK.format(version="0.1.0"),
    "one more": LOCK.format(version="0.1.0").replace(
        "- name", "- {name: x, version: 1.0.0, repository: ''}\n- name", 1
    ),
}


def write_sibling(project: Project, lock: str) -> None:
    project.write("charts/lib/Chart.yaml", CHART.replace("operator", "lib").replace("1.5.0", "0.1.0"))
    project.write("charts/operator/Chart.yaml", CHART + SIBLING)
    project.write(".gitignore", "charts/*/charts/\n")
    if lock:
        project.write("charts/operator/Chart.lock", lock)


@pytest.mark.parametrize("lock", LOCKS.values(), ids=LOCKS)
def test_a_lock_that_is_not_right(project: Project, follow: Follow, lock: str) -> None:
    write_sibling(project, lock)
    last = followed(follow(), "E_CHART_DEPENDENCY")
    assert last.outputs["version"] == "1.5.2"
    assert "  version: 0.1.0" in run(["git", "-C", str(project.origin), "show", "v1.5.2:charts/operator/Chart.lock"])


def test_a_lock_that_is_rehearsed_on_a_branch(project: Project, follow: Follow) -> None:
    write_sibling(project, "")
    done = follow("v1.6.0", branch="prepare", dry_run="true")
    assert followed(done, "E_STALE_VERSION", "E_CHART_DEPENDENCY").outputs["version"] == "1.6.0"


def test_a_lock_where_the_package_gets_its_version(project: Project, follow: Follow) -> None:
    write_sibling(project, "")
    project.write("charts/operator/Chart.yaml", (CHART + SIBLING).replace("1.5.0", "0.0.0"))
    last = followed(follow(sync="true"), "E_CHART_DEPENDENCY")
    assert last.outputs["version"] == "1.5.2"


def test_a_chart_whose_tag_is_on_no_release_branch(project: Project, follow: Follow) -> None:
    project.write(".github/release-actions.yml", "branch: 'v{major}.{minor}'\n")
    project.replace("charts/operator/Chart.yaml", "version: 1.5.0", "version: 1.4.0")
    assert followed(follow(), "E_STALE_VERSION").outputs["version"] == "1.5.2"


def test_a_dependency_from_elsewhere_is_for_a_person(project: Project, follow: Follow) -> None:
    project.write("charts/operator/Chart.yaml", CHART + SIBLING.replace("file://../lib", "file://../../../lib"))
    project.write(
        "charts/operator/Chart.lock", LOCK.format(version="0.1.0").replace("file://../lib", "file://../../../lib")
    )
    codes, last = follow()
    assert (codes, last.error) == ([], "E_CHART_DEPENDENCY")


POD = TEMPLATE.replace("{{ .Chart.AppVersion }}", "{{ .Values.tag | default .Chart.AppVersion }}")


@pytest.mark.parametrize("config", ["", "charts: [{path: charts/operator}]\nplaces: [{file: VERSION}]\n"])
def test_an_old_image_in_a_value(project: Project, follow: Follow, config: str) -> None:
    project.push_image("operator:v1.4.0")
    project.write("charts/operator/templates/pod.yaml", POD)
    project.replace("charts/operator/values.yaml", "sidecar: ''", "sidecar: ''\ntag: v1.4.0 # keep in step")
    if config:
        project.write(".github/release-actions.yml", config)
        project.write("VERSION", "1.5.0\n")
    own = {f"v1.5.{number}": f"{project.namespace}/images/operator:v1.5.{number}" for number in (0, 2)}
    last = followed(follow(pending_images="\n".join(own.values())), "E_STALE_VERSION")
    assert last.outputs["version"] == "1.5.2"
    values = run(["git", "-C", str(project.origin), "show", "v1.5.2:charts/operator/values.yaml"])
    assert "tag: v1.5.2 # keep in step" in values
    if config:
        assert run(["git", "-C", str(project.origin), "show", "v1.5.2:VERSION"]) == "1.5.2\n"


@pytest.mark.parametrize("tag", ["main", "1.4.0-debug"])
def test_an_old_image_that_is_no_version_is_for_a_person(project: Project, follow: Follow, tag: str) -> None:
    project.push_image(f"operator:{tag}")
    project.write("charts/operator/templates/pod.yaml", POD)
    project.replace("charts/operator/values.yaml", "sidecar: ''", f"sidecar: ''\ntag: {tag}")
    codes, last = follow(pending_images=f"{project.namespace}/images/operator:v1.5.0")
    assert (codes, last.error) == ([], "E_STALE_VERSION")
    assert "exclude-images" in last.result["error"]["next"]
