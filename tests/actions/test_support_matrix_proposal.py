"""One pull request with the pages of the support matrix, and the open work in its rows, as a workflow sees them."""

import json
from pathlib import Path
from typing import Any

import pytest

from rehearsal.act.step import Result
from rehearsal.projects.github_project import CONFIG, GitHubProject
from rehearsal.run.maintainer import Manager

PAGE = "# Support\n\n<!-- begin support-matrix -->\n<!-- end support-matrix -->\n"
BRANCH = "support-matrix-2025-07-01"


@pytest.fixture
def project(github_project: GitHubProject) -> GitHubProject:
    """A project with releases of 1.3 and 1.4 on their branches, whose page has no table yet."""
    github_project.write(
        ".github/release-actions.yml", f"{CONFIG}support:\n  docs: docs/support.md\n  calendar: docs/support.ics\n"
    )
    github_project.write("docs/support.md", PAGE)
    github_project.commit("docs: support")
    for version in ("1.3", "1.4"):
        github_project.switch(f"release-{version}", "main")
        github_project.tag(f"v{version}.0", annotated=True)
    github_project.switch("main")
    github_project.push()
    return github_project


@pytest.fixture
def workspace(project: GitHubProject) -> Path:
    return project.checkout("refs/heads/main", "checkout")


@pytest.fixture
def manager(project: GitHubProject) -> Manager:
    return Manager(project.github.url, project.name, project.token)


def proposed(project: GitHubProject, workspace: Path, **inputs: str) -> Result:
    given = {"pull_request": "true", "date": "2025-07-01", **inputs}
    done = project.run("support_matrix", {"GITHUB_WORKSPACE": str(workspace)}, **given)
    assert done.code == 0, done.log
    return done


def opened(manager: Manager) -> list[dict[str, Any]]:
    return list(manager.open_pulls("main"))


def released(project: GitHubProject, tag: str) -> None:
    project.tag(tag, "release-1.4", annotated=True)
    project.push()


def test_stale_pages_become_one_pull_request_that_later_runs_add_to(
    project: GitHubProject, workspace: Path, manager: Manager
) -> None:
    first = proposed(project, workspace)
    [pull] = opened(manager)
    assert (first.outputs["changed"], first.outputs["pull-request"]) == ("true", pull["html_url"])
    assert pull["head"]["ref"] == BRANCH
    assert "| 1.4 | 2025-06-15 | `v1.4.0` |" in project.served("show", f"{BRANCH}:docs/support.md")
    changed = project.served("diff", "--name-only", f"main...{BRANCH}").split()
    assert changed == ["docs/support.ics", "docs/support.md"]
    writes = project.github.writes
    second = proposed(project, workspace, date="2025-07-08")
    assert (second.outputs["changed"], second.outputs["pull-request"]) == ("false", pull["html_url"])
    assert project.github.writes == writes
    released(project, "v1.4.1")
    third = proposed(project, workspace, date="2025-07-09")
    assert (third.outputs["changed"], third.outputs["pull-request"]) == ("true", pull["html_url"])
    assert [one["number"] for one in opened(manager)] == [pull["number"]]
    assert project.served("log", "--format=%s", f"main..{BRANCH}").split("\n") == ["Update the support matrix"] * 2
    assert "`v1.4.1`" in project.served("show", f"{BRANCH}:docs/support.md")


def test_what_a_person_adds_to_the_pull_request_stays(
    project: GitHubProject, workspace: Path, manager: Manager
) -> None:
    proposed(project, workspace)
    project.git("fetch", "--quiet", "origin", BRANCH)
    project.git("switch", "--quiet", "--create", BRANCH, "FETCH_HEAD")
    page = project.tree / "docs/support.md"
    page.write_text(page.read_text().replace("# Support\n", "# Supported versions\n"))
    project.commit("docs: a better title")
    released(project, "v1.4.1")
    proposed(project, workspace)
    text = project.served("show", f"{BRANCH}:docs/support.md")
    assert text.startswith("# Supported versions\n")
    assert "`v1.4.1`" in text
    assert len(opened(manager)) == 1


def test_after_a_merge_nothing_is_proposed_until_something_changes(
    project: GitHubProject, workspace: Path, manager: Manager
) -> None:
    proposed(project, workspace)
    manager.merge(opened(manager)[0]["number"], "squash")
    done = proposed(project, workspace, date="2025-07-08")
    assert (done.outputs["changed"], done.outputs["pull-request"], opened(manager)) == ("false", "", [])
    released(project, "v1.4.1")
    assert proposed(project, workspace, date="2025-07-15").outputs["changed"] == "true"
    assert [one["head"]["ref"] for one in opened(manager)] == ["support-matrix-2025-07-15"]


def test_a_dry_run_proposes_nothing(project: GitHubProject, workspace: Path, manager: Manager) -> None:
    refs, writes = project.refs(), project.github.writes
    done = proposed(project, workspace, dry_run="true")
    assert (done.outputs["changed"], done.outputs["pull-request"]) == ("true", "")
    assert "+| 1.4 |" in done.summary
    assert (project.refs(), project.github.writes, opened(manager)) == (refs, writes, [])


def test_a_branch_of_that_name_is_left_alone(project: GitHubProject, workspace: Path) -> None:
    project.git("branch", BRANCH, "main")
    project.push()
    before = project.refs()
    given = {"pull_request": "true", "date": "2025-07-01"}
    done = project.run("support_matrix", {"GITHUB_WORKSPACE": str(workspace)}, **given)
    assert (done.code, done.error) == (1, "E_BRANCH_EXISTS")
    assert project.refs() == before


def test_a_row_counts_what_is_unreleased_and_a_page_does_not(project: GitHubProject, workspace: Path) -> None:
    project.switch("release-1.4")
    project.fix("fix: one")
    project.fix("fix: two")
    project.switch("main")
    project.fix("feat: of no release branch")
    project.served("branch", "--delete", "--force", "release-1.3")
    project.git("branch", "--delete", "--force", "release-1.3")
    project.push()
    env = {"GITHUB_WORKSPACE": str(workspace)}
    done = project.run("support_matrix", env, check="false", date="2025-07-01", open_work="true")
    assert {one["version"]: one["unreleased"] for one in json.loads(done.outputs["matrix"])} == {"1.4": 2, "1.3": None}
    assert "| Unreleased commits |" in done.summary
    assert "Unreleased" not in (workspace / "docs/support.md").read_text()
    [warning] = [one.message for one in done.annotations if one.level == "warning"]
    assert "1.3 is supported, and its release branch release-1.3 is not there." in warning
    without = project.run("support_matrix", env)
    assert (without.code, json.loads(without.outputs["matrix"])[0]["unreleased"]) == (0, None), without.log
    assert "Unreleased" not in without.summary
