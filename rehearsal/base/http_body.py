"""HTTP/1.1 message bodies as streams of chunks (RFC 9112, section 6)."""

from collections.abc import Iterator
from email.message import Message
from typing import Protocol

CHUNK_BYTES = 64 * 1024

_LONGEST_LINE = 8192
_CUT = "the sender closed the connection in the middle of a body"


class Readable(Protocol):
    def read(self, size: int, /) -> bytes: ...

    def readline(self, size: int, /) -> bytes: ...


def is_chunked(headers: Message) -> bool:
    return "chunked" in headers.get("Transfer-Encoding", "").lower()


def read_request_body(stream: Readable, headers: Message) -> Iterator[bytes]:
    """The body of a request, piece by piece, without its framing. A request without one is empty."""
    if is_chunked(headers):
        yield from _read_chunked(stream)
    else:
        yield from _read_exactly(stream, int(headers.get("Content-Length") or 0))


def chunk(data: bytes) -> bytes:
    """One piece of a chunked body; an empty one ends the body."""
    return b"%x\r\n%b\r\n" % (len(data), data)


def _read_chunked(stream: Readable) -> Iterator[bytes]:
    while size := int(_read_line(stream).partition(b";")[0], 16):
        yield from _read_exactly(stream, size)
        _read_line(stream)
    while _read_line(stream).strip():
        continue  # trailers


def _read_line(stream: Readable) -> bytes:
    line = stream.readline(_LONGEST_LINE)
    if not line:
        raise ConnectionError(_CUT)
    return line


def _read_exactly(stream: Readable, size: int) -> Iterator[bytes]:
    while size > 0:
        data = stream.read(min(size, CHUNK_BYTES))
        if not data:
            raise ConnectionError(_CUT)
        size -= len(data)
        yield data
