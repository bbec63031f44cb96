"""How an action gets its packages: once, complete, from the lock alone, whatever lies in the workspace."""

import ast
import contextlib
import hashlib
import json
import os
import shutil
import signal
import socket
import subprocess
import sys
import threading
import zipfile
from collections.abc import Iterator
from pathlib import Path

import pytest

from rehearsal.act.runner_rules import read_commands
from rehearsal.act.step import ROOT, Job, Result

RUNNER = """\
import chirp

def start(script, root, arguments):
    print(f"{script.__name__} hears {chirp.VOICE} from {chirp.__file__}")
    return 0
"""

CANARY = "import os, pathlib; pathlib.Path({path!r}).touch()\n"
SHADOWS = (
    *("pip", "uv", "chirp", "release_actions", "runner", "run", "speak", "sitecustomize", "usercustomize", "yaml"),
    *("hashlib", "importlib", "io", "json", "os", "pathlib", "shutil", "signal", "subprocess", "sysconfig", "tempfile"),
    *("types", "typing", "encodings", "site", "ssl", "urllib", "zipfile", "logging", "platform", "msgspec", "semver"),
)


@pytest.fixture
def wheels(tmp_path: Path) -> Path:
    """A folder with the wheel of the package `chirp` 1.0."""
    folder = tmp_path / "wheels"
    folder.mkdir()
    with zipfile.ZipFile(folder / "chirp-1.0-py3-none-any.whl", "w") as wheel:
        wheel.writestr("chirp/__init__.py", "VOICE = 'a small bird'\n")
        wheel.writestr("chirp-1.0.dist-info/METADATA", "Metadata-Version: 2.1\nName: chirp\nVersion: 1.0\n")
        wheel.writestr("chirp-1.0.dist-info/WHEEL", "Wheel-Version: 1.0\nRoot-Is-Purelib: true\nTag: py3-none-any\n")
        wheel.writestr("chirp-1.0.dist-info/RECORD", "")
    return folder


@pytest.fixture
def job(tmp_path: Path, wheels: Path) -> Job:
    """A job of a checkout with one action and one locked package, in whose cache there is nothing yet."""
    root = tmp_path / "checkout"
    for folder in ("scripts", "release_actions/runner"):
        (root / folder).mkdir(parents=True)
    shutil.copy(ROOT / "scripts" / "run.py", root / "scripts" / "run.py")
    (root / "scripts" / "speak.py").touch()
    (root / "release_actions" / "__init__.py").touch()
    (root / "release_actions" / "runner" / "__init__.py").touch()
    (root / "release_actions" / "runner" / "run.py").write_text(RUNNER)
    [wheel] = wheels.iterdir()
    digest = hashlib.sha256(wheel.read_bytes()).hexdigest()
    (root / "requirements.txt").write_text(f"chirp==1.0 --hash=sha256:{digest}\n")
    return Job(tmp_path / "job", tmp_path / "cache", root)


@pytest.fixture(params=["pip", "uv"])
def installer(request: pytest.FixtureRequest, tmp_path: Path) -> dict[str, str]:
    """The environment in which one of the two installs, asks no index, and does not try again."""
    programs = tmp_path / "programs"
    programs.mkdir()
    if request.param == "uv":
        found = shutil.which("uv", path=f"{Path(sys.executable).parent}:{os.environ['PATH']}")
        assert found
        (programs / "uv").symlink_to(found)
    no_retries = {"PIP_RETRIES": "0", "PIP_DEFAULT_TIMEOUT": "5", "UV_HTTP_RETRIES": "0", "UV_HTTP_TIMEOUT": "5"}
    return {"PATH": str(programs), "PIP_NO_INDEX": "1", "UV_OFFLINE": "1", **no_retries}


def offline(installer: dict[str, str], wheels: Path) -> dict[str, str]:
    return {**installer, "PIP_FIND_LINKS": str(wheels), "UV_FIND_LINKS": str(wheels)}


def online(installer: dict[str, str], port: int) -> dict[str, str]:
    index = f"http://127.0.0.1:{port}/simple"
    reached = {name: value for name, value in installer.items() if name not in ("PIP_NO_INDEX", "UV_OFFLINE")}
    return {**reached, "PIP_INDEX_URL": index, "UV_DEFAULT_INDEX": index}


