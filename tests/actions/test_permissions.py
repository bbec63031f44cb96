"""What each action says of the job's permissions is enough, and each of them is needed: in a private repository.

There, every way in asks the job's token: the API, git to read and to push. A token with exactly the permissions that
the action's comment names does the whole work; with one of them less, the run ends with an error that says which.
"""

from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from typing import Any

import pytest

from rehearsal.act.step import ROOT, Job, Result
from rehearsal.git.server import GitServer
from rehearsal.github import GitHub
from rehearsal.github.ghcr_permissions import PackagesDoor
from rehearsal.github.tokens import Access, Kind
from rehearsal.hosts.internet import Internet
from rehearsal.oci.buildkit import BuildKit
from rehearsal.oci.content import push_image, release_labels
from rehearsal.projects.github_project import GitHubProject
from release_actions.github.client import GitHub as Client
from release_actions.runner.action_yml import action_path, read_action, with_defaults
from tools.permissions import needed, read_permissions

ALL_FOLLOW_UPS = "label milestone development-version"
TAG = "v1.5.0"
ONE_PLATFORM = {"platforms": "linux/amd64"}
GHCR = {"ghcr-token": "${{ github.token }}"}


class Scene(GitHubProject):
    """A private project that has released 1.4.0 and 1.5.0, with a fix on main that release-1.5 wants."""

    def begin(self, internet: Internet) -> None:
        self.internet = internet
        self.builder: BuildKit | None = None
        self.write(".github/release-actions.yml", "places:\n  - file: VERSION\n")
        self.write("gates.go", 'package main\n\nvar gates = map[Feature]FeatureSpec{"A": {Default: true}}\n')
        self.write("Dockerfile", "FROM scratch\nCOPY VERSION /\n")
        self.version("1.4.0")
        self.git("branch", "release-1.4")
        self.tag("v1.4.0", annotated=True)
        self.version("1.5.0")
        self.git("branch", "release-1.5")
        self.tag(TAG, annotated=True)
        self.wanted = self.fix("fix: a lease (#1)")
        self.push()
        self.workspace = self.checkout(f"refs/tags/{TAG}")
        with self.github.world.lock:
            self.repository.private = True

    def opened(self, branch: str, base: str) -> int:
        """A pull request of a person's."""
        self.push()
        made = self.api("POST", "pulls", {"head": branch, "base": base, "title": f"{branch} to {base}", "body": ""})
        return int(made["number"])

    def merged(self, number: int) -> None:
        """Merge a pull request."""
        self.api("PUT", f"pulls/{number}/merge", {"merge_method": "squash"})

    def api(self, method: str, path: str, data: dict[str, Any]) -> Any:
        """An answer of GitHub's API to a person who may write."""
        self.repository.roles["ann"] = "write"
        permissions: dict[str, Any] = dict.fromkeys(("contents", "pull_requests", "issues"), "write")
        token = self.github.token(Kind.PERSONAL, "ann", **permissions)
        with Client(self.github.url, self.name, token) as client:
            return client.write(method, path, data, object, lambda: None)

    def done(self, work: "Work", permissions: Mapping[str, Access | None]) -> Result:
        """The work, done with a token of just these permissions."""
        given = {**work.inputs, **work.prepare(self)}
        granted: dict[str, Any] = {name.replace("-", "_"): access for name, access in permissions.items() if access}
        given["token"] = self.github.token(repository=self.name, **granted)
        if "ghcr-token" in given:
            given["ghcr-token"] = given["token"]
        return self.step(work.action, given)

    def step(self, action: str, given: Mapping[str, str]) -> Result:
        """An action on the checkout of the tag."""
        builder = self.builder.env() if self.builder else {}
        environment = {**self.internet.env(), **builder, **self.context}
        return self._run_action(action, given, workspace=self.workspace, env=environment)

    @property
    def packages(self) -> str:
        """Where the project's images and charts are."""
        return f"ghcr.io/{self.name}"


@dataclass(frozen=True, slots=True)
class Work:
    """A piece of work that needs all that an action says of these inputs; `prepare` gives further ones.

    `own_words` are how the action says itself that it may not do something.
    """

    action: str
    inputs: dict[str, str]
    prepare: Callable[[Scene], dict[str, str]] = lambda _: {}
    own_words: tuple[str, ...] = ()
    builds: bool = False

    @property
    def permissions(self) -> dict[str, Access]:
        """What the action's comment says."""
        file = action_path(ROOT, self.action)
        return needed(read_permissions(file), with_defaults(read_action(file), self.inputs))


def picked(scene: Scene) -> dict[str, str]:
    """A fix that was merged by a pull request."""
    scene.switch("topic", "main")
    scene.write("topic.go", "package main\n")
    scene.commit("fix: another lease")
    number = scene.opened("topic", "main")
    scene.merged(number)
    return {"pull-requests": str(number)}


def proposed(scene: Scene) -> dict[str, str]:
    """A pull request to a release branch, with the label for an exception."""
    scene.switch("pick", "release-1.5")
    scene.git("cherry-pick", "-x", scene.wanted)
    number = scene.opened("pick", "release-1.5")
    scene.api("POST", f"issues/{number}/labels", {"labels": ["release-branch-exception"]})
    return {"guarded-pull-request": str(number)}


def accepted(scene: Scene) -> dict[str, str]:
    """That pull request, merged."""
    scene.merged(int(proposed(scene)["guarded-pull-request"]))
    return {"guarded-branch": "release-1.5"}


def grown(scene: Scene) -> dict[str, str]:
    """A release branch with a commit that is in no version yet."""
    scene.switch("release-1.5")
    scene.git("cherry-pick", "-x", scene.wanted)
    scene.push()
    return {}


