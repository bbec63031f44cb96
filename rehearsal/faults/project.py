"""The project that is released again and again: one image for two platforms, one chart, and a chart repository."""

from pathlib import Path

from rehearsal.git.project import GitProject

NAME = "kubeflow/op"
IMAGE = f"ghcr.io/{NAME}"
CHARTS = "ghcr.io/kubeflow/charts"
CHART = f"{CHARTS}/op"
PLATFORMS = ("linux/amd64", "linux/arm64")
INDEX_BRANCH = "gh-pages"
BEFORE, TAG = "v1.4.0", "v1.5.0"
VERSION = TAG.removeprefix("v")

POD = f"""\
apiVersion: v1
kind: Pod
metadata:
  name: op
spec:
  containers:
    - name: op
      image: "{IMAGE}:{{{{ .Chart.AppVersion }}}}"
"""


def make_project(folder: Path, origin: Path, url: str) -> GitProject:
    """Its repository with the tags BEFORE and TAG, each on its release branch, pushed to the origin."""
    folder.mkdir()
    project = GitProject(folder, origin, url)
    project.write("Dockerfile", "FROM scratch\nCOPY VERSION /\n")
    project.write("charts/op/templates/pod.yaml", POD)
    for tag in (BEFORE, TAG):
        release(project, tag)
    return project


def check_out(project: GitProject, tag: str) -> Path:
    """What a checkout step leaves of a tag: its one commit, with GitHub as the remote."""
    workspace = project.checkout(f"refs/tags/{tag}", f"checkout-{tag}")
    project.git("remote", "set-url", "origin", f"https://github.com/{NAME}", cwd=workspace)
    return workspace


def release(project: GitProject, tag: str, notes: str = "") -> None:
    """Let the project's files say a tag's version, and push the tag; `notes` make another content of it."""
    bare = tag.removeprefix("v")
    major, minor, _ = bare.split(".")
    project.write("VERSION", f"{tag}\n{notes}")
    project.write("charts/op/Chart.yaml", f"apiVersion: v2\nname: op\nversion: {bare}\nappVersion: {tag}\n{notes}")
    project.switch(f"release-{major}.{minor}")
    project.commit(f"Release {tag}")
    project.tag(tag)
    project.push()
