"""Who may command cherry-picks gets an answer where nothing can be done, once for each command."""

from typing import Any

import pytest

from rehearsal.github.tokens import Kind
from tests.actions.cherry_pick.project import NAME, Project, fixed


def commanded(project: Project, number: int, command: str, login: str = "ann") -> dict[str, Any]:
    """A command a day after all that was written before it."""
    token = project.github.token(Kind.PERSONAL, login, pull_requests="write", issues="write")
    made = project.api("POST", f"/issues/{number}/comments", {"body": command}, token)
    comments = project.github.repository(NAME).comments
    for one in comments.values():
        if one.id != made["id"]:
            one.updated_at = one.created_at = "2020-01-01T00:00:00Z"
    return {
        "action": "created",
        "issue": {"number": number, "pull_request": {"url": ""}},
        "comment": {"id": made["id"], "body": command},
    }


@pytest.mark.parametrize("case", ["not merged", "closed", "no such branch", "there already", "proposed", "no branch"])
def test_a_command_that_changes_nothing_is_answered_once(project: Project, case: str) -> None:
    """The first command is answered by the comment that shows it all, the second one by a comment of its own."""
    number = project.pull(fixed(3)) if case in ("not merged", "closed") else project.merged(fixed(3))
    if case == "closed":
        project.api("PATCH", f"/pulls/{number}", {"state": "closed"})
    if case == "there already":
        project.git.git("fetch", "--quiet", "origin")
        project.git.switch("picked", "origin/release-1.5")
        project.git.git("cherry-pick", "-x", "origin/main")
        project.git.git("push", "--quiet", "origin", "HEAD:release-1.5")
    named = {"no such branch": " release-9.9", "no branch": ""}.get(case, " release-1.5")
    first = project.run("issue_comment", commanded(project, number, f"/cherry-pick{named}"))
    assert len(project.comments(number)) == 2, first.log
    again = commanded(project, number, f"/cherry-pick{named}")
    answered = project.run("issue_comment", again)
    *_, command, answer = project.comments(number)
    assert (command, "This changes nothing" in answer) == (f"/cherry-pick{named}", True), answered.log
    writes = len(project.github.writes)
    assert project.run("issue_comment", again).code == answered.code == first.code
    assert len(project.github.writes) == writes


def test_a_command_of_a_stranger_has_no_answer_of_its_own(project: Project) -> None:
    number = project.merged(fixed(3))
    project.roles["eve"] = "read"
    for _ in range(2):
        project.run("issue_comment", commanded(project, number, "/cherry-pick release-1.5", "eve"))
    assert len(project.comments(number)) == 3


def test_a_command_that_changed_something_has_no_answer_of_its_own(project: Project) -> None:
    number = project.merged(fixed(3))
    for branch in ("release-1.5", "release-1.4"):
        project.run("issue_comment", commanded(project, number, f"/cherry-pick {branch}"))
    assert len(project.comments(number)) == 3
