"""What verify-release says to do next about a missing branch, done: it ends well, or with what only a person knows."""

from collections.abc import Mapping

from rehearsal.act.step import Result
from tests.actions.verify_release.project import TAG, Project
from tests.support.next_steps import Follower, followed


def test_a_branch_that_was_deleted(project: Project, follower: Follower) -> None:
    project.release()
    project.git.git("push", "--quiet", "origin", "--delete", "release-1.5")

    def attempt(_changed: Mapping[str, str], ref: str) -> Result:
        assert ref == ""
        return project.verify()

    followed(follower.follow(project.git.origin, attempt), "E_RELEASE_INCOMPLETE")


def test_a_branch_that_is_not_all_that_is_missing(project: Project) -> None:
    project.tag(TAG)
    project.git.git("push", "--quiet", "origin", "--delete", "release-1.5")
    done = project.verify()
    assert done.error == "E_RELEASE_INCOMPLETE"
    assert "commands" not in done.result["error"]
