"""create-release-branch as a process: the branch once, from a good commit, and what belongs to it."""

import json
from concurrent.futures import ThreadPoolExecutor
from typing import Any

import pytest

from rehearsal.act.step import Result
from rehearsal.github.tokens import Kind
from rehearsal.projects.github_project import GitHubProject
from release_actions.github.client import GitHub as Client

ALL = "label milestone development-version protection"


@pytest.fixture
def project(github_project: GitHubProject) -> GitHubProject:
    """A project that has released 1.4, and whose default branch has gone on."""
    github_project.go_on_from_1_4()
    github_project.push()
    return github_project


def cut(project: GitHubProject, **inputs: str) -> Result:
    done = project.act("create_release_branch", None, **inputs)
    assert done.code == 0, done.log
    return done


def refused(project: GitHubProject, code: str, *said: str, **inputs: str) -> Result:
    return project.refused("create_release_branch", code, *said, **inputs)


def outcomes(done: Result) -> dict[str, str]:
    return {one["kind"]: one["outcome"] for one in done.result["artefacts"]}


def administrator(project: GitHubProject) -> str:
    permissions: dict[str, Any] = dict.fromkeys(("contents", "pull_requests", "issues", "administration"), "write")
    return project.github.token(kind=Kind.APP, login="release[bot]", checks="read", statuses="read", **permissions)


def checked(project: GitHubProject, commit: str, name: str, conclusion: str) -> None:
    """A check run of a commit; without a conclusion it still runs."""
    token = project.github.token(checks="write")
    fields = {"head_sha": commit, "name": name, **({"conclusion": conclusion} if conclusion else {})}
    with Client(project.github.url, project.name, token) as client:
        client.write("POST", "check-runs", fields, dict[str, Any], lambda: None)


def test_the_next_minor_version_with_everything(project: GitHubProject) -> None:
    tip = project.git("rev-parse", "main")
    done = cut(project, next="minor", follow_ups=ALL, token=administrator(project))
    assert project.refs()["refs/heads/release-1.5"] == tip
    assert (done.outputs["release-branch"], done.outputs["version"]) == ("release-1.5", "1.5")
    assert (done.outputs["commit"], done.outputs["created"]) == (tip, "true")
    assert outcomes(done) == dict.fromkeys(["branch", "label", "milestone", "ruleset", "pull request"], "done")
    assert list(project.repository.labels) == ["cherry-pick/release-1.5"]
    assert [one.title for one in project.repository.milestones.values()] == ["v1.5"]
    [ruleset] = project.repository.rulesets.values()
    assert ruleset["conditions"]["ref_name"]["include"] == ["refs/heads/release-1.5"]
    assert [rule["type"] for rule in ruleset["rules"]] == ["deletion", "non_fast_forward", "pull_request"]
    [issue] = project.repository.issues.values()
    assert issue.pull is not None
    assert (issue.pull.base_branch, issue.pull.head_branch) == ("main", "next-v1.6.0-rc.0")
    assert project.served("show", "next-v1.6.0-rc.0:VERSION") == "v1.6.0-rc.0"
    assert done.outputs["pull-request"].endswith(f"/pull/{issue.number}")


def test_a_second_run_writes_nothing(project: GitHubProject) -> None:
    token = administrator(project)
    first = cut(project, next="minor", follow_ups=ALL, token=token)
    project.fix("feat: the default branch goes on")
    project.push()
    before, writes = project.refs(), project.github.writes
    again = cut(project, next="minor", follow_ups=ALL, token=token)
    assert (project.refs(), project.github.writes) == (before, writes)
    assert set(outcomes(again).values()) == {"skipped"}
    assert (again.outputs["created"], again.outputs["commit"]) == ("false", first.outputs["commit"])
    assert again.outputs["pull-request"] == first.outputs["pull-request"]


def test_a_dry_run_writes_nothing_and_needs_no_right_to(project: GitHubProject) -> None:
    before = project.refs()
    done = cut(project, next="minor", follow_ups=ALL, dry_run="true", token="")
    assert (project.refs(), project.github.writes) == (before, ())
    assert set(outcomes(done).values()) == {"planned"}
    assert done.outputs["created"] == "false"
    assert json.loads(done.outputs["ruleset"])["name"] == "release-1.5"


