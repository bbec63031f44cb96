"""support-matrix as a process: what it computes from tags, what it writes, and what it refuses."""

import json
from pathlib import Path

import pytest

from rehearsal.act.step import Result
from rehearsal.projects.github_project import CONFIG, GitHubProject

PAGE = "# Support\n\n<!-- begin support-matrix -->\n<!-- end support-matrix -->\n\nAnd more.\n"
CONFIGURED = f"{CONFIG}support:\n  newest: 1\n  lts: ['1.3']\n  docs: docs/support.md\n"


@pytest.fixture
def project(github_project: GitHubProject) -> GitHubProject:
    """A project with two patches of 1.3, releases of 1.4 and 1.5, a candidate of 1.6, and a page without its table."""
    github_project.write(".github/release-actions.yml", CONFIGURED)
    github_project.write("docs/support.md", PAGE)
    github_project.commit("docs: support")
    for tag in ("v1.3.0", "v1.3.1", "v1.3.2", "v1.4.0", "v1.5.0", "v1.6.0-rc.0"):
        github_project.tag(tag, annotated=tag != "v1.4.0")
    return github_project


def checked(project: GitHubProject, **inputs: str) -> tuple[Result, Path]:
    """Commit what was written, check it out, and run the action there."""
    project.commit("next")
    project.push()
    workspace = project.checkout("refs/heads/main", f"checkout-{len(list(project.folder.iterdir()))}")
    return again(project, workspace, **inputs), workspace


def again(project: GitHubProject, workspace: Path, **inputs: str) -> Result:
    return project.run("support_matrix", {"GITHUB_WORKSPACE": str(workspace)}, **inputs)


def test_the_table_is_written_between_its_markers_and_then_right(project: GitHubProject) -> None:
    done, workspace = checked(project, check="false")
    assert (done.code, done.outputs["changed"], done.outputs["supported"]) == (0, "true", "1.5\n1.3"), done.log
    matrix = {one["version"]: one for one in json.loads(done.outputs["matrix"])}
    assert list(matrix) == ["1.5", "1.4", "1.3"]
    assert (matrix["1.3"]["newest"], matrix["1.3"]["state"]) == ("v1.3.2", "long-term support")
    assert (matrix["1.4"]["state"], matrix["1.4"]["end"]) == ("ended", matrix["1.5"]["first"])
    day = project.git("log", "-1", "--format=%cs", "v1.4.0")
    assert matrix["1.4"]["first"] == day
    text = (workspace / "docs/support.md").read_text()
    assert f"| 1.4 | {day} | `v1.4.0` | {day} | ended | {matrix['1.5']['first']} |\n" in text
    before, _, rest = PAGE.partition("<!-- end")
    assert text.startswith(before)
    assert text.endswith(f"<!-- end{rest}")
    for check in ("false", "true"):
        second = again(project, workspace, check=check)
        assert (second.code, second.outputs["changed"], second.annotations) == (0, "false", []), second.log


def test_a_dry_run_writes_nothing(project: GitHubProject) -> None:
    done, workspace = checked(project, check="false", dry_run="true")
    assert (done.code, done.outputs["changed"]) == (0, "true")
    assert (workspace / "docs/support.md").read_text() == PAGE
    assert "+| 1.5 |" in done.summary


def test_a_stale_table_is_an_error_at_its_line_with_what_belongs_there(project: GitHubProject) -> None:
    _, workspace = checked(project, check="false")
    page = workspace / "docs/support.md"
    page.write_text(stale := page.read_text().replace("| ended |", "| supported |"))
    done = again(project, workspace)
    assert (done.code, done.error, done.outputs["changed"]) == (1, "E_SUPPORT_MATRIX", "false")
    [error] = [one for one in done.annotations if one.level == "error"]
    assert (error.file, error.line) == ("docs/support.md", 7)
    assert "| `v1.4.0` | " in error.message
    assert "| ended | " in error.message
    assert "-| 1.4 |" in done.summary
    assert page.read_text() == stale


def test_the_day_decides_what_is_supported(project: GitHubProject) -> None:
    project.write(".github/release-actions.yml", f"{CONFIG}support: {{newest: 0, months: 1}}\n")
    done, workspace = checked(project, date="2999-01-01")
    assert (done.code, done.outputs["supported"]) == (0, ""), done.log
    day = json.loads(done.outputs["matrix"])[0]["first"]
    assert again(project, workspace, date=day).outputs["supported"].startswith("1.5")


@pytest.mark.parametrize("at", [0, 10**11, 10**17])
def test_a_tag_without_a_date_has_that_of_its_commit_or_is_one_clear_error(project: GitHubProject, at: int) -> None:
    tree = project.git("rev-parse", "HEAD^{tree}")
    commits = [
        project.git("hash-object", "-t", "commit", "-w", "--stdin", stdin=f"tree {tree}\n{who}\n\nold\n")
        for who in (f"author A <a@b> {time} +0000\ncommitter A <a@b> {time} +0000" for time in (1_750_000_000, at))
    ]
    for tag, commit in zip(("v1.1.0", "v1.2.0"), commits, strict=True):
        made = f"object {commit}\ntype commit\ntag {tag}\n\nNo tagger.\n"
        project.git(
            "update-ref", f"refs/tags/{tag}", project.git("hash-object", "-t", "tag", "-w", "--stdin", stdin=made)
        )
    done, workspace = checked(project)
    assert (done.code, done.error) == (1, "E_TAG_OBJECT")
    assert "v1.2.0 has no date that can be right" in done.log
    project.git("push", "--quiet", "origin", ":refs/tags/v1.2.0")
    found = json.loads(again(project, workspace, check="false").outputs["matrix"])
    assert found[-1]["first"] == "2025-06-15"


@pytest.mark.parametrize(
    ("page", "line"),
    [("# Support\n", 1), ("<!-- begin support-matrix -->\n", 1), (PAGE + PAGE, 9)],
)
def test_a_page_needs_its_two_markers_once(project: GitHubProject, page: str, line: int) -> None:
    project.write("docs/support.md", page)
    done, workspace = checked(project, check="false")
    assert (done.code, done.error) == (1, "E_SUPPORT_MATRIX")
    assert (done.result["error"]["file"], done.result["error"]["line"]) == ("docs/support.md", line)
    assert (workspace / "docs/support.md").read_text() == page


@pytest.mark.parametrize(
    ("config", "date", "code", "said"),
    [
        ("support: {newest: 0}\n", "", "E_CONFIG", "supports no minor version"),
        ("support: {lts: ['2.0']}\n", "", "E_CONFIG", "no release is of that minor version"),
        ("support: {newset: 2}\n", "", "E_CONFIG", "Write `newest`"),
        ("support: {docs: missing.md}\n", "", "E_PATH", "missing.md"),
        ("", "2026-02-30", "E_INPUT", "not a day"),
    ],
)
def test_what_can_not_be_computed_is_one_clear_error(
    project: GitHubProject, config: str, date: str, code: str, said: str
) -> None:
    project.write(".github/release-actions.yml", CONFIG + config)
    done, _ = checked(project, date=date)
    assert (done.code, done.error) == (1, code)
    assert said in done.log
