"""A repository on a GitHub of its own, whose merged changes the tests of cherry-pick pick."""

import json
import os
from collections.abc import Callable
from pathlib import Path
from typing import Any

from rehearsal.act.step import Result
from rehearsal.git.project import GitProject
from rehearsal.git.server import GitServer
from rehearsal.github import GitHub
from rehearsal.github.tokens import Kind
from rehearsal.run.maintainer import Manager

NAME = "kubeflow/demo"
LINES = [f"line {number}" for number in range(30)]


class Project:
    """The repository kubeflow/demo with two release branches, at a GitHub of its own."""

    def __init__(self, folder: Path, github: GitHub, server: GitServer, run: Callable[..., Result]) -> None:
        self.github = github
        self.server = server
        self.server_url = server.url
        self.folder = folder
        self.origin = server.repository(NAME)
        self.git = GitProject(folder, self.origin, f"{server.url}/{NAME}")
        self.git.write("app.txt", "\n".join(LINES) + "\n")
        self.git.write("other.txt", "other\n")
        self.git.commit("app")
        for branch in ("release-1.4", "release-1.5"):
            self.git.switch(branch, "main")
            self.git.write(f"{branch}.txt", "own\n")
            self.git.commit(f"Cut {branch}")
        self.git.switch("main")
        self.git.push()
        github.add(NAME, self.origin)
        server.pushers = github.pusher
        every = {"contents": "write", "pull_requests": "write", "issues": "write", "workflows": "write"}
        self.owner = github.token(Kind.PERSONAL, "ann", **every)  # type: ignore[arg-type]
        self.token = github.token(contents="write", pull_requests="write", repository=NAME)
        self.roles = github.repository(NAME).roles
        self.roles["ann"] = "maintain"
        self._run = run
        self.tools: Path | None = None  # programs that come before others of their name

    def api(self, method: str, path: str, data: object = None, token: str = "") -> Any:
        """An answer of GitHub's API, asked as the owner."""
        return Manager(self.github.url, NAME, token or self.owner).ask(method, path, data)

    def pull(
        self, *commits: dict[str, str], title: str = "Fix the app", labels: tuple[str, ...] = (), base: str = "main"
    ) -> int:
        """A pull request from main to a branch with these commits, given as files."""
        self.git.git("fetch", "--quiet", "origin")
        branch = f"fix-{len(self.github.repository(NAME).issues)}"
        self.git.switch(branch, "origin/main")
        for number, files in enumerate(commits, start=1):
            for path, text in files.items():
                self.git.write(path, text)
            self.git.commit(f"{title} {number}" if len(commits) > 1 else title)
        self.git.git("push", "--quiet", "origin", branch)
        made = self.api("POST", "/pulls", {"head": branch, "base": base, "title": title, "body": ""})
        if labels:
            self.api("POST", f"/issues/{made['number']}/labels", {"labels": list(labels)})
        return int(made["number"])

    def merged(self, *commits: dict[str, str], method: str = "squash", **given: Any) -> int:
        """A pull request that was merged."""
        number = self.pull(*commits, **given)
        self.api("PUT", f"/pulls/{number}/merge", {"merge_method": method})
        return number

    @property
    def env(self) -> dict[str, str]:
        """Where the action finds GitHub."""
        tools = {"PATH": f"{self.tools}:{os.environ['PATH']}"} if self.tools else {}
        return {"GITHUB_API_URL": self.github.url, "GITHUB_SERVER_URL": self.server_url, **tools}

    def run(self, event: str = "workflow_dispatch", payload: object = None, **inputs: str) -> Result:
        """The action, run for an event with its payload."""
        file = self.folder / "event.json"
        file.write_text(json.dumps(payload or {}))
        env = {**self.env, "GITHUB_EVENT_NAME": event, "GITHUB_EVENT_PATH": str(file)}
        given = {"token": self.token, **{name.replace("_", "-"): value for name, value in inputs.items()}}
        return self._run("cherry_pick", given, env=env)

    def show(self, branch: str, file: str) -> str:
        return self.git.git("show", f"refs/heads/{branch}:{file}", cwd=self.origin)

    def message(self, branch: str) -> str:
        return self.git.git("log", "-1", "--format=%an: %B", f"refs/heads/{branch}", cwd=self.origin)

    def branches(self) -> list[str]:
        listed = self.git.git("for-each-ref", "--format=%(refname:short)", "refs/heads/", cwd=self.origin)
        return [name for name in listed.split() if name.startswith("cherry-pick")]

    def comments(self, number: int) -> list[str]:
        return [one["body"] for one in self.api("GET", f"/issues/{number}/comments")]


def outcomes(done: Result) -> dict[tuple[str, str], str]:
    return {(one["change"], one["branch"]): one["outcome"] for one in json.loads(done.outputs["outcomes"])}


def fixed(at: int, text: str = "fixed") -> dict[str, str]:
    return {"app.txt": "\n".join([*LINES[:at], text, *LINES[at + 1 :]]) + "\n"}
