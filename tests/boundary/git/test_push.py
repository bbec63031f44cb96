"""Refs of a real server, moved all together or not at all, by whoever else moves them at the same time."""

from pathlib import Path

import pytest

from rehearsal.git.project import GitProject
from rehearsal.git.rules import Pusher, Rule, set_rules
from rehearsal.git.server import GitServer
from release_actions.core.errors import Code, ReleaseError
from release_actions.git.checkout import Checkout
from release_actions.git.push import Move, push
from release_actions.git.remote import PushDeniedError, Remote
from tests.support.relay import FAULTS, relayed

MAIN = "refs/heads/main"
TAG = "refs/tags/v1.5.0"


class Project(GitProject):
    """A project, and the remote of it that an action works with."""

    def __init__(self, folder: Path, server: GitServer) -> None:
        name = f"kubeflow/{folder.name.replace('_', '-')}"
        super().__init__(folder, server.repository(name), f"{server.url}/{name}")
        self.push()
        self.waits: list[float] = []
        self.remote = self.remote_at(server.url)
        self.remote.fetch(MAIN)
        self.tip = self.remote.refs(pytest.fail).branches["main"]

    def remote_at(self, server_url: str) -> Remote:
        """The remote at a server or a relay of it, whose waits are counted and not waited for."""
        url = f"{server_url}/{self.url.split('/', 3)[3]}"
        nowhere = Checkout(self.folder, commit="", time=0, url=url, authorization="")
        return Remote(nowhere, self.folder / "private.git", token="", server_url="", pause=self.waits.append)

    def next_commit(self) -> str:
        """A commit on top of main, in the private repository alone."""
        tree = self.remote.git.run("rev-parse", f"{self.tip}^{{tree}}").strip()
        who = "Release Manager <manager@example.org> 1750000000 +0000"
        text = f"tree {tree}\nparent {self.tip}\nauthor {who}\ncommitter {who}\n\nnext\n"
        return self.remote.git.run("hash-object", "-t", "commit", "-w", "--stdin", stdin=text).strip()

    def served(self) -> dict[str, str]:
        listed = self.git("for-each-ref", "--format=%(refname) %(objectname)", cwd=self.origin)
        return dict(line.split(" ") for line in listed.splitlines())


@pytest.fixture
def project(tmp_path: Path, git_server: GitServer) -> Project:
    return Project(tmp_path, git_server)


def test_a_branch_and_a_tag_move_together(project: Project) -> None:
    commit = project.next_commit()
    push(project.remote, Move(MAIN, commit, project.tip), Move(TAG, commit))
    assert project.served() == {MAIN: commit, TAG: commit}


@pytest.mark.parametrize("other", ["the branch", "the tag"])
def test_when_one_is_elsewhere_none_is_moved(project: Project, other: str) -> None:
    commit = project.next_commit()
    theirs = project.commit("somebody else's")
    if other == "the tag":
        project.tag("v1.5.0")
        project.git("push", "--quiet", "origin", TAG)
    else:
        project.push()
    before = project.served()
    with pytest.raises(ReleaseError) as raised:
        push(project.remote, Move(MAIN, commit, project.tip), Move(TAG, commit))
    assert raised.value.code is Code.E_BRANCH_MOVED
    assert project.served() == before
    assert theirs in before.values()


def test_a_branch_that_is_being_moved_at_this_moment(project: Project) -> None:
    (project.origin / f"{MAIN}.lock").touch()  # as another push has it while it moves the branch
    commit = project.next_commit()
    with pytest.raises(ReleaseError, match="cannot lock ref") as raised:
        push(project.remote, Move(MAIN, commit, project.tip), Move(TAG, commit))
    assert raised.value.code is Code.E_BRANCH_MOVED
    assert project.served() == {MAIN: project.tip}


def test_a_new_branch_is_made_from_a_branch_that_has_gone_on(project: Project) -> None:
    commit = project.next_commit()
    project.commit("somebody else's")
    project.push()
    push(project.remote, Move("refs/heads/prepare", commit))
    assert project.served()["refs/heads/prepare"] == commit


def test_what_is_there_already_is_no_failure(project: Project) -> None:
    commit = project.next_commit()
    for _ in range(2):
        push(project.remote, Move(TAG, commit))
    assert project.served()[TAG] == commit


