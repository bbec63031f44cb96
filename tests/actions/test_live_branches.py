"""Release branches of a project that has misnamed ones too: no action chooses them, and each names them."""

import json

import pytest

from rehearsal.projects.github_project import GitHubProject
from rehearsal.run.maintainer import Manager

SLIPS = ("release-7.1", "release-6.0")


@pytest.fixture
def project(github_project: GitHubProject) -> GitHubProject:
    """A project whose highest tag is v1.4.0, with branches that were misnamed, and one for a patch version."""
    github_project.go_on_from_1_4()
    github_project.git("branch", "release-1.5", "main")
    for branch in (*SLIPS, "release-1.4.1"):
        github_project.git("branch", branch, "release-1.4")
    github_project.push()
    return github_project


def test_prepare_release_takes_the_newest_branch_that_lives(project: GitHubProject) -> None:
    done = project.act("prepare_release", None, make="candidate", mode="push")
    assert (done.code, done.outputs["tag"], done.outputs["release-branch"]) == (0, "v1.5.0-rc.0", "release-1.5"), (
        done.log
    )
    assert ["release-7.1, release-6.0" in one.message for one in done.annotations] == [True]


def test_prepare_release_takes_a_branch_that_is_named_and_warns(project: GitHubProject) -> None:
    done = project.act("prepare_release", None, make="candidate", release_branch="release-7.1", dry_run="true")
    assert (done.code, done.outputs["next-tag"]) == (0, "v7.1.0-rc.0"), done.log
    assert ["release-7.1 is taken all the same" in one.message for one in done.annotations] == [True]


def test_prepare_release_begins_candidates_as_the_tags_did(project: GitHubProject) -> None:
    project.tag("v1.3.0-rc.1", annotated=True)
    done = project.act("prepare_release", None, make="candidate", mode="push")
    assert (done.code, done.outputs["tag"], done.annotations[1:]) == (0, "v1.5.0-rc.1", []), done.log


@pytest.mark.parametrize("action", ["unreleased", "backport_report"])
def test_views_look_at_branches_that_live_and_name_the_others(project: GitHubProject, action: str) -> None:
    done = project.act(action, None, supported="1")
    assert done.code == 0, done.log
    if action == "unreleased":
        assert [one["branch"] for one in json.loads(done.outputs["report"])] == ["release-1.5"]
    for name in (*SLIPS, "release-1.4", "release-1.4.1"):
        assert name in done.log
        assert name in done.summary
    refused = project.act(action, None, supported_branches="release-1.4.1")
    assert refused.error == "E_BRANCH_MISSING"
    assert "is there, but it is not named like a release branch" in refused.log


def test_guard_says_which_branch_it_does_not_guard(project: GitHubProject) -> None:
    project.switch("mine", "release-1.4.1")
    project.fix("feat: more")
    project.push()
    manager = Manager(project.github.url, project.name, project.token)
    number = manager.ask("POST", "/pulls", {"head": "mine", "base": "release-1.4.1", "title": "More", "body": ""})[
        "number"
    ]
    done = project.act("guard_release_branch", None, guarded_pull_request=str(number))
    assert (done.code, done.outputs["belongs"]) == (0, "true"), done.log
    assert (
        "The pull request is to release-1.4.1, and release branches are named like release-{major}.{minor}" in done.log
    )
