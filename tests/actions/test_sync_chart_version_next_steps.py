"""What a check of version places says to do next, done: it ends well."""

from collections.abc import Callable, Mapping
from pathlib import Path

import pytest

from rehearsal.act.step import Result
from rehearsal.git.project import GitProject
from rehearsal.git.server import GitServer
from tests.support.next_steps import Follower, followed

Follow = Callable[..., tuple[list[str], Result]]


@pytest.fixture
def project(tmp_path: Path, git_server: GitServer) -> GitProject:
    """A project whose chart was forgotten when its version was raised, on a branch for a pull request."""
    name = f"kubeflow/{tmp_path.name.replace('_', '-')}"
    made = GitProject(tmp_path, git_server.repository(name), f"{git_server.url}/{name}")
    made.switch("release-1.5")
    made.write("charts/my demo/Chart.yaml", "apiVersion: v2\nname: demo\nversion: 1.4.0\nappVersion: v1.4.0\n")
    made.write("VERSION", "v1.5.0-rc.0\n")
    made.commit("Prepare v1.5.0-rc.0")
    made.switch("prepare")
    made.push()
    return made


@pytest.fixture
def follow(project: GitProject, run_action: Callable[..., Result], follower: Follower) -> Follow:
    """`follow("refs/heads/prepare", …)` checks the version places of a ref, by what the errors say."""

    def run(ref: str, **given: str) -> tuple[list[str], Result]:
        project.push()
        runs: list[str] = []

        def attempt(changed: Mapping[str, str], again: str) -> Result:
            runs.append(ref if again in ("", "HEAD") else again)
            workspace = project.checkout(runs[-1], f"workspace-{len(runs)}")
            inputs = {"charts": "charts/*", "places": "VERSION", "check": "true", **given, **changed}
            return run_action("sync_chart_version", inputs, workspace=workspace, env={"GITHUB_REF": runs[-1]})

        return follower.follow(project.origin, attempt, ref.partition("refs/heads/")[2])

    return run


@pytest.mark.parametrize(
    "given", [{"tag": "v1.5.0-rc.0"}, {"version-from": "VERSION"}, {"tag": "v1.6.0", "image-tag": "bare"}]
)
def test_stale_places_of_a_branch(project: GitProject, follow: Follow, given: dict[str, str]) -> None:
    followed(follow("refs/heads/prepare", **given), "E_STALE_VERSION")
    subjects = project.git("log", "--format=%an %s", "prepare", "^main", cwd=project.origin).splitlines()
    assert subjects[0] == f"Release Manager Prepare {given.get('tag', 'v1.5.0-rc.0')}"


def test_stale_places_of_a_tag(project: GitProject, follow: Follow) -> None:
    project.tag("v1.5.0-rc.0")
    last = followed(follow("refs/tags/v1.5.0-rc.0"), "E_STALE_VERSION")
    assert last.outputs["chart-version"] == "1.5.0-rc.1"


def test_a_command_line_has_no_advice_to_push(project: GitProject, run_action: Callable[..., Result]) -> None:
    args = ["--tag", "v1.5.0-rc.0", "--charts", "charts/*", "--check"]
    done = run_action("sync_chart_version", workspace=project.tree, args=args)
    assert done.code == 1
    assert "git push" not in done.log + done.errors
