"""Refs of a real server, moved all together or not at all, by whoever else moves them at the same time."""

from collections.abc import Callable
from pathlib import Path

import pytest

from rehearsal.git.project import GitProject
from rehearsal.git.rules import Rule, set_rules
from rehearsal.git.server import GitServer
from release_actions.core.errors import Code, ReleaseError
from release_actions.git.program import Git
from release_actions.git.push import Move, push
from release_actions.git.remote import Remote, remote_of
from release_actions.system.process import Completed

MAIN = "refs/heads/main"
TAG = "refs/tags/v1.5.0"


class Project(GitProject):
    """A project, and the remote of it that an action works with."""

    def __init__(self, folder: Path, server: GitServer) -> None:
        name = f"kubeflow/{folder.name.replace('_', '-')}"
        super().__init__(folder, server.repository(name), f"{server.url}/{name}")
        self.push()
        self.remote: Remote = remote_of(name, folder / "private.git", token="", server_url=server.url)
        self.remote.fetch(MAIN)
        self.tip = self.remote.refs().branches["main"]

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


@pytest.mark.parametrize("works", [True, False], ids=["the push had worked", "it had not"])
def test_an_answer_that_was_lost_is_looked_after(
    project: Project, monkeypatch: pytest.MonkeyPatch, *, works: bool
) -> None:
    sent: list[tuple[str, ...]] = []
    monkeypatch.setattr("release_actions.git.push._PAUSES", (0.0, 0.0))
    monkeypatch.setattr(Git, "start", losing_the_first_answer(Git.start, sent, works=works))
    commit = project.next_commit()
    push(project.remote, Move(TAG, commit))
    assert project.served()[TAG] == commit
    assert len(sent) == (1 if works else 2)


def losing_the_first_answer(
    start: Callable[..., Completed], sent: list[tuple[str, ...]], *, works: bool
) -> Callable[..., Completed]:
    def run(git: Git, *arguments: str, stdin: str = "", timeout: float = 60) -> Completed:
        if "push" not in arguments:
            return start(git, *arguments, stdin=stdin, timeout=timeout)
        sent.append(arguments)
        if works or len(sent) > 1:
            done = start(git, *arguments, timeout=timeout)
            if len(sent) > 1:
                return done
        return Completed(("git", *arguments), 128, "", "error: RPC failed; curl 56 Recv failure")

    return run


def test_a_server_that_lets_nobody_push(project: Project, git_server: GitServer) -> None:
    anyone, git_server.pushers = git_server.pushers, lambda _password, _name: None
    try:
        with pytest.raises(ReleaseError) as raised:
            push(project.remote, Move(TAG, project.next_commit()))
    finally:
        git_server.pushers = anyone
    assert raised.value.code is Code.E_REMOTE_UNAVAILABLE
    assert project.served() == {MAIN: project.tip}
