"""Refs and objects by the API are those of git, and pushes by git keep GitHub's rules."""

import os
from pathlib import Path
from typing import Any

import pytest

from rehearsal.base.errors import RehearsalError
from rehearsal.base.programs import run
from rehearsal.git.rules import Pusher, Rule, environment, set_rules
from rehearsal.github import GitHub
from rehearsal.github.bare import EMPTY_TREE

GIT = "/repos/acme/operator/git"
IDENTITY = ["-c", "user.name=Tester", "-c", "user.email=tester@example.com"]


def git(origin: Path, *arguments: str) -> str:
    return run(["git", "-C", str(origin), *arguments]).strip()


@pytest.fixture
def clone(origin: Path, tmp_path: Path) -> Path:
    run(["git", "clone", "--quiet", str(origin), str(tmp_path / "clone")])
    return tmp_path / "clone"


def push(clone: Path, *arguments: str, **pusher: Any) -> str:
    """Pushes; returns what git said to a push that was refused."""
    who = environment(Pusher("someone", **pusher))
    try:
        run(["git", "-C", str(clone), "push", "--quiet", "origin", *arguments], env={**os.environ, **who})
    except RehearsalError as error:
        return str(error)
    return ""


def commit(clone: Path, file: str = "VERSION", text: str = "changed") -> None:
    path = clone / file
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text(text)
    run(["git", "-C", str(clone), "add", file])
    run(["git", "-C", str(clone), *IDENTITY, "commit", "--quiet", "--message=change"])


def test_a_branch_is_made_moved_and_deleted(ask: Any, origin: Path) -> None:
    first, second = git(origin, "rev-parse", "release-1.5"), git(origin, "rev-parse", "main")
    made = ask.ok("POST", f"{GIT}/refs", {"ref": "refs/heads/release-1.6", "sha": first})
    assert (made["ref"], made["object"]["sha"]) == ("refs/heads/release-1.6", first)
    assert ask("POST", f"{GIT}/refs", {"ref": "refs/heads/release-1.6", "sha": second}).data["message"] == (
        "Reference already exists"
    )
    assert git(origin, "rev-parse", "release-1.6") == first
    ask.ok("PATCH", f"{GIT}/refs/heads/release-1.6", {"sha": second})
    assert git(origin, "rev-parse", "release-1.6") == second
    back = ask("PATCH", f"{GIT}/refs/heads/release-1.6", {"sha": first})
    assert (back.status, back.data["message"]) == (422, "Update is not a fast forward")
    ask.ok("PATCH", f"{GIT}/refs/heads/release-1.6", {"sha": first, "force": True})
    assert ask("DELETE", f"{GIT}/refs/heads/release-1.6").status == 204
    assert "release-1.6" not in git(origin, "for-each-ref")


def test_what_git_knows_the_api_knows(ask: Any, origin: Path) -> None:
    git(origin, "update-ref", "refs/tags/v1.6.0", "refs/heads/main")
    assert ask.ok("GET", f"{GIT}/ref/tags/v1.6.0")["object"]["sha"] == git(origin, "rev-parse", "main")
    assert [each["ref"] for each in ask.ok("GET", f"{GIT}/matching-refs/tags/v1")] == [
        "refs/tags/v1.5.0",
        "refs/tags/v1.6.0",
    ]
    assert ask("GET", f"{GIT}/ref/tags/v1").status == 404


@pytest.mark.parametrize(
    ("ref", "sha"),
    [
        ("v1", "refs/heads/main"),
        ("refs/tags/a..b", "refs/heads/main"),
        ("refs/heads/none", ""),
        ("refs/heads/tree", EMPTY_TREE),
    ],
    ids=["not full", "bad name", "no object", "not a commit"],
)
def test_a_wrong_ref_is_refused(ref: str, sha: str, ask: Any, origin: Path) -> None:
    before = git(origin, "for-each-ref")
    sha = git(origin, "rev-parse", sha) if "/" in sha else sha or "1" * 40
    assert ask("POST", f"{GIT}/refs", {"ref": ref, "sha": sha}).status == 422
    assert git(origin, "for-each-ref") == before


def test_an_empty_repository_is_a_conflict(ask: Any, github: GitHub, tmp_path: Path) -> None:
    run(["git", "init", "--quiet", "--bare", str(tmp_path / "empty.git")])
    github.add("acme/empty", tmp_path / "empty.git")
    assert ask("GET", "/repos/acme/empty/git/ref/heads/main").status == 409


def test_an_annotated_tag(ask: Any, origin: Path) -> None:
    target = git(origin, "rev-parse", "main")
    tagger = {"name": "Ann", "email": "ann@example.com", "date": "2026-11-23T03:40:00Z"}
    fields = {"tag": "v1.6.0", "message": "Release 1.6.0", "object": target, "type": "commit", "tagger": tagger}
    made = ask.ok("POST", f"{GIT}/tags", fields)
    ask.ok("POST", f"{GIT}/refs", {"ref": "refs/tags/v1.6.0", "sha": made["sha"]})
    shown = git(
        origin,
        "for-each-ref",
        "--format=%(*objectname) %(taggername) %(taggerdate:iso-strict) %(subject)",
        "refs/tags/v1.6.0",
    )
    assert shown == f"{target} Ann 2026-11-23T03:40:00+00:00 Release 1.6.0"
    assert ask.ok("GET", f"{GIT}/ref/tags/v1.6.0")["object"]["type"] == "tag"
    assert ask.ok("GET", f"{GIT}/tags/{made['sha']}") == made
    assert ask("GET", f"{GIT}/tags/{target}").status == 404


