"""Publishing to a chart repository's branch: whoever else does so at the same time, nothing is lost."""

import hashlib
import os
import subprocess
import threading
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import pytest

from rehearsal.git.server import GitServer
from release_actions.chart_repository import index
from release_actions.core.errors import Code, ReleaseError
from release_actions.core.report import State
from tests.boundary.chart_repository.pages import AUTHOR, REF, Pages, entry, package
from tests.support.relay import FAULTS, Relay


def test_the_first_entry_makes_the_branch_and_the_second_run_does_nothing(pages: Pages) -> None:
    one = entry("1.5.0")
    first = pages.publisher("first").publish(one, AUTHOR)
    assert (first.state, first.tries, first.commit) == (State.ABSENT, 1, pages.tip())
    assert index.versions(pages.index()) == {("operator", "1.5.0")}
    assert pages.served("log", "--format=%P|%an|%ae|%at|%cn|%ct", REF) == (
        "|github-actions[bot]|bot@example.org|1700000000|github-actions[bot]|1700000000"
    )
    second = pages.publisher("second")
    assert second.find(one).state is State.SAME
    assert second.publish(one, AUTHOR).state is State.SAME
    assert pages.tip() == first.commit


def test_everything_else_on_the_branch_stays(pages: Pages, tmp_path: Path) -> None:
    pages.start(index_yaml=index.EMPTY.decode(), CNAME="charts.example.org\n", **{"docs/a b.md": "text\n"})
    before, parent = pages.served("ls-tree", "-r", REF), pages.tip()
    file = tmp_path / "operator-1.5.0.tgz"
    file.write_bytes(package("1.5.0"))
    pages.publisher("one").publish(entry("1.5.0"), AUTHOR, package=file)
    assert pages.served("rev-parse", f"{REF}^") == parent
    changed = pages.served("diff-tree", "-r", "--name-status", parent, REF)
    assert changed == "M\tindex.yaml\nA\toperator-1.5.0.tgz"
    assert len(pages.served("ls-tree", "-r", REF).splitlines()) == len(before.splitlines()) + 1
    blob = subprocess.run(["git", "show", f"{REF}:{file.name}"], cwd=pages.origin, capture_output=True, check=True)
    assert hashlib.sha256(blob.stdout).hexdigest() == entry("1.5.0").digest


def test_a_branch_without_an_index_gets_one(pages: Pages) -> None:
    pages.start(README_md="Our website\n")
    pages.publisher("one").publish(entry("1.5.0"), AUTHOR)
    assert pages.served("ls-tree", "--name-only", REF) == "README.md\nindex.yaml"


def test_a_published_version_is_never_replaced(pages: Pages) -> None:
    pages.publisher("one").publish(entry("1.5.0"), AUTHOR)
    tip = pages.tip()
    with pytest.raises(ReleaseError) as caught:
        pages.publisher("two").publish(entry("1.5.0", extra="description: other\n"), AUTHOR)
    assert caught.value.code is Code.E_VERSION_EXISTS
    assert entry("1.5.0").digest in str(caught.value.details)
    assert pages.tip() == tip


def test_a_package_that_is_there_without_an_entry_is_never_replaced(pages: Pages, tmp_path: Path) -> None:
    pages.start(**{"index.yaml": index.EMPTY.decode(), "operator-1.5.0.tgz": "another"})
    tip = pages.tip()
    file = tmp_path / "operator-1.5.0.tgz"
    file.write_bytes(package("1.5.0"))
    with pytest.raises(ReleaseError, match=r"another operator-1\.5\.0\.tgz already") as caught:
        pages.publisher("one").publish(entry("1.5.0"), AUTHOR, package=file)
    assert caught.value.code is Code.E_VERSION_EXISTS
    assert pages.tip() == tip


def test_publishers_at_the_same_time_lose_nothing(pages: Pages) -> None:
    names = [f"chart-{number}" for number in range(5)]
    together = threading.Barrier(len(names))

    def publish(name: str) -> list[str]:
        publisher = pages.publisher(name)
        together.wait()
        return [publisher.publish(entry(f"1.{number}.0", name), AUTHOR).commit for number in range(2)]

    with ThreadPoolExecutor(len(names)) as pool:
        commits = [commit for made in pool.map(publish, names) for commit in made]
    assert index.versions(pages.index()) == {(name, f"1.{number}.0") for name in names for number in range(2)}
    history = pages.served("rev-list", REF).splitlines()
    assert set(commits) <= set(history)
    assert len(history) == len(commits), "each entry is one commit on top of another"


def test_one_version_with_several_contents_has_one_winner(pages: Pages) -> None:
    together = threading.Barrier(4)

    def publish(number: int) -> str:
        publisher = pages.publisher(str(number))
        together.wait()
        try:
            return publisher.publish(entry("1.5.0", extra=f"description: '{number}'\n"), AUTHOR).commit
        except ReleaseError as error:
            return error.code.name

    with ThreadPoolExecutor(4) as pool:
        results = list(pool.map(publish, range(4)))
    assert results.count("E_VERSION_EXISTS") == 3
    assert pages.tip() in results


