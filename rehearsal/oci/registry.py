"""An OCI registry: the distribution project's own server over a folder."""

import json
from dataclasses import dataclass
from pathlib import Path

from rehearsal.base.daemon import Daemon


@dataclass(frozen=True, slots=True)
class Login:
    """The only account a registry that needs login knows."""

    username: str
    password: str


class Registry:
    """One registry on 127.0.0.1, spoken to in plain HTTP. Nothing can be deleted from it.

    The proxy in front of it plays the public host; programs that accept a plain-HTTP registry can
    also use `host` directly.
    """

    def __init__(self, folder: Path, *, needs_login: bool = False) -> None:
        self._folder = folder
        self._needs_login = needs_login
        self._port: int | None = None
        self._daemon = Daemon(["registry", "serve", str(folder / "config.yml")], folder / "registry.log")

    def start(self) -> "Registry":
        """Starts the server and returns at once; `address` waits until it listens."""
        self._folder.mkdir(parents=True, exist_ok=True)
        # YAML is a superset of JSON.
        (self._folder / "config.yml").write_text(json.dumps(self._configuration(), indent=2))
        self._daemon.start()
        return self

    def stop(self) -> None:
        self._daemon.stop()

    def __enter__(self) -> "Registry":
        return self.start()

    def __exit__(self, *_: object) -> None:
        self.stop()

    @property
    def pid(self) -> int:
        return self._daemon.pid

    @property
    def address(self) -> tuple[str, int]:
        if self._port is None:
            self._port = int(self._daemon.wait_for(r"listening on 127\.0\.0\.1:(\d+)")[1])
        return "127.0.0.1", self._port

    @property
    def host(self) -> str:
        """`127.0.0.1:PORT`, as it stands in an image reference."""
        name, port = self.address
        return f"{name}:{port}"

    @property
    def url(self) -> str:
        return f"http://{self.host}"

    @property
    def login(self) -> Login:
        """The account of a registry that needs login."""
        # distribution makes the missing password file itself and logs the one account in it.
        made = self._daemon.wait_for(r"provisioning with default user.* password=(\S+) user=(\S+)")
        return Login(username=made[2], password=made[1])

    def _configuration(self) -> dict[str, object]:
        configuration: dict[str, object] = {
            "version": "0.1",
            "log": {"level": "info", "accesslog": {"disabled": True}},
            "storage": {
                "filesystem": {"rootdirectory": str(self._folder / "storage")},
                "maintenance": {"uploadpurging": {"enabled": False}},
            },
            "http": {"addr": "127.0.0.1:0", "relativeurls": True},
        }
        if self._needs_login:
            password_file = str(self._folder / "htpasswd")
            configuration["auth"] = {"htpasswd": {"realm": "rehearsal", "path": password_file}}
        return configuration
