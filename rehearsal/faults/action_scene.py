"""A project on one loopback internet on which single actions are run again and again, from the same beginning."""

import copy
import shutil
import sys
import sysconfig
import time
from dataclasses import dataclass, fields
from pathlib import Path
from typing import Any

from rehearsal.act.step import Result
from rehearsal.base.daemon import Daemon
from rehearsal.faults import fork_server
from rehearsal.faults.injector import Fault, Injector, Kill
from rehearsal.faults.leaks import Watch, forms
from rehearsal.faults.project import NAME
from rehearsal.faults.registry_login import USER, Door
from rehearsal.faults.release import Release
from rehearsal.git.project import GitProject
from rehearsal.github import GitHub
from rehearsal.github.tokens import Kind
from rehearsal.hosts.internet import Internet
from rehearsal.oci.buildkit import BuildKit
from rehearsal.oci.content import push_image, release_labels
from rehearsal.run.maintainer import Manager
from scripts.run import packages_folder

BEFORE, NEXT = "v1.4.0", "v1.5.0-rc.0"
FLOATED = "ghcr.io/kubeflow/floated"
LINES = [f"line {number}" for number in range(20)]
_REPOSITORIES = Path("registries", "ghcr.io", "storage", "docker", "registry", "v2", "repositories")
_SHARED = ("git", "owner", "roles")
_WITH_REGISTRY = ("move_floating_tags", "release")
_QUIET = 0.02
_POD = """\
apiVersion: v1
kind: Pod
metadata:
  name: op
spec:
  containers:
    - name: op
      image: "ghcr.io/kubeflow/op:{{ .Chart.AppVersion }}"
"""


@dataclass(frozen=True, slots=True)
class Attempt:
    """What came of a run: `result` is None when it had to be ended by force; `writes` are those of all hosts."""

    result: Result | None
    injector: Injector
    writes: int
    runner: Path
    token: str
    watch: Watch


class Scene:
    """A project with the release v1.4.0, a branch for the next one, and a merged pull request #1 to pick.

    `begin` puts git, GitHub and the registry back to that.
    """

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        self.internet = Internet(folder / "internet", registries=frozenset(["ghcr.io"]))
        self.github = GitHub()
        self.door = Door()
        self._buildkit = BuildKit(folder / "buildkit", self.internet.env())
        self._socket = folder / "nursery.sock"
        self._nursery = Daemon([sys.executable, fork_server.__file__, str(self._socket)], folder / "nursery.log")
        self._cache = folder / "cache"
        self._runners = 0

    def __enter__(self) -> "Scene":
        try:
            self._start()
        except BaseException:
            self._stop()
            raise
        return self

    def __exit__(self, *_: object) -> None:
        self._stop()

    @property
    def git(self) -> Path:
        """The bare repository of the project."""
        return self.internet.git.folder / f"{NAME}.git"

    @property
    def repositories(self) -> Path:
        """Where the registry keeps manifests and tags."""
        return self.internet.folder / _REPOSITORIES

    def begin(self) -> None:
        """Everything as it was at first."""
        self._settle()
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
        watch = Watch(forms(runner.token, USER))
        injector = Injector(faults, kill, self.door, runner.kill, watch)
        since = len(self.internet.proxy.calls)
        self.internet.proxy.hook = injector
        result = self.step(runner, action, inputs)
        self._settle()
        self.internet.proxy.hook = self.door.answer
        return Attempt(result, injector, len(self.internet.writes(since)), runner.job.folder, runner.token, watch)

    def step(self, runner: Release, action: str, inputs: dict[str, str]) -> Result | None:
        """Run an action with a runner's token, and for a registry with its login."""
        login = runner.login if action in _WITH_REGISTRY else {}
        return runner.step(action, {**inputs, "token": runner.token, **login})

    def runners(self, count: int) -> list[Release]:
        """New runners with one new token; with an older one nobody gets in any more."""
        self.github.world.tokens.clear()
        token = self.github.token(
            contents="write", pull_requests="write", issues="write", checks="read", packages="write", repository=NAME
        )
        self.door.admit(token)
        made = []
        for _ in range(count):
            self._runners += 1
            folder = self.folder / "runners" / str(self._runners)
            workspace = self.workspace
            made.append(
                Release(
                    folder, workspace=workspace, cache=self._cache, nursery=self._socket, env=self._env, token=token
                )
            )
        return made

    def _start(self) -> None:
        self.internet.start()
        self.github.start()
        self.github.join(self.internet)
        registry = self.internet.registry("ghcr.io")
        self._buildkit.start()
        packages = packages_folder(self._cache)
        self._cache.mkdir()
        packages.symlink_to(sysconfig.get_path("purelib"), target_is_directory=True)
        self._nursery.start()
        self._nursery.wait_for("ready")
        self._env = {**self.internet.env(), **self._buildkit.env()}
        self.internet.proxy.hook = self.door.answer
        made = self._make_project()
        labels = release_labels(BEFORE.removeprefix("v"), made.git("rev-parse", f"{BEFORE}^{{commit}}"))
        push_image(registry, FLOATED.partition("/")[2], BEFORE, labels)
        self.workspace = made.checkout(f"refs/tags/{BEFORE}")
        made.git("remote", "set-url", "origin", f"https://github.com/{NAME}", cwd=self.workspace)
        self._save()

    def _stop(self) -> None:
        self._nursery.stop()
        self._buildkit.stop()
        self.github.stop()
        self.internet.stop()

    def _make_project(self) -> GitProject:
        origin = self.internet.git.repository(NAME)
        folder = self.folder / "project"
        folder.mkdir()
        made = GitProject(folder, origin, f"{self.internet.git.url}/{NAME}")
        made.write("Dockerfile", "FROM scratch\nCOPY VERSION /\n")
        made.write("charts/op/templates/pod.yaml", _POD)
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
        self._settle()
        saved = self.folder / "saved"
        shutil.copytree(self.git, saved / "git")
        shutil.copytree(self.repositories, saved / "registry")
        repository = self.github.repository(NAME)
        kept = {one.name: getattr(repository, one.name) for one in fields(repository) if one.name not in _SHARED}
        self._saved = copy.deepcopy(kept)

    def _settle(self) -> None:
        """Wait until no call is under way, as a program that was killed may have left some to a server."""
        quiet_since = time.monotonic()
        while time.monotonic() < quiet_since + _QUIET:
            if not self.internet.proxy.is_idle:
                quiet_since = time.monotonic()
            time.sleep(_QUIET / 4)