def start(job: Job, env: dict[str, str]) -> Result:
    return job.run("speak", env={**env, "INPUTS": "{}"})


def test_packages_are_installed_once(job: Job, installer: dict[str, str], wheels: Path) -> None:
    first = start(job, offline(installer, wheels))
    assert "speak hears a small bird" in first.log
    shutil.rmtree(wheels)
    second = start(job, installer)
    assert (second.code, second.log) == (0, first.log)
    assert [folder.name.partition("-")[0] for folder in job.cache.iterdir()] == ["packages"]


@pytest.mark.parametrize("lost", ["chirp/__init__.py", "chirp", "release-actions-complete.txt"])
def test_packages_of_which_something_was_deleted_are_installed_again(
    job: Job, installer: dict[str, str], wheels: Path, lost: str
) -> None:
    first = start(job, offline(installer, wheels))
    [packages] = job.cache.iterdir()
    gone = packages / lost
    shutil.rmtree(gone) if gone.is_dir() else gone.unlink()
    second = start(job, offline(installer, wheels))
    assert (second.code, second.log) == (0, first.log)
    assert list(job.cache.iterdir()) == [packages]


def test_a_link_of_another_user_to_own_packages_is_not_followed(
    job: Job, installer: dict[str, str], wheels: Path
) -> None:
    start(job, offline(installer, wheels))
    [packages] = job.cache.iterdir()
    packages.symlink_to(packages.rename(job.folder / "elsewhere"))
    assert start(job, offline(installer, wheels)).code == 0
    as_root = ["sudo", "--non-interactive"] if os.geteuid() else []
    subprocess.run([*as_root, "chown", "--no-dereference", "65534", packages], check=True)
    refused = start(job, offline(installer, wheels))
    assert (refused.code, refused.error) == (1, "E_DEPENDENCIES")
    assert "belongs to another user" in refused.result["error"]["what"]


@pytest.mark.parametrize(
    ("environment", "place"),
    [
        ({"RELEASE_ACTIONS_CACHE": "here/cache"}, "workspace/here/cache"),
        ({"RUNNER_TEMP": "temporary"}, "workspace/temporary/release-actions"),
        ({"XDG_CACHE_HOME": "kept"}, "workspace/kept/release-actions"),
        ({"HOME": "home"}, "workspace/home/.cache/release-actions"),
        ({}, f"workspace/release-actions-{os.geteuid()}"),
    ],
)
def test_packages_are_kept_where_the_environment_says(
    job: Job, installer: dict[str, str], wheels: Path, environment: dict[str, str], place: str
) -> None:
    nowhere = dict.fromkeys(("RELEASE_ACTIONS_CACHE", "RUNNER_TEMP", "XDG_CACHE_HOME", "HOME"), "")
    given = {**offline(installer, wheels), **nowhere, "TMPDIR": str(job.workspace), **environment}
    assert start(job, given).code == 0
    [packages] = (job.folder / place).iterdir()
    assert packages.name.startswith("packages-")


def test_a_pip_that_wants_a_virtual_environment_is_no_obstacle(
    job: Job, installer: dict[str, str], wheels: Path
) -> None:
    (job.home / ".config" / "pip").mkdir(parents=True)
    (job.home / ".config" / "pip" / "pip.conf").write_text("[global]\nrequire-virtualenv = true\n")
    assert start(job, offline(installer, wheels)).code == 0


def test_another_lock_has_another_folder(job: Job, installer: dict[str, str], wheels: Path) -> None:
    start(job, offline(installer, wheels))
    with (job.root / "requirements.txt").open("a") as lock:
        lock.write("# changed\n")
    assert start(job, offline(installer, wheels)).code == 0
    assert len(list(job.cache.iterdir())) == 2


def test_a_package_with_another_hash_is_not_taken(job: Job, installer: dict[str, str], wheels: Path) -> None:
    [wheel] = wheels.iterdir()
    with zipfile.ZipFile(wheel, "a") as changed:
        changed.writestr("chirp/more.py", "")
    refused = start(job, offline(installer, wheels))
    assert (refused.code, refused.error) == (1, "E_DEPENDENCIES")
    assert list(job.cache.iterdir()) == []


