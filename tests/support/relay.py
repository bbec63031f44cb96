"""A wire between git and its server that fails at a push, as the internet does."""

import select
import socket
import socketserver
import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress

from rehearsal.git.server import GitServer

# Never quite nothing: a request on a kept connection that gets no byte back is sent again by curl itself.
_BEGINNING = b"HTTP/1.1 200 OK\r\n"
_ANSWERS = {
    "503": b"HTTP/1.1 503 Service Unavailable\r\nContent-Length: 0\r\nConnection: close\r\n\r\n",
    "a lost connection": _BEGINNING,
}
FAULTS = (*_ANSWERS, "a lost answer")
"""What may happen to a push: the server fails, it never gets the push, or it moves the refs and its answer is lost."""
_END = b"0\r\n\r\n"


class Relay(socketserver.ThreadingTCPServer):
    """Between git and its server, at requests that begin with `request` and are part of a push.

    It counts what comes back, calls `before`, and makes the next `faults` happen.
    """

    daemon_threads = True

    def __init__(self, server: GitServer) -> None:
        super().__init__(("127.0.0.1", 0), _Relaying)
        self.to = server.address
        self.received = 0
        self.pushes = 0
        self.request = b"POST "
        self.before: Callable[[], object] | None = None
        self.faults: list[str] = []

    @property
    def url(self) -> str:
        return f"http://127.0.0.1:{self.server_address[1]}"


class _Relaying(socketserver.BaseRequestHandler):
    server: Relay

    def handle(self) -> None:
        client: socket.socket = self.request
        with socket.create_connection(self.server.to) as server:
            fault = ""
            while True:
                for ready in select.select([client, server], [], [])[0]:
                    data = ready.recv(65536)
                    if ready is client and self.server.request in data and b"git-receive-pack" in data:
                        fault = self._next()
                    if fault in _ANSWERS:
                        return self._end(client, _ANSWERS[fault])
                    if not data or (fault and ready is server and data.endswith(_END)):
                        return self._end(client, _BEGINNING if fault else b"")
                    if ready is server:
                        self.server.received += len(data)
                    if not (fault and ready is server):
                        (server if ready is client else client).sendall(data)

    def _next(self) -> str:
        self.server.pushes += 1
        before, self.server.before = self.server.before, None
        if before:
            before()
        return self.server.faults.pop(0) if self.server.faults else ""

    def _end(self, client: socket.socket, answer: bytes) -> None:
        with suppress(OSError):
            client.sendall(answer)
            client.shutdown(socket.SHUT_WR)
            while client.recv(65536):
                continue  # what is still being sent would make the answer vanish


@contextmanager
def relayed(server: GitServer) -> Iterator[Relay]:
    """A relay to a server that listens."""
    with Relay(server) as started:
        thread = threading.Thread(target=started.serve_forever)
        thread.start()
        yield started
        started.shutdown()
        thread.join()
