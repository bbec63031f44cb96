"""A forward proxy that plays the internet: each known host is a part on loopback, all others refuse.

Clients reach it through HTTPS_PROXY. TLS ends here, under a certificate of the rehearsal's own
authority, so that every call can be seen, counted and, by the hook, answered differently.
"""

import http.client
import threading
from collections.abc import Callable, Iterable, Iterator
from contextlib import closing, contextmanager
from dataclasses import dataclass, field, replace
from http.server import BaseHTTPRequestHandler
from urllib.parse import urlsplit

from rehearsal.base.http_body import CHUNK_BYTES, chunk, is_chunked, read_request_body
from rehearsal.base.listener import Listener, Server
from rehearsal.net.ca import CertificateAuthority

Address = tuple[str, int]

# Said between two neighbours only, never passed on (RFC 9110, section 7.6.1); the framing of the
# body is made anew on each side.
_HOP_BY_HOP = frozenset(
    [
        "connection",
        "content-length",
        "expect",
        "keep-alive",
        "proxy-authorization",
        "proxy-connection",
        "te",
        "trailer",
        "transfer-encoding",
        "upgrade",
    ]
)
_HTTPS_PORT = "443"


@dataclass(frozen=True, slots=True)
class Call:
    """One request that reached the proxy. `status` is 0 when no answer was delivered.

    `authorization` is the header of that name; it is not shown.
    """

    index: int
    host: str
    method: str
    path: str
    status: int = 0
    authorization: str = field(default="", repr=False, compare=False)

    @property
    def writes(self) -> bool:
        """Whether the method is one that is meant to change something (RFC 9110, section 9.2.1)."""
        return bool(self.path) and self.method not in ("GET", "HEAD", "OPTIONS")


@dataclass(frozen=True, slots=True)
class Answer:
    """A whole answer. `announced` is its Content-Length where that is not the length of the body."""

    status: int
    body: bytes = b""
    headers: tuple[tuple[str, str], ...] = ()
    announced: int | None = None


def _unchanged(answer: Answer) -> Answer:
    return answer


def _nothing() -> None:
    pass


@dataclass(frozen=True, slots=True)
class Meddling:
    """The host carries the call out, and then: what `change` makes of its answer is delivered, and `delivered` called.

    An OSError of `change` breaks the connection: done, but the answer was lost. With `instead`, the host is not asked.
    """

    change: Callable[[Answer], Answer] = _unchanged
    delivered: Callable[[], None] = _nothing
    instead: Answer | None = None


Resolve = Callable[[str], Address | None]
Hook = Callable[[Call], Answer | Meddling | None]


class Proxy:
    """Forwards calls to the address a host resolves to; records every call in order.

    `resolve` gives a host's address on loopback, or None when the host does not exist here.
    `hook` sees every call before it is forwarded; it may answer in place of the host or meddle with
    the host's answer, and an OSError it raises breaks the connection.
    """

    def __init__(self, authority: CertificateAuthority, resolve: Resolve) -> None:
        self.authority = authority
        self.resolve = resolve
        self.hook: Hook = _forward_all
        self._calls: list[Call] = []
        self._under_way = 0
        self._lock = threading.Lock()
        server = _Server(("127.0.0.1", 0), _Handler)
        server.proxy = self
        self._listener = Listener(server, "rehearsal-proxy")

    def start(self) -> "Proxy":
        self._listener.start()
        return self

    def stop(self) -> None:
        self._listener.stop()

    @property
    def url(self) -> str:
        return self._listener.url

    @property
    def calls(self) -> tuple[Call, ...]:
        """All calls so far, in the order in which they came in."""
        with self._lock:
            return tuple(self._calls)

    @property
    def is_idle(self) -> bool:
        """Whether no call is under way."""
        with self._lock:
            return not self._under_way

    @contextmanager
    def counting(self) -> Iterator[None]:
        """A call is under way meanwhile."""
        with self._lock:
            self._under_way += 1
        try:
            yield
        finally:
            with self._lock:
                self._under_way -= 1

    def open_call(self, host: str, method: str, path: str, authorization: str = "") -> Call:
        with self._lock:
            call = Call(len(self._calls), host, method, path, authorization=authorization)
            self._calls.append(call)
            return call

    def close_call(self, call: Call, status: int) -> None:
        with self._lock:
            self._calls[call.index] = replace(call, status=status)


class _Server(Server):
    proxy: Proxy


