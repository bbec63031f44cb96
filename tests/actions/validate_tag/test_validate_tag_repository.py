"""validate-tag holds the tag against its repository: the release branch, the tag's object, the checkout, the remote."""

from collections.abc import Callable
from pathlib import Path

import pytest

from rehearsal.act.step import Result
from rehearsal.git.project import GitProject
from tests.actions.validate_tag.validation import Validate, refused


def test_a_branch_pattern_of_the_project(project: GitProject, validate: Validate) -> None:
    project.switch("v1.5-branch")
    assert validate("v1.5.0-rc.0", branch="v{major}.{minor}-branch").outputs["release-branch"] == "v1.5-branch"


def test_a_branch_pattern_that_makes_no_name(validate: Validate) -> None:
    refused(validate("v1.5.0-rc.0", branch="--upload-pack={major}"), "E_CONFIG", "branch pattern")


def test_a_missing_branch(project: GitProject, validate: Validate) -> None:
    project.tag("v1.6.0-rc.0")
    refused(validate("v1.6.0-rc.0"), "E_BRANCH_MISSING", "`release-1.6`", "git push origin")


def test_a_missing_branch_is_fine_when_it_is_not_asked_for(project: GitProject, validate: Validate) -> None:
    project.tag("v1.6.0-rc.0")
    done = validate("v1.6.0-rc.0", check_branch="false")
    assert done.code == 0, done.log
    assert "| Release branch | `release-1.6` | off |" in done.summary


def test_a_commit_that_is_not_on_the_branch(project: GitProject, validate: Validate) -> None:
    project.switch("feature")
    commit = project.commit("not reviewed")
    project.tag("v1.5.0-rc.1")
    project.switch("release-1.5")
    project.commit("elsewhere")
    refused(validate("v1.5.0-rc.1"), "E_NOT_ON_BRANCH", commit, "`release-1.5`")


@pytest.mark.parametrize("separator", ["\u2028", "\u2029", "\x85"])
def test_a_branch_that_is_named_like_the_release_branch_and_more(
    project: GitProject, validate: Validate, separator: str
) -> None:
    project.switch("feature")
    commit = project.commit("not reviewed")
    project.tag("v1.5.0-rc.1")
    project.git("branch", f"release-1.5{separator}x")
    done = validate("v1.5.0-rc.1")
    refused(done, "E_NOT_ON_BRANCH", commit, "`release-1.5`")
    [warning] = [note for note in done.annotations if note.level == "warning"]
    assert ascii(f"refs/heads/release-1.5{separator}x") in warning.message


@pytest.mark.parametrize("annotated", [False, True], ids=["lightweight", "annotated"])
def test_a_tag_that_is_named_like_a_later_release_and_more(
    project: GitProject, validate: Validate, *, annotated: bool
) -> None:
    project.commit("v1.5.0")
    project.tag("v1.5.0")
    project.tag("v9.0.0\x85x", annotated=annotated)
    done = validate("v1.5.0")
    assert done.code == 0, done.log
    assert (done.outputs["is-latest"], done.outputs["previous-tag"]) == ("true", "v1.4.1")
    assert ["v9.0.0\\x85x" in note.message for note in done.annotations] == [True]


@pytest.mark.parametrize("filters", ["true", "false"], ids=["server leaves files out", "server sends everything"])
def test_a_tag_far_behind_the_tip_of_its_branch(project: GitProject, validate: Validate, filters: str) -> None:
    project.git("config", "uploadpack.allowFilter", filters, cwd=project.origin)
    for number in range(60):
        project.commit(f"fix {number}")
    assert validate("v1.5.0-rc.0").code == 0


def test_a_tag_that_is_not_on_the_remote(project: GitProject, validate: Validate) -> None:
    done = validate("v1.5.0", at="refs/tags/v1.5.0-rc.0")
    refused(done, "E_TAG_MISSING", project.url, "git push origin refs/tags/v1.5.0")