def with_calendar(scene: Scene) -> dict[str, str]:
    """A configuration, in the checkout, by which the calendar of support is not there yet."""
    (scene.workspace / ".github/release-actions.yml").write_text("support:\n  calendar: support.ics\n")
    return {}


def with_image(scene: Scene) -> dict[str, str]:
    """An image with the version's tag."""
    commit = scene.git("rev-parse", f"{TAG}^{{commit}}")
    push_image(scene.internet.registry("ghcr.io"), scene.name, TAG, release_labels("1.5.0", commit))
    return {"images": scene.packages}


def to_release(scene: Scene) -> dict[str, str]:
    """An image that becomes part of a release."""
    return {"images": f"{with_image(scene)['images']}:{TAG}"}


def published(scene: Scene) -> dict[str, str]:
    """A release of an image, with its ledger."""
    token = scene.github.token(contents="write", packages="read", repository=scene.name)
    done = scene.step("publish_release", {"tag": TAG, "token": token, "ghcr-token": token, **to_release(scene)})
    assert done.code == 0, done.log + done.errors
    return {"images": scene.packages}


def to_build(scene: Scene) -> dict[str, str]:
    """Where the image goes."""
    return {"image": f"{scene.packages}/op"}


def to_build_and_chart(scene: Scene) -> dict[str, str]:
    """Where the image and the chart go."""
    return {**to_build(scene), **charted(scene)}


def charted(scene: Scene) -> dict[str, str]:
    """Where the chart goes."""
    return {"registry": f"oci://{scene.packages}"}


def to_ask(scene: Scene) -> dict[str, str]:
    """Where an image and a chart will go."""
    return {"images": f"{scene.packages}/op", **charted(scene)}


WORKS = {
    "backport-report": Work("backport_report", {"supported": "2"}, grown),
    "build-push-image": Work("build_push_image", {"tag": TAG, **ONE_PLATFORM, **GHCR}, to_build, builds=True),
    "check-feature-gates": Work("check_feature_gates", {"version": "1.6"}),
    "cherry-pick": Work("cherry_pick", {"branches": "release-1.5"}, picked, ("no-permission",)),
    "create-release-branch": Work("create_release_branch", {"version": "1.6", "follow-ups": ALL_FOLLOW_UPS}),
    "guard-release-branch, a pull request": Work("guard_release_branch", {"report-only": "true"}, proposed),
    "guard-release-branch, a branch": Work("guard_release_branch", {"report-only": "true"}, accepted),
    "move-floating-tags": Work("move_floating_tags", {"tag": TAG, "floating-tags": "latest", **GHCR}, with_image),
    "preflight": Work("preflight", {"tag": TAG, "charts": "charts/demo", **ONE_PLATFORM, **GHCR}, to_ask),
    "prepare-release, a push": Work("prepare_release", {"make": "patch", "mode": "push"}, grown),
    "prepare-release, a pull request": Work("prepare_release", {"make": "patch"}, grown),
    "publish-chart": Work("publish_chart", {"tag": TAG, "chart": "charts/demo", **GHCR}, charted),
    "publish-chart, an index": Work(
        "publish_chart",
        {"tag": TAG, "chart": "charts/demo", **GHCR, "index-branch": "gh-pages", "index-url": "https://example.org"},
        charted,
    ),
    "publish-release": Work("publish_release", {"tag": TAG, **GHCR}, to_release),
    "release": Work(
        "release", {"tag": TAG, "chart": "charts/demo", **ONE_PLATFORM, **GHCR}, to_build_and_chart, builds=True
    ),
    "support-matrix": Work("support_matrix", {}),
    "support-matrix, a pull request": Work("support_matrix", {"pull-request": "true"}, with_calendar),
    "unreleased": Work("unreleased", {"supported": "2"}, grown),
    "validate-tag": Work("validate_tag", {"tag": TAG}),
    "verify-release": Work("verify_release", {"tag": TAG, **GHCR}, published),
}
ENOUGH = [pytest.param(work, id=name) for name, work in WORKS.items()]
LESS = [
    pytest.param(work, permission, access, id=f"{name}, {permission}: {access or 'none'}")
    for name, work in WORKS.items()
    for permission, granted in work.permissions.items()
    for access in ((None, "read") if granted == "write" else (None,))
]


@pytest.fixture
def scene(
    job: Job, hosting: GitServer, github: GitHub, loopback: Internet, request: pytest.FixtureRequest
) -> Iterator[Scene]:
    folder = job.folder.parent
    made = Scene(folder, hosting, github, f"kubeflow/{folder.name.replace('_', '-')}", job.run)
    made.begin(loopback)
    if request.node.callspec.params["work"].builds:
        made.builder = request.getfixturevalue("builder")
    open_to_all, loopback.proxy.hook = loopback.proxy.hook, PackagesDoor(github)
    yield made
    loopback.proxy.hook = open_to_all


@pytest.mark.parametrize("work", ENOUGH)
def test_what_is_said_is_enough(work: Work, scene: Scene) -> None:
    done = scene.done(work, work.permissions)
    assert done.code == 0, done.log + done.errors
    assert "failed" not in [one["outcome"] for one in done.result["artefacts"]]


@pytest.mark.parametrize(("work", "permission", "access"), LESS)
def test_nothing_of_it_can_be_left_out(work: Work, permission: str, access: Access | None, scene: Scene) -> None:
    done = scene.done(work, {**work.permissions, permission: access})
    assert done.code == 1, done.log + done.errors
    missing = work.permissions[permission] if access else "read"
    assert any(said in done.log for said in (f"`{permission}: {missing}`", *work.own_words)), done.log
