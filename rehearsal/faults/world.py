"""One loopback internet in which the same release is made again and again, each time from the same beginning."""

import copy
import shutil
from functools import partial
from pathlib import Path

from rehearsal.base.errors import RehearsalError
from rehearsal.faults import project
from rehearsal.faults.hosts import Disturbed, Hosts
from rehearsal.faults.injector import Fault, Kill
from rehearsal.faults.release import LAST, Ended, Release, Steps
from rehearsal.github.state import Release as GitHubRelease

Attempt = Disturbed[Ended]


class World(Hosts):
    """GitHub, its registry and git, BuildKit, and a project with a release that was made before.

    `begin` puts everything back to where the release before was the newest one, or to some step of the release.
    """

    def __init__(self, folder: Path) -> None:
        super().__init__(folder)
        self._releases: list[tuple[dict[int, GitHubRelease], int | None]] = []
        self.clean: Steps = ()
        """The steps of a release without any fault; `calls` are how many each of them makes."""
        self.calls: tuple[int, ...] = ()

    def prepare(self) -> None:
        """Make the release before, and then this one without any fault, and keep what is there after each step."""
        self._make_the_release_before()
        self._make_the_release_undisturbed()

    def begin(self, stage: int = 0) -> None:
        """Everything as it is when this many steps of an undisturbed release are done."""
        self.settle()
        saved = self.folder / "stages" / str(stage)
        _replace(saved / "git", self.git)
        _replace(saved / "registry", self.repositories)
        with self.github.world.lock:
            repository = self.github.repository(project.NAME)
            repository.releases, repository.latest_release = copy.deepcopy(self._releases[stage])

    def release(
        self, done: Steps = (), faults: tuple[Fault, ...] = (), kill: Kill | None = None, last: int = LAST
    ) -> Attempt:
        """Make the release, or what is left of it, with these faults, and wait until nothing moves any more."""
        (run,) = self.runners(self.workspace)
        return self.disturb(run, faults, kill, partial(run.run, done=done, last=last))

    def runners(self, *workspaces: Path) -> list[Release]:
        """New runners that may make a release."""
        return self.new_runners(*workspaces, contents="write", packages="write")

    def _save(self) -> None:
        """Keep everything as it is as the next stage."""
        self.settle()
        saved = self.folder / "stages" / str(len(self._releases))
        shutil.copytree(self.git, saved / "git")
        shutil.copytree(self.repositories, saved / "registry")
        repository = self.github.repository(project.NAME)
        self._releases.append(copy.deepcopy((repository.releases, repository.latest_release)))

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


def require(ended: Ended) -> None:
    """Raises RehearsalError with the log of the step that failed."""
    if not ended.succeeded:
        name, result = ended.steps[-1]
        raise RehearsalError(f"{name} ended with {result.code}:\n{result.log}{result.errors}")


def _replace(source: Path, target: Path) -> None:
    shutil.rmtree(target)
    shutil.copytree(source, target)
