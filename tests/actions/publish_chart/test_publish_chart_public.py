"""A failure of publish-chart says what of the whole release exists, by what the servers have."""

import json
from pathlib import Path

import pytest

from rehearsal.act.step import Result
from rehearsal.base.programs import run
from rehearsal.github import GitHub
from tests.actions.publish_chart.project import Project, Publish

INDEX = "apiVersion: v1\nentries:\n  operator:\n  - {name: operator, version: 1.5.0, digest: aa, urls: [a.tgz]}\n"


@pytest.fixture
def name(tmp_path: Path, project: Project, github: GitHub) -> str:
    """The project's name on GitHub; its chart pulls an image that does not exist."""
    name = f"kubeflow/{tmp_path.name.replace('_', '-')}"
    github.add(name, project.origin)
    project.replace("charts/operator/values.yaml", "sidecar: ''", f"sidecar: {project.namespace}/sidecar:1")
    project.commit()
    return name


def refused(project: Project, publish: Publish, github: GitHub, name: str, **more: str) -> Result:
    """A run that fails as the sidecar's image is missing; its token may read the project."""
    env = {"GITHUB_API_URL": github.url, "GITHUB_REPOSITORY": name}
    own = f"{project.namespace}/images/operator:v1.5.0"
    given = {
        "pending_images": f"{own} linux/amd64,linux/arm64",
        "index_branch": "gh-pages",
        "index_url": "https://example.org",
        "token": github.token(contents="read", repository=name),
    }
    done = publish(env, **{**given, **more})
    assert (done.code, done.error) == (1, "E_IMAGE_MISSING"), done.log
    assert project.namespace + "/sidecar:1" in done.result["error"]["what"]
    return done


def test_each_part_of_the_release_is_there_or_not(
    project: Project, publish: Publish, github: GitHub, name: str
) -> None:
    image = project.push_image()
    digest = run(["crane", "digest", "--insecure", image]).strip()
    done = refused(project, publish, github, name)
    said = (
        f"Public of 1.5.0 now: image {image} ({digest}); not there: chart {project.reference}, "
        "index entry gh-pages: operator 1.5.0, GitHub release v1.5.0."
    )
    assert said in done.annotations[-1].message
    assert said == done.result["error"]["public"]
    assert "Public of 1.5.0 now" in done.summary


def test_an_entry_in_the_index_is_public_without_the_rest(
    project: Project, publish: Publish, github: GitHub, name: str
) -> None:
    branch = project.folder.parent / "branch"
    run(["git", "-C", str(project.folder), "worktree", "add", "--quiet", "--detach", str(branch)])
    (branch / "index.yaml").write_text(INDEX)
    run(["git", "-C", str(branch), "add", "index.yaml"])
    identity = ["-c", "user.name=Demo", "-c", "user.email=demo@example.com", "-c", "commit.gpgsign=false"]
    run(["git", "-C", str(branch), *identity, "commit", "--quiet", "--message=Index"])
    run(["git", "-C", str(branch), "push", "--quiet", "origin", "HEAD:refs/heads/gh-pages"])
    done = refused(project, publish, github, name)
    assert "Public of 1.5.0 now: index entry gh-pages: operator 1.5.0; not there: image" in done.log


@pytest.mark.parametrize("away", ["registry", "github", "git", "permission"])
def test_what_can_not_be_asked_is_unknown(
    project: Project, publish: Publish, github: GitHub, name: str, away: str
) -> None:
    away_image = "127.0.0.1:9/images/operator:v1.5.0"
    unknown = {
        "registry": f"image {away_image}",
        "github": "GitHub release v1.5.0",
        "git": "index entry gh-pages: operator 1.5.0",
        "permission": "GitHub release v1.5.0",
    }[away]
    project.push_image()
    more = {"pending_images": f"{away_image} linux/amd64"} if away == "registry" else {}
    if away == "permission":
        github.repository(name).private = True
        more["token"] = github.token(issues="read", repository=name)
    if away == "git":
        project.git("remote", "set-url", "origin", "http://127.0.0.1:9/nothing")
    done = refused(project, publish, github, "kubeflow/none" if away == "github" else name, **more)
    message = done.annotations[-1].message
    assert f"unknown: {unknown}." in message
    assert "not there: chart" in message


def test_a_failure_before_anything_is_looked_at_names_the_parts_that_validate_tag_has_put_out(
    project: Project, publish: Publish, github: GitHub, name: str
) -> None:
    image, other = project.push_image(), f"{project.namespace}/images/other:v1.5.0"
    parts = {"images": [image, other], "charts": [project.reference], "floating-tags": [], "index-branch": ""}
    env = {"GITHUB_API_URL": github.url, "GITHUB_REPOSITORY": name}
    token = github.token(contents="read", repository=name)
    done = publish(env, chart="charts/none", release_parts=json.dumps(parts), token=token)
    assert (done.code, done.error) == (1, "E_PATH"), done.log
    said = done.result["error"]["public"]
    assert said.startswith(f"Public of 1.5.0 now: image {image} (sha256:")
    assert said.endswith(f"; not there: image {other}, chart {project.reference}, GitHub release v1.5.0.")
