"""publish-release as a process, with a GitHub and a registry on loopback: what a release consists of."""

import hashlib
import json

import pytest

from rehearsal.base.programs import run
from tests.actions.publish_release.demo import ASSETS, RELEASE, RELEASES, REPOSITORY, TAG, Demo, assets, require_success


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
    assert ledger["run"] == f"{demo.server}/kubeflow/demo/actions/runs/7"
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


def test_a_tag_of_another_workflow_file_can_be_released_all_the_same(demo: Demo) -> None:
    """Its commit has workflow files unlike those of the default branch, and a job's token may not change any."""
    require_success(demo.publish("v1.4.0"))
    assert not demo.release.draft


def test_an_immutable_release_is_published_whole(demo: Demo) -> None:
    demo.repository.immutable_releases = True
    require_success(demo.publish())
    assert demo.release.immutable
    before = len(demo.github.writes)
    require_success(demo.publish())
    assert demo.writes_since(before) == []


def test_files_of_the_temporary_folder_can_be_assets(demo: Demo) -> None:
    package = demo.job.temp / "more-1.0.0.tgz"
    package.write_bytes(b"more")
    require_success(demo.publish(assets=f"{demo.job.temp}/more-*.tgz"))
    assert assets(demo.release)["more-1.0.0.tgz"].content == b"more"
