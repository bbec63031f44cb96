"""Logins to registries, in a private folder that programs find and that is gone afterwards.

The runner's own login (`docker login`, `helm registry login`, credential helpers) keeps working. A login from inputs is
written as an entry of a file of mode 0600 in a folder of mode 0700, not handed to `docker login`: that would keep the
password in the runner's credential store, where later jobs find it, and needs a Docker daemon's client.
"""

import contextlib
import json
import os
import shutil
import tempfile
import threading
import warnings
from base64 import b64encode
from collections.abc import Callable, Iterable, Iterator, Mapping
from pathlib import Path
from typing import Any, Protocol

from docker.auth import AuthConfig
from docker.errors import DockerException

from release_actions.core.errors import Code, ReleaseError
from release_actions.core.secret import WithSecrets

_GHCR = "ghcr.io"
# GitHub's registry looks at the token alone; this is the name that GitHub itself uses beside one.
_BESIDE_A_JOBS_OWN = "x-access-token"
_HUB = "docker.io"
_HUB_KEY = "https://index.docker.io/v1/"
# What the usual credential helpers (ECR, Artifact Registry, ACR, pass) are configured by.
_HELPER_VARIABLES = ("AWS_", "AZURE_", "CLOUDSDK_", "GOOGLE_", "GNUPGHOME", "PASSWORD_STORE_DIR")


class Login(WithSecrets, frozen=True):
    """An account at a registry; with an identity token the password is empty."""

    username: str
    password: str
    identity_token: str = ""

    @property
    def basic(self) -> str:
        """The value of a Basic `Authorization` header after the word Basic (RFC 7617, section 2)."""
        return b64encode(f"{self.username}:{self.password}".encode()).decode()


def login_from_inputs(
    registries: Iterable[str], username: str, password: str, *, ghcr_token: str = ""
) -> dict[str, Login]:
    """The logins that the inputs give, each for the one registry that may see it; empty without any of the two.

    A job's token is for ghcr.io alone, the password for the one other registry, or for ghcr.io when it's the only one.
    Raises E_INPUT for half a login, and for several registries: a password is never sent to a registry it isn't for.
    """
    hosts = set(registries)
    by_token = {_GHCR: Login(_BESIDE_A_JOBS_OWN, ghcr_token)} if ghcr_token and _GHCR in hosts else {}
    if not username and not password:
        return by_token
    others = sorted(hosts - by_token.keys()) or sorted(hosts)
    if not username or not password:
        given, wanted = ("registry-username", "registry-password")[:: 1 if username else -1]
        raise ReleaseError(
            Code.E_INPUT, f"`{given}` is given without `{wanted}`.", next_step=f"Give `{wanted}` as well, or neither."
        )
    if not others:
        return {}
    if len(others) != 1:
        raise ReleaseError(
            Code.E_INPUT,
            f"One login can't be for several registries ({', '.join(others)}).",
            next_step="Log in to each with `docker login` in an earlier step, and leave `registry-username` out.",
        )
    return {**by_token, others[0]: Login(username, password)}


class Credentials:
    """Who we are at each registry: the login from inputs first, then Docker's own, then Helm's own."""

    def __init__(self, folder: Path, given: Mapping[str, Login], own: dict[str, Any], helm: dict[str, Any]) -> None:
        self._given = dict(given)
        self._own = [_auth_config(one) for one in (own, helm)]
        self._found: dict[str, Login | None] = {}
        self._lock = threading.Lock()
        helpers = bool(own.get("credsStore") or own.get("credHelpers"))
        self.environment = {
            "DOCKER_CONFIG": str(folder),
            "HELM_REGISTRY_CONFIG": str(folder / "helm.json"),
            **{name: value for name, value in os.environ.items() if helpers and name.startswith(_HELPER_VARIABLES)},
        }
        """What makes docker, buildx, BuildKit's client and helm use these logins; no secret of ours is in it."""

    def login(self, registry: str) -> Login | None:
        """The login for a registry (`ghcr.io`, `docker.io`), or None; raises E_REGISTRY_LOGIN if a helper fails."""
        if registry in self._given:
            return self._given[registry]
        with self._lock:
            if registry not in self._found:
                found = (_resolve(one, registry) for one in self._own)
                self._found[registry] = next((login for login in found if login), None)
            return self._found[registry]


class RegistryInputs(Protocol):
    """The inputs that every action which logs in to registries has."""

    @property
    def registry_username(self) -> str: ...
    @property
    def registry_password(self) -> str: ...
    @property
    def ghcr_token(self) -> str: ...


@contextlib.contextmanager
def release_credentials(
    temp: Path, registries: Iterable[str], inputs: RegistryInputs, mask: Callable[[str], None]
) -> Iterator[Credentials]:
    """The logins of an action's inputs and of the runner, for these registries.

    `mask` hides a text in the log; it gets what a login looks like in a header and in Docker's files. Raises what
    `login_from_inputs` and `private_credentials` raise.
    """
    given = login_from_inputs(
        registries, inputs.registry_username, inputs.registry_password, ghcr_token=inputs.ghcr_token
    )
    for login in given.values():
        mask(f"{login.username}:{login.password}")
    with private_credentials(temp, given) as credentials:
        yield credentials