def test_without_an_index_there_is_one_clear_error(job: Job, installer: dict[str, str]) -> None:
    with socket.create_server(("127.0.0.1", 0)) as closed:
        port = closed.getsockname()[1]
    failed = start(job, online(installer, port))
    [shown] = failed.annotations
    assert (failed.code, failed.error, shown.code) == (1, "E_DEPENDENCIES", "E_DEPENDENCIES")
    assert "Next: Check that the runner reaches its package index" in shown.message
    assert failed.result["action"] == "speak"
    assert list(job.cache.iterdir()) == []


def test_a_hostile_index_can_not_command_the_runner(job: Job, tmp_path: Path) -> None:
    fake = tmp_path / "programs" / "uv"
    fake.parent.mkdir()
    fake.write_text("#!/bin/sh\nprintf '::add-mask::a\\n x ##[error]b\\r::error::c\\n'; exit 1\n")
    fake.chmod(0o755)
    failed = start(job, {"PATH": f"{fake.parent}:/usr/bin:/bin"})
    assert [(command.name, command.properties) for command in failed.commands] == [
        ("error", {"title": "Packages not installed (E_DEPENDENCIES)"})
    ]


def test_two_steps_may_install_at_once(job: Job, installer: dict[str, str], wheels: Path) -> None:
    steps = [Starting(job, offline(installer, wheels)) for _ in range(3)]
    assert [step.end().code for step in steps] == [0, 0, 0]
    assert [folder.name.partition("-")[0] for folder in job.cache.iterdir()] == ["packages"]


@pytest.mark.parametrize("before", ["nothing", "half"])
def test_complete_packages_are_never_taken_from_under_another_step(
    job: Job, wheels: Path, tmp_path: Path, before: str
) -> None:
    """The slow step has installed its packages when the fast one puts its own into their place and uses them."""
    uv = shutil.which("uv", path=f"{Path(sys.executable).parent}:{os.environ['PATH']}")
    installed, go_on = tmp_path / "installed", tmp_path / "go-on"
    for pipe in (installed, go_on):
        os.mkfifo(pipe)
    scripts = {"fast": f'exec {uv} "$@"', "slow": f'{uv} "$@" && echo > {installed} && read -r _ < {go_on}'}
    found = {}
    for name, script in scripts.items():
        program = tmp_path / name / "uv"
        program.parent.mkdir()
        program.write_text(f"#!/bin/sh\n{script}\n")
        program.chmod(0o755)
        found[name] = {"PATH": f"{program.parent}:/usr/bin:/bin", "UV_OFFLINE": "1", "UV_FIND_LINKS": str(wheels)}
    if before == "half":
        start(job, found["fast"])
        [packages] = job.cache.iterdir()
        (packages / "chirp" / "__init__.py").unlink()
    slow = Starting(job, found["slow"])
    installed.read_text()
    assert start(job, found["fast"]).code == 0
    [packages] = job.cache.glob("packages-*")
    used = packages.stat().st_ino
    go_on.write_text("\n")
    assert slow.end().code == 0
    assert [folder.stat().st_ino for folder in job.cache.iterdir()] == [used]


@pytest.mark.parametrize(("number", "code"), [(signal.SIGTERM, 130), (signal.SIGINT, 130), (signal.SIGKILL, -9)])
def test_an_interrupted_install_is_never_taken_for_complete(
    job: Job, installer: dict[str, str], wheels: Path, number: signal.Signals, code: int
) -> None:
    with silent_index() as (port, asked):
        step = Starting(job, online(installer, port))
        assert asked.wait(60)
        step.process.send_signal(number)
        assert step.end().code == code
    assert [folder for folder in job.cache.iterdir() if folder.name.startswith("packages")] == []
    assert start(job, offline(installer, wheels)).code == 0


