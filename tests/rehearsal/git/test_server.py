"""git talks to github.com in a rehearsal as it does to the real one."""

from pathlib import Path

import pytest

from rehearsal.base.errors import RehearsalError
from rehearsal.base.programs import run
from rehearsal.git.server import GitServer
from rehearsal.hosts.internet import Internet


def commit(work: Path, text: str) -> str:
    """Commits one file of a new or present repository; returns the commit's id."""
    if not work.exists():
        run(["git", "init", "--quiet", "--initial-branch=main", str(work)])
    (work / "file").write_text(text)
    run(["git", "-C", str(work), "add", "file"])
    identity = ["-c", "user.name=Tester", "-c", "user.email=tester@example.com"]
    run(["git", "-C", str(work), *identity, "commit", "--quiet", "--message=a change"])
    return run(["git", "-C", str(work), "rev-parse", "HEAD"]).strip()


@pytest.mark.parametrize("suffix", ["", ".git"])
def test_push_and_shallow_clone(suffix: str, loopback: Internet, tmp_path: Path) -> None:
    loopback.git.repository(f"acme/shallow{suffix.strip('.')}")
    url = f"https://github.com/acme/shallow{suffix.strip('.')}{suffix}"
    commit(tmp_path / "work", "one")
    second = commit(tmp_path / "work", "two")
    run(["git", "-C", str(tmp_path / "work"), "push", "--quiet", url, "HEAD:refs/heads/main"], env=loopback.env())
    run(["git", "clone", "--quiet", "--depth=1", url, str(tmp_path / "clone")], env=loopback.env())
    assert run(["git", "-C", str(tmp_path / "clone"), "log", "--format=%H"]).split() == [second]


def test_fetch_without_blobs_and_of_any_commit(git_server: GitServer, tmp_path: Path) -> None:
    origin = git_server.repository("acme/partial")
    url = f"{git_server.url}/acme/partial"
    first = commit(tmp_path / "work", "one")
    commit(tmp_path / "work", "two")
    run(["git", "-C", str(tmp_path / "work"), "push", "--quiet", url, "HEAD:refs/heads/main"])
    bare = tmp_path / "bare"
    run(["git", "init", "--quiet", "--bare", str(bare)])
    run(["git", "-C", str(bare), "fetch", "--quiet", "--depth=1", "--filter=tree:0", url, first])
    assert run(["git", "-C", str(bare), "cat-file", "-t", first]) == "commit\n"
    assert run(["git", "-C", str(origin), "rev-list", "--count", "main"]) == "2\n"


def test_a_commit_that_is_not_there_is_an_answer_and_no_words_on_the_terminal(
    git_server: GitServer, tmp_path: Path, capfd: pytest.CaptureFixture[str]
) -> None:
    """Git asks for the commit of a submodule as well when it merges one, and goes on without it."""
    git_server.repository("acme/links")
    commit(tmp_path / "work", "one")
    url = f"{git_server.url}/acme/links"
    run(["git", "-C", str(tmp_path / "work"), "push", "--quiet", url, "HEAD:refs/heads/main"])
    with pytest.raises(RehearsalError, match="not our ref"):
        run(["git", "-C", str(tmp_path / "work"), "fetch", "--quiet", url, "1" * 40])
    assert capfd.readouterr() == ("", "")


def test_a_large_push(git_server: GitServer, tmp_path: Path) -> None:
    """More than git's http.postBuffer: the body is sent in chunks, after a probe."""
    origin = git_server.repository("acme/large")
    commit(tmp_path / "work", "".join(f"{number * 7919 % 1000003}\n" for number in range(500_000)))
    push = ["-c", "http.postBuffer=65536", "push", "--quiet", f"{git_server.url}/acme/large", "HEAD:refs/heads/main"]
    run(["git", "-C", str(tmp_path / "work"), *push])
    assert run(["git", "-C", str(origin), "rev-list", "--count", "main"]) == "1\n"


def test_only_the_token_may_push_and_anyone_may_read(tmp_path: Path) -> None:
    commit(tmp_path / "work", "one")
    work = ["git", "-C", str(tmp_path / "work"), "-c", "core.askPass=true"]
    with GitServer(tmp_path / "served", token="right") as server:
        origin = server.repository("acme/guarded")
        host = server.url.removeprefix("http://")
        for wrong in (server.url, f"http://x:wrong@{host}"):
            with pytest.raises(RehearsalError, match=r"Authentication failed|could not read|403|401"):
                run([*work, "push", "--quiet", f"{wrong}/acme/guarded", "HEAD:refs/heads/main"])
        assert run(["git", "-C", str(origin), "for-each-ref"]) == ""
        run([*work, "push", "--quiet", f"http://x-access-token:right@{host}/acme/guarded", "HEAD:refs/heads/main"])
        assert "refs/heads/main" in run(["git", "ls-remote", f"{server.url}/acme/guarded"])


@pytest.mark.parametrize("path", ["acme/nothing", "../etc", "acme/../../etc", "acme", "acme/a/b", ".git/x"])
def test_what_is_not_a_repository_is_not_found(path: str, git_server: GitServer) -> None:
    with pytest.raises(RehearsalError, match=r"not found|404"):
        run(["git", "ls-remote", f"{git_server.url}/{path}"])
