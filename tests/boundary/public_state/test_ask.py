"""What is public is asked of servers that are slow or away, and ends at its time all the same."""

import socket
from collections.abc import Iterator
from pathlib import Path

import pytest

from rehearsal.oci.registry import Registry
from release_actions.core.version import parse_tag
from release_actions.oci.reference import parse_reference
from release_actions.public_state.ask import PublicState
from release_actions.public_state.parts import ReleaseParts
from release_actions.public_state.sentence import Part, Presence
from release_actions.runner.context import read_context
from release_actions.runner.run import Run


@pytest.fixture
def silent() -> Iterator[str]:
    """The address of a server that takes connections and never answers."""
    with socket.create_server(("127.0.0.1", 0)) as listening:
        host, port = listening.getsockname()
        yield f"{host}:{port}"


def test_a_server_that_hangs_leaves_its_parts_unknown_and_no_others(
    tmp_path: Path, registry: Registry, silent: str
) -> None:
    context = read_context({"GITHUB_REPOSITORY": "kubeflow/op", "GITHUB_API_URL": f"http://{silent}"})
    image, chart = f"{silent}/op:v1.5.0", f"{registry.host}/public-state/op:1.5.0"
    parts = ReleaseParts(images=frozenset([parse_reference(image)]), charts=frozenset([parse_reference(chart)]))
    public = PublicState(Run(context, tmp_path), parse_tag("v1.5.0"), "", None, parts)
    expected = [
        Part(f"image {image}"),
        Part(f"chart {chart}", Presence.ABSENT),
        Part("GitHub release v1.5.0"),
    ]
    assert public.ask(1.0) == expected
    assert not public.is_nothing()