@pytest.mark.parametrize(
    ("inputs", "branch"),
    [
        ({"next": "major"}, "release-2.0"),
        ({"version": "1.5"}, "release-1.5"),
        ({"version": "v1.5.0"}, "release-1.5"),
        ({"version": "1.7.0-rc.0"}, "release-1.7"),
    ],
)
def test_which_branch(project: GitHubProject, inputs: dict[str, str], branch: str) -> None:
    assert cut(project, dry_run="true", **inputs).outputs["release-branch"] == branch


@pytest.mark.parametrize(
    ("inputs", "said"),
    [
        ({}, "Exactly one"),
        ({"version": "1.5", "next": "minor"}, "Exactly one"),
        ({"version": "1.5.x"}, "not a version"),
        ({"version": "1.5\n::error::x"}, "\\n::error"),
        ({"version": "--upload-pack=x"}, "not a version"),
        ({"version": "٣.1"}, "not a version"),
        ({"next": "patch"}, "next"),
        ({"version": "1.5", "commit": "main"}, "full id"),
        ({"version": "1.5", "follow_ups": "labels"}, "follow-ups"),
        ({"version": "1.5", "follow_ups": "development-version", "development_version": "1.6"}, "not a release tag"),
    ],
)
def test_what_can_not_be_asked_for(project: GitHubProject, inputs: dict[str, str], said: str) -> None:
    done = project.act("create_release_branch", None, **inputs)
    assert (done.code, done.error) in {(1, "E_INPUT"), (1, "E_TAG_GRAMMAR")}
    assert said in done.log
    assert project.github.writes == ()
    assert "refs/heads/release-1.5" not in project.refs()


def test_a_pattern_of_the_project(project: GitHubProject) -> None:
    project.write(".github/release-actions.yml", "branch: v{major}.{minor}-branch\n")
    project.commit("chore: names")
    cut(project, version="1.5", follow_ups="")
    assert "refs/heads/v1.5-branch" in project.refs()


@pytest.mark.parametrize("pattern", ["release", "release-{major}", "release-{major}.{minor}.{minor}"])
def test_a_pattern_that_tells_no_version(project: GitHubProject, pattern: str) -> None:
    project.write(".github/release-actions.yml", f"branch: {pattern}\n")
    project.commit("chore: names")
    refused(project, "E_CONFIG", "branch pattern", version="1.5")


def test_a_commit_of_the_default_branch(project: GitHubProject) -> None:
    commit = project.git("rev-parse", "main")
    project.fix("feat: not for 1.5")
    cut(project, version="1.5", commit=commit, follow_ups="")
    assert project.refs()["refs/heads/release-1.5"] == commit


@pytest.mark.parametrize("commit", ["elsewhere", "f" * 40])
def test_a_commit_that_is_not_on_the_default_branch(project: GitHubProject, commit: str) -> None:
    project.switch("feature")
    made = project.fix("feat: not merged")
    project.switch("main")
    refused(project, "E_NOT_ON_BRANCH", "`main`", version="1.5", commit=made if commit == "elsewhere" else commit)


def test_a_branch_that_is_elsewhere_is_not_moved(project: GitHubProject) -> None:
    first = project.git("rev-parse", "main")
    project.git("branch", "release-1.5", first)
    later = project.fix("feat: later")
    refused(project, "E_BRANCH_EXISTS", first, later, version="1.5", commit=later)
    assert cut(project, version="1.5", commit=first, follow_ups="").outputs["created"] == "false"


def test_a_version_that_has_tags_is_not_cut_before_them(project: GitHubProject) -> None:
    project.switch("old")
    project.fix("fix: on the branch that was deleted")
    project.tag("v1.5.0")
    project.switch("main")
    refused(project, "E_VERSION_ORDER", "`v1.5.0`", version="1.5")


