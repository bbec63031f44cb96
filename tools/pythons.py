"""Run the tests of actions and library with every Python from 3.10 on that this machine has.

Each interpreter gets an environment of its own below `.pythons`, with the locked packages; a warm one is used again.
Without arguments for pytest that is tests/unit, tests/contract and tests/actions.
"""

import hashlib
import os
import re
import shutil
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

ROOT = Path(__file__).resolve().parents[1]
HOME = ROOT / ".pythons"
LOCK = ROOT / "requirements-dev.txt"
OLDEST = (3, 10)
SUITES = ("tests/unit", "tests/contract", "tests/actions")
_NAME = re.compile(r"python3\.(\d+)")


def main(arguments: list[str]) -> int:
    """Run pytest with each, and return 1 when one fails or none is there."""
    found = interpreters()
    if not found:
        print(
            f"There is no Python from {OLDEST[0]}.{OLDEST[1]} on, neither on PATH nor below ~/.pyenv.", file=sys.stderr
        )
        return 1
    failed = []
    for version, program in sorted(found.items()):
        print(f"── Python {version}", flush=True)
        python = environment(program)
        command = [str(python), "-m", "pytest", "-n", "2", "--dist", "worksteal", *(arguments or SUITES)]
        if subprocess.run(command, cwd=ROOT, check=False).returncode:
            failed.append(version)
    print(f"Python {', '.join(sorted(found))}: {'failed with ' + ', '.join(failed) if failed else 'passed'}")
    return 1 if failed else 0


def interpreters() -> dict[str, Path]:
    """The newest program of each minor version, as `3.12.1` → its path."""
    newest: dict[int, tuple[tuple[int, ...], Path]] = {}
    for program in _candidates():
        asked = [str(program), "-I", "-c", "import sys; print(*sys.version_info[:3], sys.prefix == sys.base_prefix)"]
        said = subprocess.run(asked, capture_output=True, text=True, check=False).stdout.split()
        if len(said) != 4 or said[3] != "True":  # broken, or an environment of another interpreter
            continue
        version = tuple(map(int, said[:3]))
        if version >= OLDEST and version > newest.get(version[1], ((), program))[0]:
            newest[version[1]] = (version, program)
    return {".".join(map(str, version)): program for version, program in newest.values()}


def _candidates() -> Iterator[Path]:
    folders = [Path(one) for one in os.environ.get("PATH", "").split(os.pathsep) if one]
    folders += sorted((Path.home() / ".pyenv" / "versions").glob("*/bin"))
    for folder in folders:
        if folder.is_dir():
            yield from sorted(one for one in folder.iterdir() if _NAME.fullmatch(one.name) and os.access(one, os.X_OK))


def environment(program: Path) -> Path:
    """The Python of an environment with the locked packages for an interpreter."""
    said = subprocess.run([str(program), "--version"], capture_output=True, check=True).stdout
    stamp = hashlib.sha256(said + LOCK.read_bytes()).hexdigest()[:16]
    folder = HOME / program.name
    python = folder / "bin" / "python"
    if not (folder / f"installed-{stamp}").exists():
        shutil.rmtree(folder, ignore_errors=True)
        subprocess.run([str(program), "-m", "venv", str(folder)], check=True)
        install = [str(python), "-I", "-m", "pip", "install", "--quiet", "--disable-pip-version-check"]
        install += ["--require-hashes", "--only-binary", ":all:", "--no-deps", "-r", str(LOCK)]
        subprocess.run(install, check=True)
        (folder / f"installed-{stamp}").touch()
    return python


if __name__ == "__main__":
    raise SystemExit(main(sys.argv[1:]))
