"""A small server that plays registries which fail, lie, or want to be told secrets."""

import contextlib
import json
import threading
from collections.abc import Callable
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any
from urllib.parse import parse_qs, urlsplit

import pytest

from release_actions.core.errors import ReleaseError
from release_actions.oci import manifest
from release_actions.oci.credentials import Login
from release_actions.oci.reference import Reference, parse_platform
from release_actions.oci.registry import Registry

LOGIN = Login("me", "S3cret")
AMD = parse_platform("linux/amd64")
INDEX, MANIFEST = manifest.INDEX_TYPES[0], manifest.MANIFEST_TYPES[0]
CONFIG = "application/vnd.oci.image.config.v1+json"
EMPTY = {"schemaVersion": 2, "mediaType": INDEX, "manifests": []}


@dataclass
class Reply:
    """What the server says: a status, headers, a body; `cut` closes the connection in the middle of the body.

    `drip` are the seconds before the status line and before each byte of the body, `slow_headers` those before each
    byte of a header.
    """

    status: int = 200
    headers: dict[str, str] = field(default_factory=dict)
    body: bytes = b""
    cut: bool = False
    drip: float = 0.0
    slow_headers: float = 0.0


@dataclass
class Seen:
    """A request as it arrived."""

    method: str
    path: str
    query: dict[str, list[str]]
    authorization: str
    body: str
    cookie: str


class Liar:
    """A server on loopback whose every answer a test makes up: `answer` gets the request and how many came before."""

    def __init__(self) -> None:
        self.seen: list[Seen] = []
        self._stopped = threading.Event()
        self.answer: Callable[[Seen, int], Reply] = lambda _seen, _count: Reply(404)
        liar = self

        class Handler(BaseHTTPRequestHandler):
            def do_GET(self) -> None:
                url = urlsplit(self.path)
                body = self.rfile.read(int(self.headers.get("Content-Length") or 0)).decode()
                login, cookie = (self.headers.get(name) or "" for name in ("Authorization", "Cookie"))
                seen = Seen(self.command, url.path, parse_qs(url.query), login, body, cookie)
                count = len(liar.seen)
                liar.seen.append(seen)
                reply = liar.answer(seen, count)
                liar._stopped.wait(reply.drip)
                self.send_response_only(reply.status)
                for name, value in reply.headers.items():
                    self.send_header(name, value)
                self.send_header("Content-Length", str(len(reply.body) + (100 if reply.cut else 0)))
                if reply.slow_headers:
                    self.flush_headers()
                    self._write(b"X-Slow: " + b"-" * 200 + b"\r\n", reply.slow_headers)
                self.end_headers()
                self._write(reply.body, reply.drip)

            def _write(self, content: bytes, drip: float) -> None:
                pieces = [bytes([one]) for one in content] if drip else [content]
                with contextlib.suppress(ConnectionError):  # the client has given up
                    for piece in pieces:
                        liar._stopped.wait(drip)
                        self.wfile.write(piece)

            do_POST = do_HEAD = do_GET

            def log_message(self, *_: object) -> None:
                """Nothing is logged."""

        self._server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
        self.host = f"127.0.0.1:{self._server.server_address[1]}"
        self._thread = threading.Thread(target=self._server.serve_forever, args=(0.01,))
        self._thread.start()

    def stop(self) -> None:
        """End the server."""
        self._stopped.set()
        self._server.shutdown()
        self._thread.join()
        self._server.server_close()


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
