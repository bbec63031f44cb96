"""A server inside this process."""

import threading
from socketserver import TCPServer

_POLL_SECONDS = 0.02


class Listener:
    """Serves on 127.0.0.1, on a free port, in a thread, from `start` to `stop`."""

    def __init__(self, server: TCPServer, name: str) -> None:
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
