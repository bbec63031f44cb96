"""One loopback internet in which the same release is made again and again, each time from the same beginning."""

import copy
import shutil
import sys
import sysconfig
import time
from dataclasses import dataclass
from pathlib import Path

from rehearsal.base.daemon import Daemon
from rehearsal.base.errors import RehearsalError
from rehearsal.faults import fork_server, project
from rehearsal.faults.injector import Fault, Injector, Kill
from rehearsal.faults.leaks import Watch, forms
from rehearsal.faults.registry_login import USER, Door
from rehearsal.faults.release import LAST, Ended, Release, Steps
from rehearsal.github import GitHub
from rehearsal.github.state import Release as GitHubRelease
from rehearsal.hosts.internet import Internet
from rehearsal.oci.buildkit import BuildKit
from scripts.run import packages_folder

_STORAGE = "registries/ghcr.io/storage"
_REPOSITORIES = "docker/registry/v2/repositories"
_QUIET = 0.02


@dataclass(frozen=True, slots=True)
class Attempt:
    """What came of a run: how it ended, what was done to it, how many writes it made, and where its runner was."""

    ended: Ended
    injector: Injector
    writes: int
    runner: Path
    token: str
    watch: Watch


class World:
    """GitHub, its registry and git, BuildKit, and a project with a release that was made before.

    `begin` puts everything back to where the release before was the newest one, or to some step of the release.
    """

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        self.internet = Internet(folder / "internet", registries=frozenset(["ghcr.io"]))
        self.github = GitHub()
        self.door = Door()
        self._buildkit = BuildKit(folder / "buildkit", self.internet.env())
        self._socket = folder / "nursery.sock"
        argv = [sys.executable, fork_server.__file__, str(self._socket)]
        self._nursery = Daemon(argv, folder / "nursery.log")
        self._cache = folder / "cache"
        self._runners = 0
        self._releases: list[tuple[dict[int, GitHubRelease], int | None]] = []
        self.clean: Steps = ()
        """The steps of a release without any fault; `calls` are how many each of them makes."""
        self.calls: tuple[int, ...] = ()

    def __enter__(self) -> "World":
        try:
            return self._start()
        except BaseException:
            self._stop()
            raise

    def __exit__(self, *_: object) -> None:
        self._stop()

    @property
    def storage(self) -> Path:
        """Where the registry keeps its content."""
        return self.internet.folder / _STORAGE

    @property
    def git(self) -> Path:
        """The bare repository of the project."""
        return self.internet.git.folder / f"{project.NAME}.git"

    def begin(self, stage: int = 0) -> None:
        """Everything as it is when this many steps of an undisturbed release are done."""
        self._settle()
        saved = self.folder / "stages" / str(stage)
        _replace(saved / "git", self.git)
        _replace(saved / "registry", self.storage / _REPOSITORIES)
        with self.github.world.lock:
            repository = self.github.repository(project.NAME)
            repository.releases, repository.latest_release = copy.deepcopy(self._releases[stage])

    def release(
        self, done: Steps = (), faults: tuple[Fault, ...] = (), kill: Kill | None = None, last: int = LAST
    ) -> Attempt:
        """Make the release, or what is left of it, with these faults, and wait until nothing moves any more."""
        (run,) = self.runners(self.workspace)
        watch = Watch(forms(run.token, USER))
        injector = Injector(faults, kill, self.door, run.kill, watch)
        since = len(self.internet.proxy.calls)
        self.internet.proxy.hook = injector
        ended = run.run(done=done, last=last)
        self._settle()
        self.internet.proxy.hook = self.door.answer
        return Attempt(ended, injector, len(self.internet.writes(since)), run.job.folder, run.token, watch)

    def runners(self, *workspaces: Path) -> list[Release]:
        """New runners with a token that nobody had before; with an older one nobody gets in any more."""
        self.github.world.tokens.clear()
        token = self.github.token(contents="write", packages="write", repository=project.NAME)
        self.door.admit(token)
        made = []
        for workspace in workspaces:
            self._runners += 1
            folder = self.folder / "runners" / str(self._runners)
            made.append(
                Release(
                    folder,
                    workspace=workspace,
                    cache=self._cache,
                    nursery=self._socket,
                    env=self._env,
                    token=token,
                )
            )
        return made

    def _save(self) -> None:
        """Keep everything as it is as the next stage."""
        self._settle()
        saved = self.folder / "stages" / str(len(self._releases))
        shutil.copytree(self.git, saved / "git")
        shutil.copytree(self.storage / _REPOSITORIES, saved / "registry")
        repository = self.github.repository(project.NAME)
        self._releases.append(copy.deepcopy((repository.releases, repository.latest_release)))

    def _start(self) -> "World":
        self.internet.start()
        self.github.start()
        self.github.join(self.internet)
        self.internet.registry("ghcr.io")
        self._buildkit.start()
        packages = packages_folder(self._cache)
        self._cache.mkdir()
        packages.symlink_to(sysconfig.get_path("purelib"), target_is_directory=True)
        self._nursery.start()
        self._nursery.wait_for("ready")
        self._env = {**self.internet.env(), **self._buildkit.env()}
        self.internet.proxy.hook = self.door.answer
        self._make_the_release_before()
        self._make_the_release_undisturbed()
        return self

    def _stop(self) -> None:
        self._nursery.stop()
        self._buildkit.stop()
        self.github.stop()
        self.internet.stop()

    def _make_the_release_before(self) -> None:
        origin = self.internet.git.repository(project.NAME)
        made = project.make_project(self.folder / "project", origin, f"{self.internet.git.url}/{project.NAME}")
        self.github.add(project.NAME, origin)
        self.workspace = project.check_out(made, project.TAG)
        before = project.check_out(made, project.BEFORE)
        (run,) = self.runners(before)
        require(run.run(project.BEFORE))
        self._save()

    def _make_the_release_undisturbed(self) -> None:
        """Step by step, and keep what is there after each."""
        calls = []
        for step in range(LAST + 1):
            attempt = self.release(self.clean, last=step)
            require(attempt.ended)
            self.clean = attempt.ended.steps
            calls.append(attempt.injector.calls)
            self._save()
        self.calls = tuple(calls)

    def _settle(self) -> None:
        """Wait until no call is under way, as a program that was killed may have left some to a server."""
        quiet_since = time.monotonic()
        while time.monotonic() < quiet_since + _QUIET:
            if not self.internet.proxy.is_idle:
                quiet_since = time.monotonic()
            time.sleep(_QUIET / 4)


def require(ended: Ended) -> None:
    """Raises RehearsalError with the log of the step that failed."""
    if not ended.succeeded:
        name, result = ended.steps[-1]
        raise RehearsalError(f"{name} ended with {result.code}:\n{result.log}{result.errors}")


def _replace(source: Path, target: Path) -> None:
    shutil.rmtree(target)
    shutil.copytree(source, target)
