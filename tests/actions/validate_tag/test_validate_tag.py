"""validate-tag as a process, on depth-1 checkouts of tags from a real git server: the spelling and order of tags."""

from collections.abc import Callable

import pytest

from rehearsal.act.step import Result
from rehearsal.git.project import GitProject
from tests.actions.validate_tag.validation import Validate, refused


@pytest.mark.parametrize("annotated", [False, True], ids=["lightweight", "annotated"])
def test_a_candidate_in_every_spelling(project: GitProject, validate: Validate, *, annotated: bool) -> None:
    commit = project.commit("v1.5.0-rc.1")
    project.tag("v1.5.0-rc.1", annotated=annotated)
    project.commit("a fix after the tag")
    done = validate("v1.5.0-rc.1")
    assert done.code == 0, done.log
    del done.outputs["result"]
    assert done.outputs == {
        "tag": "v1.5.0-rc.1",
        "version": "1.5.0-rc.1",
        "major": "1",
        "minor": "5",
        "patch": "0",
        "prerelease": "rc.1",
        "is-prerelease": "true",
        "is-latest": "false",
        "previous-tag": "v1.5.0-rc.0",
        "release-branch": "release-1.5",
        "commit": commit,
        "image-tag": "v1.5.0-rc.1",
        "chart-version": "1.5.0-rc.1",
        "app-version": "v1.5.0-rc.1",
        "pep440-version": "1.5.0rc1",
        "matrix": '{"include":[]}',
        "images": '{"include":[]}',
        "charts": '{"include":[]}',
        "pending-images": "",
        "built-images": "",
        "chart-references": "",
        "release-parts": '{"images":[],"charts":[],"floating-tags":[],"index-branch":""}',
    }
    assert done.annotations == []
    assert commit in done.summary


def test_a_release_is_latest_and_follows_the_release_before(project: GitProject, validate: Validate) -> None:
    project.commit("v1.5.0")
    project.tag("v1.5.0", annotated=True)
    done = validate("v1.5.0", require_candidate="true")
    assert done.code == 0, done.log
    assert [done.outputs[name] for name in ("is-latest", "is-prerelease", "prerelease", "previous-tag")] == [
        *("true", "false", "", "v1.4.1")
    ]


def test_the_tag_that_started_the_run_is_the_default(validate: Validate) -> None:
    done = validate("", at="refs/tags/v1.5.0-rc.0", env={"GITHUB_REF": "refs/tags/v1.5.0-rc.0"})
    assert done.outputs["tag"] == "v1.5.0-rc.0"


def test_a_run_by_hand_has_to_name_a_tag(validate: Validate) -> None:
    env = {"GITHUB_REF": "refs/heads/main", "GITHUB_EVENT_NAME": "workflow_dispatch"}
    refused(validate("", at="refs/tags/v1.5.0-rc.0", env=env), "E_EVENT", "inputs.tag")


def test_a_patch_of_an_older_line_is_not_latest(project: GitProject, validate: Validate) -> None:
    project.tag("v1.5.0")
    project.switch("release-1.4", "main")
    project.commit("v1.4.2")
    project.tag("v1.4.2")
    done = validate("v1.4.2")
    assert done.code == 0, done.log
    assert [done.outputs[name] for name in ("is-latest", "previous-tag", "release-branch")] == [
        *("false", "v1.4.1", "release-1.4")
    ]


@pytest.mark.parametrize(("commit", "annotated"), [("later", False), ("later", True), ("same", True)])
def test_a_candidate_after_its_release(
    project: GitProject, validate: Validate, commit: str, *, annotated: bool
) -> None:
    project.commit("v1.5.0")
    project.tag("v1.5.0", annotated=annotated)
    if commit == "later":
        project.commit("v1.5.0-rc.1")
    project.tag("v1.5.0-rc.1", annotated=annotated)
    refused(validate("v1.5.0-rc.1"), "E_VERSION_ORDER", "`v1.5.0`, which is released already", "v1.5.1-rc.0")


@pytest.mark.parametrize("annotated", [False, True], ids=["lightweight", "annotated"])
def test_a_candidate_before_its_release_can_be_validated_again(
    project: GitProject, validate: Validate, *, annotated: bool
) -> None:
    project.commit("v1.5.0-rc.1")
    project.tag("v1.5.0-rc.1", annotated=annotated)
    project.commit("v1.5.0")
    project.tag("v1.5.0", annotated=annotated)
    superseded(validate("v1.5.0-rc.1"))


@pytest.mark.parametrize("annotated", [False, True], ids=["lightweight", "annotated"])
def test_a_candidate_that_became_the_release_unchanged_can_be_validated_again(
    project: GitProject, validate: Validate, *, annotated: bool
) -> None:
    project.tag("v1.5.0-rc.1", annotated=annotated)
    project.tag("v1.5.0", annotated=annotated)
    superseded(validate("v1.5.0-rc.1"))


def superseded(done: Result) -> None:
    """The run succeeded, and its one annotation says that the candidate's release is there."""
    [note] = done.annotations
    assert (done.code, note.level, note.title) == (0, "notice", "Superseded candidate")
    assert "came before v1.5.0, which is released" in note.message


def test_a_release_without_candidate(project: GitProject, validate: Validate) -> None:
    project.tag("v1.5.1")
    assert validate("v1.5.1").code == 0


def test_a_release_without_candidate_where_one_is_required(project: GitProject, validate: Validate) -> None:
    project.tag("v1.5.1")
    refused(validate("v1.5.1", require_candidate="true"), "E_NO_CANDIDATE", "v1.5.2-rc.0")


def test_gaps_are_warnings_that_name_the_first_missing_tags(project: GitProject, validate: Validate) -> None:
    project.tag("v1.5.0-rc.14")
    done = validate("v1.5.0-rc.14")
    assert done.code == 0, done.log
    [warning] = done.annotations
    assert warning.level == "warning"
    named = ", ".join(f"v1.5.0-rc.{number}" for number in range(1, 11))
    assert warning.message == f"Before v1.5.0-rc.14 these tags are missing: {named} and 3 more."


@pytest.mark.parametrize(
    "tag",
    [
        *("v1.5.0\n::error::x", "v1.\u0665.0", "v1.5.0$(touch canary)", "--upload-pack=touch canary", "v" + "1" * 299),
        *("refs/heads/main", "HEAD", "v1beta2-1.6.2-3.5.0", "v1.5.0;touch canary", "`touch canary`", "../v1.5.0"),
    ],
)
def test_hostile_tags(validate: Validate, tag: str) -> None:
    refused(validate(tag, at="refs/tags/v1.5.0-rc.0"), "E_TAG_GRAMMAR")


def test_it_runs_on_a_laptop(project: GitProject, run_action: Callable[..., Result]) -> None:
    project.push()
    args = ["--tag", "v1.5.0-rc.0", "--images", "ghcr.io/kubeflow/demo"]
    done = run_action("validate_tag", workspace=project.tree, args=args)
    assert done.code == 0, done.errors
    assert "release-branch=release-1.5" in done.log.splitlines()
