"""The git side of github.com: bare repositories behind git's own `http-backend`."""

import base64
import binascii
import os
import re
import subprocess
from collections.abc import Callable, Mapping
from email.message import Message
from email.parser import BytesHeaderParser
from http.server import BaseHTTPRequestHandler
from pathlib import Path
from typing import IO
from urllib.parse import urlsplit

from rehearsal.base.http_body import CHUNK_BYTES, chunk, read_request_body
from rehearsal.base.listener import Listener, Server
from rehearsal.base.programs import program, run
from rehearsal.git.rules import Pusher, environment

# /OWNER/NAME or /OWNER/NAME.git, then what the smart protocol asks for (gitprotocol-http(5)).
_PATH = re.compile(
    r"/(?P<owner>[A-Za-z0-9][A-Za-z0-9-]*)/(?P<name>[A-Za-z0-9._-]+?)(?:\.git)?"
    r"(?P<rest>/info/refs|/git-upload-pack|/git-receive-pack)"
)
_PUSH = "git-receive-pack"
_DOWNLOAD = re.compile(r"/[^/]+/[^/]+/releases/download/.+")

# Who pushes to a repository (OWNER/NAME) with a password, or None when it is nobody's.
Pushers = Callable[[str, str], Pusher | None]
# Whether a repository may be read with a password; None when the password is nobody's, and one is needed.
Readers = Callable[[str, str], bool | None]


class GitServer:
    """Serves `https://github.com/OWNER/NAME` from `FOLDER/OWNER/NAME.git`.

    Anyone may read; pushing needs `token` as the password of HTTP basic authentication, under any
    user name, as on GitHub. Without a token anyone may push. Setting `pushers` and `readers` replaces these rules.
    `downloads` is the address under which the files of releases are, if there are any.
    """

    def __init__(self, folder: Path, token: str | None = None) -> None:
        self.folder = folder
        self.token = token
        self.pushers: Pushers = self._bearer_of_the_token
        self.readers: Readers = _anyone
        self.downloads = ""
        server = _Server(("127.0.0.1", 0), _Handler)
        server.git = self
        self._listener = Listener(server, "rehearsal-git")

    def start(self) -> "GitServer":
        self.folder.mkdir(parents=True, exist_ok=True)
        self._listener.start()
        return self

    def stop(self) -> None:
        self._listener.stop()

    def __enter__(self) -> "GitServer":
        return self.start()

    def __exit__(self, *_: object) -> None:
        self.stop()

    @property
    def address(self) -> tuple[str, int]:
        return self._listener.address

    @property
    def url(self) -> str:
        """`http://127.0.0.1:PORT`; a repository is at `{url}/OWNER/NAME`."""
        return self._listener.url

    def repository(self, name: str) -> Path:
        """The bare repository of `OWNER/NAME`, created empty when it is not there."""
        path = self.folder / f"{name}.git"
        if not path.exists():
            run(["git", "init", "--quiet", "--bare", "--initial-branch=main", "--", str(path)])
            _allow_partial_fetches(path)
        return path

    def _bearer_of_the_token(self, password: str, _: str) -> Pusher | None:
        return Pusher("git", workflows=True) if self.token in (None, password) else None


class _Server(Server):
    git: GitServer


