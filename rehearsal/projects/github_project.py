"""A project on a played GitHub: its repository is served by git and by the API, and both ask for the same tokens."""

from collections.abc import Callable
from pathlib import Path

from rehearsal.act.step import Result
from rehearsal.git.project import GitProject
from rehearsal.git.server import GitServer
from rehearsal.github import GitHub

CONFIG = """\
charts:
  - path: charts/demo
places:
  - file: VERSION
  - file: kustomization.yaml
    kustomize: demo
"""
CHART = """\
apiVersion: v2
name: demo # the demo
version: {version}
appVersion: "v{version}"
"""
_KUSTOMIZATION = "images:\n  - name: demo\n    newTag: v{version}\n"


class GitHubProject(GitProject):
    """A project with four version places on its default branch `main`; `name` is OWNER/NAME.

    `act(...)` runs an action on it as a job would, with a token that may do what a release needs.
    """

    def __init__(
        self, folder: Path, server: GitServer, github: GitHub, name: str, run_action: Callable[..., Result]
    ) -> None:
        super().__init__(folder, server.repository(name), f"{server.url}/{name}")
        self.name = name
        self.github = github
        self._server = server
        self._run_action = run_action
        self.token = github.token(contents="write", pull_requests="write", issues="write", checks="read")
        self.write("main.go", "package main\n")
        self.write(".github/release-actions.yml", CONFIG)
        self.version("0.1.0-rc.0")
        self.push()
        self.repository = github.add(name, self.origin)

    def version(self, version: str) -> str:
        """Commit all version places at a version."""
        self.write("VERSION", f"v{version}\n")
        self.write("charts/demo/Chart.yaml", CHART.format(version=version))
        self.write("kustomization.yaml", _KUSTOMIZATION.format(version=version))
        return self.commit(f"Prepare v{version}")

    def fix(self, title: str) -> str:
        """Commit a change of the program on the current branch."""
        self.write("main.go", f"package main\n\n// {title}\n")
        return self.commit(title)

    def go_on_from_1_4(self) -> None:
        """Release v1.4.0 on its branch, and let main go on to the next candidate."""
        self.version("1.4.0")
        self.switch("release-1.4")
        self.tag("v1.4.0", annotated=True)
        self.switch("main")
        self.version("1.5.0-rc.0")

    def act(self, name: str, env: dict[str, str] | None = None, **inputs: str) -> Result:
        """Push everything, run an action without any checkout, and take over what it has made."""
        self.push()
        done = self.run(name, env, **inputs)
        self.pull()
        return done

    def refused(self, name: str, code: str, *said: str, **inputs: str) -> Result:
        """Run an action that has to fail with this error, to say so much in its log, and to write nothing."""
        self.push()
        before, writes = self.refs(), self.github.writes
        done = self.act(name, None, **inputs)
        assert (done.code, done.error) == (1, code), done.log
        for part in said:
            assert part in done.log
        assert (self.refs(), self.github.writes) == (before, writes)
        return done

    def run(self, name: str, env: dict[str, str] | None = None, **inputs: str) -> Result:
        """Run an action without any checkout."""
        given = {"token": self.token, **{key.replace("_", "-"): value for key, value in inputs.items()}}
        return self._run_action(name, given, env={**self.context, **(env or {})})

    @property
    def context(self) -> dict[str, str]:
        """What a job's steps are told of the repository."""
        return {
            "GITHUB_REPOSITORY": self.name,
            "GITHUB_SERVER_URL": self._server.url,
            "GITHUB_API_URL": self.github.url,
        }

    def pull(self) -> None:
        """Bring the work tree to what the action has made, as the next person would."""
        self.git("fetch", "--quiet", "--tags", "origin")
        branch = self.git("branch", "--show-current")
        self.git("merge", "--quiet", "--ff-only", f"refs/remotes/origin/{branch}")

    def served(self, *arguments: str) -> str:
        """What git says in the repository on the server."""
        return self.git(*arguments, cwd=self.origin)

    def refs(self) -> dict[str, str]:
        """All branches and tags on the server."""
        listed = self.served("for-each-ref", "--format=%(objectname) %(refname)", "refs/heads", "refs/tags")
        return {name: one for one, _, name in (line.partition(" ") for line in listed.split("\n"))}