def test_a_hostile_workspace_changes_nothing(job: Job, installer: dict[str, str], wheels: Path, tmp_path: Path) -> None:
    expected = start(job, offline(installer, wheels)).log
    shutil.rmtree(job.cache)
    canary = tmp_path / "canary"
    elsewhere = tmp_path / "elsewhere"
    for folder in (job.workspace, job.workspace / "scripts"):
        folder.mkdir(exist_ok=True)
        for name in SHADOWS:
            (folder / f"{name}.py").write_text(CANARY.format(path=str(canary)))
    for name in ("pip.conf", "uv.toml", "setup.cfg"):
        (job.workspace / name).write_text(f"[global]\n[install]\ntarget = {elsewhere}\n")
    program = str(job.workspace / "pip.py")
    hostile = {
        **dict.fromkeys(("PYTHONPATH", "PYTHONHOME", "PYTHONUSERBASE", "VIRTUAL_ENV"), str(job.workspace)),
        **dict.fromkeys(("PYTHONSTARTUP", "PYTHONINSPECT", "PYTHONBREAKPOINT", "PIP_PYTHON", "UV_PYTHON"), program),
        **dict.fromkeys(("PIP_TARGET", "PIP_PREFIX", "PIP_ROOT", "UV_TARGET", "UV_PREFIX"), str(elsewhere)),
        **dict.fromkeys(("PIP_USER", "PIP_PRE", "PIP_DRY_RUN", "PIP_EDITABLE", "UV_DRY_RUN", "UV_SYSTEM_PYTHON"), "1"),
        **dict.fromkeys(("PIP_REQUIREMENT", "PIP_CONSTRAINT", "UV_CONSTRAINT", "UV_CONFIG_FILE"), "uv.toml"),
        **dict.fromkeys(("PIP_NO_BINARY", "UV_NO_BINARY_PACKAGE"), ":all:"),
    }
    done = start(job, {**offline(installer, wheels), **hostile})
    assert (done.code, done.log) == (0, expected)
    assert not canary.exists()
    assert not elsewhere.exists()


def test_a_cache_that_cannot_be_used_is_a_clear_error(job: Job) -> None:
    job.cache.write_text("in the way")
    failed = start(job, {})
    assert (failed.code, failed.error) == (1, "E_DEPENDENCIES")


def test_an_unknown_action_is_a_clear_error(job: Job) -> None:
    failed = job.run("../speak", env={"INPUTS": "{}"})
    assert (failed.code, failed.error) == (1, "E_INPUT")
    assert "Name one of: speak." in failed.annotations[0].message


def test_an_old_python_is_told_so(job: Job) -> None:
    old = (
        "import sys, runpy; sys.version_info = (3, 9, 2, 'final', 0); runpy.run_path(sys.argv[1], run_name='__main__')"
    )
    done = subprocess.run(
        [sys.executable, "-I", "-c", old, *job.command("speak")[2:]],
        env={"GITHUB_ACTIONS": "true"},
        capture_output=True,
        text=True,
        check=False,
    )
    assert done.returncode == 1
    [command] = read_commands(done.stdout)
    assert command.properties == {"title": "Program missing or failed (E_PROGRAM)"}
    assert command.data.startswith("Python 3.9.2 is too old.")


def test_an_old_python_can_read_the_start_script() -> None:
    tree = ast.parse((ROOT / "scripts" / "run.py").read_text(), feature_version=(3, 6))
    functions = [node for node in ast.walk(tree) if isinstance(node, ast.FunctionDef)]
    annotations = [
        annotation
        for function in functions
        for annotation in (function.returns, *(argument.annotation for argument in function.args.args))
        if annotation
    ]
    evaluated = [ast.unparse(node) for node in annotations if not isinstance(node, ast.Constant | ast.Name)]
    assert len(annotations) > len(functions)
    assert evaluated == []


class Starting:
    """The sample action, started and not waited for."""

    def __init__(self, job: Job, env: dict[str, str]) -> None:
        self.job = job
        self.files = job.answers()
        self.process = subprocess.Popen(
            job.command("speak"),
            cwd=job.workspace,
            env={**job.environment(self.files, job.workspace), **env, "INPUTS": json.dumps({})},
            stdout=subprocess.PIPE,
            stderr=subprocess.PIPE,
        )

    def end(self) -> Result:
        """Wait for its end."""
        stdout, stderr = self.process.communicate(timeout=60)
        return self.job.read(self.files, self.process.returncode, stdout, stderr)


@contextlib.contextmanager
def silent_index() -> Iterator[tuple[int, threading.Event]]:
    """A package index that never answers, its port, and whether it has been asked."""
    asked = threading.Event()
    with socket.create_server(("127.0.0.1", 0)) as server:

        def listen() -> None:
            with contextlib.suppress(OSError):
                connections.append(server.accept()[0])
                asked.set()

        connections: list[socket.socket] = []
        listener = threading.Thread(target=listen, daemon=True)
        listener.start()
        yield server.getsockname()[1], asked
        server.shutdown(socket.SHUT_RDWR)
    listener.join()
    for connection in connections:
        connection.close()
