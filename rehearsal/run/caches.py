"""What stays on this machine between rehearsals, since a rehearsal itself can download nothing."""

import os
import shutil
import sys
from pathlib import Path

from rehearsal.base.programs import run

_KEEP_PACKAGES = "import runpy, sys; runpy.run_path(sys.argv[1])['dependencies']()"


def environment() -> dict[str, str]:
    """Where the steps of a job find the caches."""
    return {"RELEASE_ACTIONS_CACHE": str(_packages()), **_go()}


def keep_packages(release_actions: Path) -> None:
    """Installs the actions' Python packages, if they are not there yet, with this machine's own ways to the index."""
    python = str(Path(sys.executable).resolve())
    starter = str(release_actions / "scripts" / "run.py")
    run([python, "-I", "-c", _KEEP_PACKAGES, starter], env={**os.environ, "RELEASE_ACTIONS_CACHE": str(_packages())})


def _packages() -> Path:
    base = os.environ.get("XDG_CACHE_HOME") or Path.home() / ".cache"
    return Path(os.environ.get("RELEASE_ACTIONS_CACHE") or Path(base) / "release-actions")


def _go() -> dict[str, str]:
    """The user's own caches of Go, for a project that builds Go programs with modules of others."""
    if shutil.which("go") is None:
        return {}
    names = ("GOCACHE", "GOMODCACHE")
    return dict(zip(names, run(["go", "env", *names]).splitlines(), strict=True))
