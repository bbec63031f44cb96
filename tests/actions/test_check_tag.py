"""A tag that is moved or deleted after it was checked out: who publishes looks again, and writes nothing."""

from base64 import b64encode
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

from rehearsal.act.step import Result
from rehearsal.git.project import GitProject
from rehearsal.git.server import GitServer
from rehearsal.hosts.internet import Internet
from rehearsal.oci.buildkit import BuildKit
from rehearsal.oci.crane import tags
from rehearsal.oci.registry import Registry

TAG, VERSION = "v1.5.0", "1.5.0"
TOKEN = "ghs_0123456789abcdefghijklmnopqrstuvwxyz"
CHART = f"apiVersion: v2\nname: op\nversion: {VERSION}\nappVersion: {TAG}\n"
NOTE = "apiVersion: v1\nkind: ConfigMap\nmetadata:\n  name: op\n"
INDEX = {"index-branch": "gh-pages", "index-url": "https://kubeflow.github.io/op"}


class Project:
    """A project with an image and a chart, checked out at its tag; both go to a namespace of their own."""

    def __init__(
        self, folder: Path, run_action: Callable[..., Result], git: GitServer, namespace: str, env: dict[str, str]
    ) -> None:
        name = f"kubeflow/{folder.name.replace('_', '-').lower()}"
        self.git = GitProject(folder, git.repository(name), f"{git.url}/{name}")
        self.namespace = namespace
        self._run = run_action
        self._env = {**env, "GITHUB_SERVER_URL": git.url, "GITHUB_REPOSITORY": name}
        self.git.write("Dockerfile", "FROM scratch\nCOPY VERSION /\n")
        self.git.write("VERSION", f"{TAG}\n")
        self.git.write("charts/op/Chart.yaml", CHART)
        self.git.write("charts/op/templates/note.yaml", NOTE)
        self.commit = self.git.commit("release")
        self.git.tag(TAG)
        self.git.push()
        self.workspace = self.git.checkout(f"refs/tags/{TAG}")

    def image(self, **inputs: str) -> Result:
        given = {"tag": TAG, "image": f"{self.namespace}/op", "platforms": "linux/amd64", **_kebab(inputs)}
        return self._run("build_push_image", given, workspace=self.workspace, env=self._env)

    def chart(self, **inputs: str) -> Result:
        given = {"tag": TAG, "chart": "charts/op", "registry": f"oci://{self.namespace}/charts", **_kebab(inputs)}
        return self._run("publish_chart", given, workspace=self.workspace, env=self._env)

    def join(self, **inputs: str) -> Result:
        part = self.image(digest_only="true", **inputs)
        assert part.code == 0, part.log
        return self.image(digests=part.outputs["digest"], **inputs)

    def index(self, **inputs: str) -> Result:
        """Add the chart to the index; it is in the registry already."""
        pushed = self.chart(check_tag="false")
        assert pushed.code == 0, pushed.log
        return self.chart(**INDEX, **inputs)

    def is_published(self, what: str) -> bool:
        if what == "index":
            return "gh-pages" in self.git.git("branch", "--list", cwd=self.git.origin)
        repository, tag = ("charts/op", VERSION) if what == "chart" else ("op", TAG)
        return tag in tags(f"{self.namespace}/{repository}")


def _kebab(inputs: dict[str, str]) -> dict[str, str]:
    return {name.replace("_", "-"): text for name, text in inputs.items()}


@pytest.fixture
def env(loopback: Internet, builder: BuildKit) -> dict[str, str]:
    """What programs find BuildKit by."""
    return {**loopback.env(), **builder.env()}


@pytest.fixture
def project(
    tmp_path: Path, run_action: Callable[..., Result], git_server: GitServer, registry: Registry, env: dict[str, str]
) -> Project:
    """A project on a server where anyone may read; nothing of it is published."""
    return Project(tmp_path, run_action, git_server, f"{registry.host}/{tmp_path.name.lower()}", env)


@pytest.fixture
def private_project(
    tmp_path: Path, run_action: Callable[..., Result], registry: Registry, env: dict[str, str]
) -> Iterator[Project]:
    """A project on a server that has to be given TOKEN; the checkout left no login."""
    with GitServer(tmp_path / "git") as server:
        project = Project(tmp_path, run_action, server, f"{registry.host}/{tmp_path.name.lower()}", env)
        server.readers = lambda password, _: True if password == TOKEN else None
        yield project


def move(project: GitProject) -> None:
    project.git("tag", "--force", TAG, project.commit("another one"))
    project.push()


def move_annotated(project: GitProject) -> None:
    project.commit("another one")
    project.git("tag", "--force", "--annotate", "--message=x", TAG)
    project.push()


def delete(project: GitProject) -> None:
    project.git("push", "--quiet", "origin", f":refs/tags/{TAG}")


