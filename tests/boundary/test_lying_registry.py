"""Registries that fail, lie, or want to be told secrets: a small server plays each of them."""

import json
import threading
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any
from urllib.parse import parse_qs, urlsplit

import pytest

from release_actions import oci
from release_actions.credentials import Login
from release_actions.errors import Code, ReleaseError
from release_actions.images import Reference, parse_platform
from release_actions.registry import Registry
from release_actions.transport import Transport

LOGIN = Login("me", "S3cret")
AMD = parse_platform("linux/amd64")
INDEX, MANIFEST = oci.INDEX_TYPES[0], oci.MANIFEST_TYPES[0]
CONFIG = "application/vnd.oci.image.config.v1+json"
EMPTY = {"schemaVersion": 2, "mediaType": INDEX, "manifests": []}


@dataclass
class Reply:
    """What the server says: a status, headers, a body; `cut` closes the connection in the middle of the body."""

    status: int = 200
    headers: dict[str, str] = field(default_factory=dict)
    body: bytes = b""
    cut: bool = False


@dataclass
class Seen:
    """A request as it arrived."""

    method: str
    path: str
    query: dict[str, list[str]]
    authorization: str
    body: str


class Liar:
    """A server on loopback whose every answer a test makes up: `answer` gets the request and how many came before."""

    def __init__(self) -> None:
        self.seen: list[Seen] = []
        self.answer: Callable[[Seen, int], Reply] = lambda _seen, _count: Reply(404)
        liar = self

        class Handler(BaseHTTPRequestHandler):
            def do_GET(self) -> None:
                url = urlsplit(self.path)
                body = self.rfile.read(int(self.headers.get("Content-Length") or 0)).decode()
                seen = Seen(self.command, url.path, parse_qs(url.query), self.headers.get("Authorization") or "", body)
                count = len(liar.seen)
                liar.seen.append(seen)
                reply = liar.answer(seen, count)
                self.send_response_only(reply.status)
                for name, value in reply.headers.items():
                    self.send_header(name, value)
                self.send_header("Content-Length", str(len(reply.body) + (100 if reply.cut else 0)))
                self.end_headers()
                self.wfile.write(reply.body)

            do_POST = do_HEAD = do_GET

            def log_message(self, *_: object) -> None:
                """Nothing is logged."""

        self._server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
        self.host = f"127.0.0.1:{self._server.server_address[1]}"
        self._thread = threading.Thread(target=self._server.serve_forever, args=(0.01,))
        self._thread.start()

    def stop(self) -> None:
        """End the server."""
        self._server.shutdown()
        self._thread.join()
        self._server.server_close()


@pytest.fixture
def liar() -> Iterator[Liar]:
    """The registry that is asked."""
    server = Liar()
    yield server
    server.stop()


@pytest.fixture
def other() -> Iterator[Liar]:
    """Another server, which must never learn a login."""
    server = Liar()
    yield server
    server.stop()


@pytest.fixture
def pauses() -> list[float]:
    """The pauses between attempts, in seconds; nothing really waits."""
    return []


@pytest.fixture
def client(pauses: list[float]) -> Iterator[Registry]:
    """A client that is logged in everywhere."""
    with Registry(lambda _registry: LOGIN, transport=Transport(pause=pauses.append)) as made:
        yield made


def document(content: Any, kind: str, **headers: str) -> Reply:
    body = content if isinstance(content, bytes) else json.dumps(content).encode()
    return Reply(200, {"Content-Type": kind, **headers}, body)


def refused(client: Registry, reference: Reference) -> ReleaseError:
    with pytest.raises(ReleaseError) as failure:
        client.resolve(reference)
    assert "S3cret" not in str(failure.value)
    return failure.value


def descriptor(kind: str = MANIFEST, **more: Any) -> dict[str, Any]:
    return {"mediaType": kind, "digest": f"sha256:{'0' * 64}", "size": 2, **more}


