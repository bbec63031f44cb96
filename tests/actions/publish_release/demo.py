"""The repository whose tags the tests of publish-release publish, and what they ask of a run."""

from collections.abc import Callable
from pathlib import Path

from rehearsal.act.step import Job, Result
from rehearsal.base.programs import run
from rehearsal.github import GitHub
from rehearsal.github.exchange import Answer
from rehearsal.github.state import Asset, Release, Repository

REPOSITORY = "kubeflow/demo"
RELEASES = "/repos/{owner}/{repo}/releases"
RELEASE = f"{RELEASES}/{{release_id}}"
ASSETS = f"{RELEASE}/assets"
TAG = "v1.5.0"

Execute = Callable[[], Answer]


class Demo:
    """A repository on GitHub with tags, and a run of the action on it; `inputs` are those of every run.

    `server` is the address that git has the repository at.
    """

    def __init__(self, job: Job, github: GitHub, git: Path, inputs: dict[str, str], *, server: str) -> None:
        self.job = job
        self.github = github
        self.git = git
        self.server = server
        self.inputs = {**inputs, "token": github.token(contents="write", repository=REPOSITORY)}

    def publish(self, tag: str = TAG, **inputs: str) -> Result:
        given = {name.replace("_", "-"): text for name, text in inputs.items()}
        return self.job.run("publish_release", {"tag": tag, **self.inputs, **given}, env=self.env)

    @property
    def env(self) -> dict[str, str]:
        address = {"GITHUB_API_URL": self.github.url, "GITHUB_SERVER_URL": self.server}
        return {**address, "GITHUB_REPOSITORY": REPOSITORY}

    @property
    def repository(self) -> Repository:
        return self.github.repository(REPOSITORY)

    @property
    def releases(self) -> list[Release]:
        return list(self.repository.releases.values())

    @property
    def release(self) -> Release:
        (only,) = self.releases
        return only

    @property
    def latest(self) -> str:
        chosen = self.repository.latest_release
        return self.repository.releases[chosen].tag if chosen else ""

    def commit_of(self, name: str) -> str:
        return run(["git", "-C", str(self.git), "rev-parse", f"{name}^{{commit}}"]).strip()

    def writes_since(self, number: int) -> list[str]:
        return [f"{call.method} {call.operation}" for call in self.github.writes[number:]]

    def add_release(self, body: str, *, draft: bool = True, tag: str = TAG) -> Release:
        """A release that was there before."""
        world, user = self.github.world, self.github.world.user("ann")
        release = Release(
            world.new_id(), tag, "main", tag, body, draft, prerelease=False, author=user, drafted_at=world.now(),
            updated_at=world.now(), published_at=None if draft else world.now(),
        )  # fmt: skip
        self.repository.releases[release.id] = release
        return release

    def marker(self) -> str:
        """The marker of this release's content, as a draft has it that is then deleted."""
        require_success(self.publish(draft="true"))
        (draft,) = (one for one in self.releases if one.draft)
        del self.repository.releases[draft.id]
        marker = (draft.body or "").partition("\n")[0]
        assert f" tag={TAG} commit={self.commit_of(TAG)} content=" in marker
        return marker


def require_success(done: Result) -> dict[str, str]:
    assert done.code == 0, done.log + done.errors
    return done.outputs


def require_error(done: Result, code: str) -> str:
    """The message of the one error of a failed run."""
    assert done.code == 1, done.log + done.errors
    (error,) = (one for one in done.annotations if one.level == "error")
    assert error.code == code, error.message
    assert done.error == code
    return error.message


def assets(release: Release) -> dict[str, Asset]:
    return {asset.name: asset for asset in release.assets.values()}