@contextlib.contextmanager
def private_credentials(temp: Path, given: Mapping[str, Login]) -> Iterator[Credentials]:
    """The runner's logins and the given ones, usable by programs only within this context.

    `given` maps a registry's host (`ghcr.io`, `docker.io`) to a login. Raises E_REGISTRY_LOGIN when the runner's own
    configuration can't be read.
    """
    own_folder = Path(os.environ.get("DOCKER_CONFIG") or Path.home() / ".docker")
    own = _read(own_folder / "config.json")
    helm = _read(_helm_file())
    folder = Path(tempfile.mkdtemp(prefix="logins-", dir=temp))
    try:
        _link_everything_else(own_folder, folder)
        _write(folder / "config.json", _with_logins(own, given))
        # Helm can't leave its store out for one registry; it then has Docker's configuration for the others.
        _write(folder / "helm.json", _with_logins({**helm, "credsStore": ""} if given else helm, given))
        yield Credentials(folder, given, own, helm)
    finally:
        shutil.rmtree(folder, ignore_errors=True)


def _link_everything_else(own_folder: Path, folder: Path) -> None:
    """Plugins (buildx), builders, contexts and certificates stay where programs look for them: beside config.json."""
    if own_folder.is_dir():
        for entry in own_folder.iterdir():
            if entry.name not in ("config.json", "helm.json"):
                (folder / entry.name).symlink_to(entry.resolve())


def _with_logins(own: dict[str, Any], given: Mapping[str, Login]) -> dict[str, Any]:
    """A configuration in which the given logins come before whatever the runner has for those registries."""
    keys = {_key(registry): login for registry, login in given.items()}
    entries = {key: {"auth": login.basic} for key, login in keys.items()}
    config = {**own, "auths": {**own.get("auths", {}), **entries}}
    if own.get("credsStore") or own.get("credHelpers"):
        # An empty helper sends Docker back to this file for these registries.
        config["credHelpers"] = {**own.get("credHelpers", {}), **dict.fromkeys(entries, "")}
    return config


def _key(registry: str) -> str:
    return _HUB_KEY if registry == _HUB else registry


def _helm_file() -> Path:
    if given := os.environ.get("HELM_REGISTRY_CONFIG"):
        return Path(given)
    config = os.environ.get("HELM_CONFIG_HOME") or str(
        Path(os.environ.get("XDG_CONFIG_HOME") or Path.home() / ".config") / "helm"
    )
    return Path(config) / "registry" / "config.json"


def _read(file: Path) -> dict[str, Any]:
    try:
        config = json.loads(file.read_bytes())
    except FileNotFoundError:
        return {}
    except (OSError, ValueError, RecursionError) as error:
        raise _unreadable(file) from error
    if not isinstance(config, dict) or not all(
        isinstance(config.get(part, {}), dict) for part in ("auths", "credHelpers")
    ):
        raise _unreadable(file)
    return config


def _write(file: Path, config: dict[str, Any]) -> None:
    file.touch(mode=0o600, exist_ok=False)
    file.write_text(json.dumps(config), encoding="utf-8")


def _auth_config(config: dict[str, Any]) -> AuthConfig:
    parts = {part: config[part] for part in ("auths", "credsStore", "credHelpers") if config.get(part)}
    if "auths" in parts:
        parts["auths"] = {host: _with_auth(entry) for host, entry in parts["auths"].items()}
    try:
        return AuthConfig.load_config(None, parts) if parts else AuthConfig({})
    except (DockerException, ValueError, TypeError) as error:
        raise ReleaseError(
            Code.E_REGISTRY_LOGIN,
            "A login in the runner's Docker or Helm configuration is not well-formed.",
            next_step="Log in again with `docker login`, then run the job again.",
        ) from error


def _with_auth(entry: Any) -> Any:
    """A login that has name and password beside one another, as Docker takes it too, in the form that the SDK reads."""
    if not isinstance(entry, dict) or entry.get("auth") or not entry.get("username"):
        return entry
    return {**entry, "auth": Login(str(entry["username"]), str(entry.get("password", ""))).basic}


def _resolve(config: AuthConfig, registry: str) -> Login | None:
    try:
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")  # a helper that is missing also raises
            found = config.resolve_authconfig(registry) or {}
    except (DockerException, ValueError, KeyError, TypeError) as error:
        helper = config.get_credential_store(registry)
        raise ReleaseError(
            Code.E_REGISTRY_LOGIN,
            f"The credential helper `docker-credential-{helper}` failed for {registry}.",
            next_step="Repair or remove it in the runner's Docker configuration, or log in with `docker login`.",
        ) from error
    parts = {name.lower(): value for name, value in found.items() if isinstance(value, str)}
    login = Login(parts.get("username", ""), parts.get("password", ""), parts.get("identitytoken", ""))
    return login if login.identity_token or login.username else None


def _unreadable(file: Path) -> ReleaseError:
    return ReleaseError(
        Code.E_REGISTRY_LOGIN,
        f"The runner's login file {file} can't be read.",
        next_step="Repair or remove it, log in again, then run the job again.",
    )
