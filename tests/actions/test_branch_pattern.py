"""A branch pattern in the configuration file holds for every action that knows release branches."""

import json
from collections.abc import Callable
from pathlib import Path

import pytest

from rehearsal.act.step import Result
from rehearsal.projects.github_project import GitHubProject
from rehearsal.run.maintainer import Manager

CONFIG = "branch: rel-{major}.{minor}\nplaces:\n- file: VERSION\n"


@pytest.fixture
def project(github_project: GitHubProject) -> GitHubProject:
    """A project with the branch rel-1.5, and beside it one with the name that the default pattern gives to 1.6."""
    github_project.write(".github/release-actions.yml", CONFIG)
    github_project.version("1.5.0-rc.0")
    github_project.git("branch", "rel-1.5")
    github_project.git("branch", "release-1.6")
    return github_project


def done(result: Result) -> Result:
    assert result.code == 0, result.log
    return result


def picks(project: GitHubProject, **inputs: str) -> dict[str, str]:
    """What became of a cherry-pick, by branch."""
    result = project.run("cherry_pick", None, **inputs)
    return {one["branch"]: one["outcome"] for one in json.loads(result.outputs["outcomes"])}


def test_the_label_of_a_new_branch_asks_cherry_pick_for_a_pick_to_it(project: GitHubProject) -> None:
    done(project.act("create_release_branch", None, version="1.6", follow_ups="label"))
    [label] = project.repository.labels
    assert label == "cherry-pick/rel-1.6"
    project.switch("topic")
    project.fix("Fix the operator")
    project.push()
    manager = Manager(project.github.url, project.name, project.token)
    number = manager.open("topic", "main", "Fix the operator", [label])
    manager.merge(number)
    assert picks(project, pull_requests=str(number)) == {"rel-1.6": "created"}
    assert [one["head"]["ref"] for one in manager.open_pulls("rel-1.6")] == [f"cherry-pick-{number}-to-rel-1.6"]


def test_cherry_pick_takes_the_pattern_of_its_input_first(project: GitHubProject) -> None:
    fix = project.fix("Fix the operator")
    project.push()
    assert picks(project, commits=fix, branches="rel-1.5 release-1.6") == {
        "rel-1.5": "created",
        "release-1.6": "no-branch",
    }
    pattern = "release-{major}.{minor}"
    assert picks(project, commits=fix, branches="rel-1.5 release-1.6", release_branches=pattern) == {
        "rel-1.5": "no-branch",
        "release-1.6": "created",
    }


def test_backport_report_looks_at_these_branches(project: GitHubProject) -> None:
    project.switch("rel-1.5")
    project.fix("Fix the operator")
    report = json.loads(done(project.act("backport_report", None)).outputs["report"])
    assert {cell["branch"] for fix in report for cell in fix["cells"]} == {"rel-1.5"}


def test_unreleased_looks_at_these_branches(project: GitHubProject) -> None:
    report = json.loads(done(project.act("unreleased", None)).outputs["report"])
    assert [(one["branch"], one["next-tag"]) for one in report] == [("rel-1.5", "v1.5.0-rc.0")]


def test_guard_judges_these_branches_alone(project: GitHubProject, tmp_path: Path) -> None:
    project.switch("rel-1.5")
    project.fix("feat: a new flag")
    assert project.act("guard_release_branch", None, guarded_branch="rel-1.5").error == "E_BRANCH_POLICY"
    project.refused("guard_release_branch", "E_INPUT", "rel-{major}.{minor}", guarded_branch="release-1.6")
    number = Manager(project.github.url, project.name, project.token).open("rel-1.5", "release-1.6", "A feature")
    event = tmp_path / "event.json"
    event.write_text(json.dumps({"number": number}))
    env = {"GITHUB_EVENT_NAME": "pull_request", "GITHUB_EVENT_PATH": str(event)}
    assert "nothing to guard" in done(project.act("guard_release_branch", env)).log


def test_the_release_is_prepared_validated_and_verified_on_its_branch(
    project: GitHubProject, run_action: Callable[..., Result]
) -> None:
    prepared = done(project.act("prepare_release", None, make="v1.5.0-rc.0", mode="push"))
    assert (prepared.outputs["tag"], prepared.outputs["release-branch"]) == ("v1.5.0-rc.0", "rel-1.5")
    workspace = project.checkout("refs/tags/v1.5.0-rc.0")
    token = {"tag": "v1.5.0-rc.0", "token": project.token}
    project.git("remote", "set-url", "origin", project.url, cwd=workspace)
    validated = done(run_action("validate_tag", token, workspace=workspace, env=project.context))
    assert validated.outputs["release-branch"] == "rel-1.5"
    verified = project.act(
        "verify_release", None, tag="v1.5.0-rc.0", images="ghcr.io/kubeflow/op", github_release="none"
    )
    rows = {one["kind"]: one["outcome"] for one in verified.result["artefacts"]}
    assert rows["git tag"] == "verified"
