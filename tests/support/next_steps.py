"""A person who does what an error says: takes its commands, runs the action again, and so on."""

import os
import subprocess
from collections.abc import Callable, Mapping, Sequence
from pathlib import Path

from rehearsal.act.step import ROOT, Result
from release_actions.core.errors import Code
from tools.error_examples import EXAMPLES

MOST_STEPS = 3

Attempt = Callable[[Mapping[str, str], str], Result]
"""A run with some inputs changed, of a full ref or, when that is empty, of the same commit as the run before."""


class Follower:
    """A person with a clone of the project, and release-actions beside it. Nothing of this machine's git is known."""

    def __init__(self, folder: Path, cache: Path) -> None:
        folder.mkdir()
        self.clone = folder / "project"
        (folder / "release-actions").symlink_to(ROOT)
        (folder / ".gitconfig").write_text("[user]\n\tname = Release Manager\n\temail = manager@example.org\n")
        self._environment = {
            "PATH": f"{ROOT / '.tools/bin'}:{os.environ['PATH']}",
            "HOME": str(folder),
            "GIT_CONFIG_NOSYSTEM": "1",
            "RELEASE_ACTIONS_CACHE": str(cache),
        }

    def follow(self, origin: Path, attempt: Attempt, branch: str = "") -> tuple[list[str], Result]:
        """Run, and do what the error says, until there is none or it has no commands; the codes, and the last run.

        No error may come twice, and three times have to be enough. `branch` is what the person works on at first.
        """
        self.copy(origin, branch)
        codes: list[str] = []
        inputs: dict[str, str] = {}
        done = attempt(inputs, "")
        while commands := (done.result["error"] or {}).get("commands"):
            assert done.error not in codes, f"{done.error} comes again\n{done.log}"
            assert len(codes) < MOST_STEPS, codes
            assert Code[done.error] in EXAMPLES, f"docs/errors.md has no commands for {done.error}"
            codes.append(done.error)
            changed, ref = self.take(commands)
            inputs |= changed
            done = attempt(inputs, ref)
        assert done.code == 0 or done.error not in codes, f"{done.error} comes again\n{done.log}"
        return codes, done

    def copy(self, origin: Path, branch: str = "") -> None:
        """Clone the project, and switch to a branch."""
        self.shell(f"git clone --quiet '{origin}' '{self.clone}'", self.clone.parent)
        if branch:
            self.shell(f"git switch --quiet '{branch}'", self.clone)

    def take(self, commands: Sequence[Mapping[str, str]]) -> tuple[dict[str, str], str]:
        """Do what commands say; the inputs to change, and what the run after them, which is the last one, is of."""
        self.shell("\n".join(one["line"] for one in commands if one["kind"] == "shell"), self.clone)
        assert [one["kind"] for one in commands].index("run") == len(commands) - 1
        return {one["name"]: one["value"] for one in commands if one["kind"] == "input"}, commands[-1]["ref"]

    def shell(self, script: str, folder: Path) -> None:
        """Type lines into a shell; each of them has to work."""
        done = subprocess.run(
            ["sh", "-e", "-u", "-c", script],
            cwd=folder,
            env=self._environment,
            stdin=subprocess.DEVNULL,
            capture_output=True,
            text=True,
            timeout=120,
            check=False,
        )
        assert done.returncode == 0, f"{script}\n{done.stdout}{done.stderr}"


def followed(done: tuple[list[str], Result], *codes: str) -> Result:
    """The last run, which ended well after exactly these errors."""
    met, last = done
    assert met == list(codes), last.log
    assert last.code == 0, last.log + last.errors
    return last
