"""verify-release as a process: releases on a loopback internet, whole ones and ones with a single defect."""

import hashlib
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

from rehearsal.content import push_image, release_labels
from rehearsal.git_project import GitProject
from rehearsal.github import GitHub
from rehearsal.github.state import Release
from rehearsal.internet import Internet
from rehearsal.programs import run
from rehearsal.proxy import Answer
from rehearsal.step import Result

TAG = "v1.5.0"
CONFIG = """\
images:
  - name: {image}
charts:
  - path: charts/*
    registry: oci://{charts}
"""


class Project:
    """A repository, what its releases published, and runs of the action, which may only read."""

    def __init__(self, folder: Path, internet: Internet, github: GitHub, run_action: Callable[..., Result]) -> None:
        self.internet, self.github, self.folder = internet, github, folder
        self.repository = f"kubeflow/{folder.name.replace('_', '-').lower()}"
        self.image = f"ghcr.io/{self.repository}/op"
        self.charts = f"ghcr.io/{self.repository}/charts"
        path = internet.git.repository(self.repository)
        self.git = GitProject(folder, path, "")
        github.add(self.repository, path)
        self.tokens = [github.token(contents=access, repository=self.repository) for access in ("read", "write")]
        self._run = run_action
        self.git.write(".github/release-actions.yml", CONFIG.format(image=self.image, charts=self.charts))
        self.git.write("charts/op/Chart.yaml", "apiVersion: v2\nname: op\nversion: 0.0.0\nappVersion: v0.0.0\n")
        self.git.commit("a project")

    def tag(self, tag: str, branch: str = "release-1.5") -> str:
        """Tag a new commit of a branch, push both, and return the commit."""
        self.git.switch(branch, "main")
        commit = self.git.commit(tag)
        self.git.tag(tag)
        self.git.push()
        return commit

    def release(self, tag: str = TAG, branch: str = "release-1.5", **inputs: str) -> None:
        """Everything that a release of the tag publishes."""
        commit = self.tag(tag, branch)
        self.push_image(tag, tag[1:], commit)
        self.push_chart(tag[1:], tag)
        self.publish(tag, **inputs)

    def push_image(self, tag: str, version: str, commit: str, *platforms: str) -> None:
        registry, path = self.internet.registry("ghcr.io"), self.image.removeprefix("ghcr.io/")
        push_image(registry, path, tag, release_labels(version, commit), platforms or ("linux/amd64", "linux/arm64"))

    def push_chart(self, version: str, app_version: str) -> Path:
        folder = self.folder / f"chart-{version}-{app_version}"
        (folder / "op" / "templates").mkdir(parents=True)
        chart = f"apiVersion: v2\nname: op\nversion: {version}\nappVersion: {app_version}\n"
        (folder / "op" / "Chart.yaml").write_text(chart)
        env = self.internet.env()
        run(["helm", "package", str(folder / "op"), f"--destination={folder}"], env=env)
        run(["helm", "push", str(folder / f"op-{version}.tgz"), f"oci://{self.charts}"], env=env)
        return folder / f"op-{version}.tgz"

    def publish(self, tag: str = TAG, **inputs: str) -> None:
        """The GitHub release, by the action that makes it."""
        given = {"tag": tag, "images": f"{self.image}:{tag}", "charts": f"{self.charts}/op:{tag[1:]}"}
        given |= {"token": self.tokens[1], "generate-notes": "false", **inputs}
        done = self._run("publish_release", given, env=self.env)
        assert done.code == 0, done.log + done.errors

    @property
    def env(self) -> dict[str, str]:
        return {**self.internet.env(), "GITHUB_REPOSITORY": self.repository}

    def page(self, tag: str = TAG) -> Release:
        (found,) = (one for one in self.github.repository(self.repository).releases.values() if one.tag == tag)
        return found

    def verify(self, tag: str = TAG, **inputs: str) -> Result:
        """A run of the action; that it wrote nothing is asserted every time."""
        given = {"tag": tag, "token": self.tokens[0]}
        given |= {name.replace("_", "-"): value for name, value in inputs.items()}
        calls, writes = len(self.internet.proxy.calls), len(self.github.writes)
        done = self._run("verify_release", given, env=self.env)
        assert self.internet.writes(since=calls) == ()
        assert self.github.writes[writes:] == ()
        return done


