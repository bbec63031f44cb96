"""preflight as a process: all that is known to be wrong with a release is in one list, and nothing is written."""

from collections.abc import Iterator

import pytest

from rehearsal.act.step import Job, Result
from rehearsal.git.server import GitServer
from rehearsal.github import GitHub
from rehearsal.github.ghcr_permissions import PackagesDoor
from rehearsal.github.rulebook import enforce
from rehearsal.github.state import Asset, Release
from rehearsal.hosts.internet import Internet
from rehearsal.net.proxy import Answer, Call
from rehearsal.oci.content import push_image, release_labels
from rehearsal.projects.github_project import GitHubProject

TAG = "v1.5.0"
POD = """\
{apiVersion: v1, kind: Pod, metadata: {name: op}, spec: {containers: [
  {name: op, image: "%s:{{ .Values.tag | default .Chart.AppVersion }}"}]}}
"""
POINTER = f"version https://git-lfs.github.com/spec/v1\noid sha256:{'0' * 64}\nsize 12345\n"


class Scene(GitHubProject):
    """A project with one image and one chart, which is about to release 1.5.0."""

    def begin(self, internet: Internet) -> None:
        self.internet, self.looks = internet, 0
        self.packages = f"ghcr.io/{self.name}"
        self.image = f"{self.packages}/op"
        self.write(".github/release-actions.yml", "charts: [{path: charts/demo}]\n")
        self.version("1.5.0")
        self.write("charts/demo/values.yaml", "tag: ''\n")
        self.write("charts/demo/templates/pod.yaml", POD % self.image)

    def look(self, **more: str) -> Result:
        """Tag what there is, check it out, and ask."""
        self.commit("release")
        self.git("tag", "--force", TAG)
        self.push()
        token = self.github.token(contents="write", packages="write", repository=self.name)
        given = {"tag": TAG, "images": self.image, "registry": f"oci://{self.packages}/charts", "token": token}
        given |= {"ghcr-token": token, **{name.replace("_", "-"): text for name, text in more.items()}}
        self.looks += 1
        workspace = self.checkout(f"refs/tags/{TAG}", f"checkout-{self.looks}")
        self.calls = len(self.internet.proxy.calls)
        return self._run_action("preflight", given, workspace=workspace, env={**self.internet.env(), **self.context})

    def made_by_hand(self, *, draft: bool) -> Release:
        """A person makes the release of the tag in the web page."""
        world = self.github.world
        with world.lock:
            now = world.now()
            number, author, published = world.new_id(), world.user("ann"), None if draft else now
            about = (TAG, "main", TAG, "Notes")
            release = Release(number, *about, draft, prerelease=False, author=author, drafted_at=now, updated_at=now)
            release.published_at = published
            self.repository.releases[number] = release
        return release

    def asked(self) -> list[str]:
        """What was sent to registries in the last run that is meant to change something, by its method."""
        return [call.method for call in self.internet.proxy.calls[self.calls :] if call.writes and "/v2/" in call.path]


@pytest.fixture
def scene(job: Job, hosting: GitServer, github: GitHub, loopback: Internet) -> Iterator[Scene]:
    folder = job.folder.parent
    made = Scene(folder, hosting, github, f"kubeflow/{folder.name.replace('_', '-')}", job.run)
    made.begin(loopback)
    open_to_all = loopback.proxy.hook
    yield made
    loopback.proxy.hook = open_to_all


def test_a_release_with_nothing_wrong(scene: Scene) -> None:
    done = scene.look(floating_tags="latest")

    assert done.code == 0, done.log + done.errors
    assert (done.outputs["wrong"], done.outputs["unknown"]) == ("0", "0")
    assert scene.internet.writes(since=scene.calls) == ()
    assert sorted(scene.asked()) == ["DELETE", "DELETE", "POST", "POST"]
    assert "Right to push" in done.summary


def test_everything_that_is_wrong_is_in_one_list(scene: Scene) -> None:
    registry = scene.internet.registry("ghcr.io")
    push_image(registry, f"{scene.name}/op", TAG, release_labels("1.5.0", "1" * 40))
    push_image(registry, f"{scene.name}/op", "v1.4.0", release_labels("1.4.0", "1" * 40))
    push_image(registry, f"{scene.name}/op", "latest", {})
    scene.write("charts/demo/values.yaml", "tag: v1.4.0\n")
    scene.write("charts/demo/files/model.bin", POINTER)
    scene.made_by_hand(draft=False)
    done = scene.look(floating_tags="latest")

    assert (done.code, done.outputs["wrong"]) == (1, "6"), done.log
    for said in (
        "Files of the chart charts/demo: Git LFS has not fetched charts/demo/files/model.bin",
        "Git LFS in builds of `.`: Git LFS has not fetched charts/demo/files/model.bin",
        f"The chart pulls {scene.image}:v1.4.0, and this release publishes {scene.image}:v1.5.0",
        "was not made by this action. Delete that release in the web page",
        f"Image {scene.image}:v1.5.0: {scene.image}:v1.5.0 is already published",
        f"{scene.image}:latest",
    ):
        assert said in done.log
    assert "Nothing was published or written" in done.annotations[-1].message
    assert f"Public of 1.5.0 now: image {scene.image}:v1.5.0 (sha256:" in done.annotations[-1].message
    assert scene.internet.writes(since=scene.calls) == ()


