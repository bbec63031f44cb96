"""A checkout and a commit of the same tree have the same charts, and refuse the same in the same words."""

from pathlib import Path

import pytest

from rehearsal.git.project import GitProject
from rehearsal.git.server import GitServer
from release_actions.chart.places import chart_folders, read_charts
from release_actions.core.errors import Code, ReleaseError
from release_actions.core.files import Files
from release_actions.git.commit_files import CommitFiles
from release_actions.git.remote import Remote
from release_actions.project.read import read_config
from release_actions.system.workspace import WorkspaceFiles

CHARTS = ("charts/op", "charts/op-crds", "charts/.hidden", "charts/Big", "deep/a/chart", "deep/b/chart", "x[1]/chart")
CHART = "apiVersion: v2\nname: op\nversion: 1.4.0\n"


@pytest.fixture(scope="module")
def both(tmp_path_factory: pytest.TempPathFactory, git_server: GitServer) -> tuple[Files, Files]:
    """The files of a project in its checkout, and the same ones in its commit on a server."""
    folder, name = tmp_path_factory.mktemp("charts"), "kubeflow/charts-here-and-there"
    project = GitProject(folder, git_server.repository(name), f"{git_server.url}/{name}")
    for chart in CHARTS:
        project.write(f"{chart}/Chart.yaml", CHART)
        project.write(f"{chart}/templates/Chart.yaml", CHART)
    project.write("charts/README.md", "no chart\n")
    project.write("charts/docs/README.md", "no chart\n")
    project.write(".github/release-actions.yml", "branch: v{major}.{minor}\n")
    (project.tree / "binary").write_bytes(b"a: b\n\xff\n")
    (project.tree / "large").write_text("#" * (4 * 1024 * 1024 + 1))
    links = {"charts/to-docs": "docs", "charts/to-nothing": "nothing", "linked/op": "../charts/op", "all": "charts"}
    (project.tree / "linked").mkdir()
    for link, target in links.items():
        (project.tree / link).symlink_to(target)
    commit = project.commit("charts")
    project.push()
    remote = Remote.of_repository(git_server.url, name, folder / "private.git", token="")
    remote.fetch("refs/heads/main")
    return WorkspaceFiles(project.tree), CommitFiles(remote, commit)


@pytest.mark.parametrize(
    ("given", "folders"),
    [
        ("charts/op", ["charts/op"]),
        ("./charts//op/", ["charts/op"]),
        ("charts/*", ["charts/.hidden", "charts/Big", "charts/op", "charts/op-crds"]),
        ("charts/op*", ["charts/op", "charts/op-crds"]),
        ("charts/o?", ["charts/op"]),
        ("charts/[a-z]*", ["charts/op", "charts/op-crds"]),
        ("charts/[!o]*", ["charts/.hidden", "charts/Big"]),
        ("./charts/op-*/", ["charts/op-crds"]),
        ("deep/*/chart", ["deep/a/chart", "deep/b/chart"]),
        ("*/*/chart", ["deep/a/chart", "deep/b/chart"]),
        ("c*/op", ["charts/op"]),
        ("x[[]1]/chart", ["x[1]/chart"]),
    ],
)
def test_the_same_charts(both: tuple[Files, Files], given: str, folders: list[str]) -> None:
    for files in both:
        assert list(chart_folders(files, [given])) == folders
        assert [one.name for one in read_charts(files, folders)] == ["op"] * len(folders)


@pytest.mark.parametrize(
    ("given", "code"),
    [
        ("chart/*", Code.E_PATH),
        ("charts/nothing", Code.E_PATH),
        ("charts/operator-*", Code.E_INPUT),
        ("charts/op/*/x", Code.E_INPUT),
        ("charts/BIG*", Code.E_INPUT),
        ("charts/README*", Code.E_INPUT),
        ("charts/**", Code.E_INPUT),
        ("deep/**/chart", Code.E_INPUT),
        ("charts/*/../op", Code.E_INPUT),
        ("../charts/*", Code.E_PATH),
        ("../charts", Code.E_PATH),
        ("/etc/*", Code.E_PATH),
        ("charts", Code.E_CHART),
        ("charts/docs", Code.E_CHART),
        (".", Code.E_CHART),
        ("charts/README.md", Code.E_PATH),
        ("charts/README.md/*", Code.E_PATH),
        ("charts/README.md/chart", Code.E_PATH),
        ("linked/op", Code.E_PATH),
        ("linked/*", Code.E_PATH),
        ("all/op", Code.E_PATH),
        ("al*/op", Code.E_PATH),
        ("*/op", Code.E_PATH),
        ("charts/to-docs", Code.E_PATH),
        ("charts/to-nothing", Code.E_PATH),
        ("", Code.E_PATH),
        ("charts\n", Code.E_PATH),
        (":/charts", Code.E_PATH),
    ],
)
def test_the_same_refusals(both: tuple[Files, Files], given: str, code: Code) -> None:
    said = []
    for files in both:
        with pytest.raises(ReleaseError) as raised:
            read_charts(files, list(chart_folders(files, [given])))
        said.append((raised.value.code, raised.value.what, raised.value.file))
    assert said[0] == said[1]
    assert said[0][0] is code


@pytest.mark.parametrize("given", ["other.yml", ".github", "binary", "large", "linked/op/Chart.yaml", "../c.yml", "/c"])
def test_a_configuration_file_that_can_not_be_read(both: tuple[Files, Files], given: str) -> None:
    said = []
    for files in both:
        with pytest.raises(ReleaseError) as raised:
            read_config(files, given)
        said.append((raised.value.code, raised.value.what, raised.value.file))
    assert said[0] == said[1]
    assert said[0][0] is Code.E_PATH


def test_the_configuration_may_be_missing_at_its_default_path_alone(both: tuple[Files, Files], tmp_path: Path) -> None:
    assert [read_config(files, ".github/release-actions.yml").branch for files in both] == ["v{major}.{minor}"] * 2
    empty = WorkspaceFiles(tmp_path)
    assert read_config(empty, ".github/release-actions.yml").branch == "release-{major}.{minor}"
    with pytest.raises(ReleaseError, match="does not exist"):
        read_config(empty, "release-actions.yml")
    (tmp_path / ".github").mkdir()
    (tmp_path / ".github" / "release-actions.yml").symlink_to("nothing.yml")
    with pytest.raises(ReleaseError, match="symbolic link"):
        read_config(empty, ".github/release-actions.yml")
