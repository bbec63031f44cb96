"""What the default branch did to a fix since, asked of real histories."""

from pathlib import Path

import pytest

from rehearsal.git.project import GitProject
from release_actions.history.fix_on_branch import Standing, Undone
from tests.boundary.history.test_evidence import find

LINES = [f"line {number}\n" for number in range(30)]
ADDED, REPLACED = [*LINES[:9], "fixed\n", "and kept\n", *LINES[9:]], [*LINES[:9], "fixed\n", "and kept\n", *LINES[10:]]
BETTER = ["better\n", "and held\n"]
NEWER = [*LINES[:9], *BETTER, *LINES[9:]]
REVERTED, SUPERSEDED = False, True


def commit(project: GitProject, lines: list[str], message: str, path: str = "app.go") -> str:
    project.write(path, "".join(lines))
    return project.commit(message)


@pytest.mark.parametrize(
    ("fixed", "after", "message", "superseded"),
    [
        (ADDED, LINES, "Go back", REVERTED),
        (REPLACED, LINES, "Go back", REVERTED),
        (ADDED, LINES, 'Revert "Fix it"', REVERTED),
        (ADDED, NEWER, 'Revert "Fix it"', REVERTED),
        (ADDED, NEWER, "Do it better", SUPERSEDED),
        (REPLACED, [*LINES[:9], *BETTER, *LINES[10:]], "Do it better", SUPERSEDED),
        (REPLACED, [*LINES[:9], *LINES[10:]], "Do without", SUPERSEDED),
        (ADDED, [*ADDED, "more\n"], "Something more", None),
        (ADDED, [*ADDED[:10], "between\n", *ADDED[10:]], "Something in between", None),
        (ADDED, [*LINES[:9], *LINES[20:], *LINES[9:20], "fixed\n", "and kept\n"], "Move it", None),
    ],
)
def test_reverted_or_superseded(
    tmp_path: Path, fixed: list[str], after: list[str], message: str, *, superseded: bool | None
) -> None:
    project = GitProject(tmp_path, tmp_path / "none.git", "")
    commit(project, LINES, "app")
    project.git("branch", "release-1.5")
    project.git("branch", "release-1.4")
    commit(project, fixed, "Fix it")
    project.tag("fix")
    project.switch("release-1.5")
    project.git("cherry-pick", "-x", "fix")
    project.switch("main")
    commit(project, ["x\n"], "Something else", "other.go")
    last = commit(project, after, message)
    has, lacks = find(project, "fix"), find(project, "fix", branch="release-1.4")
    assert (has.standing, lacks.standing) == (Standing.THERE, Standing.MISSING)
    expected = None if superseded is None else Undone(last, superseded=superseded)
    assert (has.undone, lacks.undone) == (expected, expected)
    project.switch("release-1.6", "main")
    began = find(project, "fix", branch="release-1.6")
    assert began.standing is (Standing.TAKEN_BACK if superseded is REVERTED else Standing.THERE)