@pytest.fixture(scope="module")
def internet(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Internet]:
    """A loopback internet of these tests' own, as a GitHub that joins one stays in it."""
    with Internet(tmp_path_factory.mktemp("verify-release")) as started:
        yield started


@pytest.fixture(scope="module")
def joined(internet: Internet) -> Iterator[GitHub]:
    """The GitHub of that internet."""
    with GitHub() as started:
        started.join(internet)
        yield started


@pytest.fixture
def project(tmp_path: Path, internet: Internet, joined: GitHub, run_action: Callable[..., Result]) -> Project:
    """A project without releases."""
    return Project(tmp_path, internet, joined, run_action)


def require_complete(done: Result) -> dict[str, str]:
    """The outcome of each artefact of a run that found nothing wrong, by kind."""
    assert done.code == 0, done.log + done.errors
    assert done.outputs["complete"] == "true"
    assert done.outputs["incomplete-tags"] == ""
    assert {one["outcome"] for one in done.result["artefacts"]} == {"verified"}
    return {one["kind"]: one["name"] for one in done.result["artefacts"]}


def require_wrong(done: Result, kind: str, *said: str) -> None:
    """The run failed, and of this kind alone one artefact is wrong, with a note that says so and what to do."""
    assert (done.code, done.error) == (1, "E_RELEASE_INCOMPLETE"), done.log + done.errors
    assert done.outputs["complete"] == "false"
    wrong = [one for one in done.result["artefacts"] if one["outcome"] == "wrong"]
    assert [one["kind"] for one in wrong] == [kind], wrong
    for part in said:
        assert part in wrong[0]["note"]
    assert wrong[0]["name"] in done.summary
    assert "Nothing was published or written." in done.result["error"]["published"]


def test_a_complete_release_is_told_from_the_tag_alone(project: Project) -> None:
    project.release()
    assert require_complete(project.verify()) == {
        "git tag": TAG,
        "image": f"{project.image}:{TAG}",
        "chart": f"{project.charts}/op:1.5.0",
        "GitHub release": TAG,
        "ledger": f"release-ledger.json of {TAG}",
    }


def test_an_exception_is_told_of(project: Project) -> None:
    project.git.switch("release-1.5", "main")
    commit = project.git.commit("untried")
    project.git.git("tag", "--annotate", "--message=Release", "--message=Override-Reason: <i>a leak</i>", TAG)
    project.git.push()
    project.push_image(TAG, "1.5.0", commit)
    project.push_chart("1.5.0", TAG)
    project.publish()
    done = project.verify()
    require_complete(done)
    [note] = [one["note"] for one in done.result["artefacts"] if one["kind"] == "ledger"]
    assert note == "Released although a rule was against it: <i>a leak</i>"
    assert "although a rule was against it" in done.summary
    assert "<i>" not in done.summary.replace("\\<i", "")


def test_a_candidate_and_an_older_patch_are_complete_too(project: Project) -> None:
    project.release("v1.5.0-rc.0")
    project.release("v1.5.0")
    project.release("v1.4.9", branch="release-1.4")
    for tag in ("v1.5.0-rc.0", "v1.4.9"):
        require_complete(project.verify(tag, floating_tags="latest"))


def test_without_a_configuration_file_the_ledger_says_what_there_is(project: Project) -> None:
    (project.git.tree / ".github/release-actions.yml").unlink()
    project.release()
    assert set(require_complete(project.verify())) == {"git tag", "image", "chart", "GitHub release", "ledger"}


