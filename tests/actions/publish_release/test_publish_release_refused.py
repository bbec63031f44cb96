"""What stops publish-release: other releases of the tag, moved tags, missing permissions, wrong inputs."""

import json
from collections.abc import Callable
from typing import Any

import pytest

from rehearsal.base.programs import run
from rehearsal.github.calls import Call
from rehearsal.github.exchange import Answer
from rehearsal.github.state import Release
from tests.actions.publish_release.demo import (
    ASSETS,
    RELEASE,
    RELEASES,
    TAG,
    Demo,
    Execute,
    assets,
    require_error,
    require_success,
)


@pytest.mark.parametrize(
    ("body", "draft", "said"),
    [
        ("Made by hand", False, "was not made by this action"),
        (
            "> <!-- release-actions format=1 tag=v1.5.0 commit=COMMIT content=CONTENT -->",
            False,
            "was not made by this action",
        ),
        (
            "Notes\n<!-- release-actions format=1 tag=v1.5.0 commit=COMMIT content=CONTENT -->",
            False,
            "was not made by this action",
        ),
        (
            "<!-- release-actions format=2 tag=v1.5.0 commit=COMMIT content=CONTENT -->",
            False,
            "was not made by this action",
        ),
        (
            "<!-- release-actions format=1 tag=v1.4.0 commit=COMMIT content=CONTENT -->",
            False,
            "has the marker of v1.4.0",
        ),
        (
            f"<!-- release-actions format=1 tag=v1.5.0 commit={'0' * 40} content={'0' * 64} -->",
            False,
            "is of the commit 0000",
        ),
        (
            f"<!-- release-actions format=1 tag=v1.5.0 commit={'0' * 40} content={'0' * 64} -->",
            True,
            "is of the commit 0000",
        ),
    ],
    ids=["by hand", "quoted", "not first", "other format", "other tag", "other commit", "draft of another commit"],
)
def test_a_release_that_is_not_this_one_stops_the_run(demo: Demo, body: str, said: str, *, draft: bool) -> None:
    there = demo.add_release(body.replace("COMMIT", demo.commit_of(TAG)).replace("CONTENT", "0" * 64), draft=draft)
    message = require_error(demo.publish(), "E_RELEASE_EXISTS")
    assert said in message
    assert "Nothing was published" in message
    assert "Public of 1.5.0 now: image" in message
    assert ("not there: GitHub release v1.5.0." in message) is draft
    assert demo.release == there
    assert demo.github.writes == ()


@pytest.mark.parametrize(
    ("change", "said"),
    [
        (lambda release: release.assets.clear(), "E_LEDGER"),
        (lambda release: assets(release)["release-ledger.json"].__setattr__("content", b'{"format": 1}'), "E_LEDGER"),
        (lambda release: assets(release)["op-1.5.0.tgz"].__setattr__("content", b"x"), "E_RELEASE_EXISTS"),
        (lambda release: release.assets.pop(assets(release)["checksums.txt"].id), "E_RELEASE_EXISTS"),
    ],
    ids=["no assets", "another ledger", "another package", "a file is gone"],
)
def test_a_published_release_that_was_changed_is_named_and_left(
    demo: Demo, change: Callable[[Release], object], said: str
) -> None:
    require_success(demo.publish())
    change(demo.release)
    before = len(demo.github.writes)
    require_error(demo.publish(), said)
    assert demo.writes_since(before) == []


def test_a_published_release_is_not_changed_for_another_asset(demo: Demo) -> None:
    file = demo.job.workspace / "sbom.json"
    file.write_text("1")
    require_success(demo.publish(assets="sbom.json"))
    require_success(demo.publish())
    file.write_text("2")
    assert "sbom.json" in require_error(demo.publish(assets="sbom.json"), "E_RELEASE_EXISTS")


def test_a_tag_that_has_moved_is_never_released(demo: Demo) -> None:
    commit = demo.commit_of(TAG)
    before = demo.commit_of("v1.4.0")
    assert commit in require_error(demo.publish(commit=before), "E_TAG_MOVED")
    require_error(demo.publish("v1.7.0"), "E_TAG_MISSING")

    def move(call: Call, execute: Execute) -> Answer:
        answer = execute()
        if call.operation == ASSETS and call.method == "POST":
            run(["git", "-C", str(demo.git), "update-ref", f"refs/tags/{TAG}", before])
        return answer

    demo.github.hook = move
    message = require_error(demo.publish(), "E_TAG_MOVED")
    assert "Nothing was published or written" not in message  # there is a draft
    assert demo.release.draft


@pytest.mark.parametrize(
    ("what", "code", "told"),
    [
        ("the tag", "E_TAG_MOVED", f"Written before the failure: {TAG}."),
        ("the release", "E_GITHUB_RESPONSE", f"Unknown, because the attempt itself failed: {TAG}."),
    ],
)
def test_what_changes_while_a_release_is_published_is_told(demo: Demo, what: str, code: str, told: str) -> None:
    def change(call: Call, execute: Execute) -> Answer:
        answer = execute()
        if call.method == "PATCH" and what == "the tag":
            run(["git", "-C", str(demo.git), "update-ref", f"refs/tags/{TAG}", demo.commit_of("v1.4.0")])
        elif call.method == "PATCH":
            demo.release.prerelease = True
        return answer

    demo.github.hook = change
    assert told in require_error(demo.publish(images="", charts=""), code)
    assert not demo.release.draft


