"""An action that is cut off by a signal, right after a write of it was carried out."""

import json
import subprocess
from collections.abc import Callable, Mapping
from pathlib import Path
from signal import Signals

from rehearsal.act.step import Job, Result
from rehearsal.github import GitHub
from rehearsal.github.calls import Call
from rehearsal.github.exchange import Answer

_HOOK = """\
#!/bin/sh
count=$(($(cat {counter}) + 1))
echo $count > {counter}
if test $count = {number}; then kill -s {signal} $(cat {pid}); fi
"""


class Cutter:
    """Cuts an action off after its write of a number: by git, which is counted first, or by GitHub's API."""

    def __init__(self, job: Job, github: GitHub, origin: Path) -> None:
        self._job = job
        self._github = github
        self._origin = origin

    def run(
        self, action: str, inputs: Mapping[str, str], env: Mapping[str, str], cut: tuple[str, int, Signals]
    ) -> Result:
        """The action, which gets a signal when the push, or the write by the API, of a number has its effect."""
        where, number, sent = cut
        files, folder = self._job.answers(), self._job.folder
        hook, pid = self._origin / "hooks" / "post-receive", folder / "pid"
        (folder / "count").write_text("0")
        if where == "push":
            hook.parent.mkdir(exist_ok=True)
            hook.write_text(_HOOK.format(counter=folder / "count", number=number, signal=sent.name[3:], pid=pid))
            hook.chmod(0o755)
        given = json.dumps(self._job.inputs(action, inputs))
        environment = {**self._job.environment(files, self._job.workspace), **env, "INPUTS": given}
        out, errors = folder / "stdout", folder / "stderr"
        with out.open("wb") as stdout, errors.open("wb") as stderr:
            process = subprocess.Popen(
                self._job.command(action), cwd=self._job.workspace, env=environment, stdout=stdout, stderr=stderr
            )
            pid.write_text(str(process.pid))
            if where == "api":
                self._github.hook = _after(number, lambda: process.send_signal(sent))
            code = process.wait()
        self._github.hook = lambda _, execute: execute()
        hook.unlink(missing_ok=True)
        return self._job.read(files, code, out.read_bytes(), errors.read_bytes())


def _after(number: int, cut: Callable[[], None]) -> Callable[[Call, Callable[[], Answer]], Answer]:
    count = 0

    def hook(call: Call, execute: Callable[[], Answer]) -> Answer:
        nonlocal count
        answer = execute()
        count += call.writes
        if call.writes and count == number:
            cut()
        return answer

    return hook