def test_rules_of_the_repository(project: Project) -> None:
    set_rules(project.origin, [Rule(TAG, ("creation",))])
    commit = project.next_commit()
    with pytest.raises(ReleaseError, match="repository rule violations") as raised:
        push(project.remote, Move(MAIN, commit, project.tip), Move(TAG, commit))
    assert raised.value.code is Code.E_BRANCH_PROTECTED
    assert project.served() == {MAIN: project.tip}


@pytest.mark.parametrize("fault", FAULTS)
def test_what_fails_once_is_tried_again(project: Project, git_server: GitServer, fault: str) -> None:
    commit = project.next_commit()
    with relayed(git_server) as relay:
        relay.faults = [fault]
        push(project.remote_at(relay.url), Move(MAIN, commit, project.tip), Move(TAG, commit))
    assert project.served() == {MAIN: commit, TAG: commit}
    sent_again = fault != "a lost answer"
    assert (relay.pushes, len(project.waits)) == ((2, 1) if sent_again else (1, 0))


@pytest.mark.parametrize("fault", ["503", "a lost connection"])
def test_what_goes_on_failing_is_not_called_refused(project: Project, git_server: GitServer, fault: str) -> None:
    commit = project.next_commit()
    with relayed(git_server) as relay:
        relay.faults = [fault] * 9
        with pytest.raises(ReleaseError, match="can't be reached: this run could not push to it") as raised:
            push(project.remote_at(relay.url), Move(TAG, commit))
    assert raised.value.code is Code.E_REMOTE_UNAVAILABLE
    assert "refuse" not in f"{raised.value.what} {raised.value.next_step}"
    assert (relay.pushes, len(project.waits)) == (5, 4)
    assert project.served() == {MAIN: project.tip}


def test_another_one_pushes_the_same_between_a_failure_and_the_next_try(
    project: Project, git_server: GitServer
) -> None:
    commit = project.next_commit()
    with relayed(git_server) as relay:
        relay.faults = ["503"]
        relay.before = lambda: push(project.remote, Move(TAG, commit))
        push(project.remote_at(relay.url), Move(TAG, commit))
    assert (relay.pushes, project.served()[TAG]) == (1, commit)


def test_another_one_pushes_something_else_between_a_failure_and_the_next_try(
    project: Project, git_server: GitServer
) -> None:
    commit = project.next_commit()
    with relayed(git_server) as relay:
        relay.faults = ["503"]
        relay.before = lambda: push(project.remote, Move(TAG, project.tip))
        with pytest.raises(ReleaseError) as raised:
            push(project.remote_at(relay.url), Move(TAG, commit))
    assert raised.value.code is Code.E_BRANCH_MOVED
    assert project.served()[TAG] == project.tip


def test_what_is_there_in_part_is_not_done(project: Project) -> None:
    commit = project.next_commit()
    push(project.remote, Move(TAG, commit))
    project.commit("somebody else's")
    project.push()
    before = project.served()
    with pytest.raises(ReleaseError, match=MAIN) as raised:
        push(project.remote, Move(MAIN, commit, project.tip), Move(TAG, commit))
    assert raised.value.code is Code.E_BRANCH_MOVED
    assert project.served() == before


def test_workflow_files_need_a_permission_of_their_own(project: Project, git_server: GitServer) -> None:
    project.write(".github/workflows/ci.yml", "on: push\n")
    commit = project.commit("ci: a workflow")
    project.git("push", "--quiet", str(project.folder / "private.git"), f"{commit}:refs/heads/made")
    set_rules(project.origin, [])
    anyone, git_server.pushers = git_server.pushers, lambda _password, _name: Pusher("github-actions[bot]")
    try:
        with pytest.raises(ReleaseError, match=r"\.github/workflows/ci\.yml") as raised:
            push(project.remote, Move(MAIN, commit, project.tip), Move(TAG, commit))
    finally:
        git_server.pushers = anyone
    assert raised.value.code is Code.E_NEEDS_WORKFLOWS_PERMISSION
    assert project.served() == {MAIN: project.tip}


def test_a_server_that_lets_nobody_push(project: Project, git_server: GitServer) -> None:
    anyone, git_server.pushers = git_server.pushers, lambda _password, _name: None
    try:
        with pytest.raises(ReleaseError) as raised:
            push(project.remote, Move(TAG, project.next_commit()))
    finally:
        git_server.pushers = anyone
    assert (type(raised.value), raised.value.code) == (PushDeniedError, Code.E_REMOTE_UNAVAILABLE)
    assert project.waits == []
    assert project.served() == {MAIN: project.tip}
