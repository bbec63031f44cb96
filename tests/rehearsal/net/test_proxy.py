"""The proxy passes HTTP/1.1 through as it is, whatever its framing, and survives parts and clients that break."""

import hashlib
import http.client
import ssl
import threading
from collections.abc import Callable, Iterator
from http.server import BaseHTTPRequestHandler
from pathlib import Path

import pytest

from rehearsal.base.http_body import chunk, read_request_body
from rehearsal.base.listener import Listener, Server
from rehearsal.net.ca import CertificateAuthority
from rehearsal.net.proxy import Answer, Call, Proxy

HOST = "part.example"
Connect = Callable[[str], http.client.HTTPSConnection]


class Part(BaseHTTPRequestHandler):
    """Answers with what it got: method, Host, and length and digest of the body; or misbehaves when asked to."""

    protocol_version = "HTTP/1.1"

    def do_GET(self) -> None:
        if self.path == "/refuse-unread":
            self.send_response_only(401)
            self.send_header("Content-Length", "0")
            self.end_headers()
            self.close_connection = True
            return
        body = b"".join(read_request_body(self.rfile, self.headers))
        said = f"{self.command} {self.headers['Host']} {len(body)} {hashlib.sha256(body).hexdigest()}".encode()
        self.send_response_only(200)
        if self.path == "/chunked":
            self.send_header("Transfer-Encoding", "chunked")
            self.end_headers()
            self.wfile.write(chunk(said[:5]) + chunk(said[5:]) + chunk(b""))
            return
        self.send_header("Content-Length", str(len(said) + 10 * (self.path == "/cut")))
        self.send_header("X-Twice", "one")
        self.send_header("X-Twice", "two")
        self.end_headers()
        if self.command != "HEAD":
            self.wfile.write(said)
        self.close_connection = self.path == "/cut"

    do_HEAD = do_PUT = do_POST = do_PATCH = do_DELETE = do_GET


@pytest.fixture(scope="module")
def proxy(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Proxy]:
    part = Listener(Server(("127.0.0.1", 0), Part), "part")
    part.start()
    hosts = {HOST: part.address, "down.example": ("127.0.0.1", 1)}
    started = Proxy(CertificateAuthority(tmp_path_factory.mktemp("ca")), hosts.get).start()
    yield started
    started.stop()
    part.stop()


@pytest.fixture
def connect(proxy: Proxy) -> Iterator[Connect]:
    """Opens TLS connections through the proxy to a host, which is verified."""
    opened = []

    def to(host: str) -> http.client.HTTPSConnection:
        context = ssl.create_default_context(cafile=str(proxy.authority.bundle))
        context.verify_flags |= ssl.VERIFY_X509_STRICT
        name, _, port = proxy.url.removeprefix("http://").partition(":")
        connection = http.client.HTTPSConnection(name, int(port), context=context, timeout=20)
        connection.set_tunnel(host, 443)
        opened.append(connection)
        return connection

    yield to
    for connection in opened:
        connection.close()


def ask(connection: http.client.HTTPSConnection, method: str, path: str, body: bytes | None = None) -> str:
    connection.request(method, path, body)
    return connection.getresponse().read().decode()


def pieces(body: bytes) -> Iterator[bytes]:
    yield from (body[start : start + 100_000] for start in range(0, len(body), 100_000))


@pytest.mark.parametrize("path", ["/", "/chunked"])
@pytest.mark.parametrize("method", ["GET", "PUT", "POST", "PATCH", "DELETE"])
def test_requests_of_one_connection(method: str, path: str, connect: Connect) -> None:
    connection = connect(HOST)
    for body in (b"", b"short", bytes(range(256)) * 8000):
        said = ask(connection, method, path, body)
        assert said == f"{method} {HOST} {len(body)} {hashlib.sha256(body).hexdigest()}"


def test_a_chunked_request_stays_one(connect: Connect) -> None:
    body = bytes(range(256)) * 8000
    connection = connect(HOST)
    connection.request("PATCH", "/", pieces(body), encode_chunked=True, headers={"Transfer-Encoding": "chunked"})
    assert connection.getresponse().read().decode().split()[2] == str(len(body))
    assert ask(connection, "GET", "/").startswith("GET")


def test_headers_pass_and_a_head_has_no_body(connect: Connect) -> None:
    connection = connect(HOST)
    connection.request("HEAD", "/")
    answer = connection.getresponse()
    assert answer.headers.get_all("X-Twice") == ["one", "two"]
    assert int(answer.headers["Content-Length"]) > 0
    assert answer.read() == b""
    assert ask(connection, "GET", "/").startswith("GET")


def test_a_client_that_waits_for_100_continue_gets_it(connect: Connect) -> None:
    connection = connect(HOST)
    connection.putrequest("PUT", "/")
    connection.putheader("Expect", "100-continue")
    connection.putheader("Content-Length", "4")
    connection.endheaders()
    assert connection.sock.recv(64).startswith(b"HTTP/1.1 100 ")
    connection.send(b"body")
    assert connection.getresponse().read().decode().split()[2] == "4"


def test_an_answer_before_the_end_of_the_upload_arrives(
    connect: Connect,
) -> None:
    connection = connect(HOST)
    connection.request("PUT", "/refuse-unread", bytes(100))
    assert connection.getresponse().status == 401


def test_a_part_that_is_down_is_a_bad_gateway(connect: Connect) -> None:
    connection = connect("down.example")
    connection.request("POST", "/", b"body")
    answer = connection.getresponse()
    assert (answer.status, answer.read()[:20]) == (502, b"down.example is down")


def test_a_part_that_breaks_off_breaks_the_connection(proxy: Proxy, connect: Connect) -> None:
    connection = connect(HOST)
    connection.request("GET", "/cut")
    with pytest.raises(http.client.IncompleteRead):
        connection.getresponse().read()
    assert proxy.calls[-1].status == 0


def test_the_hook_may_break_a_call(proxy: Proxy, connect: Connect) -> None:
    def break_it(_: Call) -> Answer | None:
        raise ConnectionResetError

    proxy.hook, forward = break_it, proxy.hook
    try:
        connection = connect(HOST)
        connection.request("GET", "/")
        with pytest.raises((http.client.RemoteDisconnected, OSError)):
            connection.getresponse()
    finally:
        proxy.hook = forward
    assert proxy.calls[-1] == Call(len(proxy.calls) - 1, HOST, "GET", "/", 0)


def test_many_calls_at_once(proxy: Proxy, connect: Connect) -> None:
    start = len(proxy.calls)
    body = bytes(300_000)
    answers: list[str] = []
    connections = [connect(HOST) for _ in range(16)]
    threads = [
        threading.Thread(target=lambda one=one: answers.append(ask(one, "PUT", "/", body))) for one in connections
    ]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert len(answers) == 16
    assert len(set(answers)) == 1
    assert [call.index for call in proxy.calls[start:]] == list(range(start, start + 16))


def test_a_client_without_the_authority_refuses(proxy: Proxy, tmp_path: Path) -> None:
    other = CertificateAuthority(tmp_path)
    name, _, port = proxy.url.removeprefix("http://").partition(":")
    context = ssl.create_default_context(cafile=str(other.bundle))
    connection = http.client.HTTPSConnection(name, int(port), context=context, timeout=20)
    connection.set_tunnel(HOST, 443)
    with pytest.raises(ssl.SSLCertVerificationError):
        connection.connect()
    connection.close()