def test_failed_checks(project: GitHubProject) -> None:
    tip = project.git("rev-parse", "main")
    checked(project, tip, "unit tests", "failure")
    checked(project, tip, "nightly-e2e", "timed_out")
    checked(project, tip, "docs", "skipped")
    writes = project.github.writes
    done = refused(project, "E_CHECKS", "unit tests", next="minor", ignore_checks="nightly-*")
    assert "nightly-e2e" not in done.log
    checked(project, tip, "unit tests", "success")
    assert cut(project, next="minor", ignore_checks="nightly-*", dry_run="true").annotations == []
    refused(project, "E_CHECKS", "nightly-e2e", next="minor")
    cut(project, next="minor", require_checks="false", follow_ups="")
    assert len(project.github.writes) == len(writes) + 1


def test_checks_that_still_run_are_a_warning(project: GitHubProject) -> None:
    checked(project, project.git("rev-parse", "main"), "this very job", "")
    done = cut(project, next="minor", follow_ups="")
    assert [(note.level, note.title) for note in done.annotations] == [("warning", "Unfinished checks")]


def test_protection_that_the_token_may_not_set_is_proposed(project: GitHubProject) -> None:
    done = cut(project, next="minor", follow_ups="protection")
    assert "refs/heads/release-1.5" in project.refs()
    assert project.repository.rulesets == {}
    _, _, rest = done.summary.partition("```json\n")
    assert json.loads(rest.partition("```")[0]) == json.loads(done.outputs["ruleset"])
    assert [note.title for note in done.annotations] == ["Not protected"]


def test_other_protection_of_that_name_is_a_conflict_and_stops_nothing_else(project: GitHubProject) -> None:
    token = administrator(project)
    with Client(project.github.url, project.name, token) as client:
        other = {"name": "release-1.5", "target": "branch", "enforcement": "disabled", "rules": []}
        client.write("POST", "rulesets", other, dict[str, Any], lambda: None)
    done = project.act("create_release_branch", None, next="minor", follow_ups="label protection", token=token)
    assert (done.code, done.error) == (1, "E_BRANCH_EXISTS"), done.log
    assert "lacks the rule deletion" in done.log
    assert outcomes(done) == {"branch": "done", "label": "done", "ruleset": "refused"}
    assert len(project.repository.rulesets) == 1


def test_a_token_that_may_only_read(project: GitHubProject) -> None:
    token = project.github.token(contents="read", checks="read", statuses="read")
    refused(project, "E_REMOTE_UNAVAILABLE", "push to this repository", next="minor", token=token)


def test_a_follow_up_that_fails_stops_no_other_and_a_second_run_completes_it(project: GitHubProject) -> None:
    token = project.github.token(contents="write", pull_requests="write", checks="read", statuses="read")
    project.repository.actions_may_open_pulls = False
    done = project.act(
        "create_release_branch", None, next="minor", follow_ups="development-version milestone", token=token
    )
    assert (done.code, done.error) == (1, "E_GITHUB_PERMISSION"), done.log
    assert outcomes(done) == {"branch": "done", "milestone": "done", "pull request": "failed"}
    project.repository.actions_may_open_pulls = True
    again = cut(project, next="minor", follow_ups="development-version milestone", token=token)
    assert outcomes(again) == {"branch": "skipped", "milestone": "skipped", "pull request": "done"}


def test_every_follow_up_that_fails_is_named_with_the_permission_that_it_lacks(project: GitHubProject) -> None:
    token = project.github.token(contents="write", checks="read", statuses="read")
    done = project.act("create_release_branch", None, next="minor", follow_ups=ALL, token=token)
    assert (done.code, done.error) == (1, "E_GITHUB_PERMISSION"), done.log
    failed = dict.fromkeys(["label", "milestone", "pull request"], "failed")
    assert outcomes(done) == {"branch": "done", "ruleset": "planned", **failed}
    what, step = done.result["error"]["what"], done.result["error"]["next"]
    for part in (f"/repos/{project.name}/labels", f"/repos/{project.name}/milestones", "open a pull request"):
        assert part in what
    assert "`issues: write` or `pull-requests: write`" in step
    assert "/compare/main...next-v1.6.0-rc.0" in step
    assert step.count("`issues: write`") == 1


