"""The private copy of a chart: the real helm builds its dependencies and packs it, and leaves the workspace alone."""

import os
import threading
from collections.abc import Iterator
from functools import partial
from http.server import SimpleHTTPRequestHandler, ThreadingHTTPServer
from itertools import pairwise
from pathlib import Path

import pytest

from rehearsal.base.programs import TOOLS, program, run
from rehearsal.oci.registry import Registry
from release_actions.chart import package, staging
from release_actions.chart.helm import Folder, Helm, open_helm
from release_actions.core.errors import Code, ReleaseError
from release_actions.core.version import parse_tag


class Workspace:
    """Charts below `charts/`, each with at most one dependency."""

    def __init__(self, folder: Path) -> None:
        self.root = folder / "workspace"
        self.target = folder / "copy"
        places = {f"HELM_{kind}_HOME": str(folder / kind.lower()) for kind in ("CACHE", "CONFIG", "DATA")}
        self._developer = {**os.environ, **places}

    def chart(self, name: str, needs: str = "", repository: str = "", *, locked: bool = False) -> Path:
        """Write a chart of version 1.5.0; `locked` writes the lock as well, with a digest that helm doesn't accept."""
        folder = self.root / "charts" / name
        (folder / "templates").mkdir(parents=True)
        (folder / "templates" / "_help.tpl").write_text(f"{{{{- define {name!a} }}}}{{{{ end }}}}".replace("'", '"'))
        listed = f"dependencies: [{{name: {needs}, version: 1.5.0, repository: '{repository}'}}]\n" if needs else ""
        (folder / "Chart.yaml").write_text(f"apiVersion: v2\nname: {name}\nversion: 1.5.0\n{listed}")
        if needs and locked:
            (folder / "Chart.lock").write_text(f"{listed}digest: sha256:0\ngenerated: '2024-02-29T03:00:00Z'\n")
        return folder

    def lock(self, name: str, *options: str) -> None:
        """Write the lock as its developer does, who commits no downloads."""
        folder = self.root / "charts" / name
        run(["helm", "dependency", "update", *options, str(folder)], env=self._developer)
        for download in (folder / "charts").iterdir():
            download.unlink()
        (folder / "charts").rmdir()

    def pack(self, name: str, destination: Path) -> Path:
        run(["helm", "package", str(self.root / "charts" / name), f"--destination={destination}"])
        return destination / f"{name}-1.5.0.tgz"

    def build(self, helm: Helm, name: str) -> list[str]:
        """Build the copy's dependencies; the files in the copy, by their names there."""
        before = sorted(self.root.rglob("*"))
        staging.copy(self.root, f"charts/{name}", self.target)
        staging.build_dependencies(helm, self.root, f"charts/{name}", self.target)
        assert sorted(self.root.rglob("*")) == before
        built = self.target / "charts" / name / "charts"
        return sorted(one.name for one in built.iterdir())

    def refused(self, helm: Helm, name: str) -> ReleaseError:
        with pytest.raises(ReleaseError) as refused:
            self.build(helm, name)
        assert refused.value.code is Code.E_CHART_DEPENDENCY
        return refused.value


@pytest.fixture
def workspace(tmp_path: Path) -> Workspace:
    return Workspace(tmp_path)


