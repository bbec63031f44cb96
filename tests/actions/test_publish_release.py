"""publish-release as a process, with a GitHub and a registry on loopback."""

import hashlib
import json
import signal
import subprocess
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from rehearsal.github import GitHub
from rehearsal.github.calls import Call
from rehearsal.github.exchange import Answer
from rehearsal.github.state import Asset, Release, Repository
from rehearsal.programs import run
from rehearsal.registry import Registry
from rehearsal.step import Job, Result

REPOSITORY = "kubeflow/demo"
RELEASES = "/repos/{owner}/{repo}/releases"
RELEASE = f"{RELEASES}/{{release_id}}"
ASSETS = f"{RELEASE}/assets"
TAG = "v1.5.0"

Execute = Callable[[], Answer]


class Demo:
    """A repository on GitHub with tags, and a run of the action on it; `inputs` are those of every run."""

    def __init__(self, job: Job, github: GitHub, git: Path, inputs: dict[str, str]) -> None:
        self.job = job
        self.github = github
        self.git = git
        self.inputs = {**inputs, "token": github.token(contents="write", repository=REPOSITORY)}

    def publish(self, tag: str = TAG, **inputs: str) -> Result:
        given = {name.replace("_", "-"): text for name, text in inputs.items()}
        return self.job.run("publish_release", {"tag": tag, **self.inputs, **given}, env=self.env)

    @property
    def env(self) -> dict[str, str]:
        return {"GITHUB_API_URL": self.github.url, "GITHUB_REPOSITORY": REPOSITORY}

    @property
    def repository(self) -> Repository:
        return self.github.repository(REPOSITORY)

    @property
    def releases(self) -> list[Release]:
        return list(self.repository.releases.values())

    @property
    def release(self) -> Release:
        (only,) = self.releases
        return only

    @property
    def latest(self) -> str:
        chosen = self.repository.latest_release
        return self.repository.releases[chosen].tag if chosen else ""

    def commit_of(self, name: str) -> str:
        return run(["git", "-C", str(self.git), "rev-parse", f"{name}^{{commit}}"]).strip()

    def writes_since(self, number: int) -> list[str]:
        return [f"{call.method} {call.operation}" for call in self.github.writes[number:]]

    def add_release(self, body: str, *, draft: bool = True, tag: str = TAG) -> Release:
        """A release that was there before."""
        world, user = self.github.world, self.github.world.user("ann")
        release = Release(
            world.new_id(), tag, "main", tag, body, draft, prerelease=False, author=user, drafted_at=world.now(),
            updated_at=world.now(), published_at=None if draft else world.now(),
        )  # fmt: skip
        self.repository.releases[release.id] = release
        return release

    def marker(self) -> str:
        """The marker of this release's content, as a draft has it that is then deleted."""
        require_success(self.publish(draft="true"))
        (draft,) = (one for one in self.releases if one.draft)
        del self.repository.releases[draft.id]
        marker = (draft.body or "").partition("\n")[0]
        assert f" tag={TAG} commit={self.commit_of(TAG)} content=" in marker
        return marker


@pytest.fixture(scope="module")
def published(registry: Registry, tmp_path_factory: pytest.TempPathFactory) -> dict[str, str]:
    """The references of an image and a chart that are in the registry."""
    folder = tmp_path_factory.mktemp("published")
    (folder / "layer").write_text("layer")
    run(["tar", "-C", str(folder), "-cf", str(folder / "layer.tar"), "layer"])
    image = f"{registry.host}/publish-release/op:{TAG}"
    run(["crane", "append", f"--new_layer={folder / 'layer.tar'}", f"--new_tag={image}", "--insecure"])
    chart = folder / "op"
    (chart / "templates").mkdir(parents=True)
    (chart / "Chart.yaml").write_text(f"apiVersion: v2\nname: op\nversion: 1.5.0\nappVersion: {TAG}\n")
    run(["helm", "package", str(chart), f"--destination={folder}"])
    charts = f"oci://{registry.host}/publish-release/charts"
    run(["helm", "push", str(folder / "op-1.5.0.tgz"), charts, "--plain-http"])
    return {"images": image, "charts": f"{charts}/op:1.5.0"}


