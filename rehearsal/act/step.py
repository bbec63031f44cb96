"""One action run as a step, the way GitHub's runner would start it, and what came of it."""

import json
import os
import re
import subprocess
import sys
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from rehearsal.act.forked import ForkServer
from rehearsal.act.runner_rules import Command, read_commands, read_outputs
from release_actions.runner.action_yml import action_path, read_action

ROOT = Path(__file__).resolve().parents[2]
_LONGEST = 120.0
_LEVELS = ("error", "warning", "notice")
_NEVER_WRITTEN = ("GITHUB_ENV", "GITHUB_PATH", "GITHUB_STATE")
_ACTIONS_ALONE = ("GITHUB_", "RUNNER_")


@dataclass(frozen=True, slots=True)
class Annotation:
    """A remark on the run's page; `line` is 0 where there is none."""

    level: str
    title: str
    file: str
    line: int
    message: str

    @property
    def code(self) -> str:
        """The code of a failure in the title, as `E_INPUT` in `Wrong input (E_INPUT)`, or nothing."""
        found = re.fullmatch(r".+ \((E_[A-Z_]+)\)", self.title)
        return found[1] if found else ""


@dataclass(frozen=True, slots=True)
class Result:
    """What a step did: `log` is standard output, `errors` standard error, `result` the output of that name, decoded."""

    code: int
    outputs: dict[str, str]
    summary: str
    log: str
    errors: str
    commands: list[Command]

    @property
    def annotations(self) -> list[Annotation]:
        """The annotations, in the order in which they were made."""
        return [annotation(command) for command in self.commands if command.name in _LEVELS]

    @property
    def result(self) -> dict[str, Any]:
        """The output `result`; empty on a command line, where outputs are printed."""
        decoded: dict[str, Any] = json.loads(self.outputs.get("result", "{}"))
        return decoded

    @property
    def error(self) -> str:
        """The code of the failure, such as `E_INPUT`, or nothing."""
        failure: dict[str, str] = self.result.get("error") or {}
        return failure.get("code", "")


class Job:
    """A job's folders: steps share its workspace and temporary folder, each has files of its own for its answers.

    `cache` holds the packages of the actions. `root` is the checkout of the actions. With `forks`, which serves this
    checkout, an action that it has started before is forked.
    """

    def __init__(self, folder: Path, cache: Path, root: Path = ROOT, forks: ForkServer | None = None) -> None:
        self.folder = folder
        self._forks = forks
        self.cache = cache
        self.root = root
        self.temp = folder / "runner-temp"
        self.home = folder / "home"
        self.workspace = folder / "workspace"
        for made in (self.temp, self.home, self.workspace):
            made.mkdir(parents=True, exist_ok=True)
        self._steps = 0

    def run(
        self,
        name: str,
        inputs: Mapping[str, str] | None = None,
        *,
        workspace: Path | None = None,
        env: Mapping[str, str] | None = None,
        args: Sequence[str] | None = None,
    ) -> Result:
        """Run an action to its end.

        `name` is its script's (`validate_tag`); `inputs` are what stands under `with:`. With `args` it runs as a
        command on a laptop instead, outside Actions and with these flags.
        """
        files = self.answers()
        environment = {**self.environment(files, workspace or self.workspace), **(env or {})}
        if args is not None:
            environment = {key: value for key, value in environment.items() if not key.startswith(_ACTIONS_ALONE)}
        elif "INPUTS" not in environment:
            environment["INPUTS"] = json.dumps(self.inputs(name, inputs or {}))
        argv, cwd = [name, *(args or ())], workspace or self.workspace
        if self._forks and self._forks.is_due(name):
            output = files["GITHUB_OUTPUT"].parent
            forked = self._forks.begin(argv, env=environment, cwd=cwd, output=output)
            code = forked.wait(_LONGEST)
            assert code is not None, f"{name} did not end in {_LONGEST:.0f} s"
            return self.read(files, code, (output / "stdout").read_bytes(), (output / "stderr").read_bytes())
        done = subprocess.run(
            self.command(*argv),
            cwd=cwd,
            env=environment,
            stdin=subprocess.DEVNULL,
            capture_output=True,
            timeout=_LONGEST,
            check=False,
        )
        return self.read(files, done.returncode, done.stdout, done.stderr)

    def command(self, name: str, *args: str) -> list[str]:
        """How an action's script is started."""
        return [sys.executable, "-I", str(self.root / "scripts" / "run.py"), name, *args]

    def inputs(self, name: str, given: Mapping[str, str]) -> dict[str, str]:
        """What `toJSON(inputs)` has: what is given, else the default, else nothing."""
        metadata = read_action(action_path(self.root, name))
        return {**{key: one.default or "" for key, one in metadata.inputs.items()}, **given}

    def answers(self) -> dict[str, Path]:
        """New, empty files for a step's answers, by the names of their variables."""
        self._steps += 1
        folder = self.folder / f"step-{self._steps}"
        folder.mkdir()
        files = {name: folder / name.lower() for name in ("GITHUB_OUTPUT", "GITHUB_STEP_SUMMARY", *_NEVER_WRITTEN)}
        for file in files.values():
            file.touch()
        return files

    def environment(self, files: Mapping[str, Path], workspace: Path) -> dict[str, str]:
        """A step's environment, with nothing of this process but where programs are."""
        return {
            "PATH": f"{self.root / '.tools/bin'}:{os.environ['PATH']}",
            "HOME": str(self.home),
            "LANG": "C.UTF-8",
            "GITHUB_ACTIONS": "true",
            "GITHUB_REPOSITORY": "kubeflow/demo",
            "GITHUB_SERVER_URL": "https://github.com",
            "GITHUB_API_URL": "http://127.0.0.1:9",
            "GITHUB_RUN_ID": "7",
            "GITHUB_WORKSPACE": str(workspace),
            "RUNNER_TEMP": str(self.temp),
            "RELEASE_ACTIONS_CACHE": str(self.cache),
            **{name: str(file) for name, file in files.items()},
        }

    def read(self, files: Mapping[str, Path], code: int, stdout: bytes, stderr: bytes) -> Result:
        """What a step that has ended did; what no action may ever do is checked here."""
        log, errors = stdout.decode(), stderr.decode()
        assert "Traceback (most recent call last)" not in log + errors, log + errors
        assert [name for name in _NEVER_WRITTEN if files[name].stat().st_size] == []
        outputs = read_outputs(files["GITHUB_OUTPUT"].read_bytes().decode() or "\n")
        summary = files["GITHUB_STEP_SUMMARY"].read_bytes().decode()
        return Result(code, outputs, summary, log, errors, read_commands(log))


def annotation(command: Command) -> Annotation:
    """The annotation that an `error`, `warning` or `notice` command makes."""
    told = command.properties
    line = told.get("line", "")
    return Annotation(
        level=command.name,
        title=told.get("title", ""),
        file=told.get("file", ""),
        line=int(line) if line.isdecimal() else 0,
        message=command.data,
    )
