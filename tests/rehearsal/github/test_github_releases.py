"""Releases and their assets behave as GitHub's do."""

import hashlib
from http.client import HTTPConnection
from pathlib import Path
from typing import Any

import pytest

from rehearsal.base.programs import run
from rehearsal.github import GitHub
from rehearsal.github.assets import renamed

REPOSITORY = "/repos/acme/operator"
RELEASES = f"{REPOSITORY}/releases"


def draft(ask: Any, **fields: object) -> Any:
    return ask.ok("POST", RELEASES, {"tag_name": "v1.6.0", "draft": True, **fields})


def upload(ask: Any, release: Any, name: str, content: bytes = b"content") -> Any:
    address = release["upload_url"].partition("{")[0]
    return ask("POST", address, body=content, headers={"Content-Type": "application/gzip"}, name=name)


def git(origin: Path, *arguments: str) -> str:
    return run(["git", "-C", str(origin), *arguments]).strip()


def test_a_draft_is_published_with_its_tag_and_assets(ask: Any, origin: Path) -> None:
    release = draft(ask, target_commitish="release-1.5", name="1.6", body="Notes")
    assert (release["draft"], release["published_at"], release["html_url"][-10:]) != (False, None, "")
    assert "refs/tags/v1.6.0" not in git(origin, "for-each-ref")
    asset = upload(ask, release, "operator-1.6.0.tgz").data
    assert asset["digest"] == f"sha256:{hashlib.sha256(b'content').hexdigest()}"
    published = ask.ok("PATCH", f"{RELEASES}/{release['id']}", {"draft": False})
    assert (published["draft"], [each["name"] for each in published["assets"]]) == (False, ["operator-1.6.0.tgz"])
    assert git(origin, "rev-parse", "refs/tags/v1.6.0") == git(origin, "rev-parse", "refs/heads/release-1.5")
    assert ask.ok("GET", f"{RELEASES}/tags/v1.6.0")["id"] == release["id"]
    assert ask.ok("GET", f"{RELEASES}/latest")["id"] == release["id"]


def test_drafts_are_many_and_hidden(ask: Any, github: GitHub) -> None:
    first, second = draft(ask), draft(ask)
    reader = ask.as_(github.token(contents="read"))
    assert {each["id"] for each in ask.ok("GET", RELEASES)} == {first["id"], second["id"]}
    assert reader.ok("GET", RELEASES) == []
    assert reader("GET", f"{RELEASES}/{first['id']}").status == 404
    assert ask("GET", f"{RELEASES}/tags/v1.6.0").status == 404


def test_one_published_release_for_each_tag(ask: Any) -> None:
    ask.ok("POST", RELEASES, {"tag_name": "v1.5.0"})
    again = ask("POST", RELEASES, {"tag_name": "v1.5.0"})
    assert (again.status, again.data["errors"][0]["code"]) == (422, "already_exists")
    other = draft(ask, tag_name="v1.5.0")
    assert ask("PATCH", f"{RELEASES}/{other['id']}", {"draft": False}).status == 422
    assert ask.ok("GET", f"{RELEASES}/{other['id']}")["draft"] is True


@pytest.mark.parametrize(
    ("fields", "field"),
    [
        ({"tag_name": "bad..name"}, "tag_name"),
        ({"tag_name": "v2", "target_commitish": "no-such-branch"}, "target_commitish"),
    ],
    ids=["tag", "target"],
)
def test_what_cannot_be_published_changes_nothing(
    fields: dict[str, object], field: str, ask: Any, origin: Path
) -> None:
    refs = git(origin, "for-each-ref")
    heard = ask("POST", RELEASES, fields)
    assert (heard.status, heard.data["errors"][0]["field"]) == (422, field)
    assert (ask.ok("GET", RELEASES), git(origin, "for-each-ref")) == ([], refs)


def test_latest(ask: Any) -> None:
    def release(tag: str, **fields: object) -> None:
        ask.ok("POST", RELEASES, {"tag_name": tag, **fields})

    def latest() -> str:
        return str(ask.ok("GET", f"{RELEASES}/latest")["tag_name"])

    assert ask("GET", f"{RELEASES}/latest").status == 404
    release("v1.6.0")
    release("v1.5.1", target_commitish="release-1.5", make_latest="false")
    release("v1.7.0-rc.0", prerelease=True)
    assert latest() == "v1.6.0"
    release("v1.5.2", target_commitish="release-1.5")
    assert latest() == "v1.5.2"
    release("v1.6.1", make_latest="legacy")
    assert latest() == "v1.6.1"  # the default branch's commit is the younger one
    release("v1.10.0", make_latest="legacy")
    release("v1.9.0", make_latest="legacy")
    release("nightly", make_latest="legacy")
    assert latest() == "v1.10.0"  # of one commit, so that the version decides
    release("v1.5.3", target_commitish="release-1.5", make_latest="legacy")
    assert latest() == "v1.10.0"


