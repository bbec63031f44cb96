"""Issues, labels, comments and milestones."""

from typing import Any

import pytest

from rehearsal.github import GitHub

REPOSITORY = "/repos/acme/operator"
ISSUES = f"{REPOSITORY}/issues"
LABEL = "cherry-pick/release-1.5"


@pytest.fixture
def issue(ask: Any) -> Any:
    return ask.ok("POST", ISSUES, {"title": "It breaks", "body": "Often", "labels": ["bug"]})


def test_labels_of_a_repository(ask: Any) -> None:
    made = ask.ok("POST", f"{REPOSITORY}/labels", {"name": LABEL, "color": "FF0000", "description": "To 1.5"})
    assert (made["name"], made["color"]) == (LABEL, "ff0000")
    again = ask("POST", f"{REPOSITORY}/labels", {"name": LABEL.upper()})
    assert (again.status, again.data["errors"][0]["code"]) == (422, "already_exists")
    for spelled in (LABEL, LABEL.replace("/", "%2F")):
        assert ask.ok("GET", f"{REPOSITORY}/labels/{spelled}")["id"] == made["id"]
    renamed = ask.ok("PATCH", f"{REPOSITORY}/labels/{LABEL}", {"new_name": "backport", "color": "00ff00"})
    assert (renamed["name"], renamed["description"]) == ("backport", "To 1.5")
    assert [each["name"] for each in ask.ok("GET", f"{REPOSITORY}/labels")] == ["backport"]
    assert ask("DELETE", f"{REPOSITORY}/labels/backport").status == 204
    assert ask("GET", f"{REPOSITORY}/labels/backport").status == 404


def test_labels_of_an_issue(issue: Any, ask: Any) -> None:
    url = f"{ISSUES}/{issue['number']}/labels"
    assert [each["name"] for each in ask.ok("POST", url, {"labels": [LABEL, "bug"]})] == ["bug", LABEL]
    assert [each["name"] for each in ask.ok("PUT", url, {"labels": ["docs", LABEL]})] == ["docs", LABEL]
    assert [each["name"] for each in ask.ok("DELETE", f"{url}/{LABEL}")] == ["docs"]
    assert ask("DELETE", f"{url}/{LABEL}").status == 404
    assert [each["name"] for each in ask.ok("GET", url)] == ["docs"]
    assert {each["name"] for each in ask.ok("GET", f"{REPOSITORY}/labels")} == {"bug", "docs", LABEL}
    assert len(ask.ok("GET", ISSUES, labels="docs")) == 1
    assert ask.ok("GET", ISSUES, labels="docs,bug") == []


@pytest.mark.parametrize(("field", "longest"), [("title", 256), ("body", 65_536)])
def test_words_that_are_too_long(field: str, longest: int, issue: Any, ask: Any) -> None:
    assert ask("POST", ISSUES, {"title": "x", field: "x" * longest}).status == 201
    assert ask("POST", ISSUES, {"title": "x", field: "x" * (longest + 1)}).status == 422
    refused = ask("PATCH", f"{ISSUES}/{issue['number']}", {field: "x" * (longest + 1)})
    assert (refused.status, refused.data["errors"][0]["field"]) == (422, field)


def test_who_set_a_label(issue: Any, ask: Any) -> None:
    url = f"{ISSUES}/{issue['number']}"
    ask.ok("POST", f"{url}/labels", {"labels": [LABEL, "bug"]})
    ask.ok("PUT", f"{url}/labels", {"labels": ["docs"]})
    ask.ok("DELETE", f"{url}/labels/docs")
    ask.ok("PATCH", url, {"labels": ["bug"]})
    events = ask.ok("GET", f"{url}/timeline")
    assert [(one["event"], one["label"]["name"]) for one in events] == [
        *(("labeled", "bug"), ("labeled", LABEL)),
        *(("unlabeled", "bug"), ("unlabeled", LABEL), ("labeled", "docs")),
        *(("unlabeled", "docs"), ("labeled", "bug")),
    ]
    assert {one["actor"]["login"] for one in events} == {issue["user"]["login"]}


def test_comments(issue: Any, ask: Any) -> None:
    url = f"{ISSUES}/{issue['number']}/comments"
    first, second = (ask.ok("POST", url, {"body": body}) for body in ("First", "Second"))
    assert ask.ok("GET", f"{ISSUES}/{issue['number']}")["comments"] == 2
    edited = ask.ok("PATCH", f"{ISSUES}/comments/{first['id']}", {"body": "First, edited"})
    assert ask.ok("GET", f"{ISSUES}/comments/{first['id']}") == edited
    assert ask("DELETE", f"{ISSUES}/comments/{second['id']}").status == 204
    assert [each["body"] for each in ask.ok("GET", url)] == ["First, edited"]


@pytest.mark.parametrize("body", ["", "   ", "x" * 65_537], ids=["empty", "blank", "too long"])
def test_a_comment_that_is_refused(body: str, issue: Any, ask: Any) -> None:
    assert ask("POST", f"{ISSUES}/{issue['number']}/comments", {"body": body}).status == 422
    assert ask.ok("GET", f"{ISSUES}/{issue['number']}/comments") == []


def test_an_issue_changes(issue: Any, ask: Any) -> None:
    number = issue["number"]
    milestone = ask.ok("POST", f"{REPOSITORY}/milestones", {"title": "v1.6", "due_on": "2027-01-01T00:00:00Z"})
    assert ask("POST", f"{REPOSITORY}/milestones", {"title": "v1.6"}).status == 422
    changes = {"title": "It broke", "milestone": milestone["number"], "labels": ["docs"], "assignees": ["ann"]}
    changed = ask.ok("PATCH", f"{ISSUES}/{number}", changes)
    assert (changed["title"], changed["milestone"]["title"], changed["assignee"]["login"]) == (
        "It broke",
        "v1.6",
        "ann",
    )
    assert ask.ok("GET", f"{REPOSITORY}/milestones")[0]["open_issues"] == 1
    closed = ask.ok("PATCH", f"{ISSUES}/{number}", {"state": "closed", "milestone": None})
    assert (closed["state"], closed["milestone"], closed["closed_at"] is None) == ("closed", None, False)
    assert (ask.ok("GET", ISSUES), len(ask.ok("GET", ISSUES, state="all"))) == ([], 1)
    assert ask("PATCH", f"{ISSUES}/{number}", {"milestone": 9}).status == 422
    assert ask("GET", f"{ISSUES}/99").status == 404


def test_an_issue_needs_more_than_the_permission_for_pull_requests(issue: Any, ask: Any, github: GitHub) -> None:
    other = ask.as_(github.token(pull_requests="write"))
    assert other("POST", f"{ISSUES}/{issue['number']}/comments", {"body": "Hello"}).status == 403
    assert other("POST", f"{ISSUES}/{issue['number']}/labels", {"labels": ["docs"]}).status == 403
    assert other("POST", f"{REPOSITORY}/labels", {"name": "docs"}).status == 201
