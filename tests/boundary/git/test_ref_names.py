"""Refs whose names are not what they look like: left out by name, and never taken for another ref."""

from pathlib import Path

import pytest

from rehearsal.git.project import GitProject
from rehearsal.git.server import GitServer
from release_actions.git.checkout import Checkout
from release_actions.git.push import Move, push
from release_actions.git.remote import Remote

# Git allows all of these in a ref's name (git-check-ref-format(1)).
SIGNS = ["\x85", "\u2028", "\u2029", "\u00a0", "\u200b", "\u202e", "\ufeff", "\ufffd"]
MAIN = "refs/heads/main"


@pytest.fixture
def project(tmp_path: Path, git_server: GitServer) -> GitProject:
    name = f"kubeflow/{tmp_path.name.replace('_', '-')}"
    made = GitProject(tmp_path, git_server.repository(name), f"{git_server.url}/{name}")
    made.push()
    return made


def remote_of(project: GitProject) -> Remote:
    nowhere = Checkout(project.folder, commit="", time=0, url=project.url, authorization="")
    return Remote(nowhere, project.folder / "private.git", token="", server_url="")


@pytest.mark.parametrize("sign", SIGNS)
@pytest.mark.parametrize("annotated", [False, True], ids=["lightweight", "annotated"])
def test_a_name_that_goes_on_behind_a_sign_is_left_out(project: GitProject, sign: str, *, annotated: bool) -> None:
    right = project.git("rev-parse", "main")
    project.tag("v1.5.0")
    project.commit("elsewhere")
    project.git("branch", f"main{sign}x")
    project.tag(f"v1.5.0{sign}x", annotated=annotated)
    project.git("push", "--quiet", "origin", f"{MAIN}{sign}x", "refs/tags/v1.5.0", f"refs/tags/v1.5.0{sign}x")
    warned: list[str] = []
    refs = remote_of(project).refs(warned.append)
    assert (refs.branches, refs.tags, refs.commits) == ({"main": right}, {"v1.5.0": right}, {"v1.5.0": right})
    [said] = warned
    assert ascii(f"{MAIN}{sign}x") in said
    assert ascii(f"refs/tags/v1.5.0{sign}x") in said


def test_a_name_that_is_no_text_is_left_out(project: GitProject) -> None:
    tip = project.git("rev-parse", "main")
    for byte in (b"\xff", b"\xfe"):
        (project.origin / "refs" / "heads").joinpath((b"main" + byte).decode(errors="surrogateescape")).write_text(tip)
    warned: list[str] = []
    assert remote_of(project).refs(warned.append).branches == {"main": tip}
    assert len(warned) == 1


def test_each_name_is_said_once(project: GitProject) -> None:
    project.git("update-ref", f"{MAIN}\u2028x", project.git("rev-parse", "main"), cwd=project.origin)
    remote, warned = remote_of(project), list[str]()
    for _ in range(2):
        remote.refs(warned.append)
    assert len(warned) == 1


def test_what_is_beside_a_pushed_ref_is_not_taken_for_it(project: GitProject) -> None:
    """The server has the commit under a name that goes on behind the pushed one's; so the push has still to be made."""
    remote = remote_of(project)
    remote.fetch(MAIN)
    commit = project.git("rev-parse", MAIN, cwd=project.origin)
    project.git("update-ref", "refs/tags/v1.5.0\u2028x", commit, cwd=project.origin)
    push(remote, Move("refs/tags/v1.5.0", commit))
    assert project.git("rev-parse", "refs/tags/v1.5.0", cwd=project.origin) == commit
