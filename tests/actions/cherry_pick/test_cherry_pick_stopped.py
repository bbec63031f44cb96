"""What cherry-pick cannot pick, and says so: conflicts, commits of people, missing permissions, what is not merged."""

import json

import pytest

from rehearsal.git.rules import Pusher
from tests.actions.cherry_pick.project import Project, fixed, outcomes
from tests.support.relay import FAULTS, relayed


def test_one_conflict_does_not_stop_the_others(project: Project) -> None:
    project.git.switch("release-1.5")
    project.git.write("app.txt", fixed(3, "their own")["app.txt"])
    project.git.commit("Own way")
    project.git.push()
    number = project.merged(fixed(3, "fixed <b>@all</b>"))
    done = project.run(pull_requests=str(number), branches="release-1.5 release-1.4 release-9.9 gh-pages")
    assert outcomes(done) == {
        (f"#{number}", "release-1.5"): "conflict",
        (f"#{number}", "release-1.4"): "created",
        (f"#{number}", "release-9.9"): "no-branch",
        (f"#{number}", "gh-pages"): "no-branch",
    }
    assert done.error == "E_CHERRY_PICK"
    [comment] = project.comments(number)
    for part in ("app.txt", "their own", "git cherry-pick -x", "release-9.9", f"cherry-pick-{number}-to-release-1.5"):
        assert part in comment
    assert project.branches() == [f"cherry-pick-{number}-to-release-1.4"]


def test_a_conflict_may_become_a_draft(project: Project) -> None:
    project.git.switch("release-1.5")
    project.git.write("app.txt", fixed(3, "their own")["app.txt"])
    project.git.commit("Own way")
    project.git.push()
    number = project.merged(fixed(3))
    done = project.run(pull_requests=str(number), branches="release-1.5", conflicts="draft")
    assert outcomes(done) == {(f"#{number}", "release-1.5"): "conflict"}
    [made] = json.loads(done.outputs["pull-requests"])
    pull = project.api("GET", f"/pulls/{made}")
    assert (pull["draft"], "conflicts in app.txt" in pull["body"]) == (True, True)
    assert "<<<<<<<" in project.show(f"cherry-pick-{number}-to-release-1.5", "app.txt")
    again = project.run(pull_requests=str(number), branches="release-1.5", conflicts="draft")
    assert (again.code, outcomes(again)) == (1, outcomes(done))
    assert again.outputs["pull-requests"] == done.outputs["pull-requests"]
    assert "git cherry-pick -x" in project.comments(number)[0]


def test_a_persons_commits_are_never_touched(project: Project) -> None:
    number = project.merged(fixed(3))
    branch = f"cherry-pick-{number}-to-release-1.5"
    project.git.switch(branch, "release-1.5")
    project.git.write("app.txt", fixed(5)["app.txt"])
    mine = project.git.commit("My own work")
    project.git.git("push", "--quiet", "origin", branch)
    done = project.run(pull_requests=str(number), branches="release-1.5")
    assert outcomes(done) == {(f"#{number}", "release-1.5"): "blocked"}
    assert project.git.git("rev-parse", branch, cwd=project.origin) == mine


def test_a_persons_branch_that_appears_right_before_the_push_is_never_touched(project: Project) -> None:
    number = project.merged(fixed(3))
    branch, pushers = f"cherry-pick-{number}-to-release-1.5", project.server.pushers
    project.git.switch("mine", "release-1.5")
    mine = project.git.commit("My own work")
    project.git.git("push", "--quiet", "origin", "mine")

    def appear(password: str, name: str) -> Pusher | None:
        project.git.git("update-ref", f"refs/heads/{branch}", mine, cwd=project.origin)
        return pushers(password, name)

    project.server.pushers = appear
    done = project.run(pull_requests=str(number), branches="release-1.5")
    assert outcomes(done) == {(f"#{number}", "release-1.5"): "blocked"}
    assert project.git.git("rev-parse", branch, cwd=project.origin) == mine


def test_a_workflow_file_is_blocked_for_a_token_that_may_not(project: Project) -> None:
    number = project.merged({".github/workflows/ci.yml": "on: push\n"})
    done = project.run(pull_requests=str(number), branches="release-1.5")
    assert outcomes(done) == {(f"#{number}", "release-1.5"): "blocked"}
    assert "as it has a change of .github/workflows/ci.yml" in project.comments(number)[0]
    assert project.branches() == []


def test_a_token_without_permission_is_told_of(project: Project) -> None:
    number = project.merged(fixed(3))
    project.token = project.github.token(contents="read", pull_requests="write")
    done = project.run(pull_requests=str(number), branches="release-1.5")
    assert outcomes(done) == {(f"#{number}", "release-1.5"): "no-permission"}
    project.token = project.github.token(contents="write", pull_requests="read")
    done = project.run(pull_requests=str(number), branches="release-1.5")
    assert outcomes(done) == {(f"#{number}", "release-1.5"): "no-permission"}
    assert done.code == 1


def test_what_is_not_merged_is_not_picked(project: Project) -> None:
    waiting, closed = project.pull(fixed(3)), project.pull(fixed(5))
    project.api("PATCH", f"/pulls/{closed}", {"state": "closed"})
    done = project.run(pull_requests=f"{waiting} {closed} 4711", branches="release-1.5")
    assert (done.code, done.error, done.outputs["outcomes"], project.branches()) == (1, "E_CHERRY_PICK", "[]", [])
    assert "not merged yet" in project.comments(waiting)[0]
    assert "without being merged" in project.comments(closed)[0]


def test_a_commit_of_a_pull_request_only_is_not_picked(project: Project) -> None:
    number = project.pull(fixed(3))
    commit = project.api("GET", f"/pulls/{number}")["head"]["sha"]
    done = project.run(commits=commit, branches="release-1.5")
    assert (done.error, project.branches()) == ("E_CHERRY_PICK", [])


@pytest.mark.parametrize("fault", FAULTS)
def test_a_push_that_fails_once_is_tried_again(project: Project, fault: str) -> None:
    number = project.merged(fixed(3))
    with relayed(project.server) as relay:
        project.server_url, relay.faults = relay.url, [fault]
        done = project.run(pull_requests=str(number), branches="release-1.5")
    assert outcomes(done) == {(f"#{number}", "release-1.5"): "created"}, done.log
    assert relay.pushes == (1 if fault == "a lost answer" else 2)
    assert "fixed" in project.show(f"cherry-pick-{number}-to-release-1.5", "app.txt")


def test_a_push_that_goes_on_failing_is_not_called_refused(project: Project) -> None:
    number = project.merged(fixed(3))
    with relayed(project.server) as relay:
        project.server_url, relay.faults = relay.url, ["503"] * 9
        done = project.run(pull_requests=str(number), branches="release-1.5")
    assert outcomes(done) == {(f"#{number}", "release-1.5"): "failed"}
    assert (done.error, project.branches()) == ("E_CHERRY_PICK", [])
    assert "refuse" not in done.log + project.comments(number)[0]
    assert "can't be reached" in project.comments(number)[0]
