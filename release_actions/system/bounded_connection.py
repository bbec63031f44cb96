"""HTTP connections on which an exchange ends at its deadline, however slowly a server sends or takes its bytes.

A socket's time-out bounds the wait for the next byte alone, so that a server which sends one byte at a time passes it.
Here what is left until the deadline is the time-out of every read, of status line and headers as of the body, and no
part of a request is sent after it.
"""

import contextlib
import http.client
import io
import socket
import time
from collections.abc import Iterator
from contextvars import ContextVar
from typing import Any, cast

import requests
from requests.adapters import HTTPAdapter
from urllib3.connection import HTTPConnection, HTTPSConnection
from urllib3.connectionpool import HTTPConnectionPool, HTTPSConnectionPool
from urllib3.poolmanager import PoolManager

LATE = "timed out"
"""What the error of an exchange that did not end in time says."""

_deadline: ContextVar[float] = ContextVar("_deadline")


@contextlib.contextmanager
def until(deadline: float) -> Iterator[None]:
    """Exchanges of this thread end before a time of `time.monotonic`; those that don't, raise TimeoutError."""
    token = _deadline.set(deadline)
    try:
        yield
    finally:
        _deadline.reset(token)


def left() -> float:
    """The seconds until the deadline; raises TimeoutError when there are none."""
    seconds = _deadline.get() - time.monotonic()
    if seconds <= 0:
        raise TimeoutError(LATE)
    return seconds


class BoundedAdapter(HTTPAdapter):
    """What a session of requests is mounted with; proxies included."""

    def init_poolmanager(self, *arguments: Any, **options: Any) -> None:
        super().init_poolmanager(*arguments, **options)
        self.poolmanager.pool_classes_by_scheme = _POOLS

    def proxy_manager_for(self, proxy: str, **options: Any) -> PoolManager:
        manager: PoolManager = super().proxy_manager_for(proxy, **options)
        manager.pool_classes_by_scheme = _POOLS
        return manager


class BoundedSession(requests.Session):
    """A session that follows no redirect and reads nothing of one, as requests does even when it is not to follow."""

    def get_redirect_target(self, _: requests.Response) -> None:
        return None


class _Reader(io.RawIOBase):
    """The bytes of a socket as they come; `silence` is how many seconds may pass without one."""

    def __init__(self, connection: socket.socket) -> None:
        self._connection = connection
        self._silence = connection.gettimeout()
        self._raw = connection.makefile("rb", buffering=0)

    def readable(self) -> bool:
        return True

    def readinto(self, buffer: Any) -> int | None:
        seconds = left()
        self._connection.settimeout(seconds if self._silence is None else min(self._silence, seconds))
        return self._raw.readinto(buffer)

    def close(self) -> None:
        self._raw.close()
        super().close()


class _Socket:
    """What `http.client` reads a response from."""

    def __init__(self, connection: socket.socket) -> None:
        self._connection = connection

    def makefile(self, _: str) -> io.BufferedReader:
        return io.BufferedReader(_Reader(self._connection))


class _Response(http.client.HTTPResponse):
    def __init__(self, sock: socket.socket, *arguments: Any, **options: Any) -> None:
        super().__init__(cast("socket.socket", _Socket(sock)), *arguments, **options)


class _Connection(HTTPConnection):
    response_class = _Response

    def send(self, data: Any) -> None:
        left()
        super().send(data)


class _TlsConnection(HTTPSConnection):
    response_class = _Response

    def send(self, data: Any) -> None:
        left()
        super().send(data)


class _Pool(HTTPConnectionPool):
    ConnectionCls = _Connection


class _TlsPool(HTTPSConnectionPool):
    ConnectionCls = _TlsConnection


_POOLS = {"http": _Pool, "https": _TlsPool}