def test_a_time_that_is_none(ask: Any, origin: Path) -> None:
    tagger = {"name": "Ann", "email": "ann@example.com", "date": "yesterday"}
    tag = {"tag": "v1", "message": "1", "object": git(origin, "rev-parse", "main"), "type": "commit", "tagger": tagger}
    assert ask("POST", f"{GIT}/tags", tag, strict=False).status == 422


def test_a_commit_from_blobs_and_trees(ask: Any, origin: Path) -> None:
    parent = git(origin, "rev-parse", "main")
    blob = ask.ok("POST", f"{GIT}/blobs", {"content": "AAEC", "encoding": "base64"})["sha"]
    entries = [
        {"path": "data/bytes", "mode": "100644", "type": "blob", "sha": blob},
        {"path": "VERSION", "mode": "100644", "type": "blob", "content": "1.7.0\n"},
        {"path": "docs/guide.md", "mode": "100644", "type": "blob", "sha": None},
    ]
    tree = ask.ok("POST", f"{GIT}/trees", {"base_tree": parent, "tree": entries})["sha"]
    made = ask.ok("POST", f"{GIT}/commits", {"message": "Seven\n\nMore", "tree": tree, "parents": [parent]})
    assert git(origin, "ls-tree", "-r", "--name-only", made["sha"]).split() == ["VERSION", "data/bytes"]
    assert git(origin, "log", "-1", "--format=%P %B", made["sha"]) == f"{parent} Seven\n\nMore"
    assert ask.ok("GET", f"{GIT}/commits/{made['sha']}") == made
    names = [each["path"] for each in ask.ok("GET", f"{GIT}/trees/{made['sha']}", recursive=1)["tree"]]
    assert names == ["VERSION", "data", "data/bytes"]


def test_an_ordinary_push_passes(origin: Path, clone: Path) -> None:
    commit(clone)
    assert push(clone, "HEAD:main", "HEAD:refs/heads/new", "HEAD:refs/tags/v2") == ""
    assert len(set(git(origin, "rev-parse", "main", "new", "v2").split())) == 1
    assert push(clone, "--delete", "refs/heads/new") == ""


_APP = "a GitHub App to create or update workflow `.github/workflows/ci.yml` without `workflows` permission"
_PERSON = "a Personal Access Token to create or update workflow `.github/workflows/ci.yml` without `workflow` scope"


@pytest.mark.parametrize(("pusher", "refused"), [({}, _APP), ({"app": False}, _PERSON)], ids=["app", "person"])
def test_workflow_files_need_a_permission(pusher: dict[str, Any], refused: str, origin: Path, clone: Path) -> None:
    commit(clone, ".github/workflows/ci.yml")
    commit(clone)
    before = git(origin, "rev-parse", "main")
    assert f"[remote rejected] HEAD -> main (refusing to allow {refused})" in push(clone, "HEAD:main", **pusher)
    assert git(origin, "rev-parse", "main") == before
    assert push(clone, "HEAD:main", **pusher, workflows=True) == ""
    assert push(clone, "HEAD:refs/heads/other", **pusher) == "", "the commits are there already"


_PROTECTED = "protected branch hook declined"
_RULE = "push declined due to repository rule violations"


@pytest.mark.parametrize(
    ("rule", "arguments", "said"),
    [
        (
            Rule("refs/heads/main", ("pull_request",), protection=True),
            ["HEAD:main"],
            (_PROTECTED, "error: GH006: Protected branch update failed for refs/heads/main."),
        ),
        (
            Rule("refs/heads/main", ("non_fast_forward",), protection=True),
            ["--force", "HEAD~2:refs/heads/main"],
            (_PROTECTED, "- Cannot force-push to this branch"),
        ),
        (
            Rule("refs/tags/v*", ("creation",)),
            ["HEAD:refs/tags/v2"],
            (_RULE, "error: GH013: Repository rule violations found for refs/tags/v2."),
        ),
        (
            Rule("refs/tags/v1.5.0", ("update", "deletion")),
            ["--delete", "refs/tags/v1.5.0"],
            (_RULE, "- Cannot delete this protected ref."),
        ),
    ],
    ids=["pull request", "force", "creation", "deletion"],
)
def test_rules(rule: Rule, arguments: list[str], said: tuple[str, str], origin: Path, clone: Path) -> None:
    set_rules(origin, [rule])
    commit(clone)
    before = git(origin, "for-each-ref")
    heard = push(clone, *arguments)
    assert f"({said[0]})" in heard
    assert f"remote: {said[1]}" in heard
    assert git(origin, "for-each-ref") == before
    assert push(clone, *arguments, bypass=True) == ""


def test_one_refused_ref_does_not_stop_another(origin: Path, clone: Path) -> None:
    set_rules(origin, [Rule("refs/heads/main", ("pull_request",), protection=True)])
    commit(clone)
    assert "[remote rejected]" in push(clone, "HEAD:main", "HEAD:refs/heads/other")
    assert git(origin, "rev-parse", "other") == git(clone, "rev-parse", "HEAD")
