"""In a loopback internet it is api.github.com, and git and Helm know it as github.com."""

import sys
from collections.abc import Iterator
from pathlib import Path

import pytest

from rehearsal.base.errors import RehearsalError
from rehearsal.base.programs import run
from rehearsal.github import GitHub
from rehearsal.hosts.internet import Internet

RELEASE = """
import sys
from github import Auth, Github
token, name, folder = sys.argv[1:]
client = Github(auth=Auth.Token(token), retry=None, seconds_between_requests=0, seconds_between_writes=0)
repository = client.get_repo(name)
draft = repository.create_git_release("v1.6.0", "1.6.0", "Notes", draft=True, target_commitish="main")
asset = draft.upload_asset(f"{folder}/chart.tgz", content_type="application/gzip")
asset.download_asset(f"{folder}/from-the-draft.tgz")
print(draft.update_release("1.6.0", "Notes", draft=False).assets[0].browser_download_url)
"""


@pytest.fixture
def internet(tmp_path: Path, github: GitHub) -> Iterator[Internet]:
    with Internet(tmp_path / "internet") as started:
        github.join(started)
        github.add("acme/operator", started.git.repository("acme/operator"))
        yield started


@pytest.fixture
def work(tmp_path: Path) -> Path:
    work = tmp_path / "work"
    run(["git", "init", "--quiet", "--initial-branch=main", str(work)])
    for file in ("VERSION", ".github/workflows/ci.yml"):
        (work / file).parent.mkdir(parents=True, exist_ok=True)
        (work / file).write_text("1.6.0\n")
        run(["git", "-C", str(work), "add", file])
        identity = ["-c", "user.name=Ann", "-c", "user.email=ann@example.com"]
        run(["git", "-C", str(work), *identity, "commit", "--quiet", f"--message={file}"])
    return work


def push(internet: Internet, work: Path, token: str, commit: str) -> None:
    url = f"https://x-access-token:{token}@github.com/acme/operator"
    run(["git", "-C", str(work), "push", "--quiet", url, f"{commit}:refs/heads/main"], env=internet.env())


def test_a_release_from_push_to_download(internet: Internet, github: GitHub, work: Path, tmp_path: Path) -> None:
    token = github.token(contents="write")
    push(internet, work, token, "HEAD~1")
    (tmp_path / "chart.tgz").write_bytes(b"chart")
    arguments = [token, "acme/operator", str(tmp_path)]
    url = run([sys.executable, "-c", RELEASE, *arguments], env=internet.env()).strip()
    assert (tmp_path / "from-the-draft.tgz").read_bytes() == b"chart"
    assert url == "https://github.com/acme/operator/releases/download/v1.6.0/chart.tgz"
    read = "import requests, sys; print(requests.get(sys.argv[1], timeout=10).text)"
    assert run([sys.executable, "-c", read, url], env=internet.env()) == "chart\n"
    assert internet.refused == ()
    hosts = {call.host for call in internet.proxy.calls}
    assert hosts == {"api.github.com", "uploads.github.com", "release-assets.githubusercontent.com", "github.com"}


def test_a_push_needs_the_permissions_of_a_token(internet: Internet, github: GitHub, work: Path) -> None:
    with pytest.raises(RehearsalError, match=r"Authentication failed|could not read"):
        push(internet, work, "nonsense", "HEAD~1")
    with pytest.raises(RehearsalError, match=r"Permission to acme/operator\.git denied to github-actions\[bot\]"):
        push(internet, work, github.token(contents="read"), "HEAD~1")
    with pytest.raises(RehearsalError, match="without `workflows` permission"):
        push(internet, work, github.token(contents="write"), "HEAD")
    assert run(["git", "-C", str(internet.git.repository("acme/operator")), "for-each-ref"]) == ""
    push(internet, work, github.token(contents="write"), "HEAD~1")


def test_a_private_repository_is_read_with_a_token_that_may(internet: Internet, github: GitHub, work: Path) -> None:
    push(internet, work, github.token(contents="write"), "HEAD~1")
    github.add("acme/operator", internet.git.repository("acme/operator"), private=True)
    read = github.token(contents="read", repository="acme/operator")
    assert "refs/heads/main" in listed(internet, f"x-access-token:{read}@")
    with pytest.raises(RehearsalError, match=r"Authentication failed|could not read"):
        listed(internet, "")
    for other in (github.token(issues="write"), github.token(contents="read", repository="acme/another")):
        with pytest.raises(RehearsalError, match="Repository not found"):
            listed(internet, f"x-access-token:{other}@")


def listed(internet: Internet, login: str) -> str:
    return run(["git", "ls-remote", f"https://{login}github.com/acme/operator"], env=internet.env())
