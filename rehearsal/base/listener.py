"""A server inside this process."""

import sys
import threading
from socket import socket
from socketserver import ThreadingTCPServer

_POLL_SECONDS = 0.02


class Server(ThreadingTCPServer):
    """Listens on 127.0.0.1, on a free port; each connection has a thread."""

    daemon_threads = True
    request_queue_size = 128

    def handle_error(self, request: socket | tuple[bytes, socket], client_address: object) -> None:
        """A connection that the other side broke is nothing to report; anything else is our bug."""
        if not isinstance(sys.exc_info()[1], OSError):
            super().handle_error(request, client_address)


class Listener:
    """Serves in a thread, from `start` to `stop`."""

    def __init__(self, server: Server, name: str) -> None:
        self._server = server
        self._thread = threading.Thread(target=server.serve_forever, args=(_POLL_SECONDS,), name=name, daemon=True)

    @property
    def address(self) -> tuple[str, int]:
        return "127.0.0.1", self._server.server_address[1]

    @property
    def url(self) -> str:
        """`http://127.0.0.1:PORT`."""
        name, port = self.address
        return f"http://{name}:{port}"

    def start(self) -> None:
        self._thread.start()

    def stop(self) -> None:
        """Ends the service; may be called at any time and more than once."""
        if self._thread.is_alive():
            self._server.shutdown()
            self._thread.join()
        self._server.server_close()
