"""Registries that fail: what passes is waited out, what lasts is named."""

import pytest

from release_actions.core.errors import Code, ReleaseError
from release_actions.oci.manifest import digest_of
from release_actions.oci.reference import Reference
from release_actions.oci.registry import Registry
from release_actions.system.http import Request, Transport
from tests.boundary.oci.lying_registry.liar import EMPTY, INDEX, Liar, Reply, Seen, document, refused


@pytest.mark.parametrize("status", [429, 500, 502, 503, 504])
def test_a_passing_failure_is_waited_out(liar: Liar, client: Registry, pauses: list[float], status: int) -> None:
    liar.answer = lambda _seen, count: Reply(status) if count < 4 else document(EMPTY, INDEX)
    assert client.resolve(Reference(liar.host, "op", "v1")) is not None
    assert len(pauses) == 4


def test_a_lasting_failure_ends_after_five_attempts(liar: Liar, client: Registry, pauses: list[float]) -> None:
    liar.answer = lambda _seen, _count: Reply(503)
    error = refused(client, Reference(liar.host, "op", "v1"))
    assert error.code is Code.E_REGISTRY_UNAVAILABLE
    assert "status 503" in error.what
    assert (len(liar.seen), len(pauses)) == (5, 4)


@pytest.mark.parametrize(
    ("headers", "pause"),
    [
        ({"Retry-After": "7"}, 7.0),
        ({"Retry-After": "Wed, 21 Oct 2026 07:28:30 GMT", "Date": "Wed, 21 Oct 2026 07:28:00 GMT"}, 30.0),
        ({"Retry-After": "Wed, 21 Oct 2026 07:28:00 GMT", "Date": "Wed, 21 Oct 2026 07:28:30 GMT"}, 0.0),
    ],
    ids=["seconds", "date", "past"],
)
def test_the_pause_a_server_asks_for_is_kept(
    liar: Liar, client: Registry, pauses: list[float], headers: dict[str, str], pause: float
) -> None:
    liar.answer = lambda _seen, count: Reply(429, headers) if count == 0 else document(EMPTY, INDEX)
    client.resolve(Reference(liar.host, "op", "v1"))
    assert pauses == [pause]


@pytest.mark.parametrize(
    ("after", "named"),
    [("3600", "asks to wait for 3600 seconds"), ("Wed, 21 Oct 2099 07:28:00 GMT", "asks to wait for")],
    ids=["seconds", "date without the server's own"],
)
def test_a_server_that_asks_for_too_long_a_pause_is_given_up(
    liar: Liar, client: Registry, pauses: list[float], after: str, named: str
) -> None:
    liar.answer = lambda _seen, _count: Reply(429, {"Retry-After": after})
    error = refused(client, Reference(liar.host, "op", "v1"))
    assert error.code is Code.E_REGISTRY_UNAVAILABLE
    assert named in error.what
    assert (len(liar.seen), pauses) == (1, [])


def test_a_body_that_breaks_off_is_asked_for_again(liar: Liar, client: Registry) -> None:
    def answer(_seen: Seen, count: int) -> Reply:
        reply = document(EMPTY, INDEX)
        return Reply(reply.status, reply.headers, reply.body[:20], cut=True) if count == 0 else reply

    liar.answer = answer
    assert client.resolve(Reference(liar.host, "op", "v1")) is not None
    assert len(liar.seen) == 2


def test_a_failure_may_be_longer_than_what_was_asked_for(liar: Liar, client: Registry, pauses: list[float]) -> None:
    liar.answer = lambda _seen, count: Reply(503, body=b"x" * 1000) if count == 0 else Reply(200, body=b"tiny")
    content = client.blob(Reference(liar.host, "op", "v1"), digest_of(b"tiny"), limit=4)
    assert (content, len(pauses)) == (b"tiny", 1)


def test_redirects_come_to_an_end(liar: Liar, client: Registry) -> None:
    liar.answer = lambda _seen, count: Reply(302, {"Location": f"/{count}"})
    assert "redirects more than 5 times" in refused(client, Reference(liar.host, "op", "v1")).what
    assert len(liar.seen) == 6


@pytest.mark.parametrize("status", [400, 405, 416])
def test_any_other_answer_is_named(liar: Liar, client: Registry, status: int) -> None:
    liar.answer = lambda _seen, _count: Reply(status, body=b"x" * 1000)
    assert f"status {status}" in refused(client, Reference(liar.host, "op", "v1")).what


def test_no_cookie_is_kept(liar: Liar, client: Registry) -> None:
    cookie = {"Set-Cookie": "who=you; Path=/"}
    liar.answer = lambda _seen, count: document(EMPTY, INDEX, **cookie) if count else Reply(503, cookie)
    assert client.resolve(Reference(liar.host, "op", "v1")) is not None
    assert [seen.cookie for seen in liar.seen] == ["", ""]


def test_a_server_without_a_certificate_is_asked_once(liar: Liar, pauses: list[float]) -> None:
    transport = Transport(pauses.append)
    with pytest.raises(ReleaseError, match="certificate can't be verified") as failure:
        transport.send(Request(f"https://{liar.host}/v2/", {}, 100))
    transport.close()
    assert failure.value.code is Code.E_REGISTRY_UNAVAILABLE
    assert pauses == []
