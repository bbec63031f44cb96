"""What there is of changes in odd repositories: one clear finding each, or one clear error."""

import os
from pathlib import Path

import pytest

from rehearsal.git.project import GitProject
from release_actions.core.errors import Code, ReleaseError
from release_actions.history.fix_on_branch import Standing
from tests.boundary.history.test_evidence import LINES, find

MODULE = "160000"
POINTER = "version https://git-lfs.github.com/spec/v1\noid sha256:{}\nsize 12\n"


@pytest.fixture
def project(tmp_path: Path) -> GitProject:
    """The branch release-1.5 was cut from main, which is checked out."""
    made = GitProject(tmp_path, tmp_path / "none.git", "")
    made.write("app.go", "".join(LINES))
    made.commit("app")
    made.git("branch", "release-1.5")
    return made


def change(project: GitProject, name: str = "fix") -> None:
    """Commit the work tree on main under a tag."""
    project.commit(f"Change {name}")
    project.tag(name)


def picked(project: GitProject, name: str = "fix") -> None:
    project.switch("release-1.5")
    project.git("cherry-pick", "-x", name)
    project.switch("main")


def test_a_branch_without_a_common_ancestor(project: GitProject) -> None:
    project.git("checkout", "--quiet", "--orphan", "other")
    project.git("rm", "-rf", "--quiet", ".")
    project.write("strange.go", "x\n")
    project.commit("Another beginning")
    project.git("branch", "--force", "release-1.5", "other")
    project.git("checkout", "--quiet", "main")
    project.write("app.go", "".join(LINES).replace("line 3\n", "fixed\n"))
    change(project)
    found = find(project, "fix")
    assert (found.standing, found.reason) == (
        Standing.NOT_NEEDED,
        "The branch never had the code that it changes: app.go.",
    )


def test_a_submodule_that_is_moved(project: GitProject) -> None:
    for number, branch in ((1, "release-1.5"), (1, "main"), (2, "main")):
        project.switch(branch)
        project.git("update-index", "--add", "--cacheinfo", f"{MODULE},{number}{'0' * 39},module")
        project.git("commit", "--quiet", "--message", f"Module {number}")
    project.tag("fix")
    assert find(project, "fix").standing is Standing.MISSING
    project.git("switch", "--quiet", "release-1.5")
    project.git("update-index", "--add", "--cacheinfo", f"{MODULE},2{'0' * 39},module")
    project.git("commit", "--quiet", "--message", "Module 2")
    assert find(project, "fix").standing is Standing.THERE


@pytest.mark.parametrize("pointer", [False, True], ids=["binary", "lfs"])
def test_contents_without_lines_of_their_own(project: GitProject, *, pointer: bool) -> None:
    texts = [POINTER.format(one * 64) if pointer else f"\0{one}" for one in "abc"]
    for branch in ("release-1.5", "main"):
        project.switch(branch)
        project.write("image.bin", texts[0])
        project.commit("Draw it")
    project.write("image.bin", texts[1])
    change(project)
    assert find(project, "fix").standing is Standing.MISSING
    picked(project)
    assert find(project, "fix").standing is Standing.THERE
    project.switch("release-1.5")
    project.write("image.bin", texts[2])
    project.commit("Draw it otherwise")
    assert find(project, "fix").standing is Standing.CHANGED
    project.write("image.bin", texts[0])
    project.commit("Draw it as before")
    assert find(project, "fix").standing is Standing.TAKEN_BACK


def test_a_file_of_more_than_50_mb(project: GitProject) -> None:
    large = [f"{at:03}{'x' * 1_048_576}\n" for at in range(51)]
    for branch in ("main", "release-1.5"):
        project.switch(branch)
        project.write("large.txt", "".join(large))
        project.commit("Something large")
    project.switch("main")
    project.write("large.txt", "".join([*large[:3], "fixed\n", *large[4:]]))
    change(project)
    assert find(project, "fix").standing is Standing.MISSING
    picked(project)
    assert find(project, "fix").standing is Standing.THERE


def test_a_mode_alone(project: GitProject) -> None:
    project.git("update-index", "--chmod=+x", "app.go")
    project.git("commit", "--quiet", "--message", "Let it run")
    project.tag("fix")
    project.git("checkout", "--quiet", "--force", "HEAD")
    assert find(project, "fix").standing is Standing.MISSING
    picked(project)
    assert find(project, "fix").standing is Standing.THERE


def test_texts_and_names_that_are_no_utf_8(project: GitProject) -> None:
    odd = os.fsdecode(b"caf\xe9 \x01\n.txt")
    (project.tree / odd).write_bytes(b"caf\xe9\n")
    change(project)
    assert find(project, "fix").standing is Standing.MISSING
    picked(project)
    assert find(project, "fix").standing is Standing.THERE


def test_a_trailer_that_names_its_own_commit_and_a_circle(project: GitProject) -> None:
    project.write("app.go", "".join(LINES).replace("line 3\n", "fixed\n"))
    change(project)
    project.switch("release-1.5")
    first = project.commit("One")
    second = project.commit(f"Two\n\n(cherry picked from commit {first})")
    project.commit(f"Three\n\n(cherry picked from commit {second})\n(cherry picked from commit {'3' * 40})")
    assert find(project, "fix").standing is Standing.MISSING


def test_many_commits(project: GitProject) -> None:
    project.write("app.go", "".join(LINES).replace("line 3\n", "fixed\n"))
    change(project)
    picked(project)
    start, who = project.git("rev-parse", "release-1.5"), "committer Bob <bob@example.org> 1760000000 +0000"
    stream = [
        f"commit refs/heads/release-1.5\n{who}\ndata 4\nmore\n"
        + (f"from {start}\n" if at == 0 else "")
        + f"M 100644 inline more.txt\ndata {len(str(at))}\n{at}\n"
        for at in range(5_000)
    ]
    project.git("fast-import", "--quiet", "--force", stdin="".join(stream))
    assert find(project, "fix").standing is Standing.THERE


def test_a_history_that_ends_at_the_change(project: GitProject) -> None:
    project.write("app.go", "".join(LINES).replace("line 3\n", "fixed\n"))
    change(project)
    with pytest.raises(ReleaseError) as caught:
        find(project, "fix", shallow=True)
    assert (caught.value.code, "The parent of" in caught.value.what) == (Code.E_GIT, True)
