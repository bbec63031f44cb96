"""The origin is what GitHub would have once everything in a local repository had been pushed."""

from pathlib import Path

import pytest

from rehearsal.base.errors import RehearsalError
from rehearsal.base.programs import run
from rehearsal.git.origin import stage
from rehearsal.git.server import GitServer
from rehearsal.git.worktree import WorkTree


@pytest.fixture
def upstream(tmp_path: Path) -> WorkTree:
    """A repository with the branches main and release-1.0 and an annotated and a lightweight tag."""
    tree = WorkTree.create(tmp_path / "upstream", {"file": "one"})
    tree.branch("release-1.0")
    tree.tag("v1.0.0")
    tree.tag("light", annotated=False)
    tree.branch("main")
    return tree


def test_branches_and_tags_are_the_same(upstream: WorkTree, git_server: GitServer) -> None:
    origin = stage(upstream.folder, git_server, "acme/same")
    refs = ["for-each-ref", "--format=%(refname) %(objectname) %(objecttype)"]
    assert origin.git(*refs) == upstream.git(*refs)
    assert origin.default_branch == "main"
    assert origin.commit("refs/tags/v1.0.0") == upstream.git("rev-parse", "main")
    assert "refs/tags/v1.0.0" in run(["git", "ls-remote", f"{git_server.url}/acme/same"])


def test_branches_of_the_remote_count_unless_the_local_one_is_ahead(
    upstream: WorkTree, git_server: GitServer, tmp_path: Path
) -> None:
    run(["git", "clone", "--quiet", str(upstream.folder), str(tmp_path / "local")])
    local = WorkTree(tmp_path / "local")
    local.branch("release-1.0")
    local.write({"file": "unpushed"})
    ahead = local.commit("Local work")
    upstream.write({"file": "news"})
    news = upstream.commit("News that the local main has not")
    local.git("fetch", "--quiet")
    origin = stage(local.folder, git_server, "acme/ahead")
    assert origin.commit("refs/heads/release-1.0") == ahead
    assert origin.commit("refs/heads/main") == news
    assert origin.git("for-each-ref", "--format=%(refname)", "refs/heads") == "refs/heads/main\nrefs/heads/release-1.0"


def test_a_shallow_clone_is_staged(upstream: WorkTree, git_server: GitServer, tmp_path: Path) -> None:
    upstream.write({"file": "two"})
    tip = upstream.commit("Second")
    run(["git", "clone", "--quiet", "--depth=1", upstream.folder.as_uri(), str(tmp_path / "shallow")])
    origin = stage(tmp_path / "shallow", git_server, "acme/shallow-stage")
    run(["git", "clone", "--quiet", f"{git_server.url}/acme/shallow-stage", str(tmp_path / "clone")])
    assert origin.commit("refs/heads/main") == tip


def test_the_project_is_only_read(upstream: WorkTree, git_server: GitServer) -> None:
    before = upstream.git("for-each-ref"), upstream.git("status", "--porcelain"), upstream.git("config", "--list")
    origin = stage(upstream.folder, git_server, "acme/only-read")
    origin.create_tag("v9.0.0", "main")
    assert (
        upstream.git("for-each-ref"),
        upstream.git("status", "--porcelain"),
        upstream.git("config", "--list"),
    ) == before


@pytest.mark.parametrize("case", ["no folder", "no repository", "a folder inside", "no commit"])
def test_what_cannot_be_staged_is_said(case: str, upstream: WorkTree, git_server: GitServer, tmp_path: Path) -> None:
    (upstream.folder / "inside").mkdir()
    (tmp_path / "plain").mkdir()
    run(["git", "init", "--quiet", str(tmp_path / "empty")])
    paths = {
        "no folder": (tmp_path / "absent", "is not a git repository"),
        "no repository": (tmp_path / "plain", "is not a git repository"),
        "a folder inside": (upstream.folder / "inside", "give the repository's top folder"),
        "no commit": (tmp_path / "empty", "no commit on any branch"),
    }
    path, message = paths[case]
    with pytest.raises(RehearsalError, match=message):
        stage(path, git_server, f"acme/{case.replace(' ', '-')}")