def test_a_persons_draft_is_noted_and_its_files_are_kept(scene: Scene) -> None:
    draft = scene.made_by_hand(draft=True)
    noted = scene.look()
    world = scene.github.world
    draft.assets[1] = Asset(1, "demo-1.5.0.tgz", "", "text/plain", b"x", "uploaded", world.user("ann"), TAG, TAG)
    refused = scene.look()

    assert (noted.code, refused.error) == (0, "E_RELEASE_EXISTS"), noted.log + refused.log
    assert "it is completed, with its notes and files" in noted.summary
    assert "a person made has demo-1.5.0.tgz" in refused.log


def test_a_token_that_may_not_push_is_known_before_the_build(scene: Scene) -> None:
    scene.internet.proxy.hook = PackagesDoor(scene.github)
    reading = scene.github.token(contents="write", packages="read", repository=scene.name)
    refused = scene.look(ghcr_token=reading)
    dry = scene.look(ghcr_token=reading, dry_run="true")

    assert (refused.error, refused.outputs["wrong"]) == ("E_REGISTRY_LOGIN", "2"), refused.log
    assert "does not let this run push" in refused.log
    assert (dry.code, scene.asked()) == (0, []), dry.log


@pytest.mark.parametrize("status", [400, 404, 405])
def test_a_registry_that_does_not_say_whether_it_takes_a_push_stops_nothing(scene: Scene, status: int) -> None:
    def elsewhere(call: Call) -> Answer | None:
        return Answer(status) if call.path.endswith("/blobs/uploads/") else None

    scene.internet.proxy.hook = elsewhere
    done = scene.look()

    assert done.code == 0, done.log
    assert "the registry does not say" in done.summary


INDEX = {"index_branch": "gh-pages", "index_url": "https://kubeflow.github.io/demo"}


@pytest.mark.parametrize("there", [True, False], ids=["a branch", "a branch to be made"])
def test_the_right_to_push_to_the_index_branch_is_known_before_the_build(scene: Scene, *, there: bool) -> None:
    if there:
        scene.git("branch", "gh-pages")
    allowed = scene.look(**INDEX)
    reading = scene.github.token(contents="read", packages="write", repository=scene.name)
    refused = scene.look(token=reading, **INDEX)
    dry = scene.look(token=reading, dry_run="true", **INDEX)

    assert allowed.code == 0, allowed.log + allowed.errors
    assert "Right to push to the branch gh-pages" in allowed.summary
    assert refused.outputs["wrong"] == "2", refused.log
    assert "Right to push to the branch gh-pages: The git remote" in refused.log
    assert "`contents: write`" in refused.log
    assert "the branch gh-pages" not in dry.log
    assert ("refs/heads/gh-pages" in scene.refs()) == there


def test_rules_of_the_index_branch_are_noted(scene: Scene) -> None:
    scene.git("branch", "gh-pages")
    scene.repository.protections["gh-pages"] = {"required_pull_request_reviews": {}}
    enforce(scene.repository)
    done = scene.look(**INDEX)

    assert done.code == 0, done.log + done.errors
    assert "the branch is protected" in done.summary


@pytest.mark.parametrize(
    ("configured", "given", "refused"),
    [
        ("images: [{name: %s}]\n", {}, False),
        ("images: [{name: %s}]\n", {"charts": "./charts/demo/"}, False),
        ("images: [{name: %s}, {name: ghcr.io/kubeflow/other}]\n", {}, True),
        ("platforms: [linux/amd64] # not for %s\n", {"platforms": "linux/amd64,linux/arm64"}, True),
        ("image-tag: tag # of %s\n", {"image_tag": "bare"}, True),
    ],
    ids=["the same", "in other words", "fewer images", "more platforms", "another spelling"],
)
def test_inputs_that_say_another_release_than_the_configuration(
    scene: Scene, configured: str, given: dict[str, str], *, refused: bool
) -> None:
    text = configured % scene.image
    scene.write(".github/release-actions.yml", f"charts: [{{path: charts/demo}}]\n{text}")
    done = scene.look(**given)

    assert ("Inputs: The input `" in done.log) == refused, done.log
    assert (done.code != 0) == refused, done.log


def test_a_pointer_that_no_build_gets_is_all_right(scene: Scene) -> None:
    scene.write("docs/film.mp4", POINTER)
    refused = scene.look()
    scene.write(".dockerignore", "docs\n")
    allowed = scene.look()

    assert (refused.error, refused.outputs["wrong"]) == ("E_CHECKOUT", "1"), refused.log
    assert "docs/film.mp4" in refused.log
    assert allowed.code == 0, allowed.log
