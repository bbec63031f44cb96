"""What commits change, of many at once, against what git says of each alone."""

from pathlib import Path

import pytest

from rehearsal.git.project import GitProject
from rehearsal.git.server import GitServer
from release_actions.git.commits import Commit, read_history
from release_actions.git.patch_ids import CommitChanges
from release_actions.git.program import Git
from release_actions.git.remote import Remote


@pytest.fixture
def project(tmp_path: Path, git_server: GitServer) -> GitProject:
    """A first commit, edits, a binary file, odd names and bytes, nothing at all, and a merge."""
    name = f"changes/{tmp_path.name}"
    made = GitProject(tmp_path, git_server.repository(name), f"{git_server.url}/{name}")
    made.write("app.go", "".join(f"line {number}\n" for number in range(30)))
    made.commit("app")
    made.write(f":100644 {'a' * 40}", "odd\n")
    made.write("a" * 40, "odd\n")
    made.write("tab\there \u202e.txt", "odd\n")
    made.commit("odd names")
    (made.tree / "image.bin").write_bytes(b"\0\xff")
    (made.tree / "latin.txt").write_bytes(b"caf\xe9\n")
    made.commit("odd bytes")
    made.commit("nothing")
    made.switch("side")
    made.write("side.txt", "side\n")
    made.commit("side")
    made.switch("main")
    made.write("app.go", "new\n")
    made.commit("edit")
    made.git("merge", "--quiet", "--no-edit", "side")
    made.push()
    return made


def remote(project: GitProject, folder: Path, url: str = "") -> Remote:
    server, _, name = (url or project.url).rpartition("/changes/")
    folder.mkdir()
    return Remote.of_repository(server, f"changes/{name}", folder / "contents.git", token="")


def history(project: GitProject) -> list[Commit]:
    return read_history(Git(project.tree, {}, allowed="none"), project.git("rev-parse", "HEAD"))


def test_each_is_what_git_says_of_it_alone(project: GitProject, tmp_path: Path) -> None:
    commits = history(project)
    changes = CommitChanges(remote(project, tmp_path / "one"), None)
    paths, ids = changes.paths(commits), changes.patch_ids(commits)
    empty = project.git("hash-object", "-t", "tree", "-w", "/dev/null")
    for one in commits:
        parent = one.parents[0] if one.parents else empty
        listed = project.git("diff-tree", "-r", "-z", "--name-only", parent, one.id).split("\0")
        assert paths[one.id] == frozenset(filter(None, listed)), one.title
    same = {one.title for one in commits if not ids[one.id]}
    assert same == {"start", "nothing"}
    assert len({ids[one.id] for one in commits if ids[one.id]}) == len(commits) - len(same) - 1, "the merge brings side"


def test_what_is_kept_is_not_asked_for_again(project: GitProject, tmp_path: Path) -> None:
    commits, cache = history(project), tmp_path / "cache"
    first = CommitChanges(remote(project, tmp_path / "one"), cache)
    told = first.paths(commits), first.patch_ids(commits)
    assert first.save()
    nowhere = CommitChanges(remote(project, tmp_path / "two", "http://127.0.0.1:1/changes/x"), cache)
    assert (nowhere.paths(commits), nowhere.patch_ids(commits)) == told


def test_only_what_was_used_is_kept(project: GitProject, tmp_path: Path) -> None:
    commits, cache = history(project), tmp_path / "cache"
    for some in (commits, commits[:1]):
        changes = CommitChanges(remote(project, tmp_path / f"run-{len(some)}"), cache)
        changes.paths(some)
        assert changes.save()
    assert (cache / "backports.json").read_text().count('"paths"') == 1


def test_a_cache_that_can_not_be_written_is_none(project: GitProject, tmp_path: Path) -> None:
    (tmp_path / "file").write_text("")
    changes = CommitChanges(remote(project, tmp_path / "one"), tmp_path / "file")
    changes.paths(history(project))
    assert not changes.save()
