"""backport-report as a process, of a server that has less of the history than others have."""

import pytest

from rehearsal.projects.github_project import GitHubProject
from tests.actions.test_backport_report import Ledger


@pytest.mark.parametrize("ends", ["far below", "at the fix", "at the pick", "at a fix of the branch alone"])
def test_a_server_whose_history_ends_early(github_project: GitHubProject, ends: str) -> None:
    """The report is whole, or names the commit whose parent is not there; it never waits for that."""
    ledger = Ledger(github_project)
    git, origin = github_project.git, github_project.origin
    ledger.cut("release-1.5")
    cut = git("rev-parse", "main")
    fix = ledger.fix("fix: a", at=3)
    pick = ledger.pick(fix, "release-1.5")
    alone = ledger.fix("fix: of this branch alone", at=21, on="release-1.5")
    github_project.push()
    last = {"far below": [cut], "at the fix": [cut, fix], "at the pick": [cut, pick]}.get(ends, [cut, alone])
    (origin / "shallow").write_text("".join(f"{one}\n" for one in last))
    done = github_project.run("backport_report", None)
    if ends in ("far below", "at the pick"):
        assert (done.code, done.outputs["fixes"]) == (0, "2"), done.log
    else:
        assert (done.code, done.error) == (1, "E_GIT"), done.log
        assert any(f"The parent of {one} is not on the server" in done.log for one in last)
