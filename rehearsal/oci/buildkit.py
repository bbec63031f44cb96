"""BuildKit, and a buildx builder that uses it: what `docker buildx build` runs on in a rehearsal."""

import os
import tempfile
from collections.abc import Mapping, Sequence
from pathlib import Path

from rehearsal.base.daemon import Daemon
from rehearsal.base.errors import RehearsalError
from rehearsal.base.programs import program, run

_BUILDER = "rehearsal"
_SOCKET = "buildkitd.sock"
_LONGEST_SOCKET_PATH = 104  # what buildkitd takes; unix(7) has room for some more


class BuildKit:
    """One buildkitd with a folder of its own, and the buildx builder `rehearsal` for it.

    `env` is the environment it lives in: with the one of a loopback internet, it pulls from and
    pushes to the hosts there. The registries in `plain_http` (`127.0.0.1:PORT`) are spoken to
    without TLS.
    """

    def __init__(self, folder: Path, env: Mapping[str, str], plain_http: Sequence[str] = ()) -> None:
        self._folder = folder
        self._socket = folder / _SOCKET
        self._short: tempfile.TemporaryDirectory[str] | None = None
        self._env = env
        self._plain_http = plain_http
        self._daemon = Daemon(["buildkitd", "--config", str(folder / "buildkitd.toml")], folder / "buildkitd.log", env)

    def start(self) -> "BuildKit":
        """Starts the server and returns at once; `env` waits until it is ready.

        Raises RehearsalError when this user may not run it.
        """
        if os.geteuid() != 0:
            raise RehearsalError("building images here needs root, as buildkitd does: run the same command with sudo")
        if len(str(self._socket)) > _LONGEST_SOCKET_PATH:
            self._short = tempfile.TemporaryDirectory(prefix="buildkit-")
            self._socket = Path(self._short.name, _SOCKET)
        self._folder.mkdir(parents=True, exist_ok=True)
        (self._folder / "buildkitd.toml").write_text(self._configuration())
        self._make_buildx_a_docker_plugin()
        self._daemon.start()
        return self

    def stop(self) -> None:
        self._daemon.stop()
        if self._short:
            self._short.cleanup()

    def __enter__(self) -> "BuildKit":
        return self.start()

    def __exit__(self, *_: object) -> None:
        self.stop()

    def env(self) -> dict[str, str]:
        """The variables that make buildx use this builder; waits until it can be used."""
        chosen = {
            "BUILDX_CONFIG": str(self._folder / "buildx"),
            "BUILDX_BUILDER": _BUILDER,
            "BUILDKIT_PROGRESS": "plain",  # as on a runner, which has no terminal
        }
        if not (self._folder / "buildx").exists():
            self._daemon.wait_for(r"running server on")
            run(
                ["buildx", "create", f"--name={_BUILDER}", "--driver=remote", self._endpoint],
                env={**self._env, "BUILDX_CONFIG": chosen["BUILDX_CONFIG"]},
            )
        return chosen

    def _make_buildx_a_docker_plugin(self) -> None:
        """Lets `docker buildx` find it, in the home folder of the environment that it works for."""
        plugin = Path(self._env["HOME"], ".docker", "cli-plugins", "docker-buildx")
        plugin.parent.mkdir(parents=True, exist_ok=True)
        if not plugin.is_symlink():
            plugin.symlink_to(program("buildx"))

    @property
    def _endpoint(self) -> str:
        return f"unix://{self._socket}"

    def _configuration(self) -> str:
        registries = (f'[registry."{host}"]\nhttp = true\n' for host in self._plain_http)
        return f"""\
root = "{self._folder / "state"}"

[grpc]
address = ["{self._endpoint}"]

[worker.oci]
gc = false

[worker.containerd]
enabled = false

{"".join(registries)}"""
