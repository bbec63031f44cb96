"""Servers that lie, and a client that is logged in everywhere."""

from collections.abc import Iterator

import pytest

from release_actions.oci.registry import Registry
from release_actions.system.http import Transport
from tests.boundary.oci.lying_registry.liar import LOGIN, Liar


@pytest.fixture
def liar() -> Iterator[Liar]:
    """The registry that is asked."""
    server = Liar()
    yield server
    server.stop()


@pytest.fixture
def other() -> Iterator[Liar]:
    """Another server, which must never learn a login."""
    server = Liar()
    yield server
    server.stop()


@pytest.fixture
def pauses() -> list[float]:
    """The pauses between attempts, in seconds; nothing really waits."""
    return []


@pytest.fixture
def client(pauses: list[float]) -> Iterator[Registry]:
    """A client that is logged in everywhere."""
    with Registry(lambda _registry: LOGIN, transport=Transport(pause=pauses.append)) as made:
        yield made
