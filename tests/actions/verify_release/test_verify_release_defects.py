"""verify-release finds each single defect of a release and says what to do."""

import gzip
import hashlib
from collections.abc import Callable
from pathlib import Path

import pytest

from rehearsal.base.programs import run
from tests.actions.verify_release.project import TAG, Project, require_complete, require_wrong


def lacks_a_platform(project: Project) -> None:
    commit = project.tag(TAG)
    project.push_image(TAG, "1.5.0", commit, "linux/amd64")
    project.push_chart("1.5.0", TAG)
    project.publish()


def one_platform_of_another_commit(project: Project) -> None:
    commit = project.tag(TAG)
    project.push_image("amd64", "1.5.0", commit, "linux/amd64")
    project.push_image("arm64", "1.5.0", "0" * 40, "linux/arm64")
    parts = [f"--manifest={project.image}:{name}" for name in ("amd64", "arm64")]
    run(["crane", "index", "append", *parts, f"--tag={project.image}:{TAG}"], env=project.internet.env())
    project.push_chart("1.5.0", TAG)
    project.publish()


def image_missing(project: Project) -> None:
    project.git.write(
        ".github/release-actions.yml",
        f"images:\n  - name: {project.image}\n  - name: {project.image}-migrate\ncharts:\n"
        f"  - path: charts/op\n    registry: oci://{project.charts}\n",
    )
    project.release()


def chart_of_another_version(project: Project) -> None:
    commit = project.tag(TAG)
    project.push_image(TAG, "1.5.0", commit)
    project.push_chart("1.5.0", "v1.4.0")
    project.publish()


def not_on_its_branch(project: Project) -> None:
    project.release()
    project.git.git("branch", "--force", "release-1.4", "main")
    project.git.git("switch", "--quiet", "release-1.4")
    project.git.git("branch", "--force", "release-1.5", "main")
    project.git.push()


def branch_missing(project: Project) -> None:
    project.release()
    project.git.git("push", "--quiet", "origin", ":refs/heads/release-1.5")


def marked_as_a_prerelease(project: Project) -> None:
    project.release()
    project.page().prerelease = True


def not_the_latest(project: Project) -> None:
    project.release("v1.4.0", branch="release-1.4")
    project.release()
    project.github.repository(project.repository).latest_release = project.page("v1.4.0").id


def of_somebody_else(project: Project) -> None:
    project.release()
    project.page().body = "Hand-made."


def without_ledger(project: Project) -> None:
    project.release()
    assets = project.page().assets
    (ledger,) = (one.id for one in assets.values() if one.name == "release-ledger.json")
    del assets[ledger]


def ledger_edited(project: Project) -> None:
    project.release()
    (ledger,) = (one for one in project.page().assets.values() if one.name == "release-ledger.json")
    ledger.content = ledger.content.replace(b"1.5.0", b"1.5.1")


def asset_missing(project: Project) -> None:
    project.release()
    assets = project.page().assets
    (package,) = (one.id for one in assets.values() if one.name == "op-1.5.0.tgz")
    del assets[package]


def image_pushed_again(project: Project) -> None:
    project.release()
    commit = project.git.git("rev-parse", TAG)
    project.push_image(TAG, "1.5.0", commit, "linux/amd64", "linux/arm64", "linux/s390x")


@pytest.mark.parametrize(
    ("defect", "kind", "said"),
    [
        (lacks_a_platform, "image", ["lacks linux/arm64"]),
        (one_platform_of_another_commit, "image", ["from commit 0000", "Cut the next version"]),
        (image_missing, "image", ["no such tag", "Run the release"]),
        (chart_of_another_version, "chart", ["appVersion 'v1.4.0' instead of 'v1.5.0'"]),
        (not_on_its_branch, "git tag", ["not on the branch `release-1.5`", "Cut the next version"]),
        (branch_missing, "git tag", ["has no branch `release-1.5`", "git push"]),
        (marked_as_a_prerelease, "GitHub release", ["marked as a prerelease"]),
        (not_the_latest, "GitHub release", ["'v1.4.0' as the latest"]),
        (of_somebody_else, "ledger", ["no marker"]),
        (without_ledger, "ledger", ["no ledger among its assets"]),
        (ledger_edited, "ledger", ["It is of v1.5.1"]),
        (asset_missing, "ledger", ["op-1.5.0.tgz is missing"]),
        (image_pushed_again, "ledger", ["and the registry as sha256:"]),
    ],
    ids=lambda one: one.__name__ if callable(one) else "",
)
def test_each_defect_is_one_line(
    project: Project, defect: Callable[[Project], None], kind: str, said: list[str]
) -> None:
    defect(project)
    require_wrong(project.verify(), kind, *said)


