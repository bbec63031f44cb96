"""move-floating-tags as a process, against a real registry and a real git server, with real buildx."""

import json
from collections.abc import Callable
from pathlib import Path

import pytest

from rehearsal.act.step import Result
from rehearsal.base.programs import run
from rehearsal.git.project import GitProject
from rehearsal.hosts.internet import Internet
from rehearsal.net.proxy import Answer, Call
from rehearsal.oci.content import push_image, release_labels
from tests.boundary.oci.lying_registry.writes import after, lose, meddling

ALL = "latest, major, minor"
LATEST = "/v2/.*/manifests/latest"


class Project:
    """A repository with tags on git, images of them in a registry, and runs of the action."""

    def __init__(self, folder: Path, internet: Internet, run_action: Callable[..., Result]) -> None:
        self.internet = internet
        self.repository = f"kubeflow/{folder.name.replace('_', '-').lower()}"
        self.image = f"ghcr.io/{self.repository}/op"
        self.git = GitProject(folder, internet.git.repository(self.repository), "")
        self._run = run_action

    def tag(self, *tags: str) -> None:
        """Tag commits and push them; no image is made."""
        for tag in tags:
            self.git.tag(tag)
        self.git.push()

    def release(self, *tags: str) -> None:
        """Tag commits, and push images as releases do."""
        self.tag(*tags)
        for tag in tags:
            self.push(tag, tag.removeprefix("v"))

    def push(self, tag: str, version: str) -> str:
        commit = self.git.git("rev-parse", "HEAD")
        path = self.image.removeprefix("ghcr.io/")
        return push_image(self.internet.registry("ghcr.io"), path, tag, release_labels(version, commit))

    def move(self, tag: str, floating: str = ALL, **inputs: str) -> Result:
        given = {"images": self.image, "tag": tag, "floating-tags": floating, "repository": self.repository}
        given |= {name.replace("_", "-"): value for name, value in inputs.items()}
        return self._run("move_floating_tags", given, env=self.internet.env())

    def tags(self) -> dict[str, str]:
        """Every tag of the image with its digest, as crane sees it."""
        names = run(["crane", "ls", self.image], env=self.internet.env()).split()
        return {one: run(["crane", "digest", f"{self.image}:{one}"], env=self.internet.env()).strip() for one in names}

    def where(self) -> dict[str, str]:
        """Each floating tag with the release tags of the same digest."""
        tags = self.tags()
        releases = {one: digest for one, digest in tags.items() if one.count(".") > 1}
        return {
            one: " ".join(tag for tag, there in releases.items() if there == digest)
            for one, digest in tags.items()
            if one not in releases
        }


@pytest.fixture
def project(tmp_path: Path, loopback: Internet, run_action: Callable[..., Result]) -> Project:
    """A project without releases."""
    return Project(tmp_path, loopback, run_action)


def require_success(done: Result) -> list[tuple[str, str]]:
    """State and outcome of each floating tag of a run that did not fail."""
    assert done.code == 0, done.log + done.errors
    return [(one["state"], one["outcome"]) for one in done.result["artefacts"]]


def test_the_highest_release_gets_them_all_with_its_digest(project: Project) -> None:
    project.release("v1.5.0")
    done = project.move("v1.5.0")
    assert require_success(done) == [("absent", "done")] * 3
    assert project.where() == {"latest": "v1.5.0", "v1": "v1.5.0", "v1.5": "v1.5.0"}
    assert done.outputs["moved"].split() == [f"{project.image}:{one}" for one in ("latest", "v1", "v1.5")]
    assert len(set(project.tags().values())) == 1


def test_they_move_forwards_to_the_next_release(project: Project) -> None:
    project.release("v1.5.0", "v1.5.1-rc.0")
    require_success(project.move("v1.5.0"))
    project.git.commit("fix")
    project.release("v1.5.1")
    done = project.move("v1.5.1")
    assert require_success(done) == [("behind", "done")] * 3
    assert project.where() == {"latest": "v1.5.1", "v1": "v1.5.1", "v1.5": "v1.5.1"}
    assert "moved" in done.summary


def test_a_second_run_writes_nothing(project: Project) -> None:
    project.release("v1.5.0")
    require_success(project.move("v1.5.0"))
    calls = len(project.internet.proxy.calls)
    done = project.move("v1.5.0")
    assert require_success(done) == [("same", "skipped")] * 3
    assert project.internet.writes(since=calls) == ()
    assert done.outputs["moved"] == ""