def test_a_release_of_others_can_be_looked_at_without_a_ledger(project: Project) -> None:
    commit = project.tag(TAG)
    project.push_image(TAG, "1.5.0", commit)
    project.push_chart("1.5.0", TAG)
    require_complete(project.verify(github_release="none"))


def test_inputs_win_over_the_file(project: Project) -> None:
    project.release()
    done = project.verify(images=f"{project.image}-other", platforms="linux/amd64")
    assert f"{project.image}-other:{TAG}" in {one["name"] for one in done.result["artefacts"]}


def lacks_a_platform(project: Project) -> None:
    commit = project.tag(TAG)
    project.push_image(TAG, "1.5.0", commit, "linux/amd64")
    project.push_chart("1.5.0", TAG)
    project.publish()


def image_of_another_commit(project: Project) -> None:
    project.tag(TAG)
    project.push_image(TAG, "1.5.0", "0" * 40)
    project.push_chart("1.5.0", TAG)
    project.publish()


def image_missing(project: Project) -> None:
    project.git.write(
        ".github/release-actions.yml",
        f"images:\n  - name: {project.image}\n  - name: {project.image}-migrate\ncharts:\n"
        f"  - path: charts/op\n    registry: oci://{project.charts}\n",
    )
    project.release()


def chart_of_another_version(project: Project) -> None:
    commit = project.tag(TAG)
    project.push_image(TAG, "1.5.0", commit)
    project.push_chart("1.5.0", "v1.4.0")
    project.publish()


def not_on_its_branch(project: Project) -> None:
    project.release()
    project.git.git("branch", "--force", "release-1.4", "main")
    project.git.git("switch", "--quiet", "release-1.4")
    project.git.git("branch", "--force", "release-1.5", "main")
    project.git.push()


def branch_missing(project: Project) -> None:
    project.release()
    project.git.git("push", "--quiet", "origin", ":refs/heads/release-1.5")


def marked_as_a_prerelease(project: Project) -> None:
    project.release()
    project.page().prerelease = True


def not_the_latest(project: Project) -> None:
    project.release("v1.4.0", branch="release-1.4")
    project.release()
    project.github.repository(project.repository).latest_release = project.page("v1.4.0").id


def of_somebody_else(project: Project) -> None:
    project.release()
    project.page().body = "Hand-made."


def without_ledger(project: Project) -> None:
    project.release()
    assets = project.page().assets
    (ledger,) = (one.id for one in assets.values() if one.name == "release-ledger.json")
    del assets[ledger]


def ledger_edited(project: Project) -> None:
    project.release()
    (ledger,) = (one for one in project.page().assets.values() if one.name == "release-ledger.json")
    ledger.content = ledger.content.replace(b"1.5.0", b"1.5.1")


def asset_missing(project: Project) -> None:
    project.release()
    assets = project.page().assets
    (package,) = (one.id for one in assets.values() if one.name == "op-1.5.0.tgz")
    del assets[package]


def image_pushed_again(project: Project) -> None:
    project.release()
    commit = project.git.git("rev-parse", TAG)
    project.push_image(TAG, "1.5.0", commit, "linux/amd64", "linux/arm64", "linux/s390x")


@pytest.mark.parametrize(
    ("defect", "kind", "said"),
    [
        (lacks_a_platform, "image", ["lacks linux/arm64"]),
        (image_of_another_commit, "image", ["from commit 0000", "Cut the next version"]),
        (image_missing, "image", ["no such tag", "Run the release"]),
        (chart_of_another_version, "chart", ["appVersion 'v1.4.0' instead of 'v1.5.0'"]),
        (not_on_its_branch, "git tag", ["not on the branch release-1.5"]),
        (branch_missing, "git tag", ["release-1.5 is not there", "git push"]),
        (marked_as_a_prerelease, "GitHub release", ["marked as a prerelease"]),
        (not_the_latest, "GitHub release", ["'v1.4.0' as the latest"]),
        (of_somebody_else, "ledger", ["no marker"]),
        (without_ledger, "ledger", ["no ledger among its assets"]),
        (ledger_edited, "ledger", ["It is of v1.5.1"]),
        (asset_missing, "ledger", ["op-1.5.0.tgz is missing"]),
        (image_pushed_again, "ledger", ["and the registry as sha256:"]),
    ],
    ids=lambda one: one.__name__ if callable(one) else "",
)
def test_each_defect_is_one_line(
    project: Project, defect: Callable[[Project], None], kind: str, said: list[str]
) -> None:
    defect(project)
    require_wrong(project.verify(), kind, *said)


