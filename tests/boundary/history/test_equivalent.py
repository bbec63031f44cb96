"""Whether a branch has a change already, asked of real histories."""

from pathlib import Path

import pytest

from rehearsal.git.project import GitProject
from release_actions.git.commits import read_commits, read_history
from release_actions.git.program import Git
from release_actions.history.equivalent import Branch, Found, youngest_before
from release_actions.history.picks import Change

LINES = [f"line {number}\n" for number in range(40)]


@pytest.fixture
def project(tmp_path: Path) -> GitProject:
    """A fix and a change of a binary file on main; the branch release-1.5, checked out, has neither."""
    made = GitProject(tmp_path, tmp_path / "none.git", "")
    made.write("app.go", "".join(LINES))
    made.write("image.bin", "\0one")
    made.commit("app")
    made.switch("release-1.5")
    made.write("app.go", "".join([*LINES, "own\n"]))
    made.commit("Own line")
    made.switch("main")
    fix(made)
    made.commit("Fix line 3 (#12)")
    made.tag("fix")
    made.write("image.bin", "\0two")
    made.commit("Draw it anew")
    made.tag("drawn")
    made.switch("release-1.5")
    return made


def fix(project: GitProject, at: int = 3) -> None:
    text = (project.tree / "app.go").read_text()
    project.write("app.go", text.replace(f"line {at}\n", "fixed\n"))


def find(project: GitProject, *names: str, title: str = "A title of its own") -> dict[str, Found]:
    git = Git(project.tree, {}, allowed="none")
    commits = tuple(project.git("rev-parse", f"{name}^{{commit}}") for name in names)
    branch = Branch(git, read_history(git, project.git("rev-parse", "HEAD")))
    return branch.find(Change(number=1, title=title, commits=commits))


def by(found: dict[str, Found]) -> list[str]:
    return [one.by for one in found.values()]


def test_nothing_is_there_yet(project: GitProject) -> None:
    assert find(project, "fix", "drawn") == {}


def test_a_trailer_tells(project: GitProject) -> None:
    commit = project.git("rev-parse", "fix^{commit}")
    fix(project, at=5)
    there = project.commit(f"Resolved by hand\n\n(cherry picked from commit {commit})")
    assert find(project, "fix") == {commit: Found(there, "trailer")}


def test_the_same_changes_tell(project: GitProject) -> None:
    fix(project)
    project.commit("Another title")
    assert by(find(project, "fix")) == ["content"]


def test_the_same_title_tells_only_of_the_same_file(project: GitProject) -> None:
    project.write("elsewhere.go", "x\n")
    project.commit("Fix line 3")
    assert find(project, "fix") == {}
    fix(project, at=4)
    project.commit("[release-1.5] Fix line 3 (#13)")
    assert by(find(project, "fix")) == ["title"]


def test_another_content_of_a_binary_file_is_not_the_same(project: GitProject) -> None:
    project.write("image.bin", "\0three")
    project.commit("Draw it otherwise")
    assert find(project, "drawn") == {}
    project.git("checkout", "--quiet", "HEAD~1", "--", "image.bin")
    project.commit("Back")
    project.write("image.bin", "\0two")
    project.commit("Draw it the same way")
    assert by(find(project, "drawn")) == ["content"]


def test_what_was_reverted_is_not_there_until_that_is_reverted(project: GitProject) -> None:
    project.git("cherry-pick", "-x", "fix")
    assert by(find(project, "fix")) == ["trailer"]
    project.git("revert", "--no-edit", "HEAD")
    assert find(project, "fix") == {}
    project.git("revert", "--no-edit", "HEAD")
    assert by(find(project, "fix")) == ["trailer"]


def test_one_commit_may_have_brought_all(project: GitProject) -> None:
    fix(project)
    project.write("image.bin", "\0two")
    project.commit("Both at once")
    assert by(find(project, "fix", "drawn")) == ["content", "content"]


def test_some_of_a_change_may_be_there(project: GitProject) -> None:
    project.git("cherry-pick", "-x", "drawn")
    assert list(find(project, "fix", "drawn")) == [project.git("rev-parse", "drawn^{commit}")]


def test_a_branch_cut_later_has_the_commit_itself(project: GitProject) -> None:
    project.switch("release-1.6", "main")
    assert by(find(project, "fix")) == ["history"]


def test_the_search_begins_before_the_change_was_made(project: GitProject) -> None:
    git = Git(project.tree, {}, allowed="none")
    [commit] = read_commits(git, [project.git("rev-parse", "fix^{commit}")])
    assert youngest_before([commit]) == commit.committed_at - 86_400
