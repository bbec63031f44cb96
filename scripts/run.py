#!/usr/bin/env -S python3 -I
"""Start an action: put the locked dependencies on the path, then run its script.

    python3 -I scripts/run.py validate_tag                     in an action, inputs from the environment variable INPUTS
    python3 -I scripts/run.py sync_chart_version --chart ...   on a command line, flags named like the inputs

This file uses the standard library alone, and any Python since 3.6 gets as far as the check of its version. The wheels
of `requirements.txt` are installed once per job into a folder named after the lock's hash, under RELEASE_ACTIONS_CACHE
when set, else RUNNER_TEMP, else the user's cache folder.
"""

import contextlib
import fcntl
import hashlib
import importlib.util
import io
import json
import os
import shutil
import signal
import subprocess
import sys
import sysconfig
import tempfile
from collections.abc import Iterator
from pathlib import Path
from types import ModuleType
from typing import NoReturn

ROOT = Path(__file__).resolve().parent.parent
LOCK = ROOT / "requirements.txt"
# Of the failures that can come before the library is there; the library's catalogue says the same.
TITLES = {
    "E_INPUT": "Wrong input",
    "E_PROGRAM": "Program missing or failed",
    "E_DEPENDENCIES": "Packages not installed",
    "E_CANCELLED": "Run cancelled",
}
COMPLETE = "release-actions-complete.txt"  # in a folder of packages: how many files it has besides
OLDEST = (3, 10)
# How packages are reached is the machine owner's to say (mirror, proxy, certificates): with hashes no mirror can change
# what is installed. Every other PIP_* and UV_* variable could change how, and is dropped.
REACH = (
    *("CERT", "CLIENT_CERT", "NATIVE_TLS", "SYSTEM_CERTS", "PROXY", "TRUSTED_HOST"),
    *("DEFAULT_INDEX", "EXTRA_INDEX_URL", "FIND_LINKS", "INDEX_URL", "NO_INDEX", "OFFLINE"),
    *("DEFAULT_TIMEOUT", "HTTP_RETRIES", "HTTP_TIMEOUT", "RETRIES"),
)


def main(arguments: "list[str]") -> int:
    """Run the action named first and return its exit code."""
    if sys.version_info < OLDEST:
        fail(
            "E_PROGRAM",
            f"Python {'.'.join(map(str, sys.version_info[:3]))} is too old.",
            "Put Python 3.10 or newer on PATH as `python3`, for example with a setup-python step.",
        )
    if isinstance(sys.stdout, io.TextIOWrapper):
        sys.stdout.reconfigure(encoding="utf-8", errors="backslashreplace")
    signal.signal(signal.SIGTERM, signal.default_int_handler)
    scripts = sorted(path.stem for path in (ROOT / "scripts").glob("*.py") if path.stem != "run")
    actions = ", ".join(scripts).replace("_", "-")
    if arguments[:1] in (["--help"], ["-h"]):
        print(f"run.py ACTION --help: the inputs of an action, which are flags here\nActions: {actions}")
        return 0
    name = arguments[0].replace("-", "_") if arguments else ""
    if name not in scripts:
        fail("E_INPUT", "The first argument names no action.", f"Name one of: {actions}.")
    try:
        packages = dependencies()
    except OSError as error:
        fail("E_DEPENDENCIES", f"The action's Python packages can't be kept: {error}.", "Free or unlock that folder.")
    sys.path[:0] = [str(ROOT), str(packages)]
    script = load(name)
    from release_actions.runner.run import start

    return start(script, ROOT, arguments[1:])


def load(name: str) -> ModuleType:
    """The entry script as a module."""
    spec = importlib.util.spec_from_file_location(name, ROOT / "scripts" / f"{name}.py")
    assert spec
    assert spec.loader
    module = sys.modules[name] = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    return module


def dependencies() -> Path:
    """The folder with the locked packages for this Python, installed now if it isn't there yet."""
    base = cache_folder()
    target = packages_folder(base)
    if is_complete(target):
        return target
    base.mkdir(mode=0o700, parents=True, exist_ok=True)
    require_own(base)
    unfinished = Path(tempfile.mkdtemp(prefix="unfinished-", dir=base))
    try:
        packages = install(unfinished)
        (packages / COMPLETE).write_text(str(count_files(packages)), encoding="utf-8")
        with locked(base):
            if not is_complete(target):  # else another step of this job was faster, with the same packages
                if os.path.lexists(target):  # what a program that frees space has left of it
                    target.rename(unfinished / "incomplete")
                packages.rename(target)
    finally:
        shutil.rmtree(unfinished, ignore_errors=True)
    return target


@contextlib.contextmanager
def locked(folder: Path) -> "Iterator[None]":
    """Wait until no other step is here that locked the same folder."""
    opened = os.open(folder, os.O_RDONLY)
    try:
        fcntl.flock(opened, fcntl.LOCK_EX)
        yield
    finally:
        os.close(opened)


def is_complete(packages: Path) -> bool:
    """Whether a folder is there with all that was installed into it; one of another user ends the run.

    A link that this user made is taken as it is: something else keeps those packages.
    """
    if not os.path.lexists(packages):
        return False
    require_own(packages)
    if packages.is_symlink():
        return packages.is_dir()
    try:
        return int((packages / COMPLETE).read_text(encoding="utf-8")) == count_files(packages)
    except (OSError, ValueError):
        return False