@pytest.fixture
def demo(job: Job, github: GitHub, tmp_path: Path, published: dict[str, str]) -> Demo:
    """A repository with the tags v1.4.0, v1.5.0-rc.0, v1.5.0 (annotated), and v1.6.0-rc.0 and .1 (an exception)."""
    git = tmp_path / "demo.git"
    run(["git", "init", "--quiet", "--bare", "--initial-branch=main", "--", str(git)])
    run(["git", "-C", str(git), "fast-import", "--quiet"], stdin=HISTORY)
    github.add(REPOSITORY, git)
    return Demo(job, github, git, published)


HISTORY = """\
commit refs/heads/main
mark :1
committer Ann <ann@example.com> 1767225600 +0000
data 6
First

M 100644 inline .github/workflows/ci.yml
data 9
on: push

reset refs/tags/v1.4.0
from refs/heads/main

commit refs/heads/main
committer Ann <ann@example.com> 1767312000 +0000
data 7
Second

from :1
M 100644 inline .github/workflows/ci.yml
data 18
on: pull_request

reset refs/tags/v1.5.0-rc.0
from refs/heads/main

tag v1.5.0
from refs/heads/main
tagger Ann <ann@example.com> 1767312000 +0000
data 6
1.5.0

reset refs/tags/v1.6.0-rc.0
from refs/heads/main

tag v1.6.0-rc.1
from :1
tagger Ann <ann@example.com> 1767312000 +0000
data 70
Release v1.6.0-rc.1

Override-Reason: the <b>leak</b> @all has waited

"""


def require_success(done: Result) -> dict[str, str]:
    assert done.code == 0, done.log + done.errors
    return done.outputs


def require_error(done: Result, code: str) -> str:
    """The message of the one error of a failed run."""
    assert done.code == 1, done.log + done.errors
    (error,) = (one for one in done.annotations if one.level == "error")
    assert error.title == code, error.message
    assert done.error == code
    return error.message


def assets(release: Release) -> dict[str, Asset]:
    return {asset.name: asset for asset in release.assets.values()}


def test_a_release_has_charts_checksums_instructions_and_a_ledger(demo: Demo, published: dict[str, str]) -> None:
    (demo.job.workspace / "sbom.json").write_text("{}")
    outputs = require_success(demo.publish(assets="*.json"))
    release = demo.release
    found = assets(release)
    assert sorted(found) == ["checksums.txt", "install.md", "op-1.5.0.tgz", "release-ledger.json", "sbom.json"]
    assert (release.draft, release.prerelease) == (False, False)
    assert (outputs["tag"], outputs["release-id"], outputs["is-latest"]) == (TAG, str(release.id), "true")
    assert outputs["release-url"].endswith(f"/{REPOSITORY}/releases/tag/{TAG}")
    assert demo.latest == TAG

    lines = found["checksums.txt"].content.decode().splitlines()
    assert [line.split("  ")[1] for line in lines] == ["op-1.5.0.tgz", "sbom.json", "install.md"]
    for line in lines:
        digest, _, name = line.partition("  ")
        assert hashlib.sha256(found[name].content).hexdigest() == digest

    ledger = json.loads(found["release-ledger.json"].content)
    image = published["images"]
    digest = run(["crane", "digest", image, "--insecure"]).strip()
    assert (ledger["format"], ledger["commit"]) == (1, demo.commit_of(TAG))
    assert ledger["images"] == [{"name": image, "digest": digest}]
    assert ledger["run"] == "https://github.com/kubeflow/demo/actions/runs/7"
    assert {one["name"] for one in ledger["files"]} == {*found} - {"release-ledger.json"}

    description = release.body or ""
    assert description.startswith(f"<!-- release-actions format=1 tag={TAG} commit={demo.commit_of(TAG)} content=")
    assert description.partition("\n")[2].startswith("## Install\n")
    assert f"docker pull {image}@{digest}" in description
    assert description.endswith("/compare/v1.4.0...v1.5.0")


def test_why_a_rule_was_passed_over_stands_in_the_release(demo: Demo) -> None:
    reason = "the <b>leak</b> @all has waited"
    require_success(demo.publish("v1.6.0-rc.1"))
    found, before = assets(demo.release), len(demo.github.writes)
    ledger = json.loads(found["release-ledger.json"].content)
    assert (ledger["format"], ledger["override-reason"]) == (2, reason)
    line = (demo.release.body or "").split("\n")[1]
    assert line.startswith("> **Released although a rule was against it.** the ")
    assert "<b>" not in line.replace("\\<b", "")
    assert "@all" not in line
    assert reason.encode() not in found["install.md"].content
    require_success(demo.publish("v1.6.0-rc.1"))
    assert demo.writes_since(before) == []


