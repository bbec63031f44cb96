"""Pull requests follow their branches, and merging them is done in git."""

from pathlib import Path
from typing import Any

import pytest

from rehearsal.base.programs import run
from rehearsal.github import GitHub
from rehearsal.github.tokens import Access, Kind

REPOSITORY = "/repos/acme/operator"
PULLS = f"{REPOSITORY}/pulls"
BRANCH = """\
commit refs/heads/fix
author Bob <bob@example.com> 1767398400 +0000
committer Bob <bob@example.com> 1767398400 +0000
data 8
Fix one

from refs/heads/main^0
M 100644 inline docs/guide.md
data 12
Guide fixed

commit refs/heads/fix
author Bob <bob@example.com> 1767398500 +0000
committer Bob <bob@example.com> 1767398500 +0000
data 8
Fix two

M 100755 inline tool
data 5
tool

"""
CONFLICT = """\
commit refs/heads/main
author Ann <ann@example.com> 1767398600 +0000
committer Ann <ann@example.com> 1767398600 +0000
data 6
Other

from refs/heads/main^0
M 100644 inline docs/guide.md
data 6
Other

"""


def git(origin: Path, *arguments: str) -> str:
    return run(["git", "-C", str(origin), *arguments]).strip()


def add(origin: Path, stream: str) -> None:
    run(["git", "-C", str(origin), "fast-import", "--quiet"], stdin=stream)


@pytest.fixture
def pull(ask: Any, origin: Path) -> Any:
    """An open pull request of two commits, from `fix` to main."""
    add(origin, BRANCH)
    return ask.ok("POST", PULLS, {"title": "Fix the guide", "head": "fix", "base": "main", "body": "Because"})


def test_a_pull_request_tells_of_its_branches(pull: Any, ask: Any, origin: Path) -> None:
    assert (pull["head"]["sha"], pull["base"]["sha"]) == (
        git(origin, "rev-parse", "fix"),
        git(origin, "rev-parse", "main"),
    )
    assert (pull["commits"], pull["changed_files"], pull["additions"], pull["deletions"]) == (2, 2, 2, 1)
    assert (pull["mergeable"], pull["merged"], pull["state"]) == (True, False, "open")
    assert git(origin, "rev-parse", "refs/pull/1/head") == pull["head"]["sha"]
    assert git(origin, "rev-parse", "refs/pull/1/merge") == pull["merge_commit_sha"]
    titles = [each["commit"]["message"] for each in ask.ok("GET", f"{PULLS}/1/commits")]
    assert titles == ["Fix one", "Fix two"]
    files = ask.ok("GET", f"{PULLS}/1/files")
    assert [(each["filename"], each["status"]) for each in files] == [("docs/guide.md", "modified"), ("tool", "added")]
    assert files[0]["patch"] == "@@ -1 +1 @@\n-Guide\n+Guide fixed"


@pytest.mark.parametrize(
    ("method", "titles"),
    [
        ("merge", ["Merge pull request #1 from acme/fix", "Fix two", "Fix one", "Second", "First"]),
        ("squash", ["Fix the guide (#1)", "Second", "First"]),
        ("rebase", ["Fix two", "Fix one", "Second", "First"]),
    ],
)
def test_merging(method: str, titles: list[str], pull: Any, ask: Any, origin: Path) -> None:
    assert ask("GET", f"{PULLS}/1/merge").status == 404
    heard = ask.ok("PUT", f"{PULLS}/1/merge", {"merge_method": method, "sha": pull["head"]["sha"]})
    assert git(origin, "rev-parse", "main") == heard["sha"]
    assert git(origin, "log", "--topo-order", "--format=%s", "main").splitlines() == titles
    assert len(git(origin, "rev-parse", "main^@").split()) == (2 if method == "merge" else 1)
    assert git(origin, "rev-parse", "main^{tree}") == git(origin, "rev-parse", "fix^{tree}")
    merged = ask.ok("GET", f"{PULLS}/1")
    assert (merged["merged"], merged["state"], merged["merge_commit_sha"]) == (True, "closed", heard["sha"])
    assert ask("GET", f"{PULLS}/1/merge").status == 204
    assert [each["number"] for each in ask.ok("GET", f"{REPOSITORY}/commits/{heard['sha']}/pulls")] == [1]
    assert ask("PUT", f"{PULLS}/1/merge", {}).status == 405


def test_a_conflict_cannot_be_merged(pull: Any, ask: Any, origin: Path) -> None:
    del pull
    add(origin, CONFLICT)
    shown = ask.ok("GET", f"{PULLS}/1")
    assert (shown["mergeable"], shown["mergeable_state"]) == (False, "dirty")
    assert ask("PUT", f"{PULLS}/1/merge", {}).status == 405


def test_a_head_that_moved_is_not_merged(pull: Any, ask: Any, origin: Path) -> None:
    git(origin, "update-ref", "refs/heads/fix", "fix~1")
    assert ask("PUT", f"{PULLS}/1/merge", {"sha": pull["head"]["sha"]}).status == 409


def test_a_push_to_the_base_merges_and_a_deleted_branch_closes(pull: Any, ask: Any, origin: Path) -> None:
    git(origin, "update-ref", "refs/heads/other", "fix")
    ask.ok("POST", PULLS, {"title": "Other", "head": "acme:other", "base": "release-1.5"})
    git(origin, "update-ref", "refs/heads/main", pull["head"]["sha"])
    git(origin, "update-ref", "-d", "refs/heads/other")
    assert ask.ok("GET", f"{PULLS}/1")["merged"] is True
    closed = ask.ok("GET", f"{PULLS}/2")
    assert (closed["state"], closed["merged"]) == ("closed", False)


