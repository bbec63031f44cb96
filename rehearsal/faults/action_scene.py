"""A project on one loopback internet on which single actions are run again and again, from the same beginning."""

import copy
import shutil
from dataclasses import fields
from functools import partial
from typing import Any

from rehearsal.act.step import Result
from rehearsal.faults.hosts import Disturbed, Hosts
from rehearsal.faults.injector import Fault, Kill
from rehearsal.faults.project import NAME, POD
from rehearsal.faults.release import Release
from rehearsal.git.project import GitProject
from rehearsal.github.tokens import Kind
from rehearsal.oci.content import push_image, release_labels
from rehearsal.run.maintainer import Manager

BEFORE, NEXT = "v1.4.0", "v1.5.0-rc.0"
FLOATED = "ghcr.io/kubeflow/floated"
LINES = [f"line {number}" for number in range(20)]
_SHARED = ("git", "owner", "roles")
_WITH_REGISTRY = ("move_floating_tags", "release")
Attempt = Disturbed[Result | None]


class Scene(Hosts):
    """A project with the release v1.4.0, a branch for the next one, and a merged pull request #1 to pick.

    `begin` puts git, GitHub and the registry back to that.
    """

    def prepare(self) -> None:
        """Make the project and its image, and keep them."""
        made = self._make_project()
        labels = release_labels(BEFORE.removeprefix("v"), made.git("rev-parse", f"{BEFORE}^{{commit}}"))
        push_image(self.internet.registry("ghcr.io"), FLOATED.partition("/")[2], BEFORE, labels)
        self.workspace = made.checkout(f"refs/tags/{BEFORE}")
        made.git("remote", "set-url", "origin", f"https://github.com/{NAME}", cwd=self.workspace)
        self._save()

    def begin(self) -> None:
        """Everything as it was at first."""
        self.settle()
        for saved, there in (("git", self.git), ("registry", self.repositories)):
            shutil.rmtree(there)
            shutil.copytree(self.folder / "saved" / saved, there)
        with self.github.world.lock:
            repository = self.github.repository(NAME)
            for name, value in copy.deepcopy(self._saved).items():
                setattr(repository, name, value)

    def run(
        self, action: str, inputs: dict[str, str], faults: tuple[Fault, ...] = (), kill: Kill | None = None
    ) -> Attempt:
        """Run an action with a token that nobody had before, and wait until nothing moves any more."""
        (runner,) = self.runners(1)
        return self.disturb(runner, faults, kill, partial(self.step, runner, action, inputs))

    def step(self, runner: Release, action: str, inputs: dict[str, str]) -> Result | None:
        """Run an action with a runner's token, and for a registry with its login."""
        login = runner.login if action in _WITH_REGISTRY else {}
        return runner.step(action, {**inputs, "token": runner.token, **login})

    def runners(self, count: int) -> list[Release]:
        """So many new runners with one token that may do what each of the actions does."""
        return self.new_runners(
            *[self.workspace] * count,
            contents="write",
            pull_requests="write",
            issues="write",
            checks="read",
            packages="write",
        )

    def _make_project(self) -> GitProject:
        origin = self.internet.git.repository(NAME)
        folder = self.folder / "project"
        folder.mkdir()
        made = GitProject(folder, origin, f"{self.internet.git.url}/{NAME}")
        made.write("Dockerfile", "FROM scratch\nCOPY VERSION /\n")
        made.write("charts/op/templates/pod.yaml", POD)
        made.write(".github/release-actions.yml", "places:\n  - file: VERSION\n")
        made.write("app.txt", "\n".join(LINES) + "\n")
        chart = "apiVersion: v2\nname: op\nversion: {}\nappVersion: {}\n"
        made.write("charts/op/Chart.yaml", chart.format(BEFORE[1:], BEFORE))
        made.write("VERSION", f"{BEFORE}\n")
        made.commit("Prepare v1.4.0")
        made.git("branch", "release-1.4")
        made.tag(BEFORE, annotated=True)
        made.write("VERSION", "v1.5.0\n")
        made.commit("Go on")
        made.git("branch", "release-1.5")
        made.switch("fix")
        made.write("app.txt", "\n".join(["fixed", *LINES[1:]]) + "\n")
        made.commit("Fix the app")
        made.push()
        self.github.add(NAME, origin).roles["ann"] = "write"
        permissions: dict[str, Any] = dict.fromkeys(("contents", "pull_requests", "issues"), "write")
        token = self.github.token(Kind.PERSONAL, "ann", **permissions)
        manager = Manager(self.github.url, NAME, token)
        manager.merge(manager.open("fix", "main", "Fix the app"))
        return made

    def _save(self) -> None:
        self.settle()
        saved = self.folder / "saved"
        shutil.copytree(self.git, saved / "git")
        shutil.copytree(self.repositories, saved / "registry")
        repository = self.github.repository(NAME)
        kept = {one.name: getattr(repository, one.name) for one in fields(repository) if one.name not in _SHARED}
        self._saved = copy.deepcopy(kept)
