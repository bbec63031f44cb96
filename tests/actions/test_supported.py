"""What is supported is said once, in the configuration, and the actions take it from there."""

import json

import pytest

from rehearsal.projects.github_project import CONFIG, GitHubProject
from rehearsal.run.maintainer import Manager


@pytest.fixture
def project(github_project: GitHubProject) -> GitHubProject:
    """A project with releases and branches of 1.3, 1.4 and 1.5, which supports 1.5 and, for long, 1.3; 1.6 is cut."""
    for version in ("1.3.0", "1.4.0", "1.5.0", "1.6.0-rc.0"):
        github_project.version(version)
        github_project.git("branch", f"release-{version[:3]}")
        if not version.startswith("1.6"):
            github_project.tag(f"v{version}", annotated=True)
    support(github_project, "newest: 1, lts: ['1.3']")
    github_project.push()
    return github_project


def support(project: GitHubProject, policy: str) -> None:
    project.write(".github/release-actions.yml", f"{CONFIG}support: {{{policy}}}\n")
    project.commit("docs: support")


def test_unreleased_looks_at_the_supported_branches(project: GitHubProject) -> None:
    done = project.act("unreleased", None)
    assert [one["branch"] for one in json.loads(done.outputs["report"])] == [
        "release-1.6",
        "release-1.5",
        "release-1.3",
    ]
    assert "they are not among the supported ones: release-1.4" in done.log
    given = project.act("unreleased", None, supported="2")
    assert [one["branch"] for one in json.loads(given.outputs["report"])] == ["release-1.6", "release-1.5"]


def test_the_backport_report_has_the_supported_branches(project: GitHubProject) -> None:
    done = project.act("backport_report", None)
    assert done.code == 0, done.log
    assert "they are not among the supported ones: release-1.4" in done.log


@pytest.mark.parametrize("action", ["unreleased", "backport_report"])
def test_a_policy_that_supports_no_branch_is_one_clear_error(project: GitHubProject, action: str) -> None:
    project.served("branch", "--delete", "--force", "release-1.6")
    project.git("branch", "--delete", "--force", "release-1.6")
    support(project, "newest: 0, months: 1")
    project.refused(action, "E_CONFIG", "supports no release branch: the newest minor version, 1.5, has ended on 2025-")


def test_a_supported_version_without_a_branch_is_named(project: GitHubProject) -> None:
    project.served("branch", "--delete", "--force", "release-1.3")
    project.git("branch", "--delete", "--force", "release-1.3")
    done = project.act("unreleased", None)
    assert [one["branch"] for one in json.loads(done.outputs["report"])] == ["release-1.6", "release-1.5"]
    assert "1.3 is supported, and its release branch release-1.3 is not there." in done.log


def test_a_fix_is_picked_to_all_supported_branches_by_one_word(project: GitHubProject) -> None:
    number = merged(project, "fix: a lease")
    done = project.act("cherry_pick", None, pull_requests=str(number), branches="supported")
    assert done.code == 0, done.log
    outcomes = {one["branch"]: one["outcome"] for one in json.loads(done.outputs["outcomes"])}
    assert list(outcomes) == ["release-1.6", "release-1.5", "release-1.3"]
    assert [one.message for one in done.annotations if one.level == "warning"] == []


def test_a_label_asks_for_all_supported_branches(project: GitHubProject) -> None:
    number = merged(project, "fix: a lease", "cherry-pick/supported")
    report = json.loads(project.act("backport_report", None).outputs["report"])
    [cells] = [one["cells"] for one in report if one["number"] == number]
    assert {one["branch"]: one["asked"] for one in cells} == dict.fromkeys(
        ("release-1.6", "release-1.5", "release-1.3"), True
    )
    done = project.act("cherry_pick", None, pull_requests=str(number))
    assert done.code == 0, done.log
    outcomes = [one["branch"] for one in json.loads(done.outputs["outcomes"])]
    assert outcomes == ["release-1.6", "release-1.5", "release-1.3"]


def test_a_pick_to_a_branch_that_has_ended_is_made_and_warned_of(project: GitHubProject) -> None:
    number = merged(project, "fix: a lease")
    done = project.act("cherry_pick", None, pull_requests=str(number), branches="release-1.4 release-1.5")
    assert done.code == 0, done.log
    assert [one["branch"] for one in json.loads(done.outputs["outcomes"])] == ["release-1.4", "release-1.5"]
    [warning] = [one.message for one in done.annotations if one.level == "warning"]
    assert "release-1.4 gets no fixes any more" in warning


@pytest.mark.parametrize(("branch", "warned"), [("release-1.4", True), ("release-1.5", False)])
def test_the_guard_warns_of_a_branch_that_has_ended(project: GitHubProject, branch: str, *, warned: bool) -> None:
    done = project.act("guard_release_branch", None, guarded_branch=branch)
    assert ("does not support 1.4 since 2025-" in done.log) is warned
    assert any(one.title == "Not supported" for one in done.annotations) is warned


def merged(project: GitHubProject, title: str, *labels: str) -> int:
    """The number of a fix's pull request with these labels that is merged into the default branch."""
    project.switch("mine")
    project.fix(title)
    project.switch("main")
    project.push()
    manager = Manager(project.github.url, project.name, project.token)
    number = manager.open("mine", "main", title, labels)
    manager.merge(number, "squash")
    project.pull()
    return number
