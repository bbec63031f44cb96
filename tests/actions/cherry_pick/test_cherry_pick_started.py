"""Who and what starts cherry-picks: labels of what a push merged, comments of people who may write."""

from typing import Any

import pytest

from rehearsal.github.tokens import Kind
from tests.actions.cherry_pick.project import Project, fixed, outcomes


def test_labels_of_what_a_push_merged(project: Project) -> None:
    labelled = project.merged(fixed(3), labels=("bug", "cherry-pick/release-1.5", "cherry-pick/main"))
    project.merged({"more.txt": "more\n"})
    tip = project.git.git("rev-parse", "main", cwd=project.origin)
    commits = project.git.git("rev-list", "main", "-2", cwd=project.origin).split()
    payload = {"ref": "refs/heads/main", "after": tip, "commits": [{"id": one} for one in commits]}
    done = project.run("push", payload)
    assert outcomes(done) == {(f"#{labelled}", "release-1.5"): "created", (f"#{labelled}", "main"): "no-branch"}
    assert (done.code, done.error) == (1, "E_PICK")


def test_a_push_elsewhere_or_without_labels_does_nothing(project: Project) -> None:
    project.merged(fixed(3))
    tip = project.git.git("rev-parse", "main", cwd=project.origin)
    for ref in ("refs/heads/main", "refs/heads/release-1.5"):
        done = project.run("push", {"ref": ref, "after": tip, "commits": [{"id": tip}]})
        assert (done.code, done.outputs["outcomes"]) == (0, "[]")
        assert "Nothing is to be cherry-picked" in done.summary


def commented(project: Project, number: int, body: str, login: str = "ann") -> dict[str, Any]:
    token = project.github.token(Kind.PERSONAL, login, pull_requests="write", issues="write")
    made = project.api("POST", f"/issues/{number}/comments", {"body": body}, token)
    return {
        "action": "created",
        "issue": {"number": number, "pull_request": {"url": ""}},
        "comment": {"id": made["id"], "body": body},
    }


def test_a_comment_commands(project: Project) -> None:
    number = project.merged(fixed(3))
    done = project.run("issue_comment", commented(project, number, "/cherry-pick release-1.5 release-1.4\nthanks"))
    assert set(outcomes(done).values()) == {"created"}, done.log


@pytest.mark.parametrize("role", ["none", "read", "triage", "write", "maintain", "admin"])
def test_only_who_may_write_may_command(project: Project, role: Any) -> None:
    number = project.merged(fixed(3))
    payload = commented(project, number, "/cherry-pick release-1.5", "bob")
    project.roles["bob"] = role
    done = project.run("issue_comment", payload)
    allowed = role in ("write", "maintain", "admin")
    assert bool(project.branches()) == allowed
    assert done.code == (0 if allowed else 1)


@pytest.mark.parametrize("login", ["prow[bot]", "gone"])
def test_no_app_and_no_deleted_account_may_command(project: Project, login: str) -> None:
    number = project.merged(fixed(3))
    payload = commented(project, number, "/cherry-pick release-1.5", login)
    project.roles[login] = "admin"
    if login == "gone":
        del project.github.world.users[login]
    done = project.run("issue_comment", payload)
    assert (done.code, project.branches()) == (1, [])


def test_a_comment_that_was_edited_commands_nothing(project: Project) -> None:
    number = project.merged(fixed(3))
    payload = commented(project, number, "/cherry-pick release-1.5")
    project.api("PATCH", f"/issues/comments/{payload['comment']['id']}", {"body": "/cherry-pick release-1.4"})
    done = project.run("issue_comment", payload)
    assert (done.code, project.branches()) == (1, [])


@pytest.mark.parametrize(
    "change",
    [
        {"action": "edited"},
        {"action": "deleted"},
        {"issue": {"number": 1}},
        {"comment": {"id": 1, "body": "thanks"}},
    ],
    ids=["edited", "deleted", "issue", "chat"],
)
def test_other_comments_are_passed_over(project: Project, change: dict[str, Any]) -> None:
    number = project.merged(fixed(3))
    done = project.run("issue_comment", {**commented(project, number, "/cherry-pick release-1.5"), **change})
    assert (done.code, done.outputs["outcomes"], project.branches()) == (0, "[]", [])


def test_a_forged_comment_of_a_stranger_is_left_alone(project: Project) -> None:
    number = project.merged(fixed(3))
    commented(project, number, "<!-- release-actions cherry-pick W10= -->", "mallory")
    project.run(pull_requests=str(number), branches="release-1.5")
    assert len(project.comments(number)) == 2


def test_an_event_that_says_nothing_is_an_error(project: Project) -> None:
    assert project.run("schedule").error == "E_EVENT"
    assert project.run(pull_requests="12x").error == "E_INPUT"
    assert project.run(commits="-f", branches="release-1.5").error == "E_PICK"
