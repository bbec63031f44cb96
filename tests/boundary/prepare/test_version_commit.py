"""Version places of a commit on a real server, changed without a checkout: to the byte, and nothing beside them."""

from pathlib import Path

import pytest

from rehearsal.git.project import GitProject
from rehearsal.git.server import GitServer
from release_actions.core.errors import Code, ReleaseError
from release_actions.core.version import Version
from release_actions.git.commit_files import CommitFiles
from release_actions.git.person import Person
from release_actions.git.remote import Remote
from release_actions.prepare.version_commit import commit_edits, edits
from release_actions.project.config import ChartSettings as ChartOf
from release_actions.project.config import Config
from release_actions.version_places.place import Place

AUTHOR = Person("Release Manager", "manager@example.org")
CONFIG = Config(
    charts=(ChartOf(path="charts/*"),), places=(Place(file="VERSION"), Place(file="bin/about.py", python="__version__"))
)
CHART = "apiVersion: v2\r\nname: demo # ä\r\nversion: 1.4.0\r\n"


class Project(GitProject):
    """A project with a chart of Windows lines, an executable with its version, and a large file beside them."""

    def __init__(self, folder: Path, server: GitServer) -> None:
        name = f"kubeflow/{folder.name.replace('_', '-')}"
        super().__init__(folder, server.repository(name), f"{server.url}/{name}")
        self.server = server
        self.name = name
        (self.tree / "charts" / "demo").mkdir(parents=True)
        (self.tree / "charts" / "demo" / "Chart.yaml").write_bytes(CHART.encode())
        self.write("VERSION", "v1.4.0")
        self.write("bin/about.py", '__version__ = "1.4.0"\n')
        self.write("large", "x\n" * 100_000)
        (self.tree / "bin" / "about.py").chmod(0o755)

    def remote(self) -> tuple[Remote, str]:
        self.commit("all of it")
        self.push()
        made = Remote.of_repository(self.server.url, self.name, self.folder / "private.git", token="")
        made.fetch("refs/heads/main")
        return made, made.refs(pytest.fail).branches["main"]


@pytest.fixture
def project(tmp_path: Path, git_server: GitServer) -> Project:
    return Project(tmp_path, git_server)


def test_places_change_and_nothing_else_does(project: Project) -> None:
    remote, tip = project.remote()
    found = edits(CommitFiles(remote, tip), CONFIG, Version(1, 5, 0, 0))
    commit = commit_edits(remote, tip, found, "Prepare it", AUTHOR)
    assert commit_edits(remote, tip, found, "Prepare it", AUTHOR) == commit
    remote.git.run("push", "--quiet", "--no-thin", "origin", f"{commit}:refs/heads/made")
    changed = project.git("diff-tree", "-r", "--raw", "--abbrev=1", tip, commit, cwd=project.origin).splitlines()
    assert [(line.split()[0:2], line.split()[-1]) for line in changed] == [
        ([":100644", "100644"], "VERSION"),
        ([":100755", "100755"], "bin/about.py"),
        ([":100644", "100644"], "charts/demo/Chart.yaml"),
    ]
    assert project.git("show", "made:VERSION", cwd=project.origin) == "v1.5.0-rc.0"
    assert project.git("show", "made:bin/about.py", cwd=project.origin) == '__version__ = "1.5.0rc0"'
    project.git("fetch", "--quiet", "origin", "made")
    project.git("checkout", "--quiet", "FETCH_HEAD")
    chart = (project.tree / "charts" / "demo" / "Chart.yaml").read_bytes()
    assert chart == CHART.replace("1.4.0", "1.5.0-rc.0").encode()


def test_only_files_with_version_places_are_fetched(project: Project) -> None:
    remote, tip = project.remote()
    commit_edits(remote, tip, edits(CommitFiles(remote, tip), CONFIG, Version(1, 5, 0)), "Prepare it", AUTHOR)
    there = remote.git.run("cat-file", "--batch-all-objects", "--batch-check=%(objecttype) %(objectsize)").split("\n")
    blobs = [int(line.split()[1]) for line in there if line.startswith("blob")]
    assert len(blobs) == 6
    assert max(blobs) < 1000


@pytest.mark.parametrize(
    ("place", "code"),
    [
        ("../VERSION", Code.E_PATH),
        ("/etc/passwd", Code.E_PATH),
        ("link", Code.E_PATH),
        ("charts", Code.E_PATH),
        ("missing", Code.E_PATH),
        ("binary", Code.E_PATH),
    ],
)
def test_a_place_that_is_no_file_of_text(project: Project, place: str, code: Code) -> None:
    (project.tree / "link").symlink_to("VERSION")
    (project.tree / "binary").write_bytes(b"\xff\xfe\x00")
    remote, tip = project.remote()
    config = Config(places=(Place(file=place),))
    with pytest.raises(ReleaseError) as raised:
        edits(CommitFiles(remote, tip), config, Version(1, 5, 0))
    assert raised.value.code is code