@pytest.fixture
def helm(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Helm:
    monkeypatch.setenv("PATH", f"{TOOLS}:{os.environ['PATH']}")
    return open_helm(tmp_path / "helm", {})


@pytest.fixture
def served(tmp_path: Path) -> Iterator[tuple[Path, str]]:
    """A folder, and the address at which it is a chart repository once it has an index."""
    folder = tmp_path / "served"
    folder.mkdir()
    with ThreadingHTTPServer(("127.0.0.1", 0), partial(_Quiet, directory=str(folder))) as server:
        thread = threading.Thread(target=server.serve_forever, args=(0.01,))
        thread.start()
        yield folder, f"http://127.0.0.1:{server.server_address[1]}"
        server.shutdown()
        thread.join()


class _Quiet(SimpleHTTPRequestHandler):
    def log_message(self, *_: object) -> None:
        """Keep the tests' output free of requests."""


def test_local_dependencies_bring_their_own(workspace: Workspace, helm: Helm) -> None:
    workspace.chart("leaf")
    workspace.chart("middle", "leaf", "file://../leaf")
    workspace.chart("top", "middle", "file://../middle")
    workspace.lock("middle")
    workspace.lock("top")

    assert workspace.build(helm, "top") == ["middle-1.5.0.tgz"]
    packed = workspace.target / "charts/top/charts/middle-1.5.0.tgz"
    assert "middle/charts/leaf/templates/_help.tpl" in package.read(packed.read_bytes())


@pytest.mark.parametrize("charts", [["a", "b", "a"], list("abcdefg")], ids=["a circle", "seven charts"])
def test_local_charts_end_somewhere(workspace: Workspace, helm: Helm, charts: list[str]) -> None:
    for name, needs in pairwise(charts):
        workspace.chart(name, needs, f"file://../{needs}", locked=True)
    if charts[-1] not in charts[:-1]:
        workspace.chart(charts[-1])
    error = workspace.refused(helm, charts[0])

    assert "local charts depend on one another more than 5 levels deep" in error.what
    assert error.file in {f"charts/{name}/Chart.yaml" for name in charts}


def test_a_list_of_dependencies_that_helm_no_longer_reads(workspace: Workspace, helm: Helm) -> None:
    (workspace.chart("old") / "requirements.yaml").write_text("dependencies: []\n")
    error = workspace.refused(helm, "old")

    assert (error.file, error.line) == ("charts/old/Chart.yaml", 1)
    assert "requirements.yaml was replaced by `dependencies` in Chart.yaml" in error.what


def wrapped(monkeypatch: pytest.MonkeyPatch, folder: Path, before: str) -> Helm:
    """Helm, with these shell commands before it."""
    (folder / "bin").mkdir()
    (folder / "bin" / "helm").write_text(f'#!/bin/sh\n{before}\nexec {program("helm")} "$@"\n')
    (folder / "bin" / "helm").chmod(0o755)
    monkeypatch.setenv("PATH", f"{folder / 'bin'}:{os.environ['PATH']}")
    return open_helm(folder / "helm", {})


def test_a_dependency_in_a_registry_on_this_machine(
    workspace: Workspace, registry: Registry, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    # Helm 3 tries plain HTTP by itself, Helm 4 has to be told.
    helm = wrapped(monkeypatch, tmp_path, 'test "$1" != dependency || test "$3" = --plain-http || exit 1')
    workspace.chart("common")
    namespace = f"oci://{registry.host}/{tmp_path.name.lower()}"
    run(["helm", "push", "--plain-http", str(workspace.pack("common", tmp_path)), namespace])
    workspace.chart("op", "common", namespace)
    workspace.lock("op", "--plain-http")

    assert workspace.build(helm, "op") == ["common-1.5.0.tgz"]


def test_a_dependency_in_a_chart_repository(workspace: Workspace, helm: Helm, served: tuple[Path, str]) -> None:
    folder, url = served
    workspace.chart("common")
    workspace.pack("common", folder)
    run(["helm", "repo", "index", str(folder), f"--url={url}"])
    workspace.chart("op", "common", url)
    workspace.lock("op")

    assert workspace.build(helm, "op") == ["common-1.5.0.tgz"]


def test_a_lock_that_helm_does_not_accept(workspace: Workspace, helm: Helm) -> None:
    workspace.chart("leaf")
    workspace.chart("op", "leaf", "file://../leaf", locked=True)
    error = workspace.refused(helm, "op")

    assert "can't be built from its Chart.lock" in error.what
    assert error.file == "charts/op/Chart.lock"


def test_a_helm_that_packs_another_version(
    workspace: Workspace, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    helm = wrapped(monkeypatch, tmp_path, 'test "$1" != package || set -- "$@" --version=9.9.9')
    staged = Folder(workspace.chart("op"), "op", "charts/op")
    with pytest.raises(ReleaseError, match=r"made something else than op 1\.5\.0") as refused:
        staging.pack(helm, staged, parse_tag("v1.5.0"), 0, tmp_path / "packed")

    assert (refused.value.code, refused.value.file) == (Code.E_CHART_PACKAGE, "charts/op/Chart.yaml")
