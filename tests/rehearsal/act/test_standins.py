"""The stand-ins leave behind what GitHub's own actions leave behind."""

import json
import os
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path

import pytest
import yaml

from rehearsal.base.programs import PROJECT
from rehearsal.git.origin import stage
from rehearsal.git.server import GitServer
from rehearsal.git.worktree import WorkTree

STANDINS = PROJECT / "rehearsal" / "standins"
StandIn = Callable[..., subprocess.CompletedProcess[str]]


@pytest.fixture
def standin(tmp_path: Path) -> StandIn:
    """Runs a stand-in's script as its action.yml does, in a workspace of its own."""
    (tmp_path / "workspace").mkdir()

    def call(name: str, inputs: dict[str, str], **env: str) -> subprocess.CompletedProcess[str]:
        declared = yaml.safe_load((STANDINS / name / "action.yml").read_text())["inputs"]
        defaults = {key: str(one.get("default", "")) for key, one in declared.items()}
        environment = {
            "PATH": os.environ["PATH"],
            "HOME": str(tmp_path),
            "INPUTS": json.dumps({**defaults, "repository": "acme/checkout", "token": "secret", **inputs}),
            "GITHUB_WORKSPACE": str(tmp_path / "workspace"),
            "GITHUB_OUTPUT": str(tmp_path / "output"),
            "GITHUB_REPOSITORY": "acme/checkout",
            "REHEARSAL_ARTIFACTS": str(tmp_path),
            **env,
        }
        script = next((STANDINS / name).glob("*.py"))
        return subprocess.run(
            [sys.executable, "-I", str(script)], env=environment, capture_output=True, text=True, check=False
        )

    return call


@pytest.fixture(scope="module")
def project(tmp_path_factory: pytest.TempPathFactory, git_server: GitServer) -> WorkTree:
    """Two commits on main, an annotated tag v1 on the first, a lightweight v2 and the branch release on the second."""
    tree = WorkTree.create(tmp_path_factory.mktemp("project"), {"file": "one"})
    tree.tag("v1")
    tree.write({"file": "two"})
    tree.commit("Second")
    tree.tag("v2", annotated=False)
    tree.branch("release")
    tree.branch("main")
    stage(tree.folder, git_server, "acme/checkout")
    return tree


@pytest.mark.parametrize(
    ("inputs", "event_ref", "refs", "head"),
    [
        pytest.param({}, "refs/tags/v1", {"refs/tags/v1"}, "HEAD", id="annotated tag"),
        pytest.param({}, "refs/tags/v2", {"refs/tags/v2"}, "HEAD", id="lightweight tag"),
        pytest.param(
            {}, "refs/heads/main", {"refs/heads/main", "refs/remotes/origin/main"}, "refs/heads/main", id="branch"
        ),
        pytest.param(
            {"ref": "release"},
            "refs/tags/v1",
            {"refs/heads/release", "refs/remotes/origin/release"},
            "refs/heads/release",
            id="input names a branch",
        ),
        pytest.param({"ref": "v2"}, "refs/tags/v1", {"refs/tags/v2"}, "HEAD", id="input names a tag"),
        pytest.param({"ref": "refs/tags/v2"}, "refs/heads/main", {"refs/tags/v2"}, "HEAD", id="input is a full ref"),
        pytest.param(
            {"fetch-depth": "0"},
            "refs/tags/v1",
            {
                *("refs/tags/v1", "refs/tags/v2"),
                *("refs/remotes/origin/main", "refs/remotes/origin/release"),
            },
            "HEAD",
            id="whole history",
        ),
        pytest.param({"fetch-tags": "true"}, "refs/tags/v1", {"refs/tags/v1", "refs/tags/v2"}, "HEAD", id="all tags"),
    ],
)
def test_checkout(
    *,
    inputs: dict[str, str],
    event_ref: str,
    refs: set[str],
    head: str,
    project: WorkTree,
    standin: StandIn,
    git_server: GitServer,
    tmp_path: Path,
) -> None:
    commit = project.git("rev-parse", f"{event_ref}^{{commit}}")
    env = {"GITHUB_SERVER_URL": git_server.url, "GITHUB_REF": event_ref, "GITHUB_SHA": commit}
    done = standin("checkout", inputs, **env)
    assert done.returncode == 0, done.stdout + done.stderr
    clone = WorkTree(tmp_path / "workspace")
    assert set(clone.git("for-each-ref", "--format=%(refname)").splitlines()) == refs
    assert clone.git("rev-parse", "--symbolic-full-name", "HEAD") == head
    wanted = project.git("rev-parse", f"{inputs.get('ref', event_ref)}^{{commit}}")
    assert clone.git("rev-parse", "HEAD") == wanted
    assert f"commit={wanted}\n" in (tmp_path / "output").read_text()
    assert (tmp_path / "workspace" / ".git" / "shallow").exists() == (inputs.get("fetch-depth") != "0")
    for tag in ("v1", "v2"):
        if f"refs/tags/{tag}" in refs:
            assert clone.git("rev-parse", f"refs/tags/{tag}") == project.git("rev-parse", f"refs/tags/{tag}")


