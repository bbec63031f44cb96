"""A checkout and its remote: nothing that the checkout says is run, and no login goes where it doesn't belong."""

import base64
import os
import shutil
import subprocess
import threading
from collections.abc import Iterator
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path

import pytest

from rehearsal.git.project import GitProject
from rehearsal.git.server import GitServer
from release_actions.core.errors import Code, ReleaseError
from release_actions.git.checkout import read_checkout
from release_actions.git.remote import Remote

TOKEN = "ghs_0123456789012345678901234567890123456789"
BASIC = "basic " + base64.b64encode(f"x-access-token:{TOKEN}".encode()).decode()
PERSISTED = "basic cGVyc2lzdGVkOmxvZ2lu"

# Everything in a repository's configuration that starts a program, and what would make git look there.
HOSTILE_CONFIG = """
[core]
    fsmonitor = {run}
    hooksPath = {hooks}
    sshCommand = {run}
    gitProxy = {run}
    askPass = {run}
    pager = {run}
    editor = {run}
    alternateRefsCommand = {run}
[log]
    showSignature = true
[gpg]
    program = {run}
[credential]
    helper = "!{run}"
[protocol "ext"]
    allow = always
[url "ext::{run} "]
    insteadOf = http://
[remote "origin"]
    uploadpack = {run}
    vcs = {run}
    proxy = http://127.0.0.1:1/
    promisor = true
    partialclonefilter = tree:0
[extensions]
    partialClone = origin
[filter "canary"]
    clean = {run}
    smudge = {run}
    process = {run}
    required = true
[alias]
    cat-file = "!{run}"
    config = "!{run}"
"""


@pytest.fixture
def project(tmp_path: Path, git_server: GitServer) -> GitProject:
    name = f"kubeflow/{tmp_path.name.replace('_', '-')}"
    made = GitProject(tmp_path, git_server.repository(name), f"{git_server.url}/{name}")
    made.switch("release-1.5")
    made.commit("v1.5.0")
    made.tag("v1.5.0", annotated=True)
    made.push()
    return made


class Listener(ThreadingHTTPServer):
    """A web server that notes every request's path and login, and refuses them or sends them on to `to`."""

    def __init__(self, to: str = "") -> None:
        super().__init__(("127.0.0.1", 0), _Listening)
        self.to = to
        self.heard: list[tuple[str, str]] = []

    @property
    def url(self) -> str:
        return f"http://127.0.0.1:{self.server_address[1]}"


class _Listening(BaseHTTPRequestHandler):
    server: Listener

    def do_GET(self) -> None:
        self.server.heard.append((self.path, self.headers.get("Authorization", "")))
        self.send_response_only(302 if self.server.to else 403)
        if self.server.to:
            self.send_header("Location", self.server.to + self.path)
        self.send_header("Content-Length", "0")
        self.end_headers()


@pytest.fixture
def listener() -> Iterator[Listener]:
    with Listener() as started:
        thread = threading.Thread(target=started.serve_forever)
        thread.start()
        yield started
        started.shutdown()
        thread.join()


def remote_of(workspace: Path, *, token: str = "", server_url: str = "https://github.com") -> Remote:
    folder = workspace.with_name(f"{workspace.name}-private")
    return Remote(read_checkout(workspace), folder, token=token, server_url=server_url, pause=lambda _: None)


def refused(remote: Remote) -> bool:
    """Asked for its refs, the remote is unavailable, and the error says nothing of a login."""
    with pytest.raises(ReleaseError) as caught:
        remote.refs(pytest.fail)
    error = caught.value
    assert TOKEN not in str((error.what, error.next_step, error.details))
    return error.code is Code.E_REMOTE_UNAVAILABLE


