"""Registries that want to be told secrets: a login stays with its host, and a token is for one repository."""

import json
from collections.abc import Callable
from urllib.parse import parse_qs

import pytest

from release_actions.core.errors import Code
from release_actions.oci.credentials import Login
from release_actions.oci.reference import Reference
from release_actions.oci.registry import Registry
from tests.boundary.oci.lying_registry.liar import EMPTY, INDEX, LOGIN, Liar, Reply, Seen, document, refused


def redirecting(target: Liar, status: int) -> Callable[[Seen, int], Reply]:
    """Asks for a Basic login, then redirects."""

    def answer(seen: Seen, _count: int) -> Reply:
        if not seen.authorization:
            return Reply(401, {"WWW-Authenticate": 'Basic realm="x"'})
        if seen.path == "/elsewhere":
            return document(EMPTY, INDEX)
        return Reply(status, {"Location": f"http://{target.host}/elsewhere"})

    return answer


@pytest.mark.parametrize("status", [301, 302, 303, 307, 308])
def test_a_login_stays_with_its_host(liar: Liar, other: Liar, client: Registry, status: int) -> None:
    liar.answer = redirecting(other, status)
    other.answer = lambda _seen, _count: document(EMPTY, INDEX)
    assert client.resolve(Reference(liar.host, "op", "v1")) is not None
    assert [seen.authorization for seen in other.seen] == [""]


@pytest.mark.parametrize("status", [301, 302, 303, 307, 308])
def test_a_login_follows_within_its_host(liar: Liar, client: Registry, status: int) -> None:
    liar.answer = redirecting(liar, status)
    assert client.resolve(Reference(liar.host, "op", "v1")) is not None
    assert liar.seen[-1].authorization == f"Basic {LOGIN.basic}"


def bearer(realm: str) -> Reply:
    return Reply(401, {"WWW-Authenticate": f'Bearer realm="{realm}",service="demo",scope="repository:other:*"'})


def test_a_token_is_fetched_once_for_the_repository_that_is_asked(liar: Liar, other: Liar, client: Registry) -> None:
    def answer(seen: Seen, _count: int) -> Reply:
        return document(EMPTY, INDEX) if seen.authorization == "Bearer T" else bearer(f"http://{other.host}/token?a=b")

    liar.answer = answer
    other.answer = lambda _seen, _count: Reply(body=b'{"token": "T"}')
    for _ in range(2):
        assert client.resolve(Reference(liar.host, "a/op", "v1")) is not None
    (token,) = other.seen
    assert token.query == {"a": ["b"], "service": ["demo"], "scope": ["repository:a/op:pull"]}
    assert token.authorization == f"Basic {LOGIN.basic}"
    assert [seen.authorization for seen in liar.seen] == ["", "Bearer T", "Bearer T"]


def test_an_expired_token_is_renewed_once(liar: Liar, client: Registry) -> None:
    valid = ["T0", "T1", "T2"]

    def answer(seen: Seen, _count: int) -> Reply:
        if seen.path == "/token":
            return Reply(body=json.dumps({"access_token": valid[0]}).encode())
        if seen.authorization == f"Bearer {valid[0]}":
            return document(EMPTY, INDEX)
        return bearer(f"http://{liar.host}/token")

    liar.answer = answer
    reference = Reference(liar.host, "op", "v1")
    assert client.resolve(reference) is not None
    del valid[0]
    assert client.resolve(reference) is not None
    assert [seen.path for seen in liar.seen].count("/token") == 2


def test_a_token_that_is_never_accepted_ends_in_one_error(liar: Liar, client: Registry) -> None:
    def answer(seen: Seen, _count: int) -> Reply:
        return Reply(body=b'{"token": "T"}') if seen.path == "/token" else bearer(f"http://{liar.host}/token")

    liar.answer = answer
    assert refused(client, Reference(liar.host, "op", "v1")).code is Code.E_REGISTRY_LOGIN
    assert len(liar.seen) == 3


