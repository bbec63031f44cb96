"""Every operation that is served exists at GitHub, and is asked and answered as GitHub describes it.

The client holds each request and each answer against the description.
"""

from collections.abc import Callable
from typing import Any

import pytest

from rehearsal.base.programs import run
from rehearsal.github.hub import ROUTES
from rehearsal.github.links import Site
from tests.support.openapi import Description

REPOSITORY = "/repos/acme/operator"
GIT, RELEASES, ISSUES, PULLS = (f"{REPOSITORY}/{name}" for name in ("git", "releases", "issues", "pulls"))
PROTECTION = dict.fromkeys(
    ["required_status_checks", "enforce_admins", "required_pull_request_reviews", "restrictions"]
)
DESCRIBED = [(route.method, route.template) for route in ROUTES if route.site in (Site.API, Site.UPLOADS)]

Walk = Callable[..., Any]


@pytest.mark.parametrize(("method", "template"), DESCRIBED, ids=map(" ".join, DESCRIBED))
def test_an_operation_exists(method: str, template: str, description: Description) -> None:
    assert description.knows(method, template)


def test_every_operation_is_as_described(owner: Any, origin: Any) -> None:
    ok = owner.ok
    owner.github.repository("acme/operator").roles["ann"] = "write"
    for walk in (walk_git, walk_repository, walk_releases, walk_issues, walk_pulls, walk_settings):
        walk(ok, run(["git", "-C", str(origin), "rev-parse", "main"]).strip())
    assert owner.used == set(DESCRIBED)


def walk_git(ok: Walk, main: str) -> None:
    blob = ok("POST", f"{GIT}/blobs", {"content": "text"})["sha"]
    entry = {"path": "new", "mode": "100644", "type": "blob", "sha": blob}
    tree = ok("POST", f"{GIT}/trees", {"base_tree": main, "tree": [entry]})["sha"]
    ok("GET", f"{GIT}/trees/{tree}", recursive=1)
    commit = ok("POST", f"{GIT}/commits", {"message": "New", "tree": tree, "parents": [main]})["sha"]
    ok("GET", f"{GIT}/commits/{commit}")
    tag = ok("POST", f"{GIT}/tags", {"tag": "v1.6.0", "message": "1.6.0", "object": commit, "type": "commit"})["sha"]
    ok("GET", f"{GIT}/tags/{tag}")
    ok("POST", f"{GIT}/refs", {"ref": "refs/tags/v1.6.0", "sha": tag})
    ok("POST", f"{GIT}/refs", {"ref": "refs/heads/new", "sha": main})
    ok("PATCH", f"{GIT}/refs/heads/new", {"sha": commit, "force": False})
    ok("GET", f"{GIT}/ref/tags/v1.6.0")
    ok("GET", f"{GIT}/matching-refs/heads/")
    ok("DELETE", f"{GIT}/refs/tags/v1.6.0")


def walk_repository(ok: Walk, main: str) -> None:
    for path in ("", "/branches", "/branches/main", "/tags", "/commits", "/commits/main", "/compare/v1.5.0...new"):
        ok("GET", f"{REPOSITORY}{path}")
    ok("GET", f"{REPOSITORY}/contents/VERSION")
    workflow = {"message": "CI", "content": "b246IHB1c2gK"}
    ok("PUT", f"{REPOSITORY}/contents/.github/workflows/ci.yml", workflow)
    ok("POST", f"{REPOSITORY}/actions/workflows/ci.yml/dispatches", {"ref": "main"})
    ok("POST", f"{REPOSITORY}/dispatches", {"event_type": "released"})
    ok("POST", f"{REPOSITORY}/check-runs", {"name": "ci", "head_sha": main, "status": "in_progress"})
    ok("POST", f"{REPOSITORY}/statuses/{main}", {"state": "success"})
    ok("GET", f"{REPOSITORY}/commits/{main}/check-runs")
    ok("GET", f"{REPOSITORY}/commits/{main}/status")
    ok("GET", f"{REPOSITORY}/collaborators/ann/permission")
    for path in ("/", "/meta", "/rate_limit", "/user", "/users/acme"):
        ok("GET", path)


