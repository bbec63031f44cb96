"""What there is of a change on a branch, asked of real histories; many more are made up in `bench.fix_oracle`."""

from pathlib import Path

import pytest

from bench.fix_oracle import check
from rehearsal.git.project import GitProject
from release_actions.backport.requested_changes import RequestedChanges
from release_actions.git.checkout import Checkout
from release_actions.git.commits import read_commits
from release_actions.git.partial_clone import PartialClone
from release_actions.git.program import Git
from release_actions.git.remote import Refs, Remote
from release_actions.history.branch_history import youngest_before
from release_actions.history.content import Content
from release_actions.history.fix_on_branch import FixFinding, Standing
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


def unfix(project: GitProject, to: str = "line 3\n") -> str:
    """Commit another line instead of the fixed one."""
    project.write("app.go", (project.tree / "app.go").read_text().replace("fixed\n", to))
    return project.commit("Write it otherwise")


def find(
    project: GitProject,
    *names: str,
    branch: str = "release-1.5",
    title: str = "A title of its own",
    shallow: bool = False,
) -> FixFinding:
    """What there is of the commits with these names, as one change; a `shallow` history ends at the first of them."""
    heads = {one: project.git("rev-parse", one) for one in ("main", branch)}
    commits = tuple(project.git("rev-parse", f"{name}^{{commit}}") for name in names)
    folder = project.folder / f"look-{len(list(project.folder.iterdir()))}"
    folder.mkdir()
    remote = Remote(Checkout(folder, "", 0, str(project.tree), ""), folder / "look.git", token="", server_url="")
    (folder / "look.git/objects/info/alternates").write_text(f"{project.tree / '.git/objects'}\n")
    if shallow:
        (folder / "look.git" / "shallow").write_text(f"{commits[0]}\n")
    content = Content(PartialClone(remote, folder / "files", complete=True))
    change = Change(number=1, title=title, commits=commits)
    return RequestedChanges(content, Refs(heads, {}, {}), "main").find([(change, branch)])[change, branch]


@pytest.mark.parametrize("number", range(38))
def test_fixes_are_found_where_they_are(number: int, tmp_path: Path) -> None:
    _, wrong = check(number, tmp_path)
    assert wrong == []


def test_nothing_is_there_yet(project: GitProject) -> None:
    assert find(project, "fix").standing is Standing.MISSING
    assert find(project, "drawn").standing is Standing.MISSING


def test_a_trailer_is_not_believed_of_another_change(project: GitProject) -> None:
    project.write("elsewhere.go", "x\n")
    project.commit(f"Something\n\n(cherry picked from commit {project.git('rev-parse', 'fix^{commit}')})")
    assert find(project, "fix").standing is Standing.MISSING


def test_a_trailer_is_not_believed_of_a_commit_that_the_change_conflicts_with(project: GitProject) -> None:
    project.write("app.go", "".join([*LINES, "own\n"]).replace("line 2\n", "two\n").replace("line 4\n", "four\n"))
    project.commit(f"Something\n\n(cherry picked from commit {project.git('rev-parse', 'fix^{commit}')})")
    assert find(project, "fix").standing is Standing.CONFLICT


@pytest.mark.parametrize(("done", "standing"), [(1, Standing.PARTLY), (2, Standing.ADAPTED), (3, Standing.ADAPTED)])
def test_a_pick_does_at_least_half_of_its_change(project: GitProject, done: int, standing: Standing) -> None:
    project.switch("main")
    for line in (10, 15, 20, 25):
        fix(project, line)
    wide = project.commit("Fix four lines (#14)")
    project.switch("release-1.5")
    for line in (10, 15, 20)[:done]:
        fix(project, line)
    project.write("other.go", "more\n" * 9)
    project.commit(f"Pick it\n\n(cherry picked from commit {wide})")
    assert find(project, wide).standing is standing


def test_the_same_changes_are_there_under_any_title(project: GitProject) -> None:
    fix(project)
    there = project.commit("Another title")
    assert find(project, "fix").standing is Standing.THERE
    project.git("revert", "--no-edit", "HEAD")
    found = find(project, "fix")
    assert (found.standing, found.commit) == (Standing.TAKEN_BACK, there)
    assert found.changed_by == project.git("rev-parse", "HEAD")


