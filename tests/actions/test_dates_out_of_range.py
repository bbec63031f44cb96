"""Commits and tags whose dates git would not write: every action does its work, or says which tag has no date."""

import re

import pytest

from rehearsal.projects.github_project import GitHubProject

DATES = {
    "in a zone of days": "1750000000 +999999",
    "after the year 9999": "253402300800 +0000",
    "no date": "yesterday",
}
WITHOUT_DATES = (DATES["after the year 9999"], DATES["no date"])
SUPPORT = "support:\n  newest: 1\n  months: 14\n  docs: docs/support.md\n"
PAGE = "<!-- begin support-matrix -->\n<!-- end support-matrix -->\n"


def odd(project: GitHubProject, kind: str, name: str, date: str) -> str:
    """A copy of a commit or a tag object with another date."""
    text = project.git("cat-file", kind, name)
    text = re.sub(r"^((?:author|committer|tagger) .*>).*$", rf"\1 {date}", text, flags=re.MULTILINE)
    return project.git("hash-object", "-t", kind, "-w", "--literally", "--stdin", stdin=f"{text}\n")


@pytest.fixture(params=DATES.values(), ids=list(DATES))
def date(request: pytest.FixtureRequest) -> str:
    """The date of commits and tags."""
    return str(request.param)


@pytest.fixture
def project(github_project: GitHubProject, date: str) -> GitHubProject:
    """v1.4.0 is released and v1.5.0-rc.0 comes next; the last commits of both branches and the tag are dated so."""
    project = github_project
    project.write("docs/support.md", PAGE)
    project.write(".github/release-actions.yml", (project.tree / ".github/release-actions.yml").read_text() + SUPPORT)

    def dated(commit: str) -> None:
        project.git("reset", "--quiet", "--hard", odd(project, "commit", commit, date))

    dated(project.version("1.4.0"))
    project.switch("release-1.4")
    project.tag("v1.4.0", annotated=True)
    project.git("update-ref", "refs/tags/v1.4.0", odd(project, "tag", "v1.4.0", date))
    dated(project.fix("fix: another (#13)"))
    project.switch("main")
    project.version("1.5.0-rc.0")
    dated(project.fix("fix: a lease (#12)"))
    return project


@pytest.mark.parametrize(
    ("action", "inputs", "error"),
    [
        ("unreleased", {}, ""),
        ("backport_report", {}, ""),
        ("guard_release_branch", {"guarded_branch": "release-1.4"}, "E_BRANCH_POLICY"),  # #13 is not on main
    ],
)
def test_actions_that_follow_the_support_policy(
    project: GitHubProject, date: str, action: str, inputs: dict[str, str], error: str
) -> None:
    done = project.act(action, None, **inputs)

    assert done.error == ("E_TAG_OBJECT" if date in WITHOUT_DATES else error), done.log


@pytest.mark.parametrize(
    ("action", "inputs"),
    [
        ("prepare_release", {"release_branch": "release-1.4", "make": "patch", "dry_run": "true"}),
        ("create_release_branch", {"version": "1.5", "dry_run": "true"}),
    ],
)
def test_actions_without_a_checkout(project: GitHubProject, action: str, inputs: dict[str, str]) -> None:
    done = project.act(action, None, **inputs)

    assert done.error == "", done.log


@pytest.mark.parametrize(
    ("action", "inputs"),
    [
        ("validate_tag", {"tag": "v1.4.0"}),
        ("publish_chart", {"tag": "v1.4.0", "registry": "oci://127.0.0.1:1/charts", "dry_run": "true"}),
    ],
)
def test_actions_in_a_checkout(project: GitHubProject, action: str, inputs: dict[str, str]) -> None:
    project.push()
    workspace = project.checkout("refs/tags/v1.4.0", "checkout")
    done = project.run(action, {"GITHUB_WORKSPACE": str(workspace)}, **inputs)

    assert done.error in ("", "E_REGISTRY_UNAVAILABLE"), done.log


def test_the_support_matrix(project: GitHubProject, date: str) -> None:
    project.push()
    workspace = project.checkout("refs/heads/main", "checkout")
    done = project.run("support_matrix", {"GITHUB_WORKSPACE": str(workspace)}, check="false")

    assert done.error == ("E_TAG_OBJECT" if date in WITHOUT_DATES else ""), done.log