def test_a_draft_or_candidate_cannot_become_latest(ask: Any) -> None:
    release = draft(ask, prerelease=True, make_latest="true")
    for fields in ({"make_latest": "true"}, {"make_latest": "true", "draft": False}):
        heard = ask("PATCH", f"{RELEASES}/{release['id']}", fields)
        message = "Latest release cannot be draft or prerelease."
        assert (heard.status, heard.data["errors"][0]["message"]) == (422, message)
    assert ask.ok("PATCH", f"{RELEASES}/{release['id']}", {"draft": False})["draft"] is False
    assert ask("GET", f"{RELEASES}/latest").status == 404


def test_a_list_has_pages(ask: Any) -> None:
    for number in range(5):
        draft(ask, name=str(number))
    heard = ask("GET", RELEASES, per_page=2, page=2)
    assert [each["name"] for each in heard.data] == ["2", "1"]
    assert [part.split("; ")[1] for part in heard.headers["Link"].split(", ")] == [
        'rel="prev"',
        'rel="next"',
        'rel="last"',
        'rel="first"',
    ]
    address = heard.headers["Link"].split("; ")[0].strip("<>")
    assert [each["name"] for each in ask.ok("GET", address)] == ["4", "3"]


@pytest.mark.parametrize(
    ("given", "kept"),
    [
        ("operator-1.5.0.tgz", "operator-1.5.0.tgz"),
        ("a b~c!.tgz", "a.b.c.tgz"),
        ("operator-1.5.0+build.tgz", "operator-1.5.0+build.tgz"),
        ("name.", "name"),
        (".config", "default.config"),
        ("é", "default"),
    ],
)
def test_asset_names_are_changed(given: str, kept: str) -> None:
    assert renamed(given) == kept


def test_an_asset_is_read_from_another_host_without_the_token(ask: Any) -> None:
    asset = upload(ask, draft(ask), "a b.txt", b"text").data
    assert asset["name"] == "a.b.txt"
    heard = ask("GET", asset["url"], headers={"Accept": "application/octet-stream"})
    assert (heard.status, heard.body) == (302, b"")
    place = heard.headers["Location"]
    assert place.split("/")[2] != asset["url"].split("/")[2]
    assert (
        ask(  # a client that takes its token along is told so
            "GET", place
        ).status
        == 400
    )
    assert ask.as_("")("GET", place).body == b"text"


def test_a_name_is_taken_once(ask: Any) -> None:
    release = draft(ask)
    upload(ask, release, "one")
    again = upload(ask, release, "one")
    assert (again.status, again.data["errors"][0]["code"]) == (422, "already_exists")
    other = upload(ask, release, "two").data
    assert ask("PATCH", other["url"], {"name": "one"}).status == 422
    assert ask.ok("PATCH", other["url"], {"name": "three", "label": "The third"})["label"] == "The third"
    assert ask("DELETE", other["url"]).status == 204
    assert [each["name"] for each in ask.ok("GET", f"{RELEASES}/{release['id']}/assets")] == ["one"]


def test_a_broken_upload_leaves_a_starter(ask: Any, github: GitHub) -> None:
    release = draft(ask)
    address = f"/api/uploads{RELEASES}/{release['id']}/assets?name=one"
    connection = HTTPConnection(*github.address)
    connection.putrequest("POST", address)
    connection.putheader("Authorization", f"Bearer {ask.token}")
    connection.putheader("Content-Length", "1000")
    connection.endheaders(b"the first half")
    assert connection.sock is not None
    connection.sock.shutdown(1)
    assert connection.getresponse().status == 502
    connection.close()
    (starter,) = github.repository("acme/operator").releases[release["id"]].assets.values()
    assert (starter.state, starter.content) == ("starter", b"")
    assert upload(ask, release, "one").status == 422
    assert ask("DELETE", f"{RELEASES}/assets/{starter.id}").status == 204
    assert upload(ask, release, "one").status == 201