@pytest.mark.parametrize(
    ("fields", "message"),
    [
        ({"head": "fix", "base": "main"}, "A pull request already exists for acme:fix."),
        ({"head": "release-1.5", "base": "main"}, "No commits between main and release-1.5"),
        ({"head": "none", "base": "main"}, None),
        ({"head": "fix", "base": "none"}, None),
        ({"head": "stranger:fix", "base": "main"}, None),
    ],
    ids=["twice", "nothing in it", "no head", "no base", "no fork"],
)
def test_what_cannot_be_one(fields: dict[str, str], message: str | None, pull: Any, ask: Any) -> None:
    heard = ask("POST", PULLS, {"title": "Again", **fields})
    assert (heard.status, heard.data["errors"][0].get("message")) == (422, message)
    assert [each["number"] for each in ask.ok("GET", PULLS, state="all")] == [pull["number"]]


def test_lists_are_filtered(pull: Any, ask: Any) -> None:
    def numbers(**query: str) -> list[int]:
        return [each["number"] for each in ask.ok("GET", PULLS, **query)]

    ask.ok("POST", PULLS, {"title": "Backport", "head": "fix", "base": "release-1.5"})
    assert numbers() == [2, pull["number"]]
    assert numbers(base="release-1.5", head="acme:fix") == [2]
    assert numbers(head="someone:fix") == []
    ask.ok("PATCH", f"{PULLS}/1", {"state": "closed", "title": "Never mind"})
    assert (numbers(), numbers(state="closed"), numbers(state="all")) == ([2], [1], [2, 1])


def test_a_pull_request_from_a_fork(ask: Any, github: GitHub, origin: Path, tmp_path: Path) -> None:
    fork = tmp_path / "fork.git"
    run(["git", "clone", "--quiet", "--bare", str(origin), str(fork)])
    add(fork, BRANCH)
    github.add("bob/operator", fork, parent="acme/operator")
    pull = ask.ok("POST", PULLS, {"title": "From a fork", "head": "bob:fix", "base": "main"})
    assert (pull["head"]["label"], pull["head"]["repo"]["full_name"]) == ("bob:fix", "bob/operator")
    assert git(origin, "rev-parse", "refs/pull/1/head") == git(fork, "rev-parse", "fix")
    ask.ok("PUT", f"{PULLS}/1/merge", {})
    assert git(origin, "cat-file", "-e", "main:tool") == ""


def test_merging_goes_through_a_protection(pull: Any, ask: Any, owner: Any) -> None:
    protection = {
        "required_status_checks": None,
        "enforce_admins": None,
        "required_pull_request_reviews": {"required_approving_review_count": 1},
        "restrictions": None,
    }
    url = f"{REPOSITORY}/branches/main/protection"
    assert owner("GET", url).status == 404
    assert ask("GET", url).status == 403
    owner.ok("PUT", url, protection)
    assert owner.ok("GET", url)["allow_force_pushes"]["enabled"] is False
    assert ask.ok("GET", f"{REPOSITORY}/branches/main")["protected"] is True
    direct = ask("PATCH", f"{REPOSITORY}/git/refs/heads/main", {"sha": pull["head"]["sha"]})
    assert (direct.status, "Changes must be made through a pull request" in direct.data["message"]) == (422, True)
    assert ask.ok("PUT", f"{PULLS}/1/merge", {})["merged"] is True
    assert owner("DELETE", url).status == 204


def test_merged_pull_requests_make_the_notes(pull: Any, ask: Any) -> None:
    del pull
    ask.ok("POST", f"{REPOSITORY}/releases", {"tag_name": "v1.5.0"})
    ask.ok("PUT", f"{PULLS}/1/merge", {"merge_method": "squash"})
    notes = ask.ok("POST", f"{REPOSITORY}/releases/generate-notes", {"tag_name": "v1.6.0"})
    assert "* Fix the guide by @github-actions[bot] in " in notes["body"]


def test_a_project_can_forbid_workflows_to_open_any(pull: Any, ask: Any, owner: Any, github: GitHub) -> None:
    del pull
    github.repository("acme/operator").actions_may_open_pulls = False
    backport = {"title": "Backport", "head": "fix", "base": "release-1.5"}
    heard = ask("POST", PULLS, backport)
    assert (heard.status, heard.data["message"]) == (
        403,
        "GitHub Actions is not permitted to create or approve pull requests.",
    )
    assert owner("POST", PULLS, backport).status == 201


@pytest.mark.parametrize("permission", ["pull_requests", "contents"])
def test_each_permission_is_needed(permission: str, pull: Any, ask: Any, github: GitHub) -> None:
    """Opening one needs `pull_requests`, merging it `contents`."""
    del pull
    permissions: dict[str, Access] = {permission: "write"}
    only = ask.as_(github.token(Kind.APP, "app[bot]", **permissions))
    opened = only("POST", PULLS, {"title": "Backport", "head": "fix", "base": "release-1.5"}).status
    merged = only("PUT", f"{PULLS}/1/merge", {}).status
    assert (opened, merged) == {"pull_requests": (201, 403), "contents": (403, 200)}[permission]