def test_the_public_release_is_the_last_thing_that_is_written(demo: Demo) -> None:
    require_success(demo.publish())
    writes = demo.writes_since(0)
    assert (writes[0], writes[-1]) == (f"POST {RELEASES}", f"PATCH {RELEASE}")
    assert set(writes[1:-1]) == {f"POST {ASSETS}"}


def test_a_second_run_writes_nothing_and_says_the_same(demo: Demo) -> None:
    first = require_success(demo.publish())
    before = len(demo.github.writes)
    env = {**demo.env, "GITHUB_RUN_ID": "8", "GITHUB_ACTION_REPOSITORY": "kubeflow/release-actions"}
    done = demo.job.run("publish_release", {"tag": TAG, **demo.inputs}, env=env)
    assert {**require_success(done), "result": ""} == {**first, "result": ""}
    assert demo.writes_since(before) == []
    assert done.result["artefacts"][0]["outcome"] == "skipped"


def test_a_dry_run_needs_to_read_alone_and_writes_nothing(demo: Demo) -> None:
    done = demo.publish(dry_run="true", token=demo.github.token(contents="read"))
    assert require_success(done)["release-id"] == ""
    assert done.result["artefacts"][0]["outcome"] == "planned"
    assert "op-1.5.0.tgz" in done.summary
    assert demo.github.writes == ()


def test_a_draft_can_be_left_for_a_person_who_edits_the_notes(demo: Demo) -> None:
    require_success(demo.publish(draft="true"))
    assert demo.release.draft
    before = len(demo.github.writes)
    require_success(demo.publish(draft="true"))
    assert demo.writes_since(before) == []
    demo.release.body = (demo.release.body or "").replace("\n", "\r\n") + "\r\nThanks to all!\r\n"
    require_success(demo.publish())
    assert demo.writes_since(before) == [f"PATCH {RELEASE}"]
    assert [one.draft for one in demo.releases] == [False]
    assert "Thanks to all!" in (demo.release.body or "")


@pytest.mark.parametrize("number", range(1, 7))
def test_what_was_killed_is_completed(demo: Demo, number: int) -> None:
    """The run dies while its write of that number is under way, which may be the release's publication."""
    answered, running = 0, subprocess.Popen[bytes]

    def kill(call: Call, execute: Execute) -> Answer:
        nonlocal answered
        answer = execute()
        answered += call.writes
        if call.writes and answered == number:
            process.send_signal(signal.SIGKILL)
            process.wait()
            raise ConnectionResetError
        return answer

    demo.github.hook = kill
    files = demo.job.answers()
    given = json.dumps(demo.job.inputs("publish_release", {"tag": TAG, **demo.inputs}))
    environment = {**demo.job.environment(files, demo.job.workspace), **demo.env, "INPUTS": given}
    command = demo.job.command("publish_release")
    with running(command, cwd=demo.job.workspace, env=environment, stdout=subprocess.DEVNULL) as process:
        assert process.wait() == -signal.SIGKILL
    demo.github.hook = lambda _, execute: execute()
    before = len(demo.github.writes)
    require_success(demo.publish())
    release = demo.release
    assert not release.draft
    assert sorted(assets(release)) == ["checksums.txt", "install.md", "op-1.5.0.tgz", "release-ledger.json"]
    assert len(demo.writes_since(before)) == 6 - number
    before = len(demo.github.writes)
    require_success(demo.publish())
    assert demo.writes_since(before) == []


@pytest.mark.parametrize(
    "operation", [f"POST {RELEASES}", f"POST {ASSETS}", f"PATCH {RELEASE}", f"POST {RELEASES}/generate-notes"]
)
def test_a_lost_answer_makes_nothing_twice(demo: Demo, operation: str) -> None:
    lost: list[Call] = []

    def lose(call: Call, execute: Execute) -> Answer:
        answer = execute()
        if f"{call.method} {call.operation}" == operation and not lost:
            lost.append(call)
            raise ConnectionResetError
        return answer

    demo.github.hook = lose
    require_success(demo.publish())
    assert lost
    assert not demo.release.draft
    assert sorted(assets(demo.release)) == ["checksums.txt", "install.md", "op-1.5.0.tgz", "release-ledger.json"]
    assert demo.writes_since(0).count(f"POST {RELEASES}") == 1
    assert demo.writes_since(0).count(f"POST {ASSETS}") == 4


