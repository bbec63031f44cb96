"""Finds and runs the real programs a rehearsal is made of."""

import shutil
import subprocess
import sys
from collections.abc import Mapping, Sequence
from pathlib import Path

from rehearsal.base.errors import RehearsalError

PROJECT = Path(__file__).resolve().parents[2]
TOOLS = PROJECT / ".tools" / "bin"

_SHOWN_LINES = 20


def program(name: str) -> str:
    """The path of a program: built by `make tools`, installed next to Python, or on PATH.

    Raises RehearsalError when it is nowhere.
    """
    beside_python = Path(sys.executable).parent
    found = shutil.which(name, path=f"{TOOLS}:{beside_python}") or shutil.which(name)
    if found is None:
        raise RehearsalError(
            f"the program {name!r} is missing: run `make tools` in the release-actions checkout,"
            " which builds or installs everything a rehearsal needs"
        )
    return found


def run(
    argv: Sequence[str],
    *,
    cwd: Path | None = None,
    env: Mapping[str, str] | None = None,
    stdin: str | None = None,
) -> str:
    """Runs a program to its end and returns what it wrote to stdout.

    Raises RehearsalError with the end of its stderr when it fails.
    """
    done = subprocess.run(
        [program(argv[0]), *argv[1:]],
        cwd=cwd,
        env=env,
        input=stdin,
        stdin=subprocess.DEVNULL if stdin is None else None,
        capture_output=True,
        text=True,
        check=False,
    )
    if done.returncode != 0:
        said = "\n".join((done.stderr or done.stdout).strip().splitlines()[-_SHOWN_LINES:])
        raise RehearsalError(f"`{' '.join(argv)}` ended with {done.returncode}:\n{said}")
    return done.stdout