def test_an_immutable_release(ask: Any, owner: Any, origin: Path) -> None:
    assert owner("GET", f"{REPOSITORY}/immutable-releases").status == 404
    assert owner("PUT", f"{REPOSITORY}/immutable-releases").status == 204
    assert owner.ok("GET", f"{REPOSITORY}/immutable-releases")["enabled"] is True
    release = draft(ask)
    asset = upload(ask, release, "one").data
    assert ask.ok("PATCH", f"{RELEASES}/{release['id']}", {"draft": False})["immutable"] is True
    assert upload(ask, release, "two").status == 422
    assert ask("DELETE", asset["url"]).status == 422
    assert ask("PATCH", asset["url"], {"label": "x"}).status == 422
    assert ask("PATCH", f"{RELEASES}/{release['id']}", {"tag_name": "v1.7.0"}).status == 422
    assert ask.ok("PATCH", f"{RELEASES}/{release['id']}", {"body": "More"})["body"] == "More"
    assert ask("DELETE", f"{REPOSITORY}/git/refs/tags/v1.6.0").status == 422
    assert "refs/tags/v1.6.0" in git(origin, "for-each-ref")


def test_the_tag_of_an_immutable_release_is_burnt(ask: Any, owner: Any) -> None:
    owner("PUT", f"{REPOSITORY}/immutable-releases")
    release = ask.ok("POST", RELEASES, {"tag_name": "v1.6.0"})
    commit = ask.ok("GET", f"{REPOSITORY}/git/ref/tags/v1.6.0")["object"]["sha"]
    assert ask("DELETE", f"{RELEASES}/{release['id']}").status == 204
    assert ask("DELETE", f"{REPOSITORY}/git/refs/tags/v1.6.0").status == 204
    assert owner("DELETE", f"{REPOSITORY}/immutable-releases").status == 204
    heard = ask("POST", RELEASES, {"tag_name": "v1.6.0"})
    assert (heard.status, [each["message"] for each in heard.data["errors"]]) == (
        422,
        [
            "pre_receive Repository rule violations found\n\nCannot create ref due to creations being restricted.\n\n",
            "tag_name was used by an immutable release",
            "Published releases must have a valid tag",
        ],
    )
    assert ask("POST", f"{REPOSITORY}/git/refs", {"ref": "refs/tags/v1.6.0", "sha": commit}).status == 422


def test_workflow_files_are_a_bare_404(ask: Any, owner: Any, github: GitHub) -> None:
    """GITHUB_TOKEN can't have the permission, and GitHub doesn't say that this is why."""
    base = ask.ok("GET", f"{REPOSITORY}/git/ref/heads/main")["object"]["sha"]
    entry = {"path": ".github/workflows/ci.yml", "mode": "100644", "type": "blob", "content": "on: push\n"}
    tree = owner.ok("POST", f"{REPOSITORY}/git/trees", {"base_tree": base, "tree": [entry]})["sha"]
    commit = owner.ok("POST", f"{REPOSITORY}/git/commits", {"message": "CI", "tree": tree, "parents": [base]})["sha"]
    branch = {"ref": "refs/heads/with-ci", "sha": commit}
    assert ask("POST", f"{REPOSITORY}/git/refs", branch).status == 403
    owner.ok("POST", f"{REPOSITORY}/git/refs", branch)
    release = {"tag_name": "v2.0.0", "target_commitish": "with-ci"}
    heard = ask("POST", RELEASES, release)
    assert (heard.status, heard.data["message"]) == (404, "Not Found")
    app = ask.as_(github.token(contents="write"))
    assert app("POST", RELEASES, release).status == 404
    assert owner("POST", RELEASES, release).status == 201


def test_generated_notes(ask: Any) -> None:
    ask.ok("POST", RELEASES, {"tag_name": "v1.5.0"})
    notes = ask.ok("POST", f"{RELEASES}/generate-notes", {"tag_name": "v1.6.0"})
    assert notes["name"] == "v1.6.0"
    assert notes["body"].endswith("/acme/operator/compare/v1.5.0...v1.6.0")
    wrong = {"tag_name": "v1.6.0", "previous_tag_name": "v0"}
    assert ask("POST", f"{RELEASES}/generate-notes", wrong).status == 422
    release = ask.ok("POST", RELEASES, {"tag_name": "v1.6.0", "generate_release_notes": True, "body": "First this"})
    assert release["body"] == f"First this\n\n{notes['body']}"


def test_an_asset_has_a_public_address_once_published(ask: Any) -> None:
    release = draft(ask)
    upload(ask, release, "chart.tgz", b"chart")
    assert "untagged" in ask.ok("GET", f"{RELEASES}/{release['id']}")["html_url"]
    published = ask.ok("PATCH", f"{RELEASES}/{release['id']}", {"draft": False})
    anyone = ask.as_("")
    assert anyone("GET", published["assets"][0]["browser_download_url"]).body == b"chart"
    remaining = anyone.ok("GET", "/rate_limit")["rate"]["remaining"]
    anyone("GET", published["assets"][0]["browser_download_url"])
    assert anyone.ok("GET", "/rate_limit")["rate"]["remaining"] >= remaining - 1  # the redirect, but not the storage
