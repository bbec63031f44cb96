"""Releases, assets and tags on a GitHub that does something else than it says, or is changed by others meanwhile."""

import json
from pathlib import Path
from typing import Any

import pytest

from rehearsal.base.programs import run
from rehearsal.github import GitHub as Server
from rehearsal.github.calls import Call
from rehearsal.github.exchange import Answer
from release_actions.core.errors import Code
from release_actions.github.assets import describe
from release_actions.github.client import GitHub
from release_actions.github.pull_requests import PullRequests
from release_actions.github.releases import Release, Releases
from tests.boundary.github.faults import JSON, REPOSITORY, Execute, Faults, create, fails

LATER = """\
commit refs/heads/release-1.4
committer Ann <ann@example.com> 1769904000 +0000
data 5
1.4.1
from refs/tags/v1.5.0
M 100644 inline .github/workflows/ci.yml
data 9
on: push

reset refs/tags/v1.4.1
from refs/heads/release-1.4

tag inner
from refs/tags/v1.5.0
tagger Ann <ann@example.com> 1767225600 +0000
data 5
inner
"""


@pytest.fixture
def origin(server: Server) -> Path:
    """The repository, where a patch of an older version was tagged a month after v1.5.0."""
    path = server.repository(REPOSITORY).git.path
    run(["git", "-C", str(path), "fast-import", "--quiet"], stdin=LATER)
    return path


def draft_of(releases: Releases, tag: str) -> Release:
    return releases.create_draft(tag, "", prerelease=False, commit=tag, look=lambda: None)


def test_a_patch_of_an_older_version_is_not_the_latest_release(
    server: Server, origin: Path, client: GitHub, releases: Releases
) -> None:
    """GitHub would choose it by its date, were the choice left to GitHub."""
    del origin
    releases.publish(draft_of(releases, "v1.5.0"), prerelease=False, latest=True, commit="v1.5.0")
    releases.publish(draft_of(releases, "v1.4.1"), prerelease=False, latest=False, commit="v1.4.1")
    latest = client.read("releases/latest", Release)
    assert latest is not None
    assert latest.tag_name == "v1.5.0"
    path = f"releases/{latest.id}"
    client.write("PATCH", path, {"make_latest": "legacy"}, Release, lambda: None)
    chosen = client.read("releases/latest", Release)
    assert chosen is not None
    assert chosen.tag_name == "v1.4.1"
    assert len(server.repository(REPOSITORY).releases) == 2


@pytest.mark.parametrize(
    "change", [{"prerelease": True}, {"tag": "v1.5.1"}, {"draft": True}], ids=["a candidate", "another tag", "a draft"]
)
def test_a_release_that_is_something_else_right_after_its_publication(
    change: dict[str, Any], server: Server, releases: Releases
) -> None:
    def publish(call: Call, execute: Execute) -> Answer:
        answer = execute()
        if call.method == "PATCH":
            for name, value in change.items():
                setattr(server.repository(REPOSITORY).releases[draft.id], name, value)
        return answer

    draft = create(releases)
    server.hook = publish
    error = fails(Code.E_GITHUB_RESPONSE, lambda: releases.publish(draft, prerelease=False, latest=True, commit="main"))
    assert "not as it was published a moment ago" in error.what


@pytest.mark.parametrize("fault", [ConnectionResetError(), Answer(502)], ids=["reset", "502"])
@pytest.mark.parametrize("after", [False, True], ids=["not done", "done, but the answer was lost"])
def test_a_draft_has_the_description_that_was_given(
    fault: Answer | OSError, server: Server, releases: Releases, *, after: bool
) -> None:
    draft = create(releases)
    Faults(server, "PATCH", fault, after=after)
    assert releases.describe(draft, "new", "main").body == "new"
    assert server.repository(REPOSITORY).releases[draft.id].body == "new"


