"""What an action costs before it does anything: with its packages there, and when they have to be installed first."""

import shutil
from pathlib import Path

from bench.measure import PYTHON, Cost, Row, by_turns, measure
from rehearsal.base.programs import PROJECT

MANIFEST = """\
name: Idle
description: Reads its input.
inputs:
  tag:
    description: A tag.
    default: ''
outputs: {}
"""
SCRIPT = """\
from release_actions.runner import inputs, outputs


class Inputs(inputs.Inputs, frozen=True):
    tag: str


class Outputs(outputs.Outputs, frozen=True):
    tag: str


def main(inputs, run):
    return Outputs(tag=inputs.tag)
"""


def rows(folder: Path) -> list[Row]:
    """Both figures, for an action that only reads its input."""
    script = idle_action(folder / "checkout")
    cache, environment = folder / "cache", folder / "environment"
    # No program but Python: without uv on PATH, pip installs.
    env = {
        "PATH": "/nowhere",
        "HOME": str(Path.home()),
        "RELEASE_ACTIONS_CACHE": str(cache),
        "INPUTS": '{"tag": "v1.0.0"}',
    }
    lock = str(PROJECT / "requirements.txt")

    def act() -> Cost:
        return measure([PYTHON, "-I", script, "idle"], env)

    def act_cold() -> Cost:
        shutil.rmtree(cache, ignore_errors=True)
        return act()

    def install() -> Cost:
        shutil.rmtree(environment, ignore_errors=True)
        made = measure([PYTHON, "-m", "venv", str(environment)], env)
        pip = [str(environment / "bin" / "python"), "-m", "pip", "install", "--quiet", "--disable-pip-version-check"]
        installed = measure([*pip, "--require-hashes", "-r", lock], env)
        return Cost(made.seconds + installed.seconds, installed.memory)

    act_cold(), install()  # from here on, what pip downloads is in its cache for both
    cold, venv = by_turns(3, act_cold, install)
    act()
    warm, python = by_turns(11, act, lambda: measure([PYTHON, "-I", "-c", "pass"], env))
    return [
        Row("an action's own overhead", warm.seconds, "s", "`python -I -c pass`", python.seconds, "< 0.25 s"),
        Row(
            "first action of a job, pip only",
            cold.seconds,
            "s",
            "venv, `pip install -r`",
            venv.seconds,
            "< 2.5 s, ratio < 0.5",
        ),
    ]


def idle_action(checkout: Path) -> str:
    """A checkout with one action in it; the path of its start script."""
    for name in ("scripts", "actions/idle"):
        (checkout / name).mkdir(parents=True)
    for name in ("scripts/run.py", "requirements.txt"):
        shutil.copy(PROJECT / name, checkout / name)
    (checkout / "release_actions").symlink_to(PROJECT / "release_actions")
    (checkout / "actions" / "idle" / "action.yml").write_text(MANIFEST)
    (checkout / "scripts" / "idle.py").write_text(SCRIPT)
    return str(checkout / "scripts" / "run.py")
