"""Put the real programs that the rehearsal and the linters run into `.tools/bin`.

Their versions stand in tools/go.mod, tools/actionlint/go.mod and tools/helm4/go.mod, and nowhere else. A program of
exactly that version on PATH is linked to; any other is built from the Go module proxy, checked by go.sum. What is
already there is left alone, so a second run only looks.
"""

from __future__ import annotations

import fcntl
import hashlib
import os
import re
import shutil
import subprocess
import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

HERE = Path(__file__).resolve().parent
HOME = HERE.parent / ".tools"
BIN = HOME / "bin"


@dataclass(frozen=True)
class Tool:
    """A program, the Go module that pins it, and how it is asked for its version."""

    name: str
    module: str
    package: str
    version_variable: str | None
    version_arguments: tuple[str, ...]
    pinned_in: Path = HERE
    knows_kubernetes_in: tuple[str, ...] = ()

    def version(self) -> str:
        """The pinned version, such as `v3.22.0`."""
        return self._pin(rf"\t{re.escape(self.module)} (v\S+)")

    def variables(self) -> dict[str, str]:
        """What the linker sets, as the program's own release builds do."""
        values = {self.version_variable: self.version()} if self.version_variable else {}
        if self.knows_kubernetes_in:
            minor = self._pin(r"\tk8s\.io/client-go v0\.(\d+)\.")
            for package in self.knows_kubernetes_in:
                values |= {f"{package}.k8sVersionMajor": "1", f"{package}.k8sVersionMinor": minor}
        return values

    def go_version(self) -> str:
        """The oldest Go that can build it, such as `1.26.8`."""
        return self._pin(r"go (\S+)")

    def _pin(self, line: str) -> str:
        go_mod = self.pinned_in / "go.mod"
        found = re.search(f"^{line}", go_mod.read_text(), re.MULTILINE)
        if found is None:
            raise InstallError(f"{go_mod} has no line for {self.module}")
        return found.group(1)


TOOLS = (
    Tool(
        name="helm",
        module="helm.sh/helm/v3",
        package="helm.sh/helm/v3/cmd/helm",
        version_variable="helm.sh/helm/v3/internal/version.version",
        version_arguments=("version", "--short"),
        # Else it renders charts for Kubernetes 1.20, which most of today's refuse.
        knows_kubernetes_in=("helm.sh/helm/v3/pkg/chartutil", "helm.sh/helm/v3/pkg/lint/rules"),
    ),
    Tool(
        name="helm4",
        module="helm.sh/helm/v4",
        package="helm.sh/helm/v4/cmd/helm",
        version_variable="helm.sh/helm/v4/internal/version.version",
        version_arguments=("version", "--short"),
        # It needs other versions of Kubernetes' packages than Helm 3.
        pinned_in=HERE / "helm4",
    ),
    Tool(
        name="buildx",
        module="github.com/docker/buildx",
        package="github.com/docker/buildx/cmd/buildx",
        version_variable="github.com/docker/buildx/version.Version",
        version_arguments=("version",),
    ),
    Tool(
        name="buildkitd",
        module="github.com/moby/buildkit",
        package="github.com/moby/buildkit/cmd/buildkitd",
        version_variable="github.com/moby/buildkit/version.Version",
        version_arguments=("--version",),
    ),
    Tool(
        name="registry",
        module="github.com/distribution/distribution/v3",
        package="github.com/distribution/distribution/v3/cmd/registry",
        version_variable="github.com/distribution/distribution/v3/version.version",
        version_arguments=("--version",),
    ),
    Tool(
        name="crane",
        module="github.com/google/go-containerregistry",
        package="github.com/google/go-containerregistry/cmd/crane",
        version_variable="github.com/google/go-containerregistry/cmd/crane/cmd.Version",
        version_arguments=("version",),
    ),
    Tool(
        name="actionlint",
        module="github.com/rhysd/actionlint",
        package="github.com/rhysd/actionlint/cmd/actionlint",
        version_variable="github.com/rhysd/actionlint.version",
        version_arguments=("--version",),
        # It needs an older YAML library than yq does, so the two cannot share a module.
        pinned_in=HERE / "actionlint",
    ),
    Tool(
        name="yq",
        module="github.com/mikefarah/yq/v4",
        package="github.com/mikefarah/yq/v4",
        version_variable=None,  # the source itself says the version
        version_arguments=("--version",),
    ),
)


class InstallError(Exception):
    """What is wrong and what to do, in one sentence a person can act on."""


def main() -> int:
    try:
        with alone():
            check_system_programs()
            for tool in TOOLS:
                provide(tool)
    except InstallError as error:
        print(f"tools: {error}", file=sys.stderr)
        return 1
    except KeyboardInterrupt:
        print("tools: interrupted; the next run continues here", file=sys.stderr)
        return 130
    return 0


def provide(tool: Tool) -> None:
    """Make `.tools/bin/NAME` the pinned version of the tool, if it is not yet."""
    version = tool.version()
    program = BIN / tool.name
    stamp = HOME / "stamps" / tool.name
    if stamp.exists() and stamp.read_text() == identity(tool, program):
        return
    started = time.monotonic()
    found = on_path(tool, version)
    if found:
        print(f"tools: {tool.name} {version} is on PATH: {found}", flush=True)
        link(program, found)
    else:
        print(f"tools: {tool.name} {version}: building", flush=True)
        build(tool, version, program)
        print(f"tools: {tool.name} {version}: {time.monotonic() - started:.0f} s", flush=True)
    replace_text(stamp, identity(tool, program))