@pytest.mark.parametrize(
    ("kept", "said"),
    [
        ({"name": "default.op.tgz"}, "'default.op.tgz' of 7 bytes"),
        ({"size": 6}, "of 6 bytes"),
        ({"digest": f"sha256:{'0' * 64}"}, "sha256:000000"),
        ({"state": "starter", "digest": None}, "'starter'"),
    ],
    ids=["another name", "cut off", "other bytes", "not uploaded to its end"],
)
def test_an_upload_that_github_keeps_as_something_else_is_an_error(
    kept: dict[str, Any], said: str, server: Server, releases: Releases, tmp_path: Path
) -> None:
    (tmp_path / "op.tgz").write_bytes(b"package")
    draft, file = create(releases), describe(tmp_path / "op.tgz")
    asset = {"id": 7, "name": file.name, "state": "uploaded", "size": file.size, "digest": file.digest}
    Faults(server, "POST", Answer(201, json.dumps(asset | kept).encode(), JSON))
    assert said in fails(Code.E_ASSET, lambda: releases.upload(draft, file)).what


def test_a_server_that_gives_no_digests_is_believed_by_name_and_size(
    server: Server, releases: Releases, tmp_path: Path
) -> None:
    (tmp_path / "op.tgz").write_bytes(b"package")
    draft, file = create(releases), describe(tmp_path / "op.tgz")
    asset = {"id": 7, "name": file.name, "state": "uploaded", "size": file.size}
    Faults(server, "POST", Answer(201, json.dumps(asset).encode(), JSON))
    assert releases.upload(draft, file).id == 7


@pytest.mark.parametrize("status", [403, 404, 410])
def test_an_error_page_of_the_storage_is_not_an_assets_content(
    status: int, server: Server, releases: Releases, tmp_path: Path
) -> None:
    def refuse(call: Call, execute: Execute) -> Answer:
        answer = execute()
        return Answer(status, b"expired") if call.operation == "/{owner}/{repo}/{asset_id}/{name}" else answer

    (tmp_path / "op.tgz").write_bytes(b"package")
    asset = releases.upload(create(releases), describe(tmp_path / "op.tgz"))
    server.hook = refuse
    error = fails(Code.E_GITHUB_RESPONSE, lambda: releases.content(asset, 100))
    assert f"status {status}" in error.what


def test_a_tags_releases_come_oldest_first(releases: Releases) -> None:
    made = [create(releases, str(number)).id for number in range(3)]
    assert [one.id for one in releases.of("v1.5.0")] == made


def test_a_tag_is_no_other_tag_that_begins_like_it(server: Server, releases: Releases) -> None:
    """An old API answers with whatever begins so."""
    other = {"ref": "refs/tags/v1.5.0-rc.0", "object": {"sha": "0" * 40, "type": "commit"}}
    Faults(server, "GET", Answer(200, json.dumps(other).encode(), JSON))
    fails(Code.E_TAG_MISSING, lambda: releases.tagged("v1.5.0"))


def test_of_a_tag_on_a_tag_the_first_message_counts(origin: Path, releases: Releases) -> None:
    who = ["-c", "user.name=Ann", "-c", "user.email=ann@example.com"]
    run(["git", "-C", str(origin), *who, "tag", "--annotate", "--message=outer", "v1.5.1", "inner"])
    found = releases.tagged("v1.5.1")
    assert (found.message.strip(), found.commit) == ("outer", releases.tagged("v1.5.0").commit)


@pytest.mark.parametrize(
    ("status", "code"), [(404, Code.E_NEEDS_WORKFLOWS_PERMISSION), (422, Code.E_GITHUB_RESPONSE)], ids=str
)
def test_only_a_404_is_laid_to_workflow_files(
    status: int, code: Code, server: Server, origin: Path, releases: Releases
) -> None:
    del origin
    Faults(server, "POST", Answer(status, b'{"message": "No"}', JSON))
    fails(code, lambda: draft_of(releases, "v1.4.1"))


@pytest.mark.parametrize("branch", ["release#1.5", "100%", "50%25", "ä+b", "a&b=c"])
def test_a_name_reaches_github_as_it_is(branch: str, server: Server, client: GitHub) -> None:
    path = server.repository(REPOSITORY).git.path
    commit = run(["git", "-C", str(path), "rev-parse", "main"]).strip()
    run(["git", "-C", str(path), "branch", "--end-of-options", branch, "main"])
    assert PullRequests(client).is_on(branch, commit)
