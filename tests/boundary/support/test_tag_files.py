"""Files of many tags, fetched by the real git: only what patterns fit, and what is shared once."""

from collections.abc import Callable
from pathlib import Path

import pytest

from rehearsal.git.project import GitProject
from rehearsal.git.server import GitServer
from release_actions.core.errors import ReleaseError
from release_actions.git.checkout import read_checkout
from release_actions.git.remote import Remote
from release_actions.support.tag_files import TagFiles

Fetched = Callable[..., tuple[Remote, list[str]]]


@pytest.fixture
def project(tmp_path: Path, git_server: GitServer) -> GitProject:
    name = f"tests/{tmp_path.name}"
    return GitProject(tmp_path, git_server.repository(name), f"{git_server.url}/{name}")


def fetched(project: GitProject, *tags: str) -> tuple[Remote, list[str]]:
    """A remote of which the tagged commits alone were fetched, and those commits."""
    project.push()
    workspace = project.checkout("refs/heads/main", f"checkout-{len(tags)}")
    remote = Remote(read_checkout(workspace), project.folder / f"{len(tags)}.git", token="", server_url=project.url)
    remote.fetch(*(f"refs/tags/{one}" for one in tags), shallow=True)
    return remote, [remote.tag(one).commit for one in tags]


def objects(remote: Remote) -> int:
    """How many objects are in the private repository."""
    return len(remote.git.run("cat-file", "--batch-all-objects", "--batch-check").splitlines())


def test_files_are_read_by_pattern_and_nothing_else_is_fetched(project: GitProject) -> None:
    for number in range(30):
        project.write(f"pkg/p{number}/file.go", f"package p{number}\n")
    project.write("go.mod", "go 1.24\n")
    project.write("ci/a-1.yml", "one")
    project.write("ci/a-2.yml", "two")
    project.write("ci/b.yml", "three")
    project.commit("1")
    project.tag("v1.0.0")
    project.write("ci/a-2.yml", "two, later")
    project.commit("2")
    project.tag("v1.1.0", annotated=True)
    remote, (first, second) = fetched(project, "v1.0.0", "v1.1.0")
    before = objects(remote)
    found = TagFiles(remote).read([first, second], ["go.mod", "./ci/a-*.yml", "gone/*", "go.mod/x"])
    assert found == {
        first: {"go.mod": "go 1.24\n", "ci/a-1.yml": "one", "ci/a-2.yml": "two"},
        second: {"go.mod": "go 1.24\n", "ci/a-1.yml": "one", "ci/a-2.yml": "two, later"},
    }
    assert objects(remote) - before == 2 + 2 + 4, "two roots, two folders, and four different files"


def test_links_and_odd_files_are_not_read(project: GitProject) -> None:
    (project.tree / "link").symlink_to("target")
    project.write("target", "text")
    (project.tree / "latin").write_bytes(b"\xff\n")
    project.write("large", "x" * (4 << 20) + "x")
    project.commit("odd")
    project.tag("v1.0.0")
    remote, [commit] = fetched(project, "v1.0.0")
    found = TagFiles(remote).read([commit], ["link", "link/x", "latin", "large", "target"])
    assert found[commit] == {"latin": None, "large": None, "target": "text"}


@pytest.mark.parametrize("pattern", ["/etc/passwd", "../x", "a/../../b", ""])
def test_a_pattern_stays_in_the_repository(project: GitProject, pattern: str) -> None:
    project.tag("v1.0.0")
    remote, [commit] = fetched(project, "v1.0.0")
    with pytest.raises(ReleaseError, match="E_PATH"):
        TagFiles(remote).read([commit], [pattern])