def test_no_layer_is_pulled_and_nothing_but_manifests_is_written(project: Project) -> None:
    project.release("v1.5.0")
    index = json.loads(run(["crane", "manifest", f"{project.image}:v1.5.0"], env=project.internet.env()))
    layers = {
        layer["digest"]
        for one in index["manifests"]
        for layer in json.loads(
            run(["crane", "manifest", f"{project.image}@{one['digest']}"], env=project.internet.env())
        )["layers"]
    }
    since = len(project.internet.proxy.calls)
    require_success(project.move("v1.5.0"))
    calls = [call for call in project.internet.proxy.calls[since:] if call.host == "ghcr.io"]
    assert layers
    assert not [call for call in calls if call.method == "GET" and call.path.rpartition("/")[2] in layers]
    assert {call.path.split("/")[-2] for call in calls if call.writes} == {"manifests"}


@pytest.mark.parametrize(
    ("others", "tag", "expected"),
    [
        (["v1.5.0"], "v1.6.0-rc.0", {}),
        (["v2.0.0", "v1.6.0"], "v1.5.0", {"v1.5": "v1.5.0"}),
        (["v2.0.0"], "v1.5.0", {"v1": "v1.5.0", "v1.5": "v1.5.0"}),
        (["v1.5.1"], "v1.5.0", {}),
        (["v1.6.0-rc.0", "chart-9.9.9", "v9"], "v1.5.0", dict.fromkeys(("latest", "v1", "v1.5"), "v1.5.0")),
    ],
    ids=["candidate", "older line", "older major", "older patch", "candidates and other tags are not higher"],
)
def test_only_the_highest_of_all_tags_gets_one(
    project: Project, others: list[str], tag: str, expected: dict[str, str]
) -> None:
    project.tag(*others)
    project.git.commit("another")
    project.release(tag)
    require_success(project.move(tag))
    assert project.where() == expected


def test_one_that_is_ahead_is_left_alone(project: Project) -> None:
    project.release("v1.5.0")
    project.push("latest", "1.6.0")
    done = project.move("v1.5.0", "latest")
    assert require_success(done) == [("ahead", "skipped")]
    assert project.where() == {"latest": ""}
    assert "It is at v1.6.0" in done.result["artefacts"][0]["note"]


@pytest.mark.parametrize("version", ["main", ""], ids=["of a branch", "unlabelled"])
def test_one_on_something_that_is_no_release_stops_before_anything_is_moved(project: Project, version: str) -> None:
    project.release("v1.5.0")
    project.push("v1", version)
    before = project.tags()
    done = project.move("v1.5.0")
    assert (done.code, done.error) == (1, "E_VERSION_EXISTS")
    assert "imagetools create" in done.result["error"]["next"]
    assert project.tags() == before


def test_a_dry_run_moves_nothing(project: Project) -> None:
    project.release("v1.5.0")
    calls = len(project.internet.proxy.calls)
    done = project.move("v1.5.0", dry_run="true")
    assert require_success(done) == [("absent", "planned")] * 3
    assert project.internet.writes(since=calls) == ()


def test_the_spelling_without_a_v(project: Project) -> None:
    project.tag("v1.5.0")
    project.push("1.5.0", "1.5.0")
    require_success(project.move("v1.5.0", image_tag="bare"))
    assert project.where() == {"latest": "1.5.0", "1": "1.5.0", "1.5": "1.5.0"}


def test_a_release_whose_image_is_missing_moves_nothing(project: Project) -> None:
    project.tag("v1.5.0")
    done = project.move("v1.5.0")
    assert (done.code, done.error) == (1, "E_RELEASE_INCOMPLETE")


def test_a_higher_release_that_comes_in_between_keeps_the_tag(project: Project) -> None:
    project.release("v1.5.0")
    came: list[Call] = []

    def another_release(call: Call) -> None:
        if not came and call.method == "PUT" and call.path.endswith("/manifests/latest"):
            came.append(call)
            project.git.commit("fix")
            project.release("v1.5.1")
            project.push("latest", "1.5.1")

    with meddling(project.internet, another_release):
        done = project.move("v1.5.0", "latest")
    require_success(done)
    assert came
    assert project.where() == {"latest": "v1.5.1"}