LIES = {
    "manifest and index at once": document({**EMPTY, "config": descriptor(CONFIG), "layers": []}, INDEX),
    "index served as a manifest": document(EMPTY, MANIFEST),
    "type unlike the header": document({**EMPTY, "mediaType": MANIFEST}, INDEX),
    "index with layers": document({**EMPTY, "layers": []}, INDEX),
    "manifest with manifests": document({**EMPTY, "mediaType": MANIFEST, "config": descriptor(CONFIG)}, MANIFEST),
    "manifest without configuration": document({"schemaVersion": 2, "layers": []}, MANIFEST),
    "path as a digest": document({**EMPTY, "manifests": [{**descriptor(), "digest": "sha256:../../x"}]}, INDEX),
    "neither": document({"schemaVersion": 2}, INDEX),
    "schema 1": document({"schemaVersion": 1}, "application/vnd.docker.distribution.manifest.v1+prettyjws"),
    "an HTML page": document(b"<html>", "text/html"),
    "HTML as an index": document(b"<html>", INDEX),
    "a list": document([], INDEX),
    "wrong types": document({**EMPTY, "manifests": {}}, INDEX),
    "key twice": document(b'{"schemaVersion": 2, "manifests": [], "manifests": []}', INDEX),
    "key in another case": document({**EMPTY, "Layers": []}, INDEX),
    "deep nesting": document(b'{"a":' * 100_000, INDEX),
    "not UTF-8": document(b'{"schemaVersion": 2, "manifests": [], "x": "\xff"}', INDEX),
    "another digest": document(EMPTY, INDEX, **{"Docker-Content-Digest": f"sha256:{'1' * 64}"}),
    "too long": document(b" " * (8 * 1024 * 1024 + 1), INDEX),
    "no content": Reply(204),
}


@pytest.mark.parametrize("lie", LIES.values(), ids=LIES)
def test_a_document_that_cannot_be_trusted_is_refused(liar: Liar, client: Registry, lie: Reply) -> None:
    liar.answer = lambda _seen, _count: lie
    assert refused(client, Reference(liar.host, "op", "v1")).code is Code.E_REGISTRY_ANSWER
    assert len(liar.seen) == 1


def test_the_truth_is_accepted(liar: Liar, client: Registry) -> None:
    content = json.dumps(EMPTY).encode()
    digest = oci.digest_of(content)
    liar.answer = lambda _seen, _count: document(
        content, f"{INDEX}; charset=utf-8", **{"Docker-Content-Digest": digest}
    )
    found = client.resolve(Reference(liar.host, "op", "v1"))
    assert found is not None
    assert (found.digest, found.content) == (digest, content)


def test_content_at_a_digest_must_have_that_digest(liar: Liar, client: Registry) -> None:
    liar.answer = lambda _seen, _count: document(EMPTY, INDEX)
    reference = Reference(liar.host, "op").at(f"sha256:{'0' * 64}")
    assert refused(client, reference).code is Code.E_REGISTRY_ANSWER


@pytest.mark.parametrize("algorithm", ["sha256", "sha512"])
def test_a_blob_must_have_its_digest_and_keep_its_limit(liar: Liar, client: Registry, algorithm: str) -> None:
    reference = Reference(liar.host, "op", "v1")
    digest = oci.digest_of(b"content", algorithm)
    liar.answer = lambda _seen, _count: Reply(body=b"content")
    assert client.blob(reference, digest, 7) == b"content"
    with pytest.raises(ReleaseError, match="more than 6 bytes"):
        client.blob(reference, digest, 6)
    liar.answer = lambda _seen, _count: Reply(body=b"Content")
    with pytest.raises(ReleaseError, match="does not have the digest"):
        client.blob(reference, digest, 7)
    liar.answer = lambda _seen, _count: Reply(404)
    with pytest.raises(ReleaseError, match="lacks its own blob"):
        client.blob(reference, digest, 7)