def test_nothing_that_a_checkout_says_is_run(
    project: GitProject, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    workspace = project.checkout("refs/tags/v1.5.0")
    canary = tmp_path / "canary"
    program = tmp_path / "program"
    program.write_text(f"#!/bin/sh\necho run >> {canary}\n")
    program.chmod(0o755)
    hooks = tmp_path / "hooks"
    hooks.mkdir()
    for name in ("reference-transaction", "post-checkout", "post-index-change", "fsmonitor-watchman"):
        shutil.copy(program, hooks / name)
        shutil.copy(program, workspace / ".git/hooks" / name)
    hostile = HOSTILE_CONFIG.format(run=program, hooks=hooks)
    with (workspace / ".git/config").open("a") as config:
        config.write(hostile)
    (workspace / ".gitattributes").write_text("* filter=canary\n")
    home = tmp_path / "home"
    home.mkdir()
    (home / ".gitconfig").write_text(hostile)
    monkeypatch.setenv("HOME", str(home))
    for name in (
        "GIT_SSH_COMMAND",
        "GIT_ASKPASS",
        "SSH_ASKPASS",
        "GIT_EXTERNAL_DIFF",
        "GIT_PAGER",
        "GIT_PROXY_COMMAND",
    ):
        monkeypatch.setenv(name, str(program))
    monkeypatch.setenv("GIT_DIR", str(hooks))

    checkout = read_checkout(workspace)
    remote = remote_of(workspace)
    refs = remote.refs(pytest.fail)
    remote.fetch("refs/tags/v1.5.0", "refs/heads/release-1.5")
    assert remote.tag("v1.5.0").commit == checkout.commit
    assert remote.is_ancestor(checkout.commit, refs.branches["release-1.5"])
    assert not canary.exists()
    subprocess.run(["git", "status"], cwd=workspace, env={"PATH": os.environ["PATH"]}, check=False)
    assert canary.exists(), "the bait is no good"


@pytest.mark.parametrize(
    "url", ["ext::{run} %S", "--upload-pack={run}", "ssh://-oProxyCommand={run}/x", "fd::17", "{run}::x", "|{run}"]
)
def test_a_remote_that_is_a_command_is_not_asked(project: GitProject, tmp_path: Path, url: str) -> None:
    canary = tmp_path / "canary"
    program = tmp_path / "program"
    program.write_text(f"#!/bin/sh\ntouch {canary}\n")
    program.chmod(0o755)
    workspace = project.checkout("refs/tags/v1.5.0")
    project.git("config", "remote.origin.url", url.format(run=program), cwd=workspace)
    assert refused(remote_of(workspace))
    assert not canary.exists()


def test_missing_objects_are_not_fetched_by_what_the_checkout_says(project: GitProject, tmp_path: Path) -> None:
    workspace = project.checkout("refs/tags/v1.5.0")
    shutil.rmtree(workspace / ".git/objects")
    (workspace / ".git/objects").mkdir()
    canary = tmp_path / "canary"
    for key, value in {
        "core.repositoryFormatVersion": "1",
        "extensions.partialClone": "origin",
        "remote.origin.promisor": "true",
        "remote.origin.url": str(project.origin),
        "remote.origin.uploadpack": f"touch {canary};",
    }.items():
        project.git("config", key, value, cwd=workspace)
    with pytest.raises(ReleaseError) as caught:
        read_checkout(workspace)
    assert caught.value.code is Code.E_CHECKOUT
    assert not canary.exists()


def test_a_token_goes_to_its_own_server_in_a_header(project: GitProject, listener: Listener) -> None:
    workspace = project.checkout("refs/tags/v1.5.0")
    project.git("config", "remote.origin.url", f"{listener.url}/kubeflow/demo", cwd=workspace)
    assert refused(remote_of(workspace, token=TOKEN, server_url=listener.url))
    assert listener.heard
    assert {login for _, login in listener.heard} == {BASIC}
    assert not any(TOKEN in path for path, _ in listener.heard)
    kept = [file.read_text() for file in workspace.with_name("workspace-private").rglob("*") if file.is_file()]
    assert not any(TOKEN in text or BASIC in text for text in kept)


def test_a_token_goes_to_no_other_server(project: GitProject, listener: Listener) -> None:
    workspace = project.checkout("refs/tags/v1.5.0")
    project.git("config", "remote.origin.url", f"{listener.url}/kubeflow/demo", cwd=workspace)
    assert refused(remote_of(workspace, token=TOKEN))
    assert {login for _, login in listener.heard} == {""}


@pytest.mark.parametrize("login", ["the input token", "what the checkout left"])
def test_a_login_does_not_follow_a_redirect(project: GitProject, listener: Listener, login: str) -> None:
    workspace = project.checkout("refs/tags/v1.5.0")
    with Listener(to=listener.url) as first:
        thread = threading.Thread(target=first.serve_forever)
        thread.start()
        project.git("config", "remote.origin.url", f"{first.url}/kubeflow/demo", cwd=workspace)
        if login == "what the checkout left":
            key = f"http.{first.url}/.extraheader"
            project.git("config", key, f"AUTHORIZATION: {PERSISTED}", cwd=workspace)
        assert refused(remote_of(workspace, token=TOKEN, server_url=first.url))
        first.shutdown()
        thread.join()
    assert {login for _, login in first.heard} == {BASIC if login == "the input token" else PERSISTED}
    assert listener.heard == []


def test_after_a_checkout_by_ssh_the_token_opens_the_same_repository(project: GitProject, listener: Listener) -> None:
    workspace = project.checkout("refs/tags/v1.5.0")
    project.git("config", "remote.origin.url", "git@127.0.0.1:kubeflow/demo.git", cwd=workspace)
    assert refused(remote_of(workspace, token=TOKEN, server_url=listener.url))
    assert set(listener.heard) == {("/kubeflow/demo.git/info/refs?service=git-upload-pack", BASIC)}


@pytest.mark.parametrize("where", ["config", "included file"])
def test_the_login_that_a_checkout_left_is_used(project: GitProject, listener: Listener, where: str) -> None:
    workspace = project.checkout("refs/tags/v1.5.0")
    project.git("config", "remote.origin.url", f"{listener.url}/kubeflow/demo", cwd=workspace)
    file = workspace / ".git/config" if where == "config" else project.folder / "credentials.config"
    key = f"http.{listener.url}/.extraheader"
    project.git("config", "--file", str(file), key, f"AUTHORIZATION: {PERSISTED}", cwd=workspace)
    if where == "included file":
        project.git("config", f"includeIf.gitdir:{workspace}/.git.path", str(file), cwd=workspace)
    assert refused(remote_of(workspace, token=TOKEN, server_url=listener.url))
    assert {login for _, login in listener.heard} == {PERSISTED}


def test_a_login_in_the_address_is_not_shown(project: GitProject, listener: Listener) -> None:
    workspace = project.checkout("refs/tags/v1.5.0")
    project.git("config", "remote.origin.url", f"{listener.url.replace('//', f'//me:{TOKEN}@')}/demo", cwd=workspace)
    assert refused(remote_of(workspace))


@pytest.mark.parametrize(
    "login", ["me:Tr0ub@Batt3ry", "me:Tr0ub/Batt3ry", "me:Tr0ub Batt3ry", "Tr0ub/@Batt3ry", "@/Tr0ub@Batt3ry"]
)
def test_no_part_of_a_login_in_the_address_is_shown(project: GitProject, listener: Listener, login: str) -> None:
    workspace = project.checkout("refs/tags/v1.5.0")
    project.git("config", "remote.origin.url", f"{listener.url.replace('//', f'//{login}@')}/demo", cwd=workspace)
    with pytest.raises(ReleaseError) as raised:
        remote_of(workspace).refs(pytest.fail)
    said = str((raised.value.what, raised.value.next_step, raised.value.details))
    assert f"{listener.url}/demo" in said
    assert not any(part in said for part in ("Tr0ub", "Batt3ry"))


def play_git(folder: Path, script: str, monkeypatch: pytest.MonkeyPatch) -> None:
    """Put a `git` on PATH that is a shell script."""
    real = shutil.which("git")
    folder.mkdir()
    (folder / "git").write_text(f"#!/bin/sh\n{script.format(git=real)}\n")
    (folder / "git").chmod(0o755)
    monkeypatch.setenv("PATH", f"{folder}:{os.environ['PATH']}")


def test_a_checkout_of_another_user(project: GitProject, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    workspace = project.checkout("refs/tags/v1.5.0")
    play_git(tmp_path / "bin", 'GIT_TEST_ASSUME_DIFFERENT_OWNER=1 exec {git} "$@"', monkeypatch)
    assert read_checkout(workspace).url == project.url


def test_an_old_git(project: GitProject, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    play_git(tmp_path / "bin", "echo git version 2.25.1", monkeypatch)
    with pytest.raises(ReleaseError) as caught:
        read_checkout(project.tree)
    assert caught.value.code is Code.E_PROGRAM
    assert "2.25.1" in caught.value.what


def refuse_once(folder: Path, said: str, monkeypatch: pytest.MonkeyPatch) -> None:
    """Put a `git` on PATH whose first question to a remote fails with these words."""
    failing = f"mkdir {folder}/asked 2> /dev/null && echo '{said}' >&2 && exit 128"
    play_git(folder / "bin", f'case $1 in ls-remote) {failing};; esac; exec {{git}} "$@"', monkeypatch)


def test_a_login_that_git_shows_is_not_shown(
    project: GitProject, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    workspace = project.checkout("refs/tags/v1.5.0")
    refuse_once(tmp_path, f"fatal: unable to access https://me:{TOKEN}@github.com/", monkeypatch)
    assert refused(remote_of(workspace))


def test_a_fault_of_the_server_that_passes_is_waited_for(
    project: GitProject, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    workspace = project.checkout("refs/tags/v1.5.0")
    refuse_once(tmp_path, "fatal: unable to access: Could not resolve host: github.com", monkeypatch)
    assert "v1.5.0" in remote_of(workspace).refs(pytest.fail).tags


def test_a_commit_that_is_not_there_is_not_called_missing_from_a_branch(project: GitProject) -> None:
    remote = remote_of(project.checkout("refs/tags/v1.5.0"))
    remote.fetch("refs/heads/release-1.5")
    with pytest.raises(ReleaseError) as caught:
        remote.is_ancestor("1" * 40, remote.refs(pytest.fail).branches["release-1.5"])
    assert caught.value.code is Code.E_GIT


def test_a_remote_that_is_a_relative_path(project: GitProject) -> None:
    workspace = project.checkout("refs/tags/v1.5.0")
    project.git("config", "remote.origin.url", os.path.relpath(project.origin, workspace), cwd=workspace)
    assert "v1.5.0" in remote_of(workspace).refs(pytest.fail).tags


def test_a_repository_of_sha256_objects(tmp_path: Path) -> None:
    workspace, origin = tmp_path / "workspace", tmp_path / "origin"
    author = ["-c", "user.name=Release Manager", "-c", "user.email=manager@example.org"]
    project = GitProject(tmp_path, origin, "")
    project.git("init", "--quiet", "--bare", "--object-format=sha256", str(origin))
    project.git("init", "--quiet", "--object-format=sha256", str(workspace))
    project.git(*author, "commit", "--quiet", "--allow-empty", "--message", "v1.5.0", cwd=workspace)
    project.git("tag", "v1.5.0", cwd=workspace)
    project.git("remote", "add", "origin", str(origin), cwd=workspace)
    project.git("push", "--quiet", "origin", "refs/tags/v1.5.0", cwd=workspace)
    checkout = read_checkout(workspace)
    assert len(checkout.commit) == 64
    remote = remote_of(workspace)
    assert remote.refs(pytest.fail).tags == {"v1.5.0": checkout.commit}
    remote.fetch("refs/tags/v1.5.0", shallow=True)
    assert remote.tag("v1.5.0").committed_at == checkout.time