@pytest.mark.parametrize(
    ("version", "code", "told"),
    [("main", "E_VERSION_EXISTS", "Nothing was published or written by this run."), ("1.6.0", "", "It is at v1.6.0.")],
    ids=["of a branch", "ahead"],
)
def test_one_that_others_set_between_the_look_and_the_write_is_left_alone(
    project: Project, version: str, code: str, told: str
) -> None:
    project.release("v1.5.0")
    theirs: list[str] = []
    with meddling(
        project.internet, after(f"(GET|HEAD) {LATEST}", lambda: theirs.append(project.push("latest", version)))
    ):
        done = project.move("v1.5.0", "latest")
    assert (done.error, done.outputs.get("moved", "")) == (code, ""), done.log
    assert told in done.log + done.summary
    assert [project.tags()["latest"]] == theirs
    if not code:
        assert require_success(done) == [("ahead", "skipped")]


def test_one_that_was_set_although_the_answer_was_lost(project: Project) -> None:
    project.release("v1.5.0")
    with meddling(project.internet, lose(f"PUT {LATEST}", carried_out=True)):
        done = project.move("v1.5.0", "latest")
    assert require_success(done) == [("absent", "done")]
    assert done.outputs["moved"] == f"{project.image}:latest"
    assert project.where() == {"latest": "v1.5.0"}


@pytest.mark.parametrize(
    ("status", "code", "sets", "said"),
    [(403, "E_REGISTRY_LOGIN", 1, "does not allow the push"), (201, "E_TIMEOUT", 10, "though it was set 10 times")],
    ids=["a refusal", "a registry that keeps nothing"],
)
def test_one_that_can_not_be_set(project: Project, status: int, code: str, sets: int, said: str) -> None:
    project.release("v1.5.0")

    def answer(call: Call) -> Answer | None:
        return Answer(status) if call.method == "PUT" and call.path.endswith("/manifests/latest") else None

    since = len(project.internet.proxy.calls)
    with meddling(project.internet, answer):
        done = project.move("v1.5.0", "latest")
    assert done.error == code
    assert said in done.log
    assert f"Unknown, because the attempt itself failed: {project.image}:latest." in done.log
    assert len(project.internet.writes(since=since)) == sets
    assert project.where() == {}


@pytest.mark.parametrize(
    ("inputs", "said"),
    [
        ({"floating_tags": "newest"}, "newest"),
        ({"floating_tags": ""}, "floating-tags"),
        ({"images": ""}, "images"),
    ],
    ids=["unknown kind", "no kind", "no image"],
)
def test_inputs_that_make_no_sense_are_told(project: Project, inputs: dict[str, str], said: str) -> None:
    floating = inputs.pop("floating_tags", ALL)
    done = project.move("v1.5.0", floating, **inputs)
    assert done.error == "E_INPUT"
    assert said in done.result["error"]["what"]


def test_a_tag_that_is_not_there_is_told(project: Project) -> None:
    project.git.push()
    assert project.move("v1.5.0").error == "E_TAG_MISSING"


def test_a_failure_says_what_is_public_of_the_whole_release(project: Project) -> None:
    project.release("v1.5.0")
    project.push("v1", "main")
    require_success(project.move("v1.5.0", "latest"))
    digest, chart = project.tags()["v1.5.0"], f"{project.image}-charts/op:1.5.0"
    parts = {
        "images": [f"{project.image}:v1.5.0"],
        "charts": [chart],
        "floating-tags": [f"{project.image}:{one}" for one in ("latest", "v1", "v1.5")],
        "index-branch": "gh-pages",
    }
    done = project.move("v1.5.0", release_parts=json.dumps(parts))
    assert (done.code, done.error) == (1, "E_VERSION_EXISTS")
    floating = [f"floating tag {project.image}:{one} at v1.5.0" for one in ("latest", "v1", "v1.5")]
    assert done.result["error"]["public"] == (
        f"Public of 1.5.0 now: image {project.image}:v1.5.0 ({digest}), {floating[0]} ({digest}); "
        f"not there: chart {chart}, {floating[1]}, {floating[2]}, index entry gh-pages: op 1.5.0; "
        "unknown: GitHub release v1.5.0."
    )
