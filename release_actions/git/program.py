"""The git program, with a configuration of our own alone, and the objects that it reads."""

import os
import re
from collections.abc import Mapping
from copy import copy
from pathlib import Path

import msgspec

from release_actions.core.errors import Code, ReleaseError
from release_actions.core.text import parse_seconds, without_logins
from release_actions.system import process

_SECONDS = 60.0
_OLDEST = (2, 32)  # the first that can be kept from its user's configuration by GIT_CONFIG_GLOBAL
_INSTALL = "Install git {}.{} or newer on the runner, in a folder on PATH."
_NO_SURPRISES = {"core.hooksPath": os.devnull, "core.fsmonitor": "false", "gc.auto": "0", "maintenance.auto": "false"}


class Object(msgspec.Struct, frozen=True):
    """A commit or a tag object with its headers; of a tree or a blob only that it is one."""

    id: str
    kind: str
    headers: Mapping[str, str]

    def date(self, who: str) -> int:
        """Seconds since 1970 of the `committer` or `tagger` (`name <mail> seconds zone`), see `parse_seconds`."""
        return parse_seconds(self.headers.get(who, "").rpartition("> ")[2].partition(" ")[0])


class Git:
    """The git program with a configuration that is given whole: nothing of the system, the user or the environment.

    `allowed` are the transports it may use (`file:https`); `ext` is never one of them, as it runs commands.
    """

    def __init__(self, folder: Path, config: Mapping[str, str], *, allowed: str, **variables: str) -> None:
        self._program = process.find("git", next_step=_INSTALL.format(*_OLDEST))
        self._folder = folder
        self._environment = process.environment(
            GIT_CONFIG_NOSYSTEM="1",
            GIT_CONFIG_GLOBAL=os.devnull,
            GIT_ATTR_NOSYSTEM="1",
            GIT_TERMINAL_PROMPT="0",
            GIT_SSH_COMMAND="ssh -oBatchMode=yes",
            GIT_ALLOW_PROTOCOL=allowed,
            **_as_variables({**_NO_SURPRISES, **config}),
            **{name: os.environ[name] for name in ("SSH_AUTH_SOCK",) if name in os.environ},
            **variables,
        )

    def within(self, folder: Path, **variables: str) -> "Git":
        """The same git, run in another folder, and with these variables as well."""
        other = copy(self)
        vars(other).update(_folder=folder, _environment={**self._environment, **variables})
        return other

    def start(self, *arguments: str, stdin: str = "", timeout: float = _SECONDS) -> process.Completed:
        """A finished git command; its exit code is the caller's to judge."""
        argv = [self._program, *arguments]
        return process.run(argv, cwd=self._folder, env=self._environment, stdin=stdin.encode(), timeout=timeout)

    def run(self, *arguments: str, stdin: str = "") -> str:
        """What a git command wrote; raises E_GIT when it fails."""
        answer = self.start(*arguments, stdin=stdin)
        if not answer.ok:
            raise failed(answer)
        return answer.stdout

    def read(self, name: str) -> Object | None:
        """The object that a full ref or an id names, None when there is none; raises E_GIT."""
        first, _, content = self.run("cat-file", "--batch", stdin=f"{name}\n").partition("\n")
        words = first.split(" ")
        if len(words) != 3 or words[1] not in ("commit", "tag", "tree", "blob"):
            return None
        lines = content.partition("\n\n")[0].split("\n") if words[1] in ("commit", "tag") else []
        return Object(words[0], words[1], {key: value for key, _, value in (line.partition(" ") for line in lines)})


def require_version(git: Git, oldest: tuple[int, int] = _OLDEST) -> None:
    """Raises E_PROGRAM when git is older than the release it has to be."""
    said = git.run("version").strip()
    numbers = re.search(r"([0-9]{1,4})\.([0-9]{1,4})", said)
    if numbers is None or (int(numbers[1]), int(numbers[2])) < oldest:
        step = _INSTALL.format(*oldest)
        raise ReleaseError(Code.E_PROGRAM, f"This is {said[:80]!a}, which is too old.", next_step=step)


def failed(answer: process.Completed) -> ReleaseError:
    """The E_GIT error of a command that failed."""
    return ReleaseError(
        Code.E_GIT,
        f"`git {answer.argv[1]}` failed with exit code {answer.returncode}.",
        next_step="Look at what git says above; run the job again if it is nothing of yours.",
        details=tuple(map(without_logins, answer.tail())),
    )


def _as_variables(config: Mapping[str, str]) -> dict[str, str]:
    """Settings as git takes them from its environment, where no list of processes shows them."""
    keys = {f"GIT_CONFIG_KEY_{number}": key for number, key in enumerate(config)}
    values = {f"GIT_CONFIG_VALUE_{number}": value for number, value in enumerate(config.values())}
    return {"GIT_CONFIG_COUNT": str(len(config)), **keys, **values}
