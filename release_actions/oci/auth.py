"""How a registry is told who we are: Basic, or a token fetched for one repository.

Source: the distribution project's "Token Authentication Specification" and "OAuth2 token", and RFC 9110, section 11.
"""

import re
from collections.abc import Callable, Mapping
from urllib.parse import urlencode, urlsplit, urlunsplit

import msgspec

from release_actions.core.errors import Code, ReleaseError
from release_actions.core.urls import check_realm, untrusted
from release_actions.oci.credentials import Login
from release_actions.oci.reference import Reference
from release_actions.system.http import HttpResponse, Request, Transport

_LIMIT = 256 * 1024
_CHALLENGE = re.compile(r'\b(Bearer|Basic)\s+((?:[\w-]+\s*=\s*(?:"[^"]*"|[\w./:-]+)\s*,?\s*)*)', re.IGNORECASE)
_PARAMETER = re.compile(r'(?<![\w-])([\w-]+)\s*=\s*(?:"([^"]*)"|([\w./:-]+))')


class Authorizer:
    """Gives requests their `Authorization`, remembering what a registry accepted for a repository."""

    def __init__(self, transport: Transport, login: Callable[[str], Login | None], actions: str) -> None:
        self._transport = transport
        self._login = login
        self._actions = actions
        self._known: dict[tuple[str, str], str] = {}

    def headers(self, reference: Reference) -> dict[str, str]:
        """The header to try first: what was accepted before, or none."""
        known = self._known.get((reference.registry, reference.repository))
        return {"Authorization": known} if known else {}

    def answer(self, refusal: HttpResponse, reference: Reference) -> dict[str, str]:
        """The header that a 401 asks for; raises E_REGISTRY_LOGIN when there is no login for it."""
        challenges = {
            found[1].lower(): {name.lower(): quoted or bare for name, quoted, bare in _PARAMETER.findall(found[2])}
            for found in _CHALLENGE.finditer(refusal.headers.get("WWW-Authenticate", ""))
        }
        login = self._login(reference.registry)
        if "bearer" in challenges:
            value = f"Bearer {self._token(challenges['bearer'], reference, login)}"
        elif "basic" in challenges and login is not None and login.password:
            value = f"Basic {login.basic}"
        else:
            raise denied(reference, login)
        self._known[reference.registry, reference.repository] = value
        return {"Authorization": value}

    def _token(self, challenge: Mapping[str, str], reference: Reference, login: Login | None) -> str:
        realm = challenge.get("realm", "")
        check_realm(reference.registry, realm)
        for actions in dict.fromkeys((self._actions, "pull")):  # a server may refuse all if one may not push
            scope = f"repository:{reference.repository}:{actions}"
            answer = self._transport.send(_token_request(realm, challenge.get("service", ""), scope, login))
            if answer.status == 200:
                break
        if answer.status in (400, 401, 403, 404):
            raise denied(reference, login)
        try:
            found = msgspec.json.decode(answer.body, type=_Token) if answer.status == 200 else _Token()
        except (msgspec.DecodeError, RecursionError) as error:
            raise untrusted(f"The token server of {reference.registry} gives no token") from error
        token = found.token or found.access_token
        if not re.fullmatch(r"[\x21-\x7e]+", token):
            raise untrusted(f"The token server of {reference.registry} gives no token (status {answer.status})")
        return token


class _Token(msgspec.Struct, frozen=True):
    token: str = ""
    access_token: str = ""


def denied(reference: Reference, login: Login | None) -> ReleaseError:
    """The error when the registry refuses us; many registries answer so for a repository that isn't there."""
    who = f"for the user {login.username or '<token>'!a}" if login else "without a login"
    return ReleaseError(
        Code.E_REGISTRY_LOGIN,
        f"{reference.registry} denies access to {reference.repository} {who}; it may also be that it isn't there.",
        next_step="Check the name; then give the job's token `packages: read`, or another login by `docker login` in "
        "an earlier step, or by the inputs `registry-username` and `registry-password`.",
    )


def _token_request(realm: str, service: str, scope: str, login: Login | None) -> Request:
    wanted = {"service": service, "scope": scope}
    if login is not None and login.identity_token:
        form = {"grant_type": "refresh_token", "refresh_token": login.identity_token, "client_id": "release-actions"}
        return Request(realm, {}, _LIMIT, "POST", {**form, **wanted})
    parts = urlsplit(realm)
    query = "&".join(part for part in (parts.query, urlencode(wanted)) if part)
    headers = {"Authorization": f"Basic {login.basic}"} if login else {}
    return Request(urlunsplit(parts._replace(query=query, fragment="")), headers, _LIMIT)
