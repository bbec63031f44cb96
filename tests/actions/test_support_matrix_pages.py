"""The files that support-matrix writes beside the table: whole, checked, and the same bytes again."""

from pathlib import Path

import pytest

from rehearsal.act.step import Result
from rehearsal.projects.github_project import CONFIG, GitHubProject

FILES = {"calendar": "docs/support.ics", "endoflife": "docs/eol.md", "page": "docs/support.html"}


@pytest.fixture
def project(github_project: GitHubProject) -> GitHubProject:
    """A project with releases of 1.4 and 1.5, that has its ends of support in files."""
    config = "".join(f"  {key}: {file}\n" for key, file in FILES.items())
    github_project.write(".github/release-actions.yml", f"{CONFIG}support:\n  newest: 1\n{config}")
    github_project.write("docs/index.md", "# Docs\n")
    github_project.commit("docs: support")
    github_project.tag("v1.4.0", annotated=True)
    github_project.tag("v1.5.0", annotated=True)
    github_project.push()
    return github_project


@pytest.fixture
def workspace(project: GitHubProject) -> Path:
    return project.checkout("refs/heads/main", "checkout")


def ran(project: GitHubProject, workspace: Path, **inputs: str) -> Result:
    return project.run("support_matrix", {"GITHUB_WORKSPACE": str(workspace)}, **inputs)


def test_files_are_written_and_a_second_run_changes_nothing(project: GitHubProject, workspace: Path) -> None:
    done = ran(project, workspace, check="false")
    assert (done.code, done.outputs["changed"]) == (0, "true"), done.log
    written = {name: (workspace / name).read_bytes() for name in FILES.values()}
    assert written["docs/support.ics"].count(b"BEGIN:VEVENT\r\n") == 1
    assert f"@{project.name.partition('/')[2]}.kubeflow.github.com\r\n".encode() in written["docs/support.ics"]
    assert b'releaseCycle: "1.5"' in written["docs/eol.md"]
    assert f"<title>Supported versions of {project.name}</title>".encode() in written["docs/support.html"]
    for inputs in ({"check": "false"}, {"check": "true"}, {"date": "2999-01-01"}):
        again = ran(project, workspace, **inputs)
        assert (again.code, again.outputs["changed"]) == (0, "false"), again.log
    assert {name: (workspace / name).read_bytes() for name in FILES.values()} == written


def test_a_check_names_every_file_that_is_stale(project: GitHubProject, workspace: Path) -> None:
    ran(project, workspace, check="false")
    calendar, front, _ = (workspace / name for name in FILES.values())
    calendar.write_bytes(calendar.read_bytes().replace(b"1.4: end", b"1.4: ending"))
    front.write_text(front.read_text().replace("releaseCycle", "cycle", 1))
    done = ran(project, workspace)
    assert (done.code, done.error) == (1, "E_SUPPORT_MATRIX")
    [error] = [one for one in done.annotations if one.level == "error"]
    assert (error.file, error.line) == ("docs/support.ics", 10)
    assert "1.4: end of support` belongs on this line" in error.message
    assert "docs/eol.md, line 12" in done.log
    assert "-SUMMARY:" in done.summary


def test_a_file_in_a_folder_that_is_not_there_is_refused_before_anything_is_written(
    project: GitHubProject, workspace: Path
) -> None:
    config = workspace / ".github/release-actions.yml"
    config.write_text(config.read_text().replace("docs/eol.md", "site/eol.md"))
    done = ran(project, workspace, check="false")
    assert (done.code, done.error) == (1, "E_PATH")
    assert not (workspace / "docs/support.ics").exists()


@pytest.mark.parametrize("file", FILES.values())
def test_a_file_that_was_not_generated_is_never_replaced(project: GitHubProject, workspace: Path, file: str) -> None:
    (workspace / file).write_text("---\ntitle: A page of ours\n---\n")
    done = ran(project, workspace, check="false")
    assert (done.code, done.error) == (1, "E_SUPPORT_MATRIX")
    assert f"{file} is there, and support-matrix has not generated it" in done.log
    assert (workspace / file).read_text() == "---\ntitle: A page of ours\n---\n"
    assert [one.name for one in (workspace / "docs").iterdir() if one.name != "index.md"] == [Path(file).name]
