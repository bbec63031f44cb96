"""What publish-release publishes a release of: a repository with tags, an image and a chart."""

from pathlib import Path

import pytest

from rehearsal.act.step import Job
from rehearsal.base.programs import run
from rehearsal.github import GitHub
from rehearsal.oci.registry import Registry
from tests.actions.publish_release.demo import REPOSITORY, TAG, Demo


@pytest.fixture(scope="session")
def published(registry: Registry, tmp_path_factory: pytest.TempPathFactory) -> dict[str, str]:
    """The references of an image and a chart that are in the registry."""
    folder = tmp_path_factory.mktemp("published")
    (folder / "layer").write_text("layer")
    run(["tar", "-C", str(folder), "-cf", str(folder / "layer.tar"), "layer"])
    image = f"{registry.host}/publish-release/op:{TAG}"
    run(["crane", "append", f"--new_layer={folder / 'layer.tar'}", f"--new_tag={image}", "--insecure"])
    chart = folder / "op"
    (chart / "templates").mkdir(parents=True)
    (chart / "Chart.yaml").write_text(f"apiVersion: v2\nname: op\nversion: 1.5.0\nappVersion: {TAG}\n")
    run(["helm", "package", str(chart), f"--destination={folder}"])
    charts = f"oci://{registry.host}/publish-release/charts"
    run(["helm", "push", str(folder / "op-1.5.0.tgz"), charts, "--plain-http"])
    return {"images": image, "charts": f"{charts}/op:1.5.0"}


@pytest.fixture
def demo(job: Job, github: GitHub, tmp_path: Path, published: dict[str, str]) -> Demo:
    """A repository with the tags v1.4.0, v1.5.0-rc.0, v1.5.0 (annotated), and v1.6.0-rc.0 and .1 (an exception)."""
    git = tmp_path / f"{REPOSITORY}.git"
    git.parent.mkdir()
    run(["git", "init", "--quiet", "--bare", "--initial-branch=main", "--", str(git)])
    run(["git", "-C", str(git), "config", "uploadpack.allowFilter", "true"])
    run(["git", "-C", str(git), "fast-import", "--quiet"], stdin=HISTORY)
    github.add(REPOSITORY, git)
    return Demo(job, github, git, published, server=tmp_path.as_uri())


HISTORY = """\
commit refs/heads/main
mark :1
committer Ann <ann@example.com> 1767225600 +0000
data 6
First

M 100644 inline .github/workflows/ci.yml
data 9
on: push

reset refs/tags/v1.4.0
from refs/heads/main

commit refs/heads/main
committer Ann <ann@example.com> 1767312000 +0000
data 7
Second

from :1
M 100644 inline .github/workflows/ci.yml
data 18
on: pull_request

reset refs/tags/v1.5.0-rc.0
from refs/heads/main

tag v1.5.0
from refs/heads/main
tagger Ann <ann@example.com> 1767312000 +0000
data 6
1.5.0

reset refs/tags/v1.6.0-rc.0
from refs/heads/main

tag v1.6.0-rc.1
from :1
tagger Ann <ann@example.com> 1767312000 +0000
data 70
Release v1.6.0-rc.1

Override-Reason: the <b>leak</b> @all has waited

"""
