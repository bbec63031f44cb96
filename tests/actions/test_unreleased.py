"""unreleased as a process: what waits on each branch, and what to make of it."""

import json
from typing import Any

import pytest

from rehearsal.act.step import Result
from rehearsal.projects.github_project import GitHubProject


@pytest.fixture
def project(github_project: GitHubProject) -> GitHubProject:
    """Three release branches: 1.3 is not supported any more, 1.4 is released, 1.5 is just cut."""
    for version in ("1.3.0", "1.4.0", "1.5.0-rc.0"):
        github_project.version(version)
        github_project.git("branch", f"release-{version[:3]}")
        if not version.startswith("1.5"):
            github_project.tag(f"v{version}", annotated=True)
    return github_project


def looked(project: GitHubProject, **inputs: str) -> dict[str, dict[str, Any]]:
    """The report by branch; the run has written nothing."""
    project.push()
    before = project.refs()
    done = project.act("unreleased", None, **inputs)
    assert done.code == 0, done.log
    assert (project.refs(), project.github.writes) == (before, ())
    return {one["branch"]: one for one in report(done)}


def report(done: Result) -> list[dict[str, Any]]:
    decoded: list[dict[str, Any]] = json.loads(done.outputs["report"])
    return decoded


def test_the_newest_branches_and_what_to_make_of_each(project: GitHubProject) -> None:
    project.switch("release-1.4")
    project.fix("docs: a word")
    fix = project.fix("[release-1.4] fix: a lease (#12)")
    found = looked(project)
    assert list(found) == ["release-1.5", "release-1.4"]
    assert {name: (one["last-tag"], one["make"], one["next-tag"]) for name, one in found.items()} == {
        "release-1.5": ("", "candidate", "v1.5.0-rc.0"),
        "release-1.4": ("v1.4.0", "patch", "v1.4.1"),
    }
    assert found["release-1.4"]["commits"][0] == {
        "id": fix,
        "class": "fix",
        "title": "[release-1.4] fix: a lease (#12)",
    }
    assert [one["class"] for one in found["release-1.4"]["commits"]] == ["fix", "docs"]


def test_nothing_to_make(project: GitHubProject) -> None:
    project.switch("release-1.4")
    project.fix("docs: a word")
    done = project.act("unreleased", None, supported_branches="release-1.4")
    assert [(one["make"], one["next-tag"], len(one["commits"])) for one in report(done)] == [("", "", 1)]
    assert done.outputs["due"] == ""
    assert "Nothing since the release is for its users" in done.summary


def test_a_candidate_becomes_the_release_unless_something_is_new(project: GitHubProject) -> None:
    project.switch("release-1.5")
    project.tag("v1.5.0-rc.0")
    assert looked(project)["release-1.5"]["next-tag"] == "v1.5.0"
    project.fix("docs: a word")
    assert looked(project)["release-1.5"]["next-tag"] == "v1.5.0-rc.1"


def test_what_it_says_to_make_can_be_made(project: GitHubProject) -> None:
    project.switch("release-1.5")
    for _ in range(3):
        waiting = looked(project, supported_branches="release-1.5")["release-1.5"]
        done = project.act("prepare_release", None, make=waiting["make"], release_branch="release-1.5", mode="push")
        assert done.outputs["tag"] == waiting["next-tag"], done.log
        if waiting["make"] == "release":
            project.fix("fix: for a patch")
    assert done.outputs["tag"] == "v1.5.1"


def test_a_tag_that_is_not_on_the_branch_is_not_its_last(project: GitHubProject) -> None:
    project.switch("feature")
    project.fix("feat: elsewhere")
    project.tag("v1.4.9")
    found = looked(project)["release-1.4"]
    assert (found["last-tag"], found["elsewhere"], found["make"]) == ("v1.4.0", ["v1.4.9"], "")


def test_titles_are_anybodys(project: GitHubProject) -> None:
    project.switch("release-1.5")
    project.fix("fix: <img src=x> @kubeflow/all [x](https://example.org) ::error::no `|` #1")
    done = project.act("unreleased", None)
    assert done.annotations == []
    for sign in (" <img", "@kubeflow", "](https://"):
        assert sign not in done.summary


@pytest.mark.parametrize(
    ("inputs", "code"),
    [
        ({"supported": "0"}, "E_INPUT"),
        ({"supported": "many"}, "E_INPUT"),
        ({"supported_branches": "release-1.5 main"}, "E_BRANCH_MISSING"),
        ({"supported_branches": "release-9.9"}, "E_BRANCH_MISSING"),
        ({"supported_branches": "--upload-pack=x"}, "E_BRANCH_MISSING"),
    ],
)
def test_what_can_not_be_looked_at(project: GitHubProject, inputs: dict[str, str], code: str) -> None:
    done = project.act("unreleased", None, **inputs)
    assert (done.code, done.error) == (1, code), done.log


def test_a_project_without_release_branches(github_project: GitHubProject) -> None:
    assert looked(github_project) == {}
