"""Repositories, branches, commits, files, checks, people, and the starting of workflows."""

import base64
from pathlib import Path
from typing import Any

import pytest

from rehearsal.base.programs import run
from rehearsal.github import GitHub
from rehearsal.github.state import Event

REPOSITORY = "/repos/acme/operator"


def git(origin: Path, *arguments: str) -> str:
    return run(["git", "-C", str(origin), *arguments]).strip()


def encoded(text: str) -> str:
    return base64.b64encode(text.encode()).decode()


def test_a_repository(ask: Any, origin: Path) -> None:
    git(origin, "symbolic-ref", "HEAD", "refs/heads/release-1.5")
    shown = ask.ok("GET", REPOSITORY)
    assert (shown["default_branch"], shown["permissions"]["push"]) == ("release-1.5", True)
    assert ask.as_("").ok("GET", "/repos/ACME/Operator")["permissions"]["push"] is False
    assert ask("GET", "/repos/acme/none").status == 404


def test_branches_and_tags(ask: Any, origin: Path) -> None:
    assert [each["name"] for each in ask.ok("GET", f"{REPOSITORY}/branches")] == ["main", "release-1.5"]
    branch = ask.ok("GET", f"{REPOSITORY}/branches/release-1.5")
    assert (branch["commit"]["sha"], branch["protected"]) == (git(origin, "rev-parse", "release-1.5"), False)
    assert ask("GET", f"{REPOSITORY}/branches/none").status == 404
    (tag,) = ask.ok("GET", f"{REPOSITORY}/tags")
    assert (tag["name"], tag["commit"]["sha"]) == ("v1.5.0", git(origin, "rev-parse", "v1.5.0^{commit}"))


def test_commits(ask: Any, origin: Path) -> None:
    def titles(**query: str) -> list[str]:
        return [each["commit"]["message"] for each in ask.ok("GET", f"{REPOSITORY}/commits", **query)]

    assert titles() == ["Second", "First"]
    assert titles(sha="release-1.5") == ["First"]
    assert [each["commit"]["message"] for each in ask.ok("GET", f"{REPOSITORY}/commits?path=docs")] == ["First"]
    assert ask("GET", f"{REPOSITORY}/commits", sha="none").status == 404
    commit = ask.ok("GET", f"{REPOSITORY}/commits/main")
    assert (commit["sha"], commit["stats"]["total"]) == (git(origin, "rev-parse", "main"), 2)
    assert ask.ok("GET", f"{REPOSITORY}/commits/v1.5.0")["stats"]["additions"] == 2
    assert ask("GET", f"{REPOSITORY}/commits/none").status == 422


@pytest.mark.parametrize(
    ("ends", "status", "titles", "files"),
    [
        ("v1.5.0...main", "ahead", ["Second"], ["VERSION"]),
        ("main...v1.5.0", "behind", [], []),
        ("main...main", "identical", [], []),
    ],
)
def test_compare(ends: str, status: str, titles: list[str], files: list[str], ask: Any) -> None:
    heard = ask.ok("GET", f"{REPOSITORY}/compare/{ends}")
    assert (heard["status"], [each["commit"]["message"] for each in heard["commits"]]) == (status, titles)
    assert [each["filename"] for each in heard["files"]] == files


@pytest.mark.parametrize("ends", ["main", "main...none", "none...main"])
def test_what_cannot_be_compared(ends: str, ask: Any) -> None:
    assert ask("GET", f"{REPOSITORY}/compare/{ends}").status == 404


def test_a_file_is_read_and_written(ask: Any, origin: Path) -> None:
    url = f"{REPOSITORY}/contents/VERSION"
    present = ask.ok("GET", url, ref="v1.5.0")
    assert base64.b64decode(present["content"]) == b"1.5.0\n"
    assert ask("GET", url, headers={"Accept": "application/vnd.github.raw+json"}).body == b"1.6.0\n"
    assert [each["path"] for each in ask.ok("GET", f"{REPOSITORY}/contents/docs")] == ["docs/guide.md"]
    assert [each["path"] for each in ask.ok("GET", f"{REPOSITORY}/contents/")] == ["VERSION", "docs"]
    change = {"message": "Seven", "content": encoded("1.7.0\n"), "branch": "release-1.5"}
    assert ask("PUT", url, change).status == 422
    assert ask("PUT", url, {**change, "sha": "0" * 40}).status == 409
    assert ask.ok("PUT", url, {**change, "sha": present["sha"]})["commit"]["message"] == "Seven"
    assert git(origin, "show", "release-1.5:VERSION") == "1.7.0"
    new = ask("PUT", f"{REPOSITORY}/contents/a/new%20file", {"message": "New", "content": encoded("new")})
    assert (new.status, git(origin, "show", "main:a/new file")) == (201, "new")
    assert ask("GET", f"{REPOSITORY}/contents/none").status == 404