def test_checkout_of_a_commit_in_a_folder_without_credentials(
    project: WorkTree, standin: StandIn, git_server: GitServer, tmp_path: Path
) -> None:
    first = project.git("rev-parse", "v1^{commit}")
    inputs = {"ref": first, "path": "sub/folder", "persist-credentials": "false"}
    done = standin("checkout", inputs, GITHUB_SERVER_URL=git_server.url, GITHUB_REF="refs/heads/main", GITHUB_SHA="x")
    assert done.returncode == 0, done.stdout + done.stderr
    clone = WorkTree(tmp_path / "workspace" / "sub" / "folder")
    assert clone.git("log", "--format=%H") == first
    assert clone.git("for-each-ref") == ""
    assert "extraheader" not in (clone.folder / ".git" / "config").read_text()


@pytest.mark.parametrize(
    ("inputs", "sha", "message"),
    [
        pytest.param({}, "0" * 40, "does not point to the expected commit", id="the tag moved"),
        pytest.param({"ref": "absent"}, "", "'git' failed with exit code", id="no such ref"),
        pytest.param({"path": "../outside"}, "", "is not under", id="outside the workspace"),
        pytest.param({"submodules": "true"}, "", "does not play the input 'submodules'", id="not played"),
    ],
)
def test_checkout_fails(
    *, inputs: dict[str, str], sha: str, message: str, project: WorkTree, standin: StandIn, git_server: GitServer
) -> None:
    commit = sha or project.git("rev-parse", "v1^{commit}")
    done = standin("checkout", inputs, GITHUB_SERVER_URL=git_server.url, GITHUB_REF="refs/tags/v1", GITHUB_SHA=commit)
    assert done.returncode == 1
    assert message in done.stderr


@pytest.mark.parametrize(
    ("path", "files"),
    [
        pytest.param("out", {"a.txt", "deep/b.txt"}, id="folder"),
        pytest.param("out/a.txt", {"a.txt"}, id="file"),
        pytest.param("out/**/*.txt", {"a.txt", "deep/b.txt"}, id="pattern"),
        pytest.param("out\nother/c.txt", {"out/a.txt", "out/deep/b.txt", "other/c.txt"}, id="two paths"),
        pytest.param("out\n!out/deep/**", {"a.txt"}, id="exclusion"),
    ],
)
def test_artifacts_keep_their_layout(path: str, files: set[str], standin: StandIn, tmp_path: Path) -> None:
    workspace = WorkTree(tmp_path / "workspace")
    workspace.write({"out/a.txt": "a", "out/deep/b.txt": "b", "out/.hidden": "h", "other/c.txt": "c"})
    artifacts = {"REHEARSAL_ARTIFACTS": str(tmp_path / "artifacts")}
    assert standin("upload-artifact", {"name": "one", "path": path}, **artifacts).returncode == 0
    assert standin("download-artifact", {"name": "one", "path": "in"}, **artifacts).returncode == 0
    arrived = workspace.folder / "in"
    assert {str(file.relative_to(arrived)) for file in arrived.rglob("*") if file.is_file()} == files


def test_artifacts_are_found_by_a_pattern(standin: StandIn, tmp_path: Path) -> None:
    workspace = WorkTree(tmp_path / "workspace")
    artifacts = {"REHEARSAL_ARTIFACTS": str(tmp_path / "artifacts")}
    for name in ("digest-1", "digest-2", "other"):
        workspace.write({f"{name}.txt": name})
        assert standin("upload-artifact", {"name": name, "path": f"{name}.txt"}, **artifacts).returncode == 0
    for inputs in (
        {"pattern": "digest-*", "path": "apart"},
        {"pattern": "digest-*", "path": "merged", "merge-multiple": "true"},
        {"pattern": "other*", "path": "single"},
    ):
        assert standin("download-artifact", inputs, **artifacts).returncode == 0
    assert (workspace.folder / "apart" / "digest-2" / "digest-2.txt").read_text() == "digest-2"
    assert sorted(file.name for file in (workspace.folder / "merged").iterdir()) == ["digest-1.txt", "digest-2.txt"]
    assert (workspace.folder / "single" / "other.txt").exists()


@pytest.mark.parametrize(
    ("name", "inputs", "code", "message"),
    [
        ("upload-artifact", {"path": "none"}, 0, "::warning::No files were found"),
        ("upload-artifact", {"path": "none", "if-no-files-found": "error"}, 1, "::error::No files were found"),
        ("upload-artifact", {"path": "file", "name": "taken"}, 1, "(409) Conflict"),
        ("upload-artifact", {"path": "file", "name": "taken", "overwrite": "true"}, 0, "1 files"),
        ("download-artifact", {"name": "absent"}, 1, "Artifact not found for name: absent"),
    ],
)
def test_artifacts_that_are_not_there_or_there_already(
    *, name: str, inputs: dict[str, str], code: int, message: str, standin: StandIn, tmp_path: Path
) -> None:
    (tmp_path / "workspace" / "file").touch()
    (tmp_path / "artifacts" / "taken").mkdir(parents=True)
    done = standin(name, inputs, REHEARSAL_ARTIFACTS=str(tmp_path / "artifacts"))
    assert done.returncode == code
    assert message in done.stdout + done.stderr