def test_a_chart_of_the_tag_that_was_never_pushed_is_missing(project: Project) -> None:
    project.git.write("charts/crds/Chart.yaml", "apiVersion: v2\nname: crds\nversion: 0.0.0\n")
    project.release()
    require_wrong(project.verify(), "chart", "no such chart")


def test_a_draft_is_no_release(project: Project) -> None:
    project.release(draft="true")
    done = project.verify()
    assert [one["state"] for one in done.result["artefacts"] if one["outcome"] == "wrong"] == ["absent", "absent"]
    assert "a draft is none" in done.log
    assert done.outputs["incomplete-tags"] == TAG


def test_a_tag_that_was_moved_disagrees_with_all_that_was_made_from_it(project: Project) -> None:
    project.release()
    commit = project.git.commit("sneak this in")
    project.git.git("tag", "--force", TAG)
    project.git.push()
    done = project.verify()
    wrong = {one["kind"]: one["note"] for one in done.result["artefacts"] if one["outcome"] == "wrong"}
    assert set(wrong) == {"image", "ledger"}
    assert f"the tag marks {commit}" in wrong["image"]
    assert f"the tag marks {commit}" in wrong["ledger"] or f"{TAG} marks {commit}" in wrong["ledger"]


def test_a_tag_that_is_gone_is_all_that_can_be_told(project: Project) -> None:
    project.release()
    project.git.git("push", "--quiet", "origin", f":refs/tags/{TAG}")
    login = {"registry_username": "manager", "registry_password": "secret"}
    require_wrong(project.verify(**login), "git tag", "git push origin refs/tags/v1.5.0")


@pytest.mark.parametrize(
    ("version", "said"),
    [
        ("", ["no such tag", "move-floating-tags"]),
        ("1.4.0", ["behind: at v1.4.0"]),
        ("1.6.0", ["ahead: at v1.6.0"]),
        ("main", ["says the version 'main'"]),
    ],
    ids=["missing", "behind", "ahead", "no release"],
)
def test_a_floating_tag_that_is_elsewhere(project: Project, version: str, said: list[str]) -> None:
    project.release()
    if version:
        project.push_image("latest", version, "0" * 40)
    require_wrong(project.verify(floating_tags="latest"), "floating tag", *said)


def test_floating_tags_of_the_highest_release_are_told(project: Project) -> None:
    project.release()
    for tag in ("latest", "v1", "v1.5"):
        run(["crane", "tag", f"{project.image}:{TAG}", tag], env=project.internet.env())
    done = project.verify(floating_tags="latest,major,minor")
    require_complete(done)
    names = [one["name"] for one in done.result["artefacts"] if one["kind"] == "floating tag"]
    assert names == [f"{project.image}:{tag}" for tag in ("latest", "v1", "v1.5")]


def test_all_releases_since_one_are_one_table(project: Project) -> None:
    project.git.tag("chart-9.9.9")
    project.release("v1.3.0", branch="release-1.3")
    project.release("v1.4.0", branch="release-1.4")
    project.tag("v1.4.1", branch="release-1.4")
    project.release("v1.5.0-rc.0")
    done = project.verify("", since="v1.4.0")
    assert (done.code, done.outputs.get("incomplete-tags")) == (1, "v1.4.1"), done.log
    tags = [one["name"] for one in done.result["artefacts"] if one["kind"] == "git tag"]
    assert tags == ["v1.4.0", "v1.4.1", "v1.5.0-rc.0"]
    wrong = [(one["kind"], one["version"]) for one in done.result["artefacts"] if one["outcome"] == "wrong"]
    assert wrong == [(kind, "1.4.1") for kind in ("image", "chart", "GitHub release", "ledger")]