def require_own(folder: Path) -> None:
    """End the run unless a folder, or the link in its place, belongs to this user or to root."""
    if folder.lstat().st_uid not in (0, os.geteuid()):
        fail("E_DEPENDENCIES", f"{folder} belongs to another user.", "Delete that folder and run the job again.")


def count_files(folder: Path) -> int:
    """How many files of packages are below a folder; what Python compiles there is not counted."""
    found = ((Path(path).name, files) for path, _, files in os.walk(folder))
    return sum(len(files) for name, files in found if name != "__pycache__") - (folder / COMPLETE).is_file()


def packages_folder(base: Path) -> Path:
    """Where in the cache the packages of this lock file, Python and platform are."""
    lock = hashlib.sha256(LOCK.read_bytes()).hexdigest()[:16]
    return base / f"packages-{lock}-{sys.implementation.cache_tag}-{sysconfig.get_platform()}"


def cache_folder() -> Path:
    """Where packages are kept: for one job in Actions, for longer on a laptop or where asked for."""
    given, temporary, cache, home = (
        os.environ.get(name) for name in ("RELEASE_ACTIONS_CACHE", "RUNNER_TEMP", "XDG_CACHE_HOME", "HOME")
    )
    if given:
        return Path(given).absolute()
    kept = temporary or cache or (home and f"{home}/.cache")
    if kept:
        return Path(kept).absolute() / "release-actions"
    return Path(tempfile.gettempdir()).absolute() / f"release-actions-{os.geteuid()}"


def install(folder: Path) -> Path:
    """Install the locked wheels below a folder, by uv where there is one, else by pip; nothing is built or resolved.

    pip computes on one core most of the time, so two of them take half of the lock each.
    """
    uv = shutil.which("uv")
    if uv:
        shares = 1
        command = [uv, "pip", "install", "--no-config", "--python", sys.executable]
    else:
        shares = 2
        command = [sys.executable, "-I", "-m", "pip", "--no-input", "--disable-pip-version-check", "install"]
        command += ["--no-compile", "--no-user"]
    command += ["--quiet", "--require-hashes", "--only-binary", ":all:", "--no-deps"]
    lines = LOCK.read_text(encoding="utf-8").replace("\\\n", " ").split("\n")
    requirements = sorted((line for line in lines if line and line[0] not in "# "), key=len)
    targets = [folder / f"packages-{number}" for number in range(shares)]
    running = []
    try:
        for number, target in enumerate(targets):
            target.mkdir()
            share = folder / f"requirements-{number}.txt"
            share.write_text("\n".join(requirements[number::shares]) + "\n", encoding="utf-8")
            running.append(begin([*command, "--target", str(target), "--requirement", str(share)], folder))
        output = "".join(installer.communicate()[0] for installer in running)
    finally:
        for installer in running:
            installer.kill()
            installer.wait()
    if any(installer.returncode for installer in running):
        fail(
            "E_DEPENDENCIES",
            "The action's Python packages could not be installed.",
            "Check that the runner reaches its package index (and has pip or uv), then run the job again.",
            output,
        )
    for target in targets[1:]:
        shutil.copytree(target, targets[0], dirs_exist_ok=True)
    return targets[0]


def begin(command: "list[str]", folder: Path) -> "subprocess.Popen[str]":
    """An installer, started."""
    return subprocess.Popen(
        command,
        env=environment(),
        cwd=folder,
        stdin=subprocess.DEVNULL,
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        encoding="utf-8",
        errors="replace",
    )


def environment() -> "dict[str, str]":
    """This process's environment without what could redirect Python or the installers."""
    kept = {
        name: value
        for name, value in os.environ.items()
        if not name.startswith(("PYTHON", "PIP_", "UV_", "VIRTUAL_ENV")) or name.partition("_")[2] in REACH
    }
    return {**kept, "PIP_REQUIRE_VIRTUALENV": "0"}  # a pip.conf may demand one, but no such environment is touched


def fail(error: str, what: str, next_step: str, output: str = "", code: int = 1) -> NoReturn:
    """End the run with one clear error, in the same shape as the library's."""
    for line in filter(None, output.split("\n")):
        print("│ " + line.replace("##[", "## ["))
    published = "Nothing was published or written by this run."
    message = f"{what} {published} Next: {next_step}"
    if os.environ.get("GITHUB_ACTIONS") == "true":
        escaped = message.replace("%", "%25").replace("\r", "%0D").replace("\n", "%0A")
        print(f"::error title={TITLES[error]} ({error})::{escaped}")
    else:
        print(f"{error}: {message}", file=sys.stderr)
    answers = os.environ.get("GITHUB_OUTPUT")
    if answers:
        failure = {"code": error, "what": what, "published": published, "next": next_step}
        action = sys.argv[1].replace("_", "-") if len(sys.argv) > 1 else ""
        result = {"action": action, "outcome": "failure", "dry-run": False, "error": failure, "artefacts": []}
        with Path(answers).open("a", encoding="utf-8") as outputs:
            outputs.write(f"result={json.dumps(result)}\n")
    raise SystemExit(code)


if __name__ == "__main__":
    try:
        exit_code = main(sys.argv[1:])
    except KeyboardInterrupt:
        fail("E_CANCELLED", "The run was cancelled.", "Run the job again.", code=130)
    raise SystemExit(exit_code)
