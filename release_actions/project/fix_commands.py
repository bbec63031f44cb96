"""How another tag is cut when one can't be released: the lines that a person types in a clone of the project."""

import shlex
from collections.abc import Sequence

import msgspec

from release_actions.core.commands import Command, NextRun, ShellCommand, shell
from release_actions.core.version import Version
from release_actions.project.config import DEFAULT_PATH

_ACTIONS = "../release-actions"
_GET_ACTIONS = ShellCommand(
    f"test -d {_ACTIONS} || "
    f"git clone --quiet --depth=1 --branch=v1 https://github.com/kubeflow/release-actions {_ACTIONS}"
)
_ME = '"$(git config user.name) <$(git config user.email)>"'


class Places(msgspec.Struct, frozen=True, kw_only=True):
    """The inputs by which sync-chart-version finds the version places that an action has looked at.

    `there_are` says whether it found any; what is empty is as the configuration says. `more` are places beside those.
    """

    there_are: bool = True
    charts: Sequence[str] = ()
    places: Sequence[str] = ()
    image_tag: str = ""
    config: str = DEFAULT_PATH
    more: Sequence[str] = ()

    def set_to(self, version: Version) -> tuple[Command, ...]:
        """Write a version into all of them, and commit those that had another one."""
        if not self.there_are:
            return ()
        return _GET_ACTIONS, self._set(version, self.places), *([self._set(version, self.more)] if self.more else [])

    def _set(self, version: Version, places: Sequence[str]) -> ShellCommand:
        flags = [f"--tag={version.tag}", *(f"--charts={one}" for one in self.charts)]
        flags += [f"--places={one}" for one in places]
        flags += [f"--image-tag={self.image_tag}"] if self.image_tag else []
        flags += [f"--config={self.config}"] if self.config != DEFAULT_PATH else []
        flags += ["--commit-message", f"Prepare {version.tag}"]
        line = shlex.join(["python3", "-I", f"{_ACTIONS}/scripts/run.py", "sync_chart_version", *flags])
        return ShellCommand(f"{line} --commit-author={_ME}")


def cut(
    version: Version,
    start: str,
    places: Places,
    *,
    branch: str = "",
    moved: bool = False,
    fixes: Sequence[Command] = (),
) -> tuple[Command, ...]:
    """Tag a version on top of a full ref, `start`, after fixes that make commits, and push it.

    `branch` gets those commits; without one they are below the tag alone. `moved` is for a tag that is there already
    and of which nothing is published.
    """
    force = ["--force"] if moved else []
    tag = ["git", "tag", *force, "--annotate", "--message", f"Release {version.tag}", version.tag]
    return (
        shell("git", "fetch", "--quiet", "origin", start),
        shell("git", "switch", "--quiet", "--detach", "FETCH_HEAD"),
        *fixes,
        *places.set_to(version),
        *([shell("git", "push", "--quiet", "origin", f"HEAD:refs/heads/{branch}")] if branch else []),
        shell(*tag),
        shell("git", "push", "--quiet", *force, "origin", f"refs/tags/{version.tag}"),
        NextRun(f"refs/tags/{version.tag}"),
    )


def push_on(*fixes: Command) -> tuple[Command, ...]:
    """Push what the fixes have committed on the branch that is worked on."""
    return *fixes, shell("git", "push", "--quiet", "origin", "HEAD"), NextRun("HEAD")