class _Handler(BaseHTTPRequestHandler):
    protocol_version = "HTTP/1.1"
    disable_nagle_algorithm = True
    server: _Server

    def do_GET(self) -> None:
        url = urlsplit(self.path)
        match = _PATH.fullmatch(url.path)
        if self.server.git.downloads and _DOWNLOAD.fullmatch(url.path):
            self._refuse(302, location=f"{self.server.git.downloads}{url.path}")
            return
        if match is None:
            self._refuse(404)
            return
        name = f"{match['owner']}/{match['name']}"
        repository = self.server.git.folder / f"{name}.git"
        password = _password(self.headers)
        if not repository.is_dir():
            self._refuse(404)
        elif (may_read := self.server.git.readers(password, name)) is None:
            self._refuse(401)
        elif not may_read:
            self._refuse(404, "Repository not found.\n")
        elif _PUSH not in (url.path.rpartition("/")[2], url.query.rpartition("service=")[2]):
            self._run_backend(repository, match["rest"], url.query, None)
        elif (pusher := self.server.git.pushers(password, name)) is None:
            self._refuse(401)
        elif not pusher.may_push:
            self._refuse(403, f"Permission to {name}.git denied to {pusher.login}.\n")
        else:
            self._run_backend(repository, match["rest"], url.query, pusher)

    do_POST = do_GET

    def _refuse(self, status: int, text: str = "", location: str = "") -> None:
        for _ in read_request_body(self.rfile, self.headers):
            continue
        self.send_response_only(status)
        if status == 401:
            self.send_header("WWW-Authenticate", 'Basic realm="GitHub"')
        if location:
            self.send_header("Location", location)
        self.send_header("Content-Type", "text/plain")
        self.send_header("Content-Length", str(len(text)))
        self.end_headers()
        self.wfile.write(text.encode())

    def _run_backend(self, repository: Path, rest: str, query: str, pusher: Pusher | None) -> None:
        variables = {
            "PATH": os.environ["PATH"],
            "GIT_PROJECT_ROOT": str(repository),
            "GIT_HTTP_EXPORT_ALL": "1",
            "GIT_CONFIG_NOSYSTEM": "1",
            "GIT_CONFIG_GLOBAL": os.devnull,
            "GIT_PROTOCOL": self.headers.get("Git-Protocol", ""),
            "PATH_INFO": rest,
            "QUERY_STRING": query,
            "REQUEST_METHOD": self.command,
            "CONTENT_TYPE": self.headers.get("Content-Type", ""),
            "HTTP_CONTENT_ENCODING": self.headers.get("Content-Encoding", ""),
            "REMOTE_ADDR": "127.0.0.1",
        }
        if pusher is not None:
            # An authenticated user is what makes http-backend offer receive-pack.
            variables |= {"REMOTE_USER": pusher.login, **environment(pusher)}
        with _backend(variables) as backend:
            assert backend.stdin is not None
            assert backend.stdout is not None
            self._send_body(backend.stdin)
            self._send_answer(backend.stdout)

    def _send_body(self, to: IO[bytes]) -> None:
        try:
            for data in read_request_body(self.rfile, self.headers):
                to.write(data)
            to.close()
        except BrokenPipeError:
            self.close_connection = True  # it has its answer without reading on

    def _send_answer(self, answer: IO[bytes]) -> None:
        headers = _read_cgi_headers(answer)
        self.send_response_only(int(headers.get("Status", "200").split()[0]))
        for name, value in headers.items():
            if name.lower() not in ("status", "content-length"):
                self.send_header(name, value)
        self.send_header("Transfer-Encoding", "chunked")
        self.end_headers()
        while data := answer.read(CHUNK_BYTES):
            self.wfile.write(chunk(data))
        self.wfile.write(chunk(b""))


def _anyone(_: str, __: str) -> bool:
    return True


def _allow_partial_fetches(repository: Path) -> None:
    """What GitHub allows as well: object filters, and fetching any commit by its id."""
    for key in ("uploadpack.allowFilter", "uploadpack.allowAnySHA1InWant"):
        run(["git", "-C", str(repository), "config", key, "true"])


def _password(headers: Message) -> str:
    kind, _, credentials = headers.get("Authorization", "").partition(" ")
    try:
        return base64.b64decode(credentials).decode().partition(":")[2] if kind.lower() == "basic" else ""
    except (binascii.Error, UnicodeDecodeError):
        return ""


def _backend(variables: Mapping[str, str]) -> "subprocess.Popen[bytes]":
    return subprocess.Popen(
        [program("git"), "http-backend"],
        env=variables,
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        stderr=subprocess.DEVNULL,  # the client gets the same words
    )


def _read_cgi_headers(stream: IO[bytes]) -> Message:
    lines = []
    while (line := stream.readline()) not in (b"\r\n", b"\n", b""):
        lines.append(line)
    return BytesHeaderParser().parsebytes(b"".join(lines))