def test_one_tag_of_many_that_says_nothing_hides_no_other(project: Project) -> None:
    project.release("v1.4.0", branch="release-1.4")
    (project.git.tree / ".github/release-actions.yml").write_text("unknown: key\n")
    project.release("v1.4.1", branch="release-1.4")
    done = project.verify("", since="v1.4.0")
    assert (done.code, done.error, done.outputs["incomplete-tags"]) == (1, "E_CONFIG", "v1.4.1")
    right = [(one["kind"], one["version"]) for one in done.result["artefacts"] if one["outcome"] == "verified"]
    assert ("chart", "1.4.0") in right
    assert ("GitHub release", "1.4.1") in right


INDEX = """\
apiVersion: v1
entries:
  op:
  - apiVersion: v2
    digest: {digest}
    name: op
    urls:
    - https://example.org/op-{version}.tgz
    version: {version}
"""


@pytest.mark.parametrize(
    ("version", "right", "said"),
    [("1.5.0", True, []), ("1.4.0", True, ["no such entry"]), ("1.5.0", False, ["the package sha256:0000"])],
    ids=["there", "missing", "another package"],
)
def test_the_entry_in_a_chart_repository(project: Project, version: str, said: list[str], *, right: bool) -> None:
    commit = project.tag(TAG)
    project.push_image(TAG, "1.5.0", commit)
    package = project.push_chart("1.5.0", TAG)
    project.publish()
    digest = hashlib.sha256(package.read_bytes()).hexdigest() if right else "0" * 64
    project.git.switch("gh-pages", "main")
    project.git.write("index.yaml", INDEX.format(version=version, digest=digest))
    project.git.commit("index")
    project.git.push()
    done = project.verify(index_branch="gh-pages")
    if said:
        require_wrong(done, "index entry", *said)
    else:
        assert "index entry" in require_complete(done)


@pytest.mark.parametrize(
    ("inputs", "code", "said"),
    [
        ({"since": "v1.0.0"}, "E_INPUT", "exclude each other"),
        ({"tag": "", "since": "v9.0.0"}, "E_TAG_MISSING", "v9.0.0"),
        ({"tag": "1.5.0"}, "E_TAG_GRAMMAR", "v1.5.0"),
        ({"repository": "../etc"}, "E_INPUT", "etc"),
        ({"repository": "kubeflow/nowhere"}, "E_REMOTE_UNAVAILABLE", "nowhere"),
        ({"config": "release.yml"}, "E_PATH", "release.yml"),
        ({"charts": "charts/nothing"}, "E_CHART", "charts/nothing"),
    ],
    ids=["tag and since", "no such tags", "grammar", "repository", "no repository", "no such file", "no such chart"],
)
def test_what_can_not_be_asked_is_told(project: Project, inputs: dict[str, str], code: str, said: str) -> None:
    project.tag(TAG)
    done = project.verify(**{"tag": TAG, **inputs})
    assert (done.code, done.error) == (1, code)
    assert said in done.log


def test_nothing_that_says_what_a_release_consists_of(project: Project) -> None:
    (project.git.tree / ".github/release-actions.yml").unlink()
    project.tag(TAG)
    done = project.verify()
    assert done.error == "E_INPUT"
    assert "no ledger" in done.log


def test_a_registry_that_refuses_is_no_missing_image(project: Project) -> None:
    project.release()
    project.internet.proxy.hook = lambda call: Answer(403) if f"{project.repository}/op" in call.path else None
    try:
        done = project.verify()
    finally:
        project.internet.proxy.hook = lambda _: None
    assert (done.code, done.error) == (1, "E_REGISTRY_LOGIN")
    assert done.outputs["complete"] == "false"
    assert [one["kind"] for one in done.result["artefacts"] if one["outcome"] == "wrong"] == ["image"]