def test_a_workflow_file_needs_its_permission(ask: Any, owner: Any) -> None:
    url, change = f"{REPOSITORY}/contents/.github/workflows/ci.yml", {"message": "CI", "content": encoded("on: push\n")}
    assert ask("PUT", url, change).status == 403
    assert owner("PUT", url, change).status == 201


def test_checks_and_statuses(ask: Any, owner: Any, origin: Path) -> None:
    commit = git(origin, "rev-parse", "main")
    assert ask.ok("GET", f"{REPOSITORY}/commits/main/check-runs") == {"total_count": 0, "check_runs": []}
    owner.ok("POST", f"{REPOSITORY}/check-runs", {"name": "test", "head_sha": commit, "conclusion": "failure"})
    (run_,) = ask.ok("GET", f"{REPOSITORY}/commits/main/check-runs")["check_runs"]
    assert (run_["name"], run_["status"], run_["conclusion"]) == ("test", "completed", "failure")
    states = []
    for state in ("pending", "success", "failure"):
        owner.ok("POST", f"{REPOSITORY}/statuses/{commit}", {"state": state, "context": "ci"})
        states.append(ask.ok("GET", f"{REPOSITORY}/commits/main/status")["state"])
    assert states == ["pending", "success", "failure"]


@pytest.mark.parametrize(
    ("login", "role", "permission"),
    [
        ("ann", "admin", "admin"),
        ("ann", "maintain", "write"),
        ("ann", "write", "write"),
        ("ann", "triage", "read"),
        ("ann", None, "read"),
    ],
)
def test_who_may_what(login: str, role: Any, permission: str, ask: Any, github: GitHub) -> None:
    github.world.user(login)
    if role:
        github.repository("acme/operator").roles[login] = role
    heard = ask.ok("GET", f"{REPOSITORY}/collaborators/{login}/permission")
    assert (heard["permission"], heard["role_name"]) == (permission, role or "read")


def test_people(ask: Any, owner: Any) -> None:
    assert ask("GET", f"{REPOSITORY}/collaborators/nobody/permission").status == 404
    assert ask("GET", "/users/nobody").status == 404
    assert ask.ok("GET", "/users/acme")["type"] == "Organization"
    assert owner.ok("GET", "/user")["login"] == "ann"
    assert ask("GET", "/user").status == 403


def test_the_api_itself(ask: Any) -> None:
    before = ask.ok("GET", "/rate_limit")["rate"]["remaining"]
    assert ask.ok("GET", "/rate_limit")["rate"]["remaining"] == before
    ask.ok("GET", "/meta")
    assert ask.ok("GET", "/")["rate_limit_url"].endswith("/api/v3/rate_limit")
    assert ask("GET", "/no/such/thing").status == 404


def test_rulesets(ask: Any, owner: Any, origin: Path) -> None:
    url = f"{REPOSITORY}/rulesets"
    ruleset = {
        "name": "release branches",
        "target": "branch",
        "enforcement": "active",
        "conditions": {"ref_name": {"include": ["refs/heads/release-*"], "exclude": []}},
        "rules": [{"type": "non_fast_forward"}, {"type": "deletion"}],
    }
    assert ask("POST", url, ruleset).status == 403
    made = owner.ok("POST", url, ruleset)
    assert owner("POST", url, ruleset).status == 422
    assert [each["name"] for each in ask.ok("GET", url)] == ["release branches"]
    assert ask.ok("GET", f"{url}/{made['id']}")["rules"] == ruleset["rules"]
    assert ask("DELETE", f"{REPOSITORY}/git/refs/heads/release-1.5").status == 422
    main = git(origin, "rev-parse", "main")
    ask.ok("PATCH", f"{REPOSITORY}/git/refs/heads/release-1.5", {"sha": main})


def test_a_workflow_is_started(ask: Any, owner: Any, github: GitHub) -> None:
    url = f"{REPOSITORY}/actions/workflows/release.yml/dispatches"
    start = {"ref": "v1.5.0", "inputs": {"tag": "v1.5.0", "dry-run": "true"}}
    assert ask("POST", url, start).status == 404
    workflow = {"message": "Release", "content": encoded("on: workflow_dispatch\n")}
    owner.ok("PUT", f"{REPOSITORY}/contents/.github/workflows/release.yml", workflow)
    started: list[Event] = []
    github.on_event = started.append
    assert ask("POST", url, start).status == 204
    assert [each.name for each in started] == ["workflow_dispatch"]
    assert ask("POST", url, {"ref": "none"}).status == 422
    assert ask("POST", f"{REPOSITORY}/dispatches", {"event_type": "released"}).status == 204
    event, other = github.events[-2:]
    assert (event.name, event.starts_workflows, event.data["ref"]) == ("workflow_dispatch", True, "refs/tags/v1.5.0")
    assert event.data["inputs"] == start["inputs"]
    assert (other.name, other.action, other.starts_workflows) == ("repository_dispatch", "released", True)
    assert ask.as_(github.token(contents="write"))("POST", url, start).status == 403
