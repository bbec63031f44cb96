"""The API behind a socket on 127.0.0.1."""

from http.server import BaseHTTPRequestHandler

from rehearsal.base.http_body import read_request_body
from rehearsal.base.listener import Listener, Server
from rehearsal.github.api import Api
from rehearsal.github.exchange import Answer, Incoming


def listen(api: Api) -> Listener:
    """A free port from now on, served once it is started."""
    server = _Server(("127.0.0.1", 0), _Handler)
    server.api = api
    return Listener(server, "rehearsal-github")


class _Server(Server):
    api: Api


class _Handler(BaseHTTPRequestHandler):
    protocol_version = "HTTP/1.1"
    disable_nagle_algorithm = True
    server: _Server

    def do_GET(self) -> None:
        headers = {name.lower(): value for name, value in self.headers.items()}
        body, whole = self._read()
        call, answer = self.server.api.call(Incoming(self.command, self.path, headers, body, whole))
        record = self.server.api.record
        record.answered(call, answer.status)  # before whoever asked can look at the record
        try:
            self._send(answer)
        except OSError:
            record.answered(call, 0)
            raise

    do_HEAD = do_POST = do_PUT = do_PATCH = do_DELETE = do_GET

    def _read(self) -> tuple[bytes, bool]:
        """The request's body, and whether it came to its end."""
        parts: list[bytes] = []
        try:
            parts.extend(read_request_body(self.rfile, self.headers))
        except ConnectionError:
            self.close_connection = True
            return b"".join(parts), False
        return b"".join(parts), True

    def _send(self, answer: Answer) -> None:
        length = {} if answer.status in (204, 304) else {"Content-Length": str(len(answer.body))}
        headers = {**length, **answer.headers}
        if headers.get("Content-Length") != length.get("Content-Length"):
            self.close_connection = True  # the hook lets the body break off
        self.send_response_only(answer.status)
        for name, value in headers.items():
            self.send_header(name, value)
        self.end_headers()
        if self.command != "HEAD":
            self.wfile.write(answer.body)