def test_an_identity_token_is_exchanged(liar: Liar) -> None:
    def answer(seen: Seen, _count: int) -> Reply:
        if seen.path == "/token":
            return Reply(body=b'{"access_token": "T"}')
        return document(EMPTY, INDEX) if seen.authorization == "Bearer T" else bearer(f"http://{liar.host}/token")

    liar.answer = answer
    with Registry(lambda _registry: Login("", "", "identity")) as client:
        assert client.resolve(Reference(liar.host, "op", "v1")) is not None
    form = parse_qs(liar.seen[1].body)
    assert (liar.seen[1].method, form["grant_type"], form["refresh_token"]) == (
        "POST",
        ["refresh_token"],
        ["identity"],
    )


@pytest.mark.parametrize("status", [301, 302, 303, 307, 308])
def test_an_identity_token_never_leaves_its_token_server(liar: Liar, other: Liar, status: int) -> None:
    def answer(seen: Seen, _count: int) -> Reply:
        if seen.path == "/token":
            return Reply(status, {"Location": f"http://{other.host}/token"})
        return bearer(f"http://{liar.host}/token")

    liar.answer = answer
    other.answer = lambda _seen, _count: Reply(body=b'{"access_token": "T"}')
    with Registry(lambda _registry: Login("", "", "identity")) as client:
        error = refused(client, Reference(liar.host, "op", "v1"))
    assert (error.code, other.seen) == (Code.E_REGISTRY_RESPONSE, [])
    assert "redirects a login to another host" in error.what


def test_rights_to_push_are_asked_for_and_done_without(liar: Liar) -> None:
    def answer(seen: Seen, _count: int) -> Reply:
        if seen.path == "/token":
            return Reply(403) if "push" in seen.query["scope"][0] else Reply(body=b'{"token": "T"}')
        return document(EMPTY, INDEX) if seen.authorization == "Bearer T" else bearer(f"http://{liar.host}/token")

    liar.answer = answer
    with Registry(lambda _registry: LOGIN, pushing=True) as client:
        assert client.resolve(Reference(liar.host, "op", "v1")) is not None
    assert [seen.query["scope"][0] for seen in liar.seen if seen.path == "/token"] == [
        "repository:op:pull,push",
        "repository:op:pull",
    ]


@pytest.mark.parametrize(
    ("challenge", "code"),
    [
        ("", Code.E_REGISTRY_LOGIN),
        ("Negotiate", Code.E_REGISTRY_LOGIN),
        ("Bearer", Code.E_REGISTRY_LOGIN),
        ('Bearer service="x"', Code.E_REGISTRY_RESPONSE),
        ('Bearer realm="http://auth.example/token"', Code.E_REGISTRY_RESPONSE),
        ('Bearer realm="ftp://127.0.0.1/token"', Code.E_REGISTRY_RESPONSE),
    ],
)
def test_a_challenge_that_cannot_be_met_is_one_clear_error(
    liar: Liar, client: Registry, challenge: str, code: Code
) -> None:
    liar.answer = lambda _seen, _count: Reply(401, {"WWW-Authenticate": challenge} if challenge else {})
    assert refused(client, Reference(liar.host, "op", "v1")).code is code
    assert [seen.authorization for seen in liar.seen] == [""]


@pytest.mark.parametrize(
    ("reply", "code"),
    [
        (Reply(401), Code.E_REGISTRY_LOGIN),
        (Reply(403), Code.E_REGISTRY_LOGIN),
        (Reply(200, body=b"{}"), Code.E_REGISTRY_RESPONSE),
        (Reply(200, body=b"<html>"), Code.E_REGISTRY_RESPONSE),
        (Reply(200, body=b'{"token": "a\\r\\nHost: x"}'), Code.E_REGISTRY_RESPONSE),
        (Reply(200, body=b'{"token": 1}'), Code.E_REGISTRY_RESPONSE),
        (Reply(418), Code.E_REGISTRY_RESPONSE),
    ],
    ids=["unauthorised", "forbidden", "no token", "html", "header injection", "number", "teapot"],
)
def test_a_token_server_that_gives_no_token_is_one_clear_error(
    liar: Liar, client: Registry, reply: Reply, code: Code
) -> None:
    liar.answer = lambda seen, _count: reply if seen.path == "/token" else bearer(f"http://{liar.host}/token")
    assert refused(client, Reference(liar.host, "op", "v1")).code is code
