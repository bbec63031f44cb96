"""The loopback internet: real host names, played by parts on this machine, and nothing else."""

import os
import re
import sys
import threading
from collections.abc import Mapping
from pathlib import Path

from rehearsal.base.programs import TOOLS
from rehearsal.git.server import GitServer
from rehearsal.net.ca import CertificateAuthority
from rehearsal.net.proxy import Address, Call, Proxy
from rehearsal.oci.registry import Registry

REGISTRY_HOSTS = frozenset(
    ("docker.io", "gcr.io", "ghcr.io", "mcr.microsoft.com", "public.ecr.aws", "quay.io", "registry.k8s.io")
)

# References name docker.io, but nobody asks it: Helm and BuildKit ask the first of these, crane the
# second.
_DOCKER_HUB = ("registry-1.docker.io", "index.docker.io")
_GIT_HOST = "github.com"
_ASKS = re.compile(r"/git-upload-pack$|/releases/generate-notes$|^POST \S+/blobs/uploads/$|^DELETE \S+/blobs/uploads/")
_KEPT = ("LANG", "LC_ALL", "TZ")


class Internet:
    """The proxy, its certificate authority, a git server as github.com, and registries.

    A registry is started when its host is first asked for. Any part that listens on loopback can be
    given a name with `connect`.
    """

    def __init__(self, folder: Path, *, token: str | None = None, registries: frozenset[str] = REGISTRY_HOSTS) -> None:
        self.folder = folder
        self.git = GitServer(folder / "git", token)
        self.proxy = Proxy(CertificateAuthority(folder / "ca"), self._resolve)
        self._registry_hosts = registries
        self._registries: dict[str, Registry] = {}
        self._hosts: dict[str, Address] = {}
        self._lock = threading.Lock()

    def start(self) -> "Internet":
        self.git.start()
        self.proxy.start()
        self.connect(_GIT_HOST, self.git.address)
        return self

    def stop(self) -> None:
        self.proxy.stop()
        self.git.stop()
        (self.folder / "calls.txt").write_text("".join(f"{call}\n" for call in self.proxy.calls))
        for registry in self._registries.values():
            registry.stop()

    def __enter__(self) -> "Internet":
        return self.start()

    def __exit__(self, *_: object) -> None:
        self.stop()

    def connect(self, host: str, address: Address) -> None:
        """Lets a part that listens on loopback play a host."""
        self._hosts[host] = address

    def registry(self, host: str) -> Registry:
        """The registry that plays this host, started if it was not."""
        with self._lock:
            if host not in self._registries:
                self._registries[host] = Registry(self.folder / "registries" / host).start()
            return self._registries[host]

    @property
    def registries(self) -> Mapping[str, Registry]:
        """The registries that were asked for, by host."""
        return dict(self._registries)

    @property
    def refused(self) -> tuple[Call, ...]:
        """The calls to hosts that do not exist here."""
        return tuple(call for call in self.proxy.calls if not call.path)

    def writes(self, since: int = 0) -> tuple[Call, ...]:
        """The calls from a number on that were to change something: in a registry, or a push.

        An upload that is begun or cancelled has no content yet, and only asks for the right to push.
        """
        calls = self.proxy.calls[since:]
        return tuple(call for call in calls if call.writes and not _ASKS.search(f"{call.method} {call.path}"))

    def env(self) -> dict[str, str]:
        """The whole environment for a program that is to live in this internet.

        Nothing of the user's own is in it but PATH and the language: no token, no login, no
        configuration. HOME is a folder of the rehearsal.
        """
        home = self._home()
        bundle = str(self.proxy.authority.bundle)
        proxied = dict.fromkeys(("HTTPS_PROXY", "https_proxy", "HTTP_PROXY", "http_proxy"), self.proxy.url)
        direct = dict.fromkeys(("NO_PROXY", "no_proxy"), "127.0.0.1,localhost")
        trusted = dict.fromkeys(
            (
                "SSL_CERT_FILE",
                "GIT_SSL_CAINFO",
                "REQUESTS_CA_BUNDLE",
                "CURL_CA_BUNDLE",
                "NODE_EXTRA_CA_CERTS",
            ),
            bundle,
        )
        return {
            **{name: os.environ[name] for name in _KEPT if name in os.environ},
            **proxied,
            **direct,
            **trusted,
            "PATH": f"{home / 'bin'}:{TOOLS}:{os.environ['PATH']}",
            "HOME": str(home),
            "SSL_CERT_DIR": str(self.folder / "ca" / "none"),
            "GIT_CONFIG_NOSYSTEM": "1",
            "GIT_TEMPLATE_DIR": "",  # no sample hooks in each checkout
            "GIT_TERMINAL_PROMPT": "0",
            # The user's Docker is no part of this internet, and on a real runner no step has a terminal.
            "DOCKER_HOST": "unix:///dev/null/docker.sock",
            "GIT_PAGER": "cat",
            "TERM": "dumb",
        }

    def _home(self) -> Path:
        """A home folder whose `bin/python3` is this Python without its virtual environment, as a runner has one."""
        home = self.folder / "home"
        python = home / "bin" / "python3"
        if not python.is_symlink():
            python.parent.mkdir(parents=True)
            python.symlink_to(Path(sys.executable).resolve())
        return home

    def _resolve(self, host: str) -> Address | None:
        host = "docker.io" if host in _DOCKER_HUB else host
        if host in self._registry_hosts:
            return self.registry(host).address
        return self._hosts.get(host)