def hide(project: GitProject) -> None:
    """A tag whose name ends like the one that is gone."""
    delete(project)
    project.git("push", "--quiet", "origin", f"HEAD:refs/tags/refs/tags/{TAG}")


@pytest.mark.parametrize(
    ("what", "change", "code"),
    [
        ("image", move, "E_TAG_MOVED"),
        ("join", move, "E_TAG_MOVED"),
        ("chart", move, "E_TAG_MOVED"),
        ("index", move, "E_TAG_MOVED"),
        ("chart", move_annotated, "E_TAG_MOVED"),
        ("image", delete, "E_TAG_MISSING"),
        ("chart", delete, "E_TAG_MISSING"),
        ("chart", hide, "E_TAG_MISSING"),
    ],
)
def test_nothing_is_published_when_the_tag_is_gone(
    project: Project, what: str, change: Callable[[GitProject], None], code: str
) -> None:
    change(project.git)
    done: Result = getattr(project, what)()

    assert (done.code, done.error) == (1, code), done.log + done.errors
    assert "Nothing was published or written by this run." in done.annotations[-1].message
    assert not project.is_published(what)
    if code == "E_TAG_MOVED":
        marked = project.git.git("rev-parse", "HEAD")
        assert f"points to {marked}, and the release is of {project.commit}" in done.annotations[-1].message
        assert "Cut the next version" in done.annotations[-1].message


@pytest.mark.parametrize("what", ["image", "chart"])
def test_the_tag_may_be_an_annotated_one(project: Project, what: str) -> None:
    project.git.git("tag", "--force", "--annotate", "--message=x", TAG)
    project.git.push()
    done: Result = getattr(project, what)()

    assert done.code == 0, done.log + done.errors
    assert project.is_published(what)


@pytest.mark.parametrize("what", ["image", "join", "chart", "index"])
def test_the_check_can_be_left_out(project: Project, what: str) -> None:
    move(project.git)
    project.git.git("remote", "remove", "origin", cwd=project.workspace)
    if what == "index":
        project.git.git("remote", "add", "origin", project.git.url, cwd=project.workspace)
    done: Result = getattr(project, what)(check_tag="false")

    assert done.code == 0, done.log + done.errors
    assert project.is_published(what)


@pytest.mark.parametrize("what", ["image", "chart"])
def test_what_is_published_already_is_not_asked_about(project: Project, what: str) -> None:
    assert getattr(project, what)().code == 0
    move(project.git)
    done: Result = getattr(project, what)()

    assert done.code == 0, done.log + done.errors
    assert [one["outcome"] for one in done.result["artefacts"]] == ["skipped"]


@pytest.mark.parametrize("what", ["image", "chart"])
def test_a_dry_run_does_not_ask(project: Project, what: str) -> None:
    project.git.git("remote", "remove", "origin", cwd=project.workspace)

    assert getattr(project, what)(dry_run="true").code == 0


@pytest.mark.parametrize("what", ["image", "chart"])
def test_a_checkout_without_a_remote_is_told_before_anything_is_done(project: Project, what: str) -> None:
    project.git.git("remote", "remove", "origin", cwd=project.workspace)
    done: Result = getattr(project, what)()

    assert (done.code, done.error) == (1, "E_CHECKOUT")
    assert "`check-tag: false`" in done.annotations[-1].message
    assert "::group::" not in done.log
    assert not project.is_published(what)


@pytest.mark.parametrize("what", ["image", "chart"])
def test_a_private_repository_is_asked_with_the_token(private_project: Project, what: str) -> None:
    refused: Result = getattr(private_project, what)(token="")
    assert (refused.code, refused.error) == (1, "E_REMOTE_UNAVAILABLE")
    assert "the input `token` may read this repository" in refused.annotations[-1].message
    assert not private_project.is_published(what)

    done: Result = getattr(private_project, what)(token=TOKEN)
    assert done.code == 0, done.log + done.errors
    assert private_project.is_published(what)
    shown = "\n".join(line for line in done.log.splitlines() if not line.startswith("::add-mask::"))
    for secret in (TOKEN, b64encode(f"x-access-token:{TOKEN}".encode()).decode()):
        assert secret not in shown + done.errors + done.summary


def test_a_join_without_a_checkout_asks_the_repository_of_the_run(project: Project, tmp_path: Path) -> None:
    part = project.image(digest_only="true")
    (tmp_path / "empty").mkdir()
    project.workspace = tmp_path / "empty"
    join = {"digests": part.outputs["digest"], "commit": project.commit}
    move(project.git)

    assert project.image(**join).error == "E_TAG_MOVED"
    assert not project.is_published("image")
    project.git.git("tag", "--force", TAG, project.commit)
    project.git.push()
    assert project.image(**join).code == 0
    assert project.is_published("image")