def test_an_index_whose_image_is_gone_lacks_that_platform(liar: Liar, client: Registry) -> None:
    platform = {"os": "linux", "architecture": "amd64"}
    index = {**EMPTY, "manifests": [descriptor(platform=platform)]}
    liar.answer = lambda seen, _count: document(index, INDEX) if seen.path.endswith("/v1") else Reply(404)
    found = client.find(Reference(liar.host, "op", "v1"), [AMD])
    assert found.digest
    assert found.missing == (AMD,)


def test_attestations_and_charts_are_no_images(liar: Liar, client: Registry) -> None:
    attestation = descriptor(
        platform={"os": "unknown", "architecture": "unknown"},
        annotations={"vnd.docker.reference.type": "attestation-manifest"},
    )
    chart = {"schemaVersion": 2, "config": descriptor("application/vnd.cncf.helm.config.v1+json"), "layers": []}
    replies = [document({**EMPTY, "manifests": [attestation]}, INDEX), document(chart, MANIFEST)]
    liar.answer = lambda _seen, count: replies[count]
    for _ in replies:
        assert client.find(Reference(liar.host, "op", "v1"), [AMD]).missing == (AMD,)


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


def test_a_server_that_asks_for_too_long_a_pause_is_given_up(liar: Liar, client: Registry, pauses: list[float]) -> None:
    liar.answer = lambda _seen, _count: Reply(429, {"Retry-After": "3600"})
    error = refused(client, Reference(liar.host, "op", "v1"))
    assert error.code is Code.E_REGISTRY_UNAVAILABLE
    assert "3600 seconds" in error.what
    assert (len(liar.seen), pauses) == (1, [])


def test_a_body_that_breaks_off_is_asked_for_again(liar: Liar, client: Registry) -> None:
    def answer(_seen: Seen, count: int) -> Reply:
        reply = document(EMPTY, INDEX)
        return Reply(reply.status, reply.headers, reply.body[:20], cut=True) if count == 0 else reply

    liar.answer = answer
    assert client.resolve(Reference(liar.host, "op", "v1")) is not None
    assert len(liar.seen) == 2


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


def test_redirects_come_to_an_end(liar: Liar, client: Registry) -> None:
    liar.answer = lambda _seen, count: Reply(302, {"Location": f"/{count}"})
    assert "redirects more than 5 times" in refused(client, Reference(liar.host, "op", "v1")).what
    assert len(liar.seen) == 6


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
        ('Bearer service="x"', Code.E_REGISTRY_ANSWER),
        ('Bearer realm="http://auth.example/token"', Code.E_REGISTRY_ANSWER),
        ('Bearer realm="ftp://127.0.0.1/token"', Code.E_REGISTRY_ANSWER),
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
        (Reply(200, body=b"{}"), Code.E_REGISTRY_ANSWER),
        (Reply(200, body=b"<html>"), Code.E_REGISTRY_ANSWER),
        (Reply(200, body=b'{"token": "a\\r\\nHost: x"}'), Code.E_REGISTRY_ANSWER),
        (Reply(200, body=b'{"token": 1}'), Code.E_REGISTRY_ANSWER),
        (Reply(418), Code.E_REGISTRY_ANSWER),
    ],
    ids=["unauthorised", "forbidden", "no token", "html", "header injection", "number", "teapot"],
)
def test_a_token_server_that_gives_no_token_is_one_clear_error(
    liar: Liar, client: Registry, reply: Reply, code: Code
) -> None:
    liar.answer = lambda seen, _count: reply if seen.path == "/token" else bearer(f"http://{liar.host}/token")
    assert refused(client, Reference(liar.host, "op", "v1")).code is code


@pytest.mark.parametrize("status", [400, 405, 416])
def test_any_other_answer_is_named(liar: Liar, client: Registry, status: int) -> None:
    liar.answer = lambda _seen, _count: Reply(status, body=b"x" * 1000)
    assert f"status {status}" in refused(client, Reference(liar.host, "op", "v1")).what