def test_a_chart_of_the_tag_that_was_never_pushed_is_missing(project: Project) -> None:
    project.git.write("charts/crds/Chart.yaml", "apiVersion: v2\nname: crds\nversion: 1.5.0\n")
    project.release()
    require_wrong(project.verify(), "chart", "no such chart")


def test_a_draft_is_no_release(project: Project) -> None:
    project.release(draft="true")
    done = project.verify()
    assert [one["state"] for one in done.result["artefacts"] if one["outcome"] == "wrong"] == ["absent", "absent"]
    assert "a draft is none" in done.log
    assert done.outputs["incomplete-tags"] == TAG


def test_a_tag_that_was_moved_disagrees_with_all_that_was_made_from_it(project: Project) -> None:
    project.release()
    commit = project.git.commit("sneak this in")
    project.git.git("tag", "--force", TAG)
    project.git.push()
    done = project.verify()
    wrong = {one["kind"]: one["note"] for one in done.result["artefacts"] if one["outcome"] == "wrong"}
    assert set(wrong) == {"image", "ledger"}
    assert f"the tag points to {commit}" in wrong["image"]
    assert f"the tag points to {commit}" in wrong["ledger"] or f"{TAG} points to {commit}" in wrong["ledger"]


def test_a_tag_that_is_gone_is_all_that_can_be_told(project: Project) -> None:
    project.release()
    project.git.git("push", "--quiet", "origin", f":refs/tags/{TAG}")
    login = {"registry_username": "manager", "registry_password": "secret"}
    require_wrong(project.verify(**login), "git tag", "git push origin refs/tags/v1.5.0")


@pytest.mark.parametrize(
    ("version", "said"),
    [
        ("", ["no such tag", "move-floating-tags"]),
        ("1.4.0", ["behind: at v1.4.0"]),
        ("1.6.0", ["ahead: at v1.6.0"]),
        ("main", ["says the version 'main'"]),
    ],
    ids=["missing", "behind", "ahead", "no release"],
)
def test_a_floating_tag_that_is_elsewhere(project: Project, version: str, said: list[str]) -> None:
    project.release()
    if version:
        project.push_image("latest", version, "0" * 40)
    require_wrong(project.verify(floating_tags="latest"), "floating tag", *said)


def test_floating_tags_are_not_expected_to_follow_an_image_that_is_missing(project: Project) -> None:
    project.tag(TAG)
    project.push_chart("1.5.0", TAG)
    require_wrong(project.verify(floating_tags="latest", github_release="none"), "image", "no such tag")


INDEX = """\
apiVersion: v1
entries:
  op:
  - apiVersion: v2
    digest: {digest}
    name: op
    urls:
    - https://example.org/op-{version}.tgz
    version: {version}
"""


def publish_with_index(project: Project, version: str = "1.5.0", digest: str = "") -> Path:
    """A release, and an index that has a package of a version, by default the one of the release, which is returned."""
    commit = project.tag(TAG)
    project.push_image(TAG, "1.5.0", commit)
    package = project.push_chart("1.5.0", TAG)
    project.publish()
    project.git.switch("gh-pages", "main")
    digest = digest or hashlib.sha256(package.read_bytes()).hexdigest()
    project.git.write("index.yaml", INDEX.format(version=version, digest=digest))
    project.git.commit("index")
    project.git.push()
    return package


def test_the_entry_in_a_chart_repository_is_there(project: Project) -> None:
    publish_with_index(project)
    assert "index entry" in require_complete(project.verify(index_branch="gh-pages"))


@pytest.mark.parametrize(
    ("version", "digest", "said"),
    [("1.4.0", "", "no such entry"), ("1.5.0", "0" * 64, "the package sha256:0000")],
    ids=["missing", "another package"],
)
def test_the_entry_in_a_chart_repository_is_wrong(project: Project, version: str, digest: str, said: str) -> None:
    publish_with_index(project, version, digest)
    require_wrong(project.verify(index_branch="gh-pages"), "index entry", said)


def test_the_entry_may_be_of_the_releases_package_when_the_registry_has_it_compressed_otherwise(
    project: Project,
) -> None:
    package = publish_with_index(project)
    package.write_bytes(gzip.compress(gzip.decompress(package.read_bytes()), compresslevel=1))
    run(["helm", "push", str(package), f"oci://{project.charts}"], env=project.internet.env())
    assert "index entry" in require_complete(project.verify(index_branch="gh-pages", github_release="any"))
