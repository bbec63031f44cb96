"""Who may do what, how often, and what is recorded of it."""

from collections.abc import Callable
from http.client import IncompleteRead, RemoteDisconnected
from pathlib import Path
from typing import Any

import pytest

from rehearsal.github import GitHub
from rehearsal.github.calls import Call
from rehearsal.github.exchange import Answer
from rehearsal.github.tokens import Kind, new_token

REPOSITORY = "/repos/acme/operator"
RELEASES = f"{REPOSITORY}/releases"


def test_a_token_that_is_none(ask: Any, github: GitHub) -> None:
    assert ask.as_("ghp_nonsense")("GET", RELEASES).data["message"] == "Bad credentials"
    github.revoke(ask.token)
    assert ask("GET", RELEASES).status == 401


def test_anyone_reads_what_is_public(ask: Any) -> None:
    stranger = ask.as_("")
    assert stranger("GET", RELEASES).status == 200
    assert stranger("POST", RELEASES, {"tag_name": "v2"}).status == 401


def test_a_private_repository_is_hidden(ask: Any, github: GitHub, origin: Path) -> None:
    github.add("acme/secret", origin, private=True)
    tags = "/repos/acme/secret/git/matching-refs/tags/"
    assert ask.as_("")("GET", tags).status == 404
    assert ask.as_(github.token(issues="write"))("GET", tags).status == 403
    assert ask.as_(github.token(contents="read"))("GET", tags).status == 200
    assert ask.as_(github.token(contents="read", repository="acme/operator"))("GET", tags).status == 404


@pytest.mark.parametrize(
    ("kind", "message"),
    [
        (Kind.ACTIONS, "Resource not accessible by integration"),
        (Kind.PERSONAL, "Resource not accessible by personal access token"),
    ],
)
def test_a_missing_permission_is_named(kind: Kind, message: str, ask: Any, github: GitHub) -> None:
    heard = ask.as_(github.token(kind, contents="read"))("POST", RELEASES, {"tag_name": "v2"})
    assert (heard.status, heard.data["message"]) == (403, message)
    assert heard.headers["X-Accepted-GitHub-Permissions"] == "contents=write"


@pytest.mark.parametrize("permission", ["workflows", "administration", "no_such_thing"])
def test_no_github_token_has_such_a_permission(permission: str) -> None:
    with pytest.raises(ValueError, match=permission):
        new_token(Kind.ACTIONS, "github-actions[bot]", {permission: "write"})


@pytest.mark.parametrize(
    ("body", "status"),
    [(b"{", 400), (b"[]", 422), (b"", 422), (b"{}", 422), (b'{"tag_name": 1}', 422)],
    ids=["not JSON", "no object", "nothing", "missing", "wrong type"],
)
def test_a_wrong_body(body: bytes, status: int, ask: Any) -> None:
    assert ask("POST", RELEASES, body=body, strict=False).status == status


def test_the_primary_limit(ask: Any, github: GitHub) -> None:
    left = int(ask("GET", RELEASES).headers["X-RateLimit-Remaining"])
    assert int(ask("GET", RELEASES).headers["X-RateLimit-Remaining"]) == left - 1
    github.limits.exhaust(ask.token, seconds=60)
    heard = ask("GET", RELEASES)
    assert (heard.status, heard.headers["X-RateLimit-Remaining"]) == (403, "0")
    assert "rate limit exceeded" in heard.data["message"]
    assert ask.as_(github.token())("GET", RELEASES).status == 200
    github.limits.exhaust(ask.token, seconds=-1)
    assert ask("GET", RELEASES).status == 200


@pytest.mark.parametrize(("status", "seconds"), [(403, None), (403, 7), (429, None), (429, 7)])
def test_the_secondary_limit(status: int, seconds: int | None, ask: Any, github: GitHub) -> None:
    github.limits.slow_down(times=2, status=status, retry_after=seconds)
    for _ in range(2):
        heard = ask("GET", RELEASES)
        assert (heard.status, heard.headers.get("Retry-After")) == (status, seconds and str(seconds))
        assert "secondary rate limit" in heard.data["message"]
    assert ask("GET", RELEASES).status == 200


def test_what_did_not_change_is_not_sent_again(ask: Any) -> None:
    first = ask("GET", RELEASES)
    again = ask("GET", RELEASES, headers={"If-None-Match": first.headers["ETag"]})
    assert (again.status, again.body) == (304, b"")
    ask.ok("POST", RELEASES, {"tag_name": "v2"})
    assert ask("GET", RELEASES, headers={"If-None-Match": first.headers["ETag"]}).status == 200


def test_calls_are_recorded_and_only_writes_count(ask: Any, github: GitHub) -> None:
    ask.ok("POST", RELEASES, {"tag_name": "v2"})
    ask.ok("GET", RELEASES)
    ask("POST", RELEASES, {"tag_name": "v2"})
    ask.ok("POST", f"{RELEASES}/generate-notes", {"tag_name": "v2"})
    assert [(call.method, call.status) for call in github.calls] == [
        ("POST", 201),
        ("GET", 200),
        ("POST", 422),
        ("POST", 200),
    ]
    (write,) = github.writes
    assert (write.index, write.login, write.data) == (0, "github-actions[bot]", {"tag_name": "v2"})


def lost(call: Call, execute: Callable[[], Answer]) -> Answer:
    if call.method == "POST":
        execute()
        raise ConnectionResetError
    return execute()


def refused(call: Call, execute: Callable[[], Answer]) -> Answer:
    return Answer(502) if call.method == "POST" else execute()


def test_done_but_the_answer_was_lost(ask: Any, github: GitHub) -> None:
    github.hook = lost
    with pytest.raises(RemoteDisconnected):
        ask("POST", RELEASES, {"tag_name": "v2"})
    assert [(call.status, call.done) for call in github.calls] == [(0, True)]
    assert len(github.writes) == 1
    assert [each["tag_name"] for each in ask.ok("GET", RELEASES)] == ["v2"]


def test_refused_before_anything_was_done(ask: Any, github: GitHub) -> None:
    github.hook = refused
    assert ask("POST", RELEASES, {"tag_name": "v2"}).status == 502
    assert (github.writes, ask.ok("GET", RELEASES)) == ((), [])


def truncated(_: Call, execute: Callable[[], Answer]) -> Answer:
    whole = execute()
    return Answer(whole.status, whole.body[:5], {**whole.headers, "Content-Length": str(len(whole.body))})


def test_an_answer_that_breaks_off(ask: Any, github: GitHub) -> None:
    ask.ok("POST", RELEASES, {"tag_name": "v2"})
    github.hook = truncated
    with pytest.raises(IncompleteRead):
        ask("GET", RELEASES)


@pytest.mark.parametrize(("kind", "starts"), [(Kind.ACTIONS, False), (Kind.APP, True), (Kind.PERSONAL, True)])
def test_what_a_github_token_does_starts_no_workflow(kind: Kind, ask: Any, github: GitHub, *, starts: bool) -> None:
    ask.as_(github.token(kind, contents="write")).ok("POST", RELEASES, {"tag_name": "v2"})
    assert [(event.name, event.action, event.starts_workflows) for event in github.events] == [
        ("push", "", starts),
        ("release", "published", starts),
    ]
