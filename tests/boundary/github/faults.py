"""How a GitHub on loopback fails, and what the tests of its client have in common."""

from collections.abc import Callable
from typing import Any

import pytest

from rehearsal.github import GitHub as Server
from rehearsal.github.calls import Call
from rehearsal.github.exchange import Answer
from release_actions.core.errors import Code, ReleaseError
from release_actions.github.releases import Release, Releases

REPOSITORY = "acme/operator"
JSON = {"Content-Type": "application/json"}

Execute = Callable[[], Answer]


class Faults:
    """Makes the first calls of a method fail, before or after they are carried out."""

    def __init__(self, server: Server, method: str, *faults: Answer | OSError, after: bool = False) -> None:
        self._left = list(faults)
        self._method = method
        self._after = after
        server.hook = self

    def __call__(self, call: Call, execute: Execute) -> Answer:
        if call.method != self._method or not self._left:
            return execute()
        if self._after:
            execute()
        fault = self._left.pop(0)
        if isinstance(fault, OSError):
            raise fault
        return fault


def create(releases: Releases, body: str = "mine") -> Release:
    def look() -> Release | None:
        return next((one for one in releases.of("v1.5.0") if one.body == body), None)

    return releases.create_draft("v1.5.0", body, prerelease=False, commit="main", look=look)


def fails(code: Code, act: Callable[[], Any]) -> ReleaseError:
    with pytest.raises(ReleaseError) as caught:
        act()
    assert caught.value.code is code
    return caught.value