def identity(tool: Tool, program: Path) -> str:
    """What a finished installation depends on; empty when the program is not there."""
    try:
        status = program.stat()
    except FileNotFoundError:
        return ""
    recipe = hashlib.sha256(Path(__file__).read_bytes())
    for name in ("go.mod", "go.sum"):
        recipe.update((tool.pinned_in / name).read_bytes())
    # A program that is only linked to may be upgraded behind our back: its size and time tell.
    return f"{recipe.hexdigest()} {program.resolve()} {status.st_size} {status.st_mtime_ns}\n"


def on_path(tool: Tool, version: str) -> Path | None:
    """A program on PATH that says it is exactly this version."""
    elsewhere = os.pathsep.join(folder for folder in os.get_exec_path() if Path(folder).resolve() != BIN)
    found = shutil.which(tool.name, path=elsewhere)
    if found is None:
        return None
    said = subprocess.run([found, *tool.version_arguments], capture_output=True, text=True, check=False)
    exactly = rf"(?<![\w.-])v?{re.escape(version[1:])}(?![\w.-]|\+unknown)"
    return Path(found).resolve() if re.search(exactly, said.stdout) else None


def link(program: Path, target: Path) -> None:
    partial = program.with_name(f".{program.name}")
    partial.unlink(missing_ok=True)
    partial.symlink_to(target)
    partial.replace(program)


def build(tool: Tool, version: str, program: Path) -> None:
    if shutil.which("go") is None:
        raise InstallError(
            f"{tool.name} {version} has to be built, but Go is missing: "
            f"install Go {tool.go_version()} or newer from https://go.dev/dl and run this again"
        )
    variables = "".join(f" -X {name}={value}" for name, value in tool.variables().items())
    partial = program.with_name(f".{program.name}")
    finished = subprocess.run(
        ["go", "build", "-trimpath", f"-ldflags=-s -w{variables}", "-o", partial, tool.package],
        cwd=tool.pinned_in,
        # CGO off: no C compiler needed. The flags here take the place of GOFLAGS from outside.
        env=os.environ | {"CGO_ENABLED": "0", "GOFLAGS": "-mod=readonly -buildvcs=false", "GOWORK": "off"},
        check=False,
    )
    if finished.returncode != 0:
        raise InstallError(f"building {tool.name} {version} failed; Go says why above")
    partial.replace(program)


def check_system_programs() -> None:
    """Find the programs that come from the system, or install them where that is ours to do."""
    said = run_quietly("git", "--version")
    number = re.search(r"(\d+)\.(\d+)", said or "")
    if number is None or (int(number[1]), int(number[2])) < (2, 39):
        raise InstallError(f"git 2.39 or newer is needed, found: {said or 'none'}")
    if shutil.which("make") is None:
        raise InstallError("make is missing: install it with the system's package manager")
    # Debian keeps runc where only root's PATH looks.
    everywhere = os.pathsep.join([*os.get_exec_path(), "/usr/local/sbin", "/usr/sbin", "/sbin"])
    # BuildKit's daemon does not start without runc, and Go modules do not hold it.
    if shutil.which("runc", path=everywhere) is None and not install_package("runc"):
        raise InstallError(
            "runc is missing and BuildKit needs it: install it with the system's package "
            "manager (Debian and Ubuntu: sudo apt-get install runc)"
        )
    provide_chromium()


def provide_chromium() -> None:
    """Find a browser for the tests of pages, under whichever name, or install it; nothing else needs one."""
    if shutil.which("chromium") or (BIN / "chromium").exists():
        return
    other = shutil.which("chromium-browser") or shutil.which("google-chrome")
    if other:
        link(BIN / "chromium", Path(other))
    elif not install_package("chromium"):
        print("tools: chromium is missing: install it to run the tests of pages; all else goes without", flush=True)


def install_package(name: str) -> bool:
    """Install a package of Debian's; whether that worked, which it can for root alone."""
    if os.geteuid() != 0 or shutil.which("apt-get") is None:
        return False
    print(f"tools: {name}: installing Debian's package", flush=True)
    install = ("apt-get", "install", "--yes", "--no-install-recommends", name)
    if run_quietly(*install) is None and (run_quietly("apt-get", "update") is None or run_quietly(*install) is None):
        print(f"tools: apt-get could not install {name}: run `apt-get install {name}` to see why", flush=True)
        return False
    return True


def run_quietly(*command: str) -> str | None:
    """What the command printed, or None when it is not there or failed."""
    try:
        finished = subprocess.run(
            command,
            env=os.environ | {"DEBIAN_FRONTEND": "noninteractive"},
            capture_output=True,
            text=True,
            check=True,
        )
    except (FileNotFoundError, subprocess.CalledProcessError):
        return None
    return finished.stdout.strip()


@contextmanager
def alone() -> Iterator[None]:
    """Two runs at once would build everything twice; the second waits for the first."""
    for folder in (BIN, HOME / "stamps"):
        folder.mkdir(parents=True, exist_ok=True)
    with (HOME / "lock").open("w") as lock:
        fcntl.flock(lock, fcntl.LOCK_EX)
        yield


def replace_text(path: Path, text: str) -> None:
    partial = path.with_name(f".{path.name}")
    partial.write_text(text)
    partial.replace(path)


if __name__ == "__main__":
    sys.exit(main())