def walk_releases(ok: Walk, _: str) -> None:
    release = ok("POST", RELEASES, {"tag_name": "v1.6.0", "draft": True, "generate_release_notes": True})
    number = release["id"]
    address = release["upload_url"].partition("{")[0]
    asset = ok("POST", address, body=b"content", name="one", label="One")
    ok("GET", f"{RELEASES}/{number}/assets")
    ok("PATCH", asset["url"], {"name": "two"})
    ok("GET", asset["url"])
    ok("DELETE", asset["url"])
    ok("POST", f"{RELEASES}/generate-notes", {"tag_name": "v1.6.0"})
    ok("PATCH", f"{RELEASES}/{number}", {"draft": False, "make_latest": "true"})
    for path in ("", f"/{number}", "/latest", "/tags/v1.6.0"):
        ok("GET", f"{RELEASES}{path}")
    ok("DELETE", f"{RELEASES}/{number}")


def walk_issues(ok: Walk, _: str) -> None:
    ok("POST", f"{REPOSITORY}/milestones", {"title": "v1.6"})
    ok("GET", f"{REPOSITORY}/milestones")
    number = ok("POST", ISSUES, {"title": "Broken", "labels": ["bug"], "milestone": 1, "assignees": ["bob"]})["number"]
    ok("PATCH", f"{ISSUES}/{number}", {"state": "closed", "milestone": None})
    ok("GET", f"{ISSUES}/{number}")
    ok("GET", ISSUES, state="all")
    ok("POST", f"{REPOSITORY}/labels", {"name": "docs", "color": "00ff00"})
    ok("PATCH", f"{REPOSITORY}/labels/docs", {"description": "Words"})
    ok("GET", f"{REPOSITORY}/labels/docs")
    ok("GET", f"{REPOSITORY}/labels")
    ok("POST", f"{ISSUES}/{number}/labels", {"labels": ["docs"]})
    ok("PUT", f"{ISSUES}/{number}/labels", {"labels": ["bug", "docs"]})
    ok("GET", f"{ISSUES}/{number}/labels")
    ok("DELETE", f"{ISSUES}/{number}/labels/bug")
    ok("POST", f"{ISSUES}/{number}/assignees", {"assignees": ["ann"]})
    ok("GET", f"{REPOSITORY}/assignees/ann")
    ok("GET", f"{ISSUES}/{number}/timeline")
    ok("DELETE", f"{REPOSITORY}/labels/docs")
    comment = ok("POST", f"{ISSUES}/{number}/comments", {"body": "Why?"})["id"]
    ok("GET", f"{ISSUES}/{number}/comments")
    ok("PATCH", f"{ISSUES}/comments/{comment}", {"body": "Oh"})
    ok("GET", f"{ISSUES}/comments/{comment}")
    ok("DELETE", f"{ISSUES}/comments/{comment}")


def walk_pulls(ok: Walk, main: str) -> None:
    number = ok("POST", PULLS, {"title": "New", "head": "new", "base": "main"})["number"]
    ok("PATCH", f"{PULLS}/{number}", {"body": "Because"})
    for path in ("", f"/{number}", f"/{number}/commits", f"/{number}/files"):
        ok("GET", f"{PULLS}{path}")
    ok("PUT", f"{PULLS}/{number}/merge", {"merge_method": "squash"})
    ok("GET", f"{PULLS}/{number}/merge")
    ok("GET", f"{REPOSITORY}/commits/{main}/pulls")


def walk_settings(ok: Walk, _: str) -> None:
    ok("PUT", f"{REPOSITORY}/immutable-releases")
    ok("GET", f"{REPOSITORY}/immutable-releases")
    ok("DELETE", f"{REPOSITORY}/immutable-releases")
    ok("PUT", f"{REPOSITORY}/branches/main/protection", PROTECTION)
    ok("GET", f"{REPOSITORY}/branches/main/protection")
    ok("DELETE", f"{REPOSITORY}/branches/main/protection")
    rule = {"type": "deletion"}
    ruleset = ok("POST", f"{REPOSITORY}/rulesets", {"name": "tags", "enforcement": "active", "rules": [rule]})["id"]
    ok("GET", f"{REPOSITORY}/rulesets/{ruleset}")
    ok("GET", f"{REPOSITORY}/rulesets")
