"""The door of ghcr.io: who may read and write packages, by the permission `packages` of GitHub's tokens.

It is a hook of the proxy; the registry behind it asks nobody. Every package is private here.
Source: "Working with the Container registry", and the distribution project's "Token Authentication Specification".
"""

import base64
import binascii
import json
from urllib.parse import urlsplit

from rehearsal.github import GitHub
from rehearsal.github.tokens import Access
from rehearsal.net.proxy import Answer, Call

HOST = "ghcr.io"
_CHALLENGE = f'Bearer realm="https://{HOST}/token",service="{HOST}",scope="repository:user/image:pull"'


class PackagesDoor:
    """Lets those through whose token may do it, and answers all others as ghcr.io does."""

    def __init__(self, github: GitHub) -> None:
        self._github = github

    def __call__(self, call: Call) -> Answer | None:
        if call.host != HOST:
            return None
        if urlsplit(call.path).path == "/token":
            if call.writes:  # an OAuth2 client, which asks by GET then
                return _refusal(405, "UNSUPPORTED")
            password = _decoded(call.authorization).partition(":")[2]
            return _token(password) if self._may(password, "read") else _refusal(403, "DENIED")
        token = _decoded(call.authorization)
        if not token:
            return _refusal(401, "UNAUTHORIZED")
        return None if self._may(token, "write" if call.writes else "read") else _refusal(403, "DENIED")

    def _may(self, token: str, access: Access) -> bool:
        with self._github.world.lock:
            found = self._github.world.tokens.get(token)
        return found is not None and found.may("packages", access, found.repository)


def _decoded(authorization: str) -> str:
    """What is in `Basic …`, or in the tokens that are given here."""
    try:
        return base64.b64decode(authorization.partition(" ")[2]).decode()
    except (binascii.Error, UnicodeDecodeError):
        return ""


def _token(password: str) -> Answer:
    token = base64.b64encode(password.encode()).decode()
    return Answer(200, json.dumps({"token": token}).encode(), (("Content-Type", "application/json"),))


def _refusal(status: int, code: str) -> Answer:
    message = "permission_denied: The token provided does not match expected scopes."
    told = {"errors": [{"code": code, "message": message}]}
    headers = [("Content-Type", "application/json")]
    if status == 401:
        headers.append(("WWW-Authenticate", _CHALLENGE))
    return Answer(status, json.dumps(told).encode(), tuple(headers))
