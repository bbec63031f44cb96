"""Commits read from a real repository."""

from pathlib import Path

import pytest

from rehearsal.git.project import GitProject
from rehearsal.git.server import GitServer
from release_actions.git.commits import read_commits
from release_actions.git.program import Git


@pytest.fixture
def project(tmp_path: Path, git_server: GitServer) -> GitProject:
    """A work tree with one commit, on its main branch."""
    name = f"acme/{tmp_path.name.replace('_', '-').lower()}"
    return GitProject(tmp_path, git_server.repository(name), f"{git_server.url}/{name}")


def test_commits_come_in_the_order_in_which_they_are_asked_for(project: GitProject) -> None:
    first, second = project.commit("first"), project.commit("second")
    git = Git(project.tree, {}, allowed="none")
    assert [one.id for one in read_commits(git, [second, first])] == [second, first]
    assert [one.id for one in read_commits(git, [first, second])] == [first, second]


def test_no_ids_are_no_commits_and_not_the_one_that_is_checked_out(project: GitProject) -> None:
    assert read_commits(Git(project.tree, {}, allowed="none"), []) == []
