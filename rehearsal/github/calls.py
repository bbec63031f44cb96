"""The record of all calls: what was asked, and whether it changed anything."""

import threading
from dataclasses import dataclass, replace
from typing import Any

_READING = frozenset(["GET", "HEAD", "OPTIONS"])


@dataclass(frozen=True, slots=True)
class Call:
    """One request.

    `operation` is the path template of GitHub's description, empty for a path there is no route for;
    `data` is the JSON body. `status` is 0 while no answer was delivered, and `done` tells whether the
    operation was carried out all the same.
    """

    index: int
    method: str
    path: str
    login: str
    operation: str = ""
    data: Any = None
    status: int = 0
    done: bool = False

    @property
    def writes(self) -> bool:
        """Whether carrying it out changes something for others."""
        return self.method not in _READING and not self.operation.endswith("/generate-notes")


class Record:
    """All calls in the order in which they came in."""

    def __init__(self) -> None:
        self._calls: list[Call] = []
        self._lock = threading.Lock()

    def open(self, method: str, path: str, login: str, operation: str, data: object) -> Call:
        with self._lock:
            call = Call(len(self._calls), method, path, login, operation, data)
            self._calls.append(call)
            return call

    def done(self, call: Call) -> None:
        with self._lock:
            self._calls[call.index] = replace(self._calls[call.index], done=True)

    def answered(self, call: Call, status: int) -> None:
        with self._lock:
            self._calls[call.index] = replace(self._calls[call.index], status=status)

    @property
    def all(self) -> tuple[Call, ...]:
        with self._lock:
            return tuple(self._calls)
