"""A project's own workflow runs as it would on GitHub, from the tag to the page of the run."""

from pathlib import Path

import pytest

from rehearsal.act.step import Annotation
from rehearsal.base.errors import RehearsalError
from rehearsal.git.origin import Origin
from rehearsal.git.worktree import WorkTree
from rehearsal.run.rehearse import Rehearsal, Run


@pytest.fixture(scope="module")
def origin(rehearsal: Rehearsal, caller: Path) -> Origin:
    return rehearsal.stage(caller, "acme/caller")


@pytest.fixture(scope="module")
def tagged(rehearsal: Rehearsal, origin: Origin) -> Run:
    """The run that an annotated tag starts."""
    (only,) = rehearsal.push_tag(origin, "v1.0.0")
    return only


def test_a_tag_runs_the_workflow_that_reacts_to_it(tagged: Run) -> None:
    assert tagged.workflow == ".github/workflows/release.yml"
    assert tagged.outcome.exit_code == 0
    jobs = [job.name.rpartition("/")[2] for job in tagged.outcome.jobs]
    assert jobs[0] == "greet"
    assert sorted(jobs[1:]) == ["show-1", "show-2"]
    assert {job.result for job in tagged.outcome.jobs} == {"success"}


def test_jobs_pass_outputs_and_files_on(tagged: Run, origin: Origin) -> None:
    commit = origin.commit("refs/tags/v1.0.0")
    assert f"greeting=hello v1.0.0 commit={commit} sha={commit}" in tagged.outcome.log.read_text()


def test_the_page_and_the_annotations_are_kept(tagged: Run) -> None:
    assert tagged.outcome.summary.count("## Hello v1.0.0") == 1
    assert "<h2>Hello v1.0.0</h2>" in tagged.page.read_text()
    assert "<td>2</td>" in tagged.page.read_text()
    assert tagged.outcome.annotations == (Annotation("notice", "Greeting", "VERSION", 1, "hello 100% v1.0.0"),)


def test_no_step_sees_the_token_or_the_users_environment(
    rehearsal: Rehearsal, origin: Origin, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("AWS_SECRET_ACCESS_KEY", "the user's own")
    (one,) = rehearsal.push_tag(origin, "v1.0.1")
    environment = (one.outcome.log.parent / "artifacts" / "found" / "environment").read_text()
    assert "GITHUB_REF=refs/tags/v1.0.1\n" in environment
    assert "ghs_" not in environment
    assert "the user's own" not in environment


def test_a_workflow_is_started_by_hand_with_inputs(rehearsal: Rehearsal, origin: Origin) -> None:
    one = rehearsal.dispatch(origin, "refs/heads/main", {"who": "release manager"}, ".github/workflows/release.yml")
    assert one.outcome.exit_code == 0
    assert "## Hello release manager" in one.outcome.summary


def test_a_failed_step_fails_the_run(rehearsal: Rehearsal, origin: Origin) -> None:
    one = rehearsal.dispatch(origin, "refs/heads/main", {"who": "failure"}, ".github/workflows/release.yml")
    assert one.outcome.exit_code == 1
    assert [job.result for job in one.outcome.jobs] == ["failure"]
    assert "✗ kubeflow/release-actions/actions/greet@v1" in one.outcome.log.read_text()
    assert "## Hello failure" in one.outcome.summary


@pytest.mark.parametrize(
    ("tag", "workflow", "message"),
    [
        pytest.param("v9.9.9", None, "no tag 'v9.9.9'; its newest are: .*v1.0.1", id="no such tag"),
        pytest.param("v1.0.0", ".github/workflows/other.yml", "other.yml of acme/caller", id="no such workflow"),
        pytest.param(
            "other-1.0", None, "no workflow of acme/caller reacts to push of refs/tags/other", id="no trigger"
        ),
    ],
)
def test_what_cannot_run_is_said(
    tag: str, workflow: str | None, message: str, rehearsal: Rehearsal, origin: Origin
) -> None:
    with pytest.raises(RehearsalError, match=message):
        rehearsal.push_tag(origin, tag, workflow)


def test_a_tag_is_not_created_on_a_branch_that_is_not_there(origin: Origin) -> None:
    with pytest.raises(RehearsalError, match=r"no branch 'release-1\.0'"):
        origin.create_tag("v1.0.9", "release-1.0")


def test_a_job_for_an_unknown_runner_is_no_success(rehearsal: Rehearsal, tmp_path: Path) -> None:
    workflow = """
on: push
jobs:
  elsewhere:
    runs-on: ${{ fromJSON('["windows", "2099"]') }}
    steps:
      - run: exit 0
"""
    project = WorkTree.create(tmp_path / "project", {".github/workflows/push.yml": workflow})
    project.tag("v1.0.0")
    (one,) = rehearsal.push_tag(rehearsal.stage(project.folder, "acme/elsewhere"), "v1.0.0")
    assert one.outcome.exit_code == 1


def test_a_release_manager_releases_from_a_clone(rehearsal: Rehearsal, caller: Path) -> None:
    origin = rehearsal.stage(caller, "acme/managed")
    clone = rehearsal.clone(origin)
    clone.branch("release-1.1")
    clone.write({"VERSION": "v1.1.0\n"})
    commit = clone.commit("Prepare v1.1.0")
    clone.tag("v1.1.0")
    clone.push("v1.1.0")
    assert origin.commit("refs/heads/release-1.1") == commit
    (one,) = rehearsal.push_tag(origin, "v1.1.0")
    assert f"commit={commit}" in one.outcome.log.read_text()


def test_a_run_may_do_what_its_jobs_say(rehearsal: Rehearsal, tmp_path: Path) -> None:
    pushing = """
on: {push: {branches: [main]}}
permissions: {contents: %s}
jobs:
  push:
    runs-on: ubuntu-24.04
    steps:
      - uses: actions/checkout@08c6903cd8c0fde910a37f88322edcfb5dd907a8 # v5.0.0
      - run: git push "https://x:$TOKEN@github.com/acme/permissions" HEAD:refs/heads/$NAME
        env: {TOKEN: "${{ github.token }}", NAME: by-%s}
"""
    files = {f".github/workflows/{access}.yml": pushing % (access, access) for access in ("read", "write")}
    tree = WorkTree.create(tmp_path / "project", files)
    before = tree.git("rev-parse", "HEAD")
    tree.write({"VERSION": "v1.0.0"})
    commit = tree.commit("Next")
    origin = rehearsal.stage(tree.folder, "acme/permissions")
    runs = rehearsal.push_branch(origin, "main", before)
    assert {Path(one.workflow).stem: one.outcome.exit_code for one in runs} == {"read": 1, "write": 0}
    assert origin.resolve("refs/heads/by-write") == commit
    assert origin.resolve("refs/heads/by-read") is None
