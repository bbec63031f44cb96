"""A chart repository's branch that others replace, delete or always move, refusing servers, and a user's own git."""

import hashlib
import subprocess
from collections.abc import Iterator
from pathlib import Path

import pytest

from rehearsal.git.rules import Pusher
from rehearsal.git.server import GitServer
from release_actions.chart_repository import index
from release_actions.core.errors import Code, ReleaseError
from release_actions.system.retry import RetryPolicy
from tests.boundary.chart_repository.pages import AUTHOR, REF, TIME, Pages, entry, package
from tests.support.relay import Relay

REPLACE = f"git update-ref {REF} refs/heads/ours-alone"
MOVE = (
    # A hook may not write to what is about to be pushed, nor need it.
    "unset GIT_QUARANTINE_PATH GIT_OBJECT_DIRECTORY GIT_ALTERNATE_OBJECT_DIRECTORIES",
    "export GIT_AUTHOR_NAME=x GIT_AUTHOR_EMAIL=x GIT_COMMITTER_NAME=x GIT_COMMITTER_EMAIL=x",
    f"git update-ref {REF} $(git commit-tree -p {REF} -m x {REF}^{{tree}})",
)


def index_of(version: str) -> str:
    return index.add(index.EMPTY, entry(version), generated=TIME).decode()


@pytest.fixture
def others(pages: Pages) -> Pages:
    """A branch with another version, and two that could take its place: `ours-alone` has what is to be published."""
    for branch, version in (("ours-alone", "1.5.0"), ("new", "1.3.0")):
        pages.switch(branch, "main")
        pages.write("index.yaml", index_of(version))
        pages.commit(version)
    pages.switch("gh-pages", "main")
    pages.start(index_yaml=index_of("1.4.0"))
    return pages


def test_entries_of_others_that_vanish_right_after_the_push_are_missed(others: Pages) -> None:
    others.hook("post-receive", REPLACE)
    with pytest.raises(ReleaseError, match=r"after the push, index.yaml has lost operator 1\.4\.0") as lost:
        others.publisher("one").publish(entry("1.5.0"), AUTHOR)
    assert lost.value.code is Code.E_INDEX


def test_entries_of_others_that_vanish_between_two_tries_are_missed(others: Pages, relay: Relay) -> None:
    relay.before = lambda: others.served(*REPLACE.split()[1:])
    with pytest.raises(ReleaseError, match=r"index.yaml has lost operator 1\.4\.0") as lost:
        others.publisher("one", others.through(relay)).publish(entry("1.5.0"), AUTHOR)
    assert lost.value.code is Code.E_INDEX


@pytest.mark.parametrize("change", [f"update-ref {REF} refs/heads/new", f"update-ref -d {REF}"], ids=["new", "none"])
def test_a_branch_whose_history_is_replaced_before_the_push(others: Pages, relay: Relay, change: str) -> None:
    relay.before = lambda: others.served(*change.split())
    done = others.publisher("one", others.through(relay)).publish(entry("1.5.0"), AUTHOR)

    assert (done.tries, done.commit) == (2, others.tip())
    assert index.versions(others.index()) - {("operator", "1.3.0")} == {("operator", "1.5.0")}


def test_a_branch_that_always_moves_ends_in_one_error(others: Pages) -> None:
    others.hook("update", *MOVE)
    pauses: list[float] = []
    publisher = others.publisher("one", policy=RetryPolicy(attempts=3), pause=pauses.append)
    with pytest.raises(ReleaseError, match="was moved by others in each of 3 tries") as slow:
        publisher.publish(entry("1.5.0"), AUTHOR)

    assert slow.value.code is Code.E_TIMEOUT
    assert f"has moved or made {REF} in the meantime" in slow.value.details[0]
    assert len(pauses) == 2
    assert others.served("rev-list", "--count", REF) == "5", "two commits, and three of those who moved the branch"
    assert index.versions(others.index()) == {("operator", "1.4.0")}


@pytest.fixture
def refusing(git_server: GitServer) -> Iterator[list[bool]]:
    """Whether a server lets us push, each time that it is asked; afterwards it does."""
    answers: list[bool] = []
    before = git_server.pushers
    git_server.pushers = lambda _password, _name: Pusher("me", may_push=answers.pop(0) if answers else True)
    yield answers
    git_server.pushers = before


def test_a_push_that_the_server_refuses_is_not_tried_again(others: Pages, refusing: list[bool]) -> None:
    tip = others.tip()
    refusing.extend((True, False))  # it says what it has, and refuses what is sent then
    with pytest.raises(ReleaseError, match="refuses access") as refused:
        others.publisher("one").publish(entry("1.5.0"), AUTHOR)
    assert refused.value.code is Code.E_REMOTE_UNAVAILABLE
    assert "may push to this repository" in refused.value.next_step
    assert others.tip() == tip


def test_a_package_is_committed_as_it_is(pages: Pages, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    (tmp_path / ".config" / "git").mkdir(parents=True)
    (tmp_path / ".config" / "git" / "attributes").write_text("*.tgz text\n")
    monkeypatch.setenv("HOME", str(tmp_path))
    file = tmp_path / "operator-1.5.0.tgz"
    file.write_bytes(package("1.5.0") + b"\r\n")
    pages.publisher("one").publish(entry("1.5.0"), AUTHOR, package=file)

    served = subprocess.run(["git", "show", f"{REF}:{file.name}"], cwd=pages.origin, capture_output=True, check=True)
    assert hashlib.sha256(served.stdout).hexdigest() == hashlib.sha256(file.read_bytes()).hexdigest()