def test_of_several_drafts_of_ours_one_is_continued_and_none_is_left(demo: Demo) -> None:
    marker = demo.marker()
    mine = [demo.add_release(f"{marker}\nearlier") for _ in range(2)]
    foreign = [demo.add_release(f"foreign {number}") for number in range(100)]
    mine.append(demo.add_release(f"{marker}\r\nnewest"))
    outputs = require_success(demo.publish())
    assert outputs["release-id"] == str(mine[-1].id)
    left = demo.repository.releases
    assert [one.id in left for one in mine] == [False, False, True]
    assert [left[one.id].body for one in foreign] == [one.body for one in foreign]
    assert not left[mine[-1].id].draft


def test_of_two_runs_at_once_both_end_with_the_same_release(demo: Demo) -> None:
    """The other run makes its draft and publishes it right after ours made one."""
    other: list[Result] = []

    def run_other(call: Call, execute: Execute) -> Answer:
        answer = execute()
        if f"{call.method} {call.operation}" == f"POST {RELEASES}" and not other:
            demo.github.hook = lambda _, execute: execute()
            other.append(demo.publish())
        return answer

    demo.github.hook = run_other
    outputs = require_success(demo.publish())
    assert require_success(other[0])["release-id"] == outputs["release-id"]
    assert not demo.release.draft


def test_of_two_runs_at_once_with_other_content_one_wins_and_the_other_is_told(demo: Demo) -> None:
    """The other run begins when ours is about to upload its first asset, and is done before it goes on."""
    for whose in ("ours", "theirs"):
        (demo.job.workspace / whose).mkdir()
        (demo.job.workspace / whose / "notes.txt").write_text(whose)
    other: list[Result] = []

    def run_other(call: Call, execute: Execute) -> Answer:
        if f"{call.method} {call.operation}" == f"POST {ASSETS}" and not other:
            demo.github.hook = lambda _, execute: execute()
            other.append(demo.publish(assets="theirs/notes.txt"))
        return execute()

    demo.github.hook = run_other
    message = require_error(demo.publish(assets="ours/notes.txt"), "E_RELEASE_EXISTS")
    assert "its notes.txt is sha256:" in message
    require_success(other[0])
    assert not demo.release.draft
    assert assets(demo.release)["notes.txt"].content == b"theirs"


def test_a_draft_of_other_content_gives_its_notes_and_goes_with_the_publication(demo: Demo) -> None:
    require_success(demo.publish(draft="true"))
    demo.release.body = (demo.release.body or "") + "\nThanks to all!"
    (demo.job.workspace / "notes.txt").write_text("one more file")
    require_success(demo.publish(assets="notes.txt"))
    assert "Thanks to all!" in (demo.release.body or "")
    assert not demo.release.draft


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


@pytest.mark.parametrize("state", ["starter", "uploaded"])
def test_a_broken_or_outdated_asset_of_a_draft_gives_way(demo: Demo, state: str) -> None:
    draft, now = demo.add_release(demo.marker()), demo.github.world.now()
    user = demo.github.world.user("ann")
    content = b"" if state == "starter" else b"outdated"
    broken = Asset(1, "op-1.5.0.tgz", "", "application/gzip", content, state, user, now, now)
    draft.assets[broken.id] = broken
    require_success(demo.publish())
    found = assets(demo.release)["op-1.5.0.tgz"]
    assert found.id != broken.id
    assert len(found.content) > 100


def test_an_upload_that_leaves_a_starter_is_done_again(demo: Demo) -> None:
    broken: list[int] = []

    def break_off(call: Call, execute: Execute) -> Answer:
        answer = execute()
        if call.operation == ASSETS and call.method == "POST" and not broken:
            (asset,) = demo.release.assets.values()
            asset.state, asset.content = "starter", b""
            broken.append(asset.id)
            return Answer(502, b"<html>Bad gateway</html>", {"Content-Type": "text/html"})
        return answer

    demo.github.hook = break_off
    require_success(demo.publish())
    assert broken[0] not in demo.release.assets
    assert {asset.state for asset in demo.release.assets.values()} == {"uploaded"}


