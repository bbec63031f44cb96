"""A git server that lies: whatever it answers, asking for refs and fetching end with an error of the remote."""

import threading
from collections.abc import Callable, Iterator
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path

import pytest

from release_actions.core.errors import Code, ReleaseError
from release_actions.git.checkout import Checkout
from release_actions.git.remote import Remote
from release_actions.system.retry import RetryPolicy

COMMIT = "0123456789abcdef0123456789abcdef01234567"


class Liar(ThreadingHTTPServer):
    """Answers every GET with `refs` and every POST with `pack`; with `drips`, a byte at a time until it is stopped."""

    daemon_threads = True

    def __init__(self) -> None:
        super().__init__(("127.0.0.1", 0), _Handler)
        self.status, self.refs, self.pack, self.location = 200, b"", b"", ""
        self.drips = False
        self.over = threading.Event()

    @property
    def url(self) -> str:
        return f"http://127.0.0.1:{self.server_address[1]}/o/r"


class _Handler(BaseHTTPRequestHandler):
    def do_GET(self) -> None:
        self._answer("advertisement", "refs")

    def do_POST(self) -> None:
        self.rfile.read(int(self.headers.get("Content-Length", "0")))
        self._answer("result", "pack")

    def _answer(self, kind: str, body: str) -> None:
        liar = self.server
        assert isinstance(liar, Liar)
        self.send_response(liar.status)
        self.send_header("Content-Type", f"application/x-git-upload-pack-{kind}")
        if liar.location:
            self.send_header("Location", liar.location)
        self.end_headers()
        self.wfile.write(getattr(liar, body))
        while liar.drips and not liar.over.wait(0.05):
            self.wfile.write(b"0")
            self.wfile.flush()

    def log_message(self, *_: object) -> None:
        """Keep the tests' output free of requests."""


@pytest.fixture
def liar() -> Iterator[Liar]:
    with Liar() as server:
        thread = threading.Thread(target=server.serve_forever, args=(0.01,))
        thread.start()
        yield server
        server.over.set()
        server.shutdown()
        thread.join()


def line(text: bytes) -> bytes:
    """A pkt-line (gitprotocol-common(5))."""
    return b"%04x%b" % (len(text) + 4, text)


def advertised(*refs: bytes, capabilities: bytes = b"shallow filter") -> bytes:
    """An advertisement of refs, each `ID NAME` (gitprotocol-http(5), "Smart Server Response")."""
    first, *rest = refs or (b"0" * 40 + b" capabilities^{}",)
    lines = [line(first + b"\0" + capabilities + b"\n"), *(line(one + b"\n") for one in rest)]
    return line(b"# service=git-upload-pack\n") + b"0000" + b"".join(lines) + b"0000"


MAIN = COMMIT.encode() + b" refs/heads/main"


def remote_of(liar: Liar, folder: Path, *, seconds: float = 30.0, token: str = "") -> Remote:
    nowhere = Checkout(folder, commit="", time=0, url=liar.url, authorization="")
    policy = RetryPolicy(attempts=2, longest_total=seconds)
    server = liar.url.removesuffix("/o/r")
    return Remote(nowhere, folder / "private.git", token=token, server_url=server, pause=lambda _: None, policy=policy)


def refused(act: Callable[[], object]) -> ReleaseError:
    with pytest.raises(ReleaseError) as error:
        act()
    return error.value


REFS = {
    "nothing": b"",
    "a page": b"<html>Log in</html>",
    "lengths that are none": b"zzzz# service",
    "a line that ends early": advertised(MAIN)[:-20],
    "a line longer than any": b"ffff" + b"a" * 70_000,
    "an id that is none": advertised(b"x" * 40 + b" refs/heads/main"),
    "an id that is too short": advertised(b"abc refs/heads/main"),
    "an error of its own": line(b"# service=git-upload-pack\n") + b"0000" + line(b"ERR \x1b[31m::error::no\n"),
}


@pytest.mark.parametrize("refs", REFS.values(), ids=REFS)
def test_an_advertisement_that_is_none(liar: Liar, tmp_path: Path, refs: bytes) -> None:
    liar.refs = refs
    error = refused(lambda: remote_of(liar, tmp_path).refs(pytest.fail))

    assert error.code is Code.E_REMOTE_UNAVAILABLE


@pytest.mark.parametrize("sign", [b"\x1b[31m", b"\x85", b"\xe2\x80\xa8", b"\xe2\x80\xae", b"\t", b"\xff"])
def test_names_with_control_characters_are_taken_for_no_other_ref(liar: Liar, tmp_path: Path, sign: bytes) -> None:
    liar.refs = advertised(MAIN, COMMIT.encode() + b" refs/heads/release-1.5" + sign + b"x")

    assert remote_of(liar, tmp_path).refs(lambda _: None).branches == {"main": COMMIT}


def test_a_very_long_advertisement_is_read(liar: Liar, tmp_path: Path) -> None:
    liar.refs = advertised(*(COMMIT.encode() + b" refs/tags/v1.5.%d" % number for number in range(100_000)))

    assert len(remote_of(liar, tmp_path).refs(pytest.fail).tags) == 100_000


PACKS = {
    "nothing": b"",
    "no pack": line(b"NAK\n") + b"hello",
    "half a pack": line(b"NAK\n") + b"PACK\0\0\0\2\0\0\0\x09",
    "a pack without end": line(b"NAK\n") + b"PACK\0\0\0\2\xff\xff\xff\xff" + b"\x9f\xff" * 1000,
    "an empty pack": line(b"NAK\n")
    + b"PACK\0\0\0\2\0\0\0\0\x02\x9d\x08\x82;\xd8\xa8\xea\xb5\x10\xadj\xc7\\\x82<\xfd>\xd3\x1e",
    "another version": line(b"NAK\n") + b"PACK\0\0\0\x63\0\0\0\1",
}


@pytest.mark.parametrize("pack", PACKS.values(), ids=PACKS)
def test_a_pack_that_is_none(liar: Liar, tmp_path: Path, pack: bytes) -> None:
    liar.refs, liar.pack = advertised(MAIN), pack
    error = refused(lambda: remote_of(liar, tmp_path).fetch("refs/heads/main", shallow=True))

    assert error.code is Code.E_REMOTE_UNAVAILABLE


@pytest.mark.parametrize("location", ["http://127.0.0.1:1/o/r", "file:///etc", "ext::sh -c id", "no address"])
def test_redirects_to_elsewhere(liar: Liar, tmp_path: Path, location: str) -> None:
    liar.status, liar.location = 301, location
    error = refused(lambda: remote_of(liar, tmp_path, token="hunter2").refs(pytest.fail))

    assert error.code is Code.E_REMOTE_UNAVAILABLE
    assert "hunter2" not in f"{error.what} {error.details}"


@pytest.mark.parametrize("refs", [b"", advertised(MAIN)[:60]], ids=["from the start", "in a line"])
def test_an_answer_that_drips(liar: Liar, tmp_path: Path, refs: bytes) -> None:
    liar.refs, liar.drips = refs, True
    error = refused(lambda: remote_of(liar, tmp_path, seconds=1.0).refs(pytest.fail))

    assert error.code in (Code.E_TIMEOUT, Code.E_REMOTE_UNAVAILABLE)
