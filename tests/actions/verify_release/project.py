"""A project on a loopback internet whose releases the tests of verify-release make, spoil and verify."""

from collections.abc import Callable
from pathlib import Path

from rehearsal.act.step import Result
from rehearsal.base.programs import run
from rehearsal.git.project import GitProject
from rehearsal.github import GitHub
from rehearsal.github.state import Release
from rehearsal.hosts.internet import Internet
from rehearsal.oci.content import push_image, release_labels

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
        self.say("0.0.0")
        self.git.commit("a project")

    def say(self, version: str, chart: str = "op") -> None:
        """Write a chart at a version, to be committed."""
        text = f"apiVersion: v2\nname: {chart}\nversion: {version}\nappVersion: v{version}\n"
        self.git.write(f"charts/{chart}/Chart.yaml", text)

    def tag(self, tag: str, branch: str = "release-1.5") -> str:
        """Tag a new commit of a branch, push both, and return the commit."""
        self.git.switch(branch, "main")
        self.say(tag[1:])
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
        api = "https://api.github.com"
        return {**self.internet.env(), "GITHUB_REPOSITORY": self.repository, "GITHUB_API_URL": api}

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
    assert "Nothing was published or written by this run." in done.result["error"]["published"]
