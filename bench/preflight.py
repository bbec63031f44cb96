"""preflight of a release with 20 images and 3 charts in two registries, each of whose answers takes 100 ms."""

import json
import os
import time
from pathlib import Path

from bench.measure import PYTHON, Row, measure
from rehearsal.act.step import Job
from rehearsal.base.programs import PROJECT
from rehearsal.git.project import GitProject
from rehearsal.github import GitHub
from rehearsal.hosts.internet import Internet
from rehearsal.net.proxy import Call

_DELAY = 0.1
_TAG, _NAME = "v1.5.0", "kubeflow/bench"
_IMAGES = [f"{host}/{_NAME}/op-{number}" for host in ("ghcr.io", "quay.io") for number in range(10)]
_CHARTS = [("quay.io", "one"), ("ghcr.io", "two"), ("ghcr.io", "three")]
_POD = "{apiVersion: v1, kind: Pod, metadata: {name: op}, spec: {containers: [%s]}}\n"


def rows(folder: Path) -> list[Row]:
    """Time of the whole action, beside what its calls alone would take one after the other."""
    with Internet(folder / "internet") as internet, GitHub() as github:
        github.join(internet)
        workspace = _project(folder, internet, github)
        token = github.token(contents="write", packages="write", repository=_NAME)
        job = Job(folder / "job", folder / "cache")
        inputs = {"tag": _TAG, "floating-tags": "latest", "token": token, "ghcr-token": token}
        env = {**job.environment(job.answers(), workspace), **internet.env(), "GITHUB_REPOSITORY": _NAME}
        argv = [PYTHON, "-I", str(PROJECT / "scripts" / "run.py")]
        outside = {"PATH": os.environ["PATH"], "HOME": str(Path.home()), "RELEASE_ACTIONS_CACHE": str(job.cache)}
        measure([*argv, "preflight", "--help"], outside)  # installs its packages
        argv, run = [*argv, "preflight"], {**env, "INPUTS": json.dumps(job.inputs("preflight", inputs))}
        measure(argv, run)  # starts the registries
        calls = len(internet.proxy.calls)
        internet.proxy.hook = _wait
        ours = measure(argv, run)
        one_by_one = _DELAY * (len(internet.proxy.calls) - calls)
    what = f"preflight, {len(_IMAGES)} images, {len(_CHARTS)} charts, {_DELAY * 1000:.0f} ms a call"
    return [Row(what, ours.seconds, "s", "its calls one by one", one_by_one, "< 5 s")]


def _wait(_: Call) -> None:
    time.sleep(_DELAY)


def _project(folder: Path, internet: Internet, github: GitHub) -> Path:
    """A checkout of a project, each of whose charts pulls all of its images."""
    origin = internet.git.repository(_NAME)
    project = GitProject(folder, origin, str(origin))
    project.write("Dockerfile", "FROM scratch\n")
    config = [f"- name: {image}" for image in _IMAGES]
    charts = [f"- {{path: charts/{name}, registry: 'oci://{host}/{_NAME}/charts'}}" for host, name in _CHARTS]
    project.write(".github/release-actions.yml", "\n".join(["images:", *config, "charts:", *charts, ""]))
    containers = ", ".join(
        f"{{name: c{number}, image: '{image}:{{{{ .Chart.AppVersion }}}}'}}" for number, image in enumerate(_IMAGES)
    )
    for _, name in _CHARTS:
        chart = f"apiVersion: v2\nname: {name}\nversion: {_TAG[1:]}\nappVersion: {_TAG}\n"
        project.write(f"charts/{name}/Chart.yaml", chart)
        project.write(f"charts/{name}/templates/pod.yaml", _POD % containers)
    project.commit("release")
    project.git("tag", _TAG)
    project.push()
    github.add(_NAME, origin)
    workspace = project.checkout(f"refs/tags/{_TAG}")
    project.git("remote", "set-url", "origin", f"https://github.com/{_NAME}", cwd=workspace)
    return workspace
