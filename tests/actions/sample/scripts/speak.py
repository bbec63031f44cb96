"""An action that behaves well or badly as it is told, for the tests of what every action stands on."""

import errno
import os
import time
from collections.abc import Callable
from pathlib import Path

from release_actions.core.commands import InputChange, NextRun, shell
from release_actions.core.errors import Code, ReleaseError
from release_actions.core.report import State
from release_actions.runner import inputs, outputs
from release_actions.runner.run import Run


class Inputs(inputs.Inputs, frozen=True):
    """What the action is given."""

    say: str
    times: int
    dry_run: bool
    password: inputs.Secret
    things: inputs.Lines


class Outputs(outputs.Outputs, frozen=True):
    """What the action gives."""

    said: str
    things: tuple[str, ...]
    heard_it: bool


def main(given: Inputs, run: Run) -> Outputs:
    """Do what `say` tells."""
    DEEDS[given.say](given, run)
    return Outputs(said=given.say, things=given.things, heard_it=True)


def nothing(_given: Inputs, _run: Run) -> None:
    """Succeed."""


def echo(_given: Inputs, run: Run) -> None:
    """Show what a hostile program wrote."""
    for line in hostile().split("\n"):
        run.echo(line)
    run.info(hostile())
    with run.group(hostile()):
        pass


def annotate(_given: Inputs, run: Run) -> None:
    """Put hostile text into an annotation."""
    run.warn(hostile(), title=hostile(), file=hostile(), line=3)


def refuse(_given: Inputs, run: Run) -> None:
    """Fail in the middle, with something written."""
    run.report.done(run.report.plan("thing", "one", "v1.0.0", State.ABSENT))
    run.report.plan("thing", "two", "v1.0.0", State.ABSENT)
    raise ReleaseError(
        Code.E_CHART, "It is wrong.", next_step="Fix it.", file="a,b:c.yaml", line=7, details=("::error::x",)
    )


def advise(_given: Inputs, _run: Run) -> None:
    """Fail with a next step that a program could take."""
    commands = (shell("git", "push", "origin", "v1^{}:a b"), InputChange("say", "nothing"), NextRun())
    raise ReleaseError(Code.E_CHART, "It is wrong.", next_step="Push it.", commands=commands)


def crash(given: Inputs, _run: Run) -> None:
    """Be defective."""
    raise RuntimeError(f"not\nforeseen: {given.times}")


def fill_the_disk(_given: Inputs, _run: Run) -> None:
    """Meet a full disk."""
    raise OSError(errno.ENOSPC, os.strerror(errno.ENOSPC), "some/file")


def fill_the_answers(_given: Inputs, _run: Run) -> None:
    """Meet a disk that is full only when the outputs are written."""
    os.environ["GITHUB_OUTPUT"] = "/dev/full"


def chatter(_given: Inputs, run: Run) -> None:
    """Say more than a page holds."""
    run.summarize(f"{'x' * 79}\n" * 20_000)


def wait(_given: Inputs, run: Run) -> None:
    """Have something private, and take long."""
    (run.temp / "token").write_text("left")
    print(run.temp, flush=True)
    time.sleep(60)


def tell(given: Inputs, run: Run) -> None:
    """Put a secret into the log."""
    run.info(f"it is {given.password}")


def meet_odd_names(_given: Inputs, run: Run) -> None:
    """Find a file whose name isn't UTF-8."""
    name = os.fsdecode(b"caf\xe9")
    run.report.done(run.report.plan("thing", name, "v1.0.0", State.ABSENT), note=name)
    run.warn(name)


def leak(_given: Inputs, run: Run) -> None:
    """Tell whether a child process would get the inputs."""
    run.info(f"INPUTS in the environment: {'INPUTS' in os.environ}")


def hostile() -> str:
    """What the test put into the workspace."""
    return Path("hostile").read_text(encoding="utf-8", errors="surrogateescape")


DEEDS: dict[str, Callable[[Inputs, Run], None]] = {
    deed.__name__.replace("_", " "): deed
    for deed in (
        *(nothing, echo, annotate, refuse, advise, crash, fill_the_disk),
        *(fill_the_answers, chatter, wait, tell, meet_odd_names, leak),
    )
}
