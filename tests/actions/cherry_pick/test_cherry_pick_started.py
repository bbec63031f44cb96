"""Who and what starts cherry-picks: labels of what a push merged, comments of people who may write."""

from typing import Any

import pytest

from rehearsal.github.state import Role
from rehearsal.github.tokens import Kind
from tests.actions.cherry_pick.project import NAME, Project, fixed, outcomes


def test_labels_of_what_a_push_merged(project: Project) -> None:
    """A commit of the push was also merged to another branch, by a pull request whose labels are not meant here."""
    elsewhere = project.merged({"new.txt": "new\n"}, base="release-1.4", labels=("cherry-pick/release-1.5",))
    project.git.git("push", "--quiet", "origin", "HEAD:main")
    labelled = project.merged(fixed(3), labels=("bug", "cherry-pick/release-1.5", "cherry-pick/main"))
    project.merged({"more.txt": "more\n"})
    tip, *commits = project.git.git("rev-list", "main", cwd=project.origin).split()
    payload = {
        "ref": "refs/heads/main",
        "after": tip,
        "commits": [{"id": one} for one in [*commits[2:] * 50, *commits]],
    }
    done = project.run("push", payload)
    assert outcomes(done) == {(f"#{labelled}", "release-1.5"): "created", (f"#{labelled}", "main"): "no-branch"}
    assert (done.code, done.error) == (1, "E_CHERRY_PICK")
    assert project.comments(elsewhere) == []


def test_a_push_elsewhere_or_without_labels_does_nothing(project: Project) -> None:
    """A new release branch starts with what was merged to the default branch, and its labels were seen to then."""
    project.merged(fixed(3), labels=("cherry-pick/release-1.5",))
    labelled = project.git.git("rev-parse", "main", cwd=project.origin)
    project.merged({"more.txt": "more\n"}, labels=("bug",))
    tip = project.git.git("rev-parse", "main", cwd=project.origin)
    for ref, commits in (("refs/heads/release-1.6", [labelled, tip]), ("refs/heads/main", [tip])):
        done = project.run("push", {"ref": ref, "after": tip, "commits": [{"id": one} for one in commits]})
        assert (done.code, done.outputs["outcomes"]) == (0, "[]"), ref
        assert "Nothing is to be cherry-picked" in done.summary
    assert project.branches() == []


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


def test_only_who_may_write_may_command(project: Project) -> None:
    number = project.merged(fixed(3))
    commanded: dict[str, tuple[int, int]] = {}
    roles: tuple[Role, ...] = ("none", "read", "triage", "write", "maintain", "admin")
    for role in roles:
        payload = commented(project, number, "/cherry-pick release-1.5", "bob")
        project.roles["bob"] = role
        commanded[role] = project.run("issue_comment", payload).code, len(project.branches())
    assert commanded == dict.fromkeys(roles[:3], (1, 0)) | dict.fromkeys(roles[3:], (0, 1))


@pytest.mark.parametrize("login", ["prow[bot]", "gone"])
def test_no_app_and_no_deleted_account_may_command(project: Project, login: str) -> None:
    number = project.merged(fixed(3))
    payload = commented(project, number, "/cherry-pick release-1.5", login)
    project.roles[login] = "admin"
    if login == "gone":
        del project.github.world.users[login]
    done = project.run("issue_comment", payload)
    assert (done.code, project.branches()) == (1, [])


def test_a_comment_that_is_not_as_it_was_written_commands_nothing(project: Project) -> None:
    number, other = project.merged(fixed(3)), project.merged({"more.txt": "more\n"})
    ways = ("edited", "edited and restored", "deleted", "of another pull request")
    for way in ways:
        payload = commented(project, number, "/cherry-pick release-1.5")
        comments = project.github.repository(NAME).comments
        comment = comments[payload["comment"]["id"]]
        if way == "edited":
            comment.body = "/cherry-pick release-1.4"
        elif way == "edited and restored":
            comment.updated_at = "2100-01-01T00:00:00Z"
        elif way == "deleted":
            del comments[comment.id]
        else:
            payload["issue"]["number"] = other
        done = project.run("issue_comment", payload)
        assert (done.code, project.branches()) == (1, []), way
        assert "changed or deleted after it was written" in done.log, way


def test_other_comments_are_passed_over(project: Project) -> None:
    number = project.merged(fixed(3))
    payload = commented(project, number, "/cherry-pick release-1.5")
    changes = (
        {"action": "edited"},
        {"action": "deleted"},
        {"issue": {"number": 1}},
        {"comment": {"id": 1, "body": "no"}},
    )
    for change in changes:
        done = project.run("issue_comment", {**payload, **change})
        assert (done.code, done.outputs["outcomes"], project.branches()) == (0, "[]", []), change


def test_a_forged_comment_of_a_stranger_is_left_alone(project: Project) -> None:
    number = project.merged(fixed(3))
    commented(project, number, "<!-- release-actions cherry-pick W10= -->", "mallory")
    project.run(pull_requests=str(number), branches="release-1.5")
    assert len(project.comments(number)) == 2


def test_what_says_nothing_of_a_change_is_an_error(project: Project) -> None:
    assert project.run("schedule").error == "E_EVENT"
    for number in ("12x", "0"):
        assert project.run(pull_requests=number).error == "E_INPUT"
    assert project.run(commits="-f", branches="release-1.5").error == "E_CHERRY_PICK"