@pytest.mark.parametrize("request_line", [b"GET ", b"POST "], ids=["before git asks", "before the server decides"])
def test_a_tip_that_moves_meanwhile(pages: Pages, relay: Relay, request_line: bytes) -> None:
    pages.start(**{"index.yaml": index.EMPTY.decode()})
    other = pages.publisher("other")
    relay.request, relay.before = request_line, lambda: other.publish(entry("1.4.0"), AUTHOR)
    done = pages.publisher("one", pages.through(relay)).publish(entry("1.5.0"), AUTHOR)
    assert done.tries == 2
    assert index.versions(pages.index()) == {("operator", "1.4.0"), ("operator", "1.5.0")}


@pytest.mark.parametrize("fault", FAULTS)
def test_a_push_that_fails_once_makes_one_commit(pages: Pages, relay: Relay, fault: str) -> None:
    pages.start(**{"index.yaml": index.EMPTY.decode()})
    before = pages.tip()
    relay.faults = [fault]
    done = pages.publisher("one", pages.through(relay)).publish(entry("1.5.0"), AUTHOR)
    assert (done.state, done.tries, done.commit) == (State.ABSENT, 1, pages.tip())
    assert pages.served("rev-parse", f"{REF}^") == before


def test_a_protected_branch_is_one_clear_error(pages: Pages) -> None:
    pages.start(**{"index.yaml": index.EMPTY.decode()})
    tip = pages.tip()
    pages.hook("pre-receive", "echo 'error: GH006: Protected branch update failed for refs/heads/gh-pages.'", "exit 1")
    with pytest.raises(ReleaseError, match="refuses the push of refs/heads/gh-pages") as caught:
        pages.publisher("one").publish(entry("1.5.0"), AUTHOR)
    assert caught.value.code is Code.E_BRANCH_PROTECTED
    assert any("GH006" in line for line in caught.value.details)
    assert pages.tip() == tip


def test_only_the_index_is_fetched_of_a_large_branch(pages: Pages, relay: Relay) -> None:
    pages.start(**{"index.yaml": index.EMPTY.decode()})
    for number in range(5):
        (pages.tree / f"a-{number}.tgz").write_bytes(os.urandom(2_000_000))
        pages.commit(f"a {number}")
    pages.push()
    pages.publisher("one", pages.through(relay)).publish(entry("1.5.0"), AUTHOR)
    assert 0 < relay.received < 20_000
    assert index.versions(pages.index()) == {("operator", "1.5.0")}


@pytest.mark.parametrize(
    ("content", "says"),
    [
        (b"<html></html>\n", "HTML"),
        (b"", "it is empty"),
        (b"apiVersion: v1\nentries: \xff\n", "not UTF-8"),
        (b"# \n" * (index.LIMIT // 3 + 1), "more than"),
    ],
    ids=["HTML", "zero bytes", "no text", "too large"],
)
def test_a_bad_index_is_left_alone(pages: Pages, content: bytes, says: str) -> None:
    pages.start(README_md="Our website\n")
    (pages.tree / "index.yaml").write_bytes(content)
    tip = pages.commit("break the index")
    pages.push()
    with pytest.raises(ReleaseError, match=says) as caught:
        pages.publisher("one").publish(entry("1.5.0"), AUTHOR)
    assert caught.value.code is Code.E_INDEX
    assert pages.tip() == tip


def test_an_index_that_is_a_link_is_left_alone(pages: Pages) -> None:
    pages.start(README_md="Our website\n")
    (pages.tree / "index.yaml").symlink_to("README.md")
    pages.commit("link")
    pages.push()
    with pytest.raises(ReleaseError, match="is no plain file"):
        pages.publisher("one").publish(entry("1.5.0"), AUTHOR)


def test_a_remote_that_is_not_there(pages: Pages) -> None:
    with pytest.raises(ReleaseError) as caught:
        pages.publisher("one", pages.url + "-else").publish(entry("1.5.0"), AUTHOR)
    assert caught.value.code is Code.E_REMOTE_UNAVAILABLE


@pytest.mark.parametrize("name", ["", "a:refs/tags/v1", "*", "a..b", "a b", "a\nb", "x.lock", "-x/"])
def test_a_name_that_is_no_branch(pages: Pages, name: str) -> None:
    with pytest.raises(ReleaseError, match="can't be a branch's name") as caught:
        pages.publisher("one", branch=name)
    assert caught.value.code is Code.E_INPUT


def test_a_push_without_permission(tmp_path: Path) -> None:
    with GitServer(tmp_path / "served", token="right") as server:
        pages = Pages(tmp_path, server.repository("kubeflow/charts"), f"{server.url}/kubeflow/charts")
        with pytest.raises(ReleaseError, match="refuses access") as caught:
            pages.publisher("one").publish(entry("1.5.0"), AUTHOR)
    assert caught.value.code is Code.E_REMOTE_UNAVAILABLE
    assert "may push" in caught.value.next_step


def test_an_entry_that_vanishes_right_after_the_push_is_noticed(pages: Pages) -> None:
    pages.start(**{"index.yaml": index.EMPTY.decode()})
    first = pages.tip()
    pages.hook("post-receive", f"git update-ref {REF} {first}")
    with pytest.raises(ReleaseError, match=r"has lost operator 1\.5\.0"):
        pages.publisher("one").publish(entry("1.5.0"), AUTHOR)