def test_a_conflict_and_a_missing_permission_are_both_named(project: GitHubProject) -> None:
    with Client(project.github.url, project.name, administrator(project)) as client:
        other = {"name": "release-1.5", "target": "branch", "enforcement": "disabled", "rules": []}
        client.write("POST", "rulesets", other, dict[str, Any], lambda: None)
    project.push()
    project.served("update-ref", "refs/heads/next-v1.6.0-rc.0", project.git("rev-parse", "main"))
    token = project.github.token(contents="write", checks="read", statuses="read")
    done = project.act("create_release_branch", None, next="minor", follow_ups=ALL, token=token)
    assert (done.code, done.error) == (1, "E_BRANCH_EXISTS"), done.log
    for part in ("lacks the rule deletion", "`next-v1.6.0-rc.0` exists", "/labels", "/milestones"):
        assert part in done.result["error"]["what"]
    for part in ("leave it out of the input `follow-ups`", "`issues: write`", "Open a pull request from it to `main`"):
        assert part in done.result["error"]["next"]


def test_every_permission_to_look_that_is_missing_is_named(project: GitHubProject) -> None:
    project.repository.private = True
    token = project.github.token(contents="write", metadata="read")
    done = refused(project, "E_GITHUB_PERMISSION", next="minor", follow_ups=ALL, token=token)
    assert all(f"`{name}: read`" in done.result["error"]["next"] for name in ("checks", "statuses"))
    done = refused(project, "E_GITHUB_PERMISSION", next="minor", follow_ups=ALL, require_checks="false", token=token)
    assert all(name in done.result["error"]["what"] for name in ("/labels", "/milestones", "/pulls"))
    assert "`pull-requests: read`" in done.result["error"]["next"]


def test_a_token_that_may_only_read_is_given_every_permission_at_once(project: GitHubProject) -> None:
    token = project.github.token(contents="read", checks="read", statuses="read")
    done = refused(project, "E_REMOTE_UNAVAILABLE", next="minor", follow_ups=ALL, token=token)
    assert "`contents: write`" in done.result["error"]["next"]
    assert "`pull-requests: write`" in done.result["error"]["next"]
    without = refused(project, "E_REMOTE_UNAVAILABLE", next="minor", follow_ups="", token=token)
    assert "pull-requests" not in without.result["error"]["next"]


def test_a_development_version_needs_places_to_be_set_in(project: GitHubProject) -> None:
    project.write(".github/release-actions.yml", "platforms: [linux/amd64]\n")
    project.commit("chore: no places")
    refused(project, "E_INPUT", "no version place", version="1.5", follow_ups="development-version")
    cut(project, version="1.5", follow_ups="development-version", charts="charts/*", places="VERSION")
    assert project.served("show", "next-v1.6.0-rc.0:VERSION") == "v1.6.0-rc.0"


def test_the_default_branch_never_goes_back(project: GitHubProject) -> None:
    project.version("1.7.0-rc.0")
    done = cut(project, version="1.5", follow_ups="development-version")
    assert outcomes(done) == {"branch": "done", "pull request": "skipped"}
    assert project.repository.issues == {}


def test_runs_at_the_same_time_make_one_branch(project: GitHubProject) -> None:
    with ThreadPoolExecutor(2) as pool:
        started = [pool.submit(project.run, "create_release_branch", next="minor") for _ in range(2)]
    done = [one.result() for one in started]
    assert "refs/heads/release-1.5" in project.refs()
    assert [one.error for one in done] == ["", ""]
    assert list(project.repository.labels) == ["cherry-pick/release-1.5"]


def test_a_repository_that_is_not_there(project: GitHubProject) -> None:
    done = project.act("create_release_branch", {"GITHUB_REPOSITORY": "kubeflow/nothing"}, next="minor")
    assert (done.code, done.error) == (1, "E_REMOTE_UNAVAILABLE"), done.log
