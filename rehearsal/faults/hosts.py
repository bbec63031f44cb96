"""The servers of trials on one loopback internet, and runs on them that are disturbed."""

import signal
import sysconfig
import time
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from typing import Generic, TypeVar

from rehearsal.act.forked import ForkServer
from rehearsal.faults.injector import Fault, Injector, Kill
from rehearsal.faults.leaks import Watch, forms, in_files
from rehearsal.faults.project import NAME
from rehearsal.faults.registry_login import USER, Door
from rehearsal.faults.release import Release
from rehearsal.github import GitHub
from rehearsal.github.hub import BOT
from rehearsal.github.tokens import Access, Kind
from rehearsal.hosts.internet import Internet
from rehearsal.oci.buildkit import BuildKit
from scripts.run import packages_folder

T = TypeVar("T")
H = TypeVar("H", bound="Hosts")

_STORAGE = Path("registries", "ghcr.io", "storage")
_REPOSITORIES = Path("docker", "registry", "v2", "repositories")
_QUIET = 0.02


@dataclass(frozen=True, slots=True)
class Disturbed(Generic[T]):
    """What came of a run: how it ended, what was done to it, how many writes it made, and where its runner was."""

    ended: T
    injector: Injector
    writes: int
    runner: Path
    token: str
    watch: Watch

    @property
    def kill(self) -> Kill | None:
        """The signal that the run got, if it got one."""
        return next((fired for fired, _ in self.injector.fired if isinstance(fired, Kill)), None)

    @property
    def is_cancelled(self) -> bool:
        """Whether it got a signal after which it could still act."""
        return self.kill is not None and self.kill.number is not signal.SIGKILL

    def leaks(self) -> list[str]:
        """Where the token can be read after the run."""
        found = [f"the token in the arguments of process {name}" for name in self.watch.seen]
        # Nothing can clean up after itself when it is killed; the runner's temporary folder goes with the job.
        gone = "runner-temp" if self.kill and not self.is_cancelled else ""
        leaks = in_files(self.runner, forms(self.token, USER))
        return [*found, *(f"the token in {name}" for name in leaks if not (gone and name.startswith(gone)))]


class Hosts:
    """GitHub, its registry and git, BuildKit, and the process that runs are forked from; used in a `with` statement.

    `prepare` is what a kind of trials makes there before the first one.
    """

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        self.internet = Internet(folder / "internet", registries=frozenset(["ghcr.io"]))
        self.github = GitHub()
        self.door = Door()
        self._buildkit = BuildKit(folder / "buildkit", self.internet.env())
        self._forks = ForkServer(folder, "rehearsal.faults.hurry")
        self._cache = folder / "cache"
        self._runners = 0

    def __enter__(self: H) -> H:
        try:
            self._start()
            self.prepare()
        except BaseException:
            self._stop()
            raise
        return self

    def __exit__(self, *_: object) -> None:
        self._stop()

    def prepare(self) -> None:
        """Make what is there before the first trial."""

    @property
    def git(self) -> Path:
        """The bare repository of the project."""
        return self.internet.git.folder / f"{NAME}.git"

    @property
    def storage(self) -> Path:
        """Where the registry keeps its content."""
        return self.internet.folder / _STORAGE

    @property
    def repositories(self) -> Path:
        """Where the registry keeps manifests and tags."""
        return self.storage / _REPOSITORIES

    def new_runners(self, *workspaces: Path, **permissions: Access) -> list[Release]:
        """New runners with a token that nobody had before; with an older one nobody gets in any more."""
        self.github.world.tokens.clear()
        token = self.github.token(Kind.ACTIONS, BOT, repository=NAME, **permissions)
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
                    forks=self._forks,
                    env=self._env,
                    token=token,
                )
            )
        return made

    def disturb(
        self, runner: Release, faults: tuple[Fault, ...], kill: Kill | None, act: Callable[[], T]
    ) -> Disturbed[T]:
        """Let a runner act with these faults, and wait until nothing moves any more."""
        watch = Watch(forms(runner.token, USER))
        injector = Injector(faults, kill, self.door, runner.kill, watch)
        since = len(self.internet.proxy.calls)
        self.internet.proxy.hook = injector
        ended = act()
        self.settle()
        self.internet.proxy.hook = self.door.answer
        return Disturbed(ended, injector, len(self.internet.writes(since)), runner.job.folder, runner.token, watch)

    def settle(self) -> None:
        """Wait until no call is under way, as a program that was killed may have left some to a server."""
        quiet_since = time.monotonic()
        while time.monotonic() < quiet_since + _QUIET:
            if not self.internet.proxy.is_idle:
                quiet_since = time.monotonic()
            time.sleep(_QUIET / 4)

    def _start(self) -> None:
        self.internet.start()
        self.github.start()
        self.github.join(self.internet)
        self.internet.registry("ghcr.io")
        self._buildkit.start()
        packages = packages_folder(self._cache)
        self._cache.mkdir()
        packages.symlink_to(sysconfig.get_path("purelib"), target_is_directory=True)
        self._forks.start()
        self._env = {**self.internet.env(), **self._buildkit.env()}
        self.internet.proxy.hook = self.door.answer

    def _stop(self) -> None:
        self._forks.stop()
        self._buildkit.stop()
        self.github.stop()
        self.internet.stop()