def test_a_title_alone_is_no_reason(project: GitProject) -> None:
    project.write("app.go", "".join([*LINES, "own\n"]).replace("line 9\n", "fixed otherwise\n"))
    project.commit("[release-1.5] Fix line 3 (#13)")
    assert find(project, "fix").standing is Standing.MISSING
    fix(project)
    project.commit("Fix it after all")
    assert find(project, "fix").standing is Standing.THERE


def test_a_title_is_no_reason_when_the_same_lines_become_others(project: GitProject) -> None:
    for branch, text in (("main", "new\n"), ("release-1.5", "other\n")):
        project.switch(branch)
        was = (project.tree / "app.go").read_text()
        project.write("app.go", was.replace("".join(LINES[20:23]), text))
        project.tag(f"shorter-{branch}", project.commit("Make it shorter (#15)"))
    found = find(project, "shorter-main", title="Make it shorter")
    assert found.standing is Standing.CONFLICT


def test_another_content_of_a_binary_file_is_not_the_same(project: GitProject) -> None:
    project.write("image.bin", "\0three")
    project.commit("Draw it otherwise")
    assert find(project, "drawn").standing is Standing.CONFLICT
    project.git("checkout", "--quiet", "HEAD~1", "--", "image.bin")
    project.commit("Back")
    project.write("image.bin", "\0two")
    project.commit("Draw it the same way")
    assert find(project, "drawn").standing is Standing.THERE


def test_some_of_a_change_may_be_there(project: GitProject) -> None:
    project.git("cherry-pick", "-x", "drawn")
    found = find(project, "fix", "drawn")
    there = [name for name, one in found.parts.items() if one.standing.is_there]
    assert (found.standing, there) == (Standing.PARTLY, [project.git("rev-parse", "drawn^{commit}")])


def test_a_branch_cut_later_has_the_commit_itself(project: GitProject) -> None:
    project.switch("release-1.6", "main")
    found = find(project, "fix", branch="release-1.6")
    assert (found.standing, found.by) == (Standing.THERE, "history")


def test_what_a_branch_began_with_may_be_taken_back(project: GitProject) -> None:
    project.switch("release-1.6", "main")
    back = unfix(project)
    found = find(project, "fix", branch="release-1.6")
    assert (found.standing, found.by, found.changed_by) == (Standing.TAKEN_BACK, "history", back)


def test_a_commit_that_says_it_reverts_is_named_before_one_that_changed_the_lines(project: GitProject) -> None:
    project.git("cherry-pick", "-x", "fix")
    pick = project.git("rev-parse", "HEAD")
    unfix(project, to="fixed better\n")
    project.write("app.go", "".join([*LINES, "own\n"]))
    back = project.commit(f"Back\n\nThis reverts commit {pick}.")
    found = find(project, "fix")
    assert (found.standing, found.changed_by) == (Standing.TAKEN_BACK, back)


def test_what_was_taken_back_stays_so_when_the_old_line_is_changed_later(project: GitProject) -> None:
    project.git("cherry-pick", "-x", "fix")
    back = unfix(project)
    project.write("app.go", "".join([*LINES, "own\n"]).replace("line 3\n", "line three\n"))
    project.commit("Spell it out")
    found = find(project, "fix")
    assert (found.standing, found.changed_by) == (Standing.TAKEN_BACK, back)


def test_no_commit_is_named_for_what_another_one_did(project: GitProject) -> None:
    fix(project)
    project.write("other.go", "x\n")
    project.commit("Fix it among other things")
    fix(project, 30)
    project.commit("Fix another line")
    project.write("app.go", (project.tree / "app.go").read_text().replace("fixed\n", "line 3\n", 1))
    project.commit("Back")
    found = find(project, "fix")
    assert (found.standing, found.commit) == (Standing.MISSING, "")


def test_the_search_begins_before_the_change_was_made(project: GitProject) -> None:
    git = Git(project.tree, {}, allowed="none")
    [commit] = read_commits(git, [project.git("rev-parse", "fix^{commit}")])
    assert youngest_before([commit]) == commit.committed_at - 86_400
