"""The login of the registry: without a bearer token one is sent to ask for it, as with the registries people use."""

import base64
import binascii
import json
import secrets
import threading

from rehearsal.net.proxy import Answer, Call

HOST = "ghcr.io"
USER = "release-manager"
_PATH = "/token"
_CHALLENGE = ("WWW-Authenticate", f'Bearer realm="https://{HOST}{_PATH}",service="{HOST}",scope="*"')


class Door:
    """Knows one password at a time, and the bearer tokens that were given for it."""

    def __init__(self) -> None:
        self._password = ""
        self._bearers: set[str] = set()
        self._lock = threading.Lock()

    def admit(self, password: str) -> None:
        """From now on this password and no other; older bearer tokens have expired."""
        with self._lock:
            self._password = password
            self._bearers.clear()

    def expire(self) -> None:
        """Every bearer token has expired; a new one can be asked for."""
        with self._lock:
            self._bearers.clear()

    def answer(self, call: Call) -> Answer | None:
        """What a call to the registry is answered before it gets in; None when it does, or is to another host."""
        if call.host != HOST:
            return None
        kind, _, given = call.authorization.partition(" ")
        if call.path.partition("?")[0] == _PATH:
            return self._give(call.method, given)
        with self._lock:
            return None if kind == "Bearer" and given in self._bearers else refusal()

    def _give(self, method: str, given: str) -> Answer:
        if method != "GET":
            return Answer(404)  # the OAuth way, which GitHub's registry does not have either
        with self._lock:
            if _password(given) != self._password:
                return refusal()
            bearer = secrets.token_urlsafe(24)
            self._bearers.add(bearer)
        return Answer(200, json.dumps({"token": bearer}).encode(), (("Content-Type", "application/json"),))


def refusal() -> Answer:
    """What somebody without a token, or with an expired one, is told."""
    body = {"errors": [{"code": "UNAUTHORIZED", "message": "authentication required"}]}
    return Answer(401, json.dumps(body).encode(), (_CHALLENGE, ("Content-Type", "application/json")))


def _password(given: str) -> str | None:
    try:
        return base64.b64decode(given).decode().partition(":")[2]
    except (binascii.Error, UnicodeDecodeError):
        return None