def test_a_tag_of_another_commit_than_the_checked_out_one(project: GitProject, validate: Validate) -> None:
    tagged = project.git("rev-parse", "v1.5.0-rc.0^{commit}")
    later = project.commit("later")
    refused(validate("v1.5.0-rc.0", at=later), "E_TAG_MOVED", tagged, later)


@pytest.mark.parametrize("annotated", [False, True], ids=["lightweight", "annotated"])
def test_a_tag_that_was_moved_after_the_checkout(
    project: GitProject, run_action: Callable[..., Result], *, annotated: bool
) -> None:
    project.push()
    workspace = project.checkout("refs/tags/v1.5.0-rc.0")
    project.commit("a better candidate")
    project.git("tag", "--delete", "v1.5.0-rc.0")
    project.tag("v1.5.0-rc.0", annotated=annotated)
    project.push()
    refused(run_action("validate_tag", {"tag": "v1.5.0-rc.0"}, workspace=workspace), "E_TAG_MOVED", "next version")


def test_a_tag_object_that_was_made_for_another_name(project: GitProject, validate: Validate) -> None:
    project.tag("v1.5.0-rc.1", annotated=True)
    project.git("update-ref", "refs/tags/v1.5.0", "refs/tags/v1.5.0-rc.1")
    refused(validate("v1.5.0"), "E_TAG_OBJECT", "made as 'v1.5.0-rc.1'")


@pytest.mark.parametrize("marked", ["HEAD^{tree}", "HEAD:file"], ids=["tree", "blob"])
def test_a_tag_that_leads_to_no_commit(project: GitProject, validate: Validate, marked: str) -> None:
    project.write("file", "content")
    project.commit("a file")
    project.tag("v1.5.0-rc.1", marked, annotated=True)
    refused(validate("v1.5.0-rc.1", at="refs/tags/v1.5.0-rc.0"), "E_TAG_OBJECT", "does not lead to a commit")


def test_a_tag_of_tags(project: GitProject, validate: Validate) -> None:
    project.tag("inner", annotated=True)
    project.tag("v1.5.0-rc.1", "inner", annotated=True)
    assert validate("v1.5.0-rc.1").code == 0


def test_a_workspace_without_checkout(run_action: Callable[..., Result], tmp_path: Path) -> None:
    (tmp_path / "empty").mkdir()
    done = run_action("validate_tag", {"tag": "v1.5.0"}, workspace=tmp_path / "empty")
    refused(done, "E_CHECKOUT", "actions/checkout")


def test_a_folder_inside_a_checkout_is_not_one(project: GitProject, run_action: Callable[..., Result]) -> None:
    below = project.tree / "below"
    below.mkdir()
    refused(run_action("validate_tag", {"tag": "v1.5.0-rc.0"}, workspace=below), "E_CHECKOUT")


def test_a_checkout_without_remote(project: GitProject, run_action: Callable[..., Result]) -> None:
    project.git("remote", "remove", "origin")
    done = run_action("validate_tag", {"tag": "v1.5.0-rc.0"}, workspace=project.tree)
    refused(done, "E_CHECKOUT", "no remote named `origin`")


def test_a_remote_that_is_gone(project: GitProject, run_action: Callable[..., Result]) -> None:
    project.push()
    workspace = project.checkout("refs/tags/v1.5.0-rc.0")
    project.origin.rename(project.origin.with_name("elsewhere"))
    refused(run_action("validate_tag", {"tag": "v1.5.0-rc.0"}, workspace=workspace), "E_REMOTE_UNAVAILABLE", "token")


def test_no_git(project: GitProject, run_action: Callable[..., Result], tmp_path: Path) -> None:
    (tmp_path / "bin").mkdir()
    env = {"PATH": str(tmp_path / "bin")}
    done = run_action("validate_tag", {"tag": "v1.5.0-rc.0"}, workspace=project.tree, env=env)
    refused(done, "E_PROGRAM", "`git` is not on PATH")