@pytest.mark.parametrize(
    ("tags", "prerelease", "latest"),
    [
        (["v1.5.0"], False, "v1.5.0"),
        (["v1.5.0-rc.0"], True, ""),
        (["v1.5.0", "v1.4.0"], False, "v1.5.0"),
        (["v1.4.0"], False, ""),
        (["v1.4.0", "v1.5.0"], False, "v1.5.0"),
        (["v1.5.0", "v1.6.0-rc.0"], True, "v1.5.0"),
    ],
    ids=str,
)
def test_the_latest_release_is_the_highest_of_all_tags(
    demo: Demo, tags: list[str], latest: str, *, prerelease: bool
) -> None:
    for tag in tags:
        outputs = require_success(demo.publish(tag, images="", charts=""))
    assert demo.latest == latest
    assert demo.releases[-1].prerelease is prerelease
    assert outputs["is-latest"] == str(latest == tags[-1]).lower()


@pytest.mark.parametrize(
    ("tag", "before"),
    [("v1.5.0", "v1.4.0"), ("v1.6.0-rc.0", "v1.5.0"), ("v1.5.0-rc.0", "v1.4.0"), ("v1.4.0", "")],
)
def test_notes_are_generated_against_the_previous_version(demo: Demo, tag: str, before: str) -> None:
    require_success(demo.publish(tag))
    expected = f"/compare/{before}...{tag}" if before else f"/commits/{tag}"
    assert (demo.release.body or "").endswith(expected)


def test_notes_may_come_from_a_file(demo: Demo) -> None:
    (demo.job.workspace / "NOTES.md").write_text("Fixes **everything**.\n")
    require_success(demo.publish(notes_file="NOTES.md"))
    assert (demo.release.body or "").endswith("Fixes **everything**.")


def test_a_moved_tag_is_never_released(demo: Demo) -> None:
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
    require_error(demo.publish(), "E_TAG_MOVED")
    assert demo.release.draft


def test_a_tag_of_another_workflow_file_can_be_released_all_the_same(demo: Demo) -> None:
    """Its commit has workflow files unlike those of the default branch, and a job's token may not change any."""
    require_success(demo.publish("v1.4.0"))
    assert not demo.release.draft


def test_a_bare_404_is_explained_with_the_files(demo: Demo) -> None:
    def refuse(call: Call, execute: Execute) -> Answer:
        if f"{call.method} {call.operation}" == f"POST {RELEASES}":
            return Answer(404, b'{"message": "Not Found", "status": "404"}', {"Content-Type": "application/json"})
        return execute()

    demo.github.hook = refuse
    message = require_error(demo.publish("v1.4.0"), "E_NEEDS_WORKFLOWS_PERMISSION")
    assert ".github/workflows/ci.yml" in message
    require_error(demo.publish(), "E_GITHUB_ANSWER")


@pytest.mark.parametrize("permissions", [{"contents": "read"}, {"issues": "write"}], ids=str)
def test_a_token_that_may_not_is_told_what_it_needs(demo: Demo, permissions: dict[str, Any]) -> None:
    message = require_error(demo.publish(token=demo.github.token(**permissions)), "E_GITHUB_PERMISSION")
    assert "contents: write" in message
    assert demo.releases == []


def test_an_immutable_release_is_published_whole(demo: Demo) -> None:
    demo.repository.immutable_releases = True
    require_success(demo.publish())
    assert demo.release.immutable
    before = len(demo.github.writes)
    require_success(demo.publish())
    assert demo.writes_since(before) == []


def test_the_tag_of_an_immutable_release_is_never_used_again(demo: Demo) -> None:
    reason = {"resource": "Release", "code": "custom", "message": "tag_name was used by an immutable release"}
    body = json.dumps({"message": "Validation Failed", "errors": [reason]}).encode()

    def refuse(call: Call, execute: Execute) -> Answer:
        return Answer(422, body) if f"{call.method} {call.operation}" == f"PATCH {RELEASE}" else execute()

    demo.github.hook = refuse
    assert "Cut the next version" in require_error(demo.publish(), "E_IMMUTABLE")


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


def test_files_of_the_temporary_folder_can_be_assets(demo: Demo) -> None:
    package = demo.job.temp / "more-1.0.0.tgz"
    package.write_bytes(b"more")
    require_success(demo.publish(assets=f"{demo.job.temp}/more-*.tgz"))
    assert assets(demo.release)["more-1.0.0.tgz"].content == b"more"