class _Handler(BaseHTTPRequestHandler):
    """One client connection: first `CONNECT host:443`, then that host's requests over TLS."""

    protocol_version = "HTTP/1.1"
    disable_nagle_algorithm = True
    server: _Server

    def setup(self) -> None:
        super().setup()
        self._proxy = self.server.proxy
        self._host: str | None = None

    def finish(self) -> None:
        super().finish()
        self.connection.close()

    def do_CONNECT(self) -> None:
        host, _, port = self.path.lower().rpartition(":")
        if self._host is not None or port != _HTTPS_PORT or self._proxy.resolve(host) is None:
            self._refuse(host)
            return
        self.send_response_only(200, "Connection established")
        self.end_headers()
        self._host = host
        self.connection = self._proxy.authority.context(host).wrap_socket(self.connection, server_side=True)
        self.rfile = self.connection.makefile("rb")
        self.wfile = self.connection.makefile("wb", buffering=0)
        self.close_connection = False

    def do_GET(self) -> None:
        if self._host is None:
            self._refuse(urlsplit(self.path).hostname or "")
            return
        authorization = self.headers.get("Authorization", "")
        with self._proxy.counting():
            call = self._proxy.open_call(self._host, self.command, self.path, authorization)
            decided = self._proxy.hook(call)
            if isinstance(decided, Answer):
                decided = Meddling(instead=decided)
            if decided is None or decided.instead is None:
                self._forward(call, decided)
            else:
                self._answer(call, decided.change(decided.instead))
                decided.delivered()

    do_HEAD = do_POST = do_PUT = do_PATCH = do_DELETE = do_OPTIONS = do_GET

    def _refuse(self, host: str) -> None:
        text = f"{host} does not exist in a rehearsal: nothing leaves this machine\n"
        self._answer(self._proxy.open_call(host, self.command, ""), Answer(403, text.encode()))

    def _answer(self, call: Call, answer: Answer) -> None:
        for _ in read_request_body(self.rfile, self.headers):
            continue  # a client that is still sending would not see the answer
        self._deliver(call, answer)

    def _deliver(self, call: Call, answer: Answer) -> None:
        self.close_connection = True
        self._proxy.close_call(call, answer.status)
        self.send_response_only(answer.status)
        for name, value in answer.headers:
            self.send_header(name, value)
        self.send_header("Content-Length", str(len(answer.body) if answer.announced is None else answer.announced))
        self.send_header("Connection", "close")
        self.end_headers()
        if call.method != "HEAD":
            self.wfile.write(answer.body)

    def _forward(self, call: Call, meddling: Meddling | None) -> None:
        address = self._proxy.resolve(call.host)
        upstream = http.client.HTTPConnection(*address) if address is not None else None
        if upstream is None:
            self._refuse(call.host)
            return
        with closing(upstream):
            try:
                upstream.connect()
            except OSError as error:
                self._answer(call, Answer(502, f"{call.host} is down: {error}\n".encode()))
                return
            response = self._exchange(upstream)
            if meddling:
                self._deliver(call, meddling.change(_whole(response)))
                meddling.delivered()
                return
            # Noted before the client can have read the end of the answer and look at the record.
            self._proxy.close_call(call, response.status)
            try:
                self._relay(response)
            except OSError:
                self._proxy.close_call(call, 0)
                raise

    def _exchange(self, upstream: http.client.HTTPConnection) -> http.client.HTTPResponse:
        chunked = is_chunked(self.headers)
        upstream.putrequest(self.command, self.path, skip_host=True, skip_accept_encoding=True)
        for name, value in _end_to_end(self.headers.items()):
            upstream.putheader(name, value)
        upstream.putheader("X-Forwarded-Proto", "https")
        upstream.putheader("Connection", "close")
        if chunked:
            upstream.putheader("Transfer-Encoding", "chunked")
        elif length := self.headers.get("Content-Length"):
            upstream.putheader("Content-Length", length)
        upstream.endheaders()
        try:
            for data in read_request_body(self.rfile, self.headers):
                upstream.send(chunk(data) if chunked else data)
            if chunked:
                upstream.send(chunk(b""))
        except (BrokenPipeError, ConnectionResetError):
            # The host answered without reading on, as for a refused upload: pass its answer back.
            self.close_connection = True
        return upstream.getresponse()

    def _relay(self, response: http.client.HTTPResponse) -> None:
        length = response.getheader("Content-Length")
        has_body = self.command != "HEAD" and response.status not in (204, 304)
        chunked = has_body and length is None
        self.send_response_only(response.status, response.reason)
        for name, value in _end_to_end(response.getheaders()):
            self.send_header(name, value)
        if chunked:
            self.send_header("Transfer-Encoding", "chunked")
        elif length is not None:
            self.send_header("Content-Length", length)
        self.end_headers()
        if not has_body:
            return
        sent = 0
        while data := response.read1(CHUNK_BYTES):
            self.wfile.write(chunk(data) if chunked else data)
            sent += len(data)
        if chunked:
            self.wfile.write(chunk(b""))
        elif sent != int(length or 0):
            raise ConnectionError("the host closed the connection in the middle of a body")


def _forward_all(_: Call) -> None:
    return None


def _whole(response: http.client.HTTPResponse) -> Answer:
    length, body = response.getheader("Content-Length"), response.read()
    return Answer(response.status, body, tuple(_end_to_end(response.getheaders())), int(length) if length else None)


def _end_to_end(headers: Iterable[tuple[str, str]]) -> Iterator[tuple[str, str]]:
    return ((name, value) for name, value in headers if name.lower() not in _HOP_BY_HOP)