def test_a_draft_that_does_not_keep_its_assets_is_not_published(demo: Demo) -> None:
    """One is taken away after the last upload, and another one changed to as many other bytes."""

    def change(call: Call, execute: Execute) -> Answer:
        answer = execute()
        if call.method == "POST" and call.path.endswith("name=release-ledger.json"):
            found = assets(demo.release)
            del demo.release.assets[found["checksums.txt"].id]
            found["notes.txt"].content = b"other"
        return answer

    (demo.job.workspace / "notes.txt").write_text("notes")
    asked = {"images": "", "charts": "", "assets": "notes.txt"}
    demo.github.hook = change
    message = require_error(demo.publish(**asked), "E_ASSET")
    assert "has not kept what was uploaded: notes.txt, checksums.txt" in message
    assert f"Unknown, because the attempt itself failed: {TAG}" in message
    assert demo.release.draft
    demo.github.hook = lambda _, execute: execute()
    require_success(demo.publish(**asked))
    assert assets(demo.release)["notes.txt"].content == b"notes"


def test_a_bare_404_is_explained_with_the_files(demo: Demo) -> None:
    def refuse(call: Call, execute: Execute) -> Answer:
        if f"{call.method} {call.operation}" == f"POST {RELEASES}":
            return Answer(404, b'{"message": "Not Found", "status": "404"}', {"Content-Type": "application/json"})
        return execute()

    demo.github.hook = refuse
    message = require_error(demo.publish("v1.4.0"), "E_NEEDS_WORKFLOWS_PERMISSION")
    assert ".github/workflows/ci.yml" in message
    require_error(demo.publish(), "E_GITHUB_RESPONSE")


@pytest.mark.parametrize("permissions", [{"contents": "read"}, {"issues": "write"}], ids=str)
def test_a_token_that_may_not_is_told_what_it_needs(demo: Demo, permissions: dict[str, Any]) -> None:
    message = require_error(demo.publish(token=demo.github.token(**permissions)), "E_GITHUB_PERMISSION")
    assert "contents: write" in message
    assert demo.releases == []


def test_the_tag_of_an_immutable_release_is_never_used_again(demo: Demo) -> None:
    reason = {"resource": "Release", "code": "custom", "message": "tag_name was used by an immutable release"}
    body = json.dumps({"message": "Validation Failed", "errors": [reason]}).encode()

    def refuse(call: Call, execute: Execute) -> Answer:
        return Answer(422, body) if f"{call.method} {call.operation}" == f"PATCH {RELEASE}" else execute()

    demo.github.hook = refuse
    assert "Cut the next version" in require_error(demo.publish(), "E_RELEASE_IMMUTABLE")


def test_a_limit_that_lasts_too_long_is_told_with_its_end(demo: Demo) -> None:
    demo.github.limits.exhaust(demo.inputs["token"], seconds=3000)
    assert " UTC" in require_error(demo.publish(), "E_RATE_LIMIT")


@pytest.mark.parametrize(
    ("inputs", "code"),
    [
        ({"images": "IMAGE-missing:v1.5.0"}, "E_IMAGE_MISSING"),
        ({"images": f"IMAGE:v1.5.0@sha256:{'0' * 64}"}, "E_IMAGE_MISSING"),
        ({"charts": "IMAGE:v1.5.0"}, "E_CHART_PACKAGE"),
        ({"images": "IMAGE@sha256:0"}, "E_IMAGE_REFERENCE"),
        ({"tag": "latest"}, "E_TAG_GRAMMAR"),
        ({"commit": "main"}, "E_INPUT"),
        ({"assets": "nothing*"}, "E_ASSET"),
        ({"assets": "a**b"}, "E_ASSET"),
        ({"assets": "a b.txt"}, "E_ASSET"),
        ({"assets": "empty.txt"}, "E_ASSET"),
        ({"assets": "checksums.txt"}, "E_ASSET"),
        ({"assets": "../*.txt"}, "E_PATH"),
        ({"assets": "/etc/host*"}, "E_PATH"),
        ({"assets": "link*"}, "E_PATH"),
        ({"notes-file": "missing.md"}, "E_PATH"),
    ],
    ids=lambda value: value if isinstance(value, str) else " ".join(f"{key}={value[key]!a}" for key in value)[:60],
)
def test_a_wrong_input_is_one_clear_error_before_anything_is_written(
    demo: Demo, published: dict[str, str], inputs: dict[str, str], code: str
) -> None:
    for name in ("a b.txt", "checksums.txt"):
        (demo.job.workspace / name).write_text("x")
    (demo.job.workspace / "empty.txt").touch()
    (demo.job.folder / "secret.txt").write_text("x")
    (demo.job.workspace / "link").symlink_to("/etc/passwd")
    image = published["images"].rpartition(":")[0]
    given = {name.replace("-", "_"): text.replace("IMAGE", image) for name, text in inputs.items()}
    require_error(demo.publish(**given), code)
    assert demo.github.writes == ()
