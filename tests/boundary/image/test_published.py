"""Whether the image at a version's tag is the release's for all of its platforms, asked of a real registry."""

import uuid
from collections.abc import Callable, Iterator

import pytest

from rehearsal.oci.registry import Registry as Server
from release_actions.core.errors import Code, ReleaseError
from release_actions.core.report import State
from release_actions.core.version import parse_tag
from release_actions.image.build import REVISION_LABEL, VERSION_LABEL
from release_actions.image.published import (
    Identity,
    labels_of,
    observe_image,
    require_image,
    require_no_conflict,
)
from release_actions.oci.reference import Reference, parse_platform, parse_reference
from release_actions.oci.registry import Registry
from release_actions.system.http import Transport
from tests.boundary.conftest import INDEX, put_manifest

AMD, ARM = "linux/amd64", "linux/arm64"
COMMIT, OTHER = "1" * 40, "2" * 40
IDENTITY = Identity(parse_tag("v1.5.0"), COMMIT)


def of(commit: str, version: str) -> dict[str, str]:
    return {REVISION_LABEL: commit, VERSION_LABEL: version}


OURS, CANDIDATE = of(COMMIT, "1.5.0"), of(COMMIT, "1.5.0-rc.0")


@pytest.fixture
def pauses() -> list[float]:
    """The pauses between questions, in seconds; nothing really waits."""
    return []


@pytest.fixture
def client(pauses: list[float]) -> Iterator[Registry]:
    """A client without any login."""
    with Registry(lambda _registry: None, transport=Transport(pause=pauses.append)) as made:
        yield made


@pytest.fixture
def reference(registry: Server) -> Reference:
    """A tag that nothing is at yet."""
    return parse_reference(f"{registry.host}/published/{uuid.uuid4().hex}:v1.5.0")


@pytest.mark.parametrize("version", ["1.5.0", "v1.5.0"])
def test_an_image_is_the_releases_by_version_and_commit_of_all_platforms(
    client: Registry, reference: Reference, push_image: Callable[..., str], version: str
) -> None:
    digest = push_image(reference.repository, "v1.5.0", {AMD: OURS, ARM: of(COMMIT, version)})
    found = observe_image(client, reference, IDENTITY)

    assert (found.state, found.digest) == (State.SAME, digest)
    assert set(found.platforms) == {parse_platform(AMD), parse_platform(ARM)}
    require_no_conflict(found, IDENTITY)


OTHERS = {
    "another commit": ({AMD: of(OTHER, "1.5.0")}, [f"commit {OTHER} as version 1.5.0"]),
    "another commit for the last": ({AMD: OURS, ARM: of(OTHER, "1.5.0")}, [f"commit {OTHER} as version 1.5.0"]),
    "another commit for the first": ({AMD: of(OTHER, "1.5.0"), ARM: OURS}, [f"commit {OTHER} as version 1.5.0"]),
    "the candidate of the same commit": (
        dict.fromkeys((AMD, ARM), CANDIDATE),
        [f"commit {COMMIT} as version 1.5.0-rc.0"],
    ),
    "the candidate for the last": ({AMD: OURS, ARM: CANDIDATE}, [f"commit {COMMIT} as version 1.5.0-rc.0"]),
    "no labels for the last": (
        {AMD: of(OTHER, "1.5.0"), ARM: {}},
        ["an unknown commit", f"commit {OTHER} as version 1.5.0"],
    ),
    "no version": ({AMD: {REVISION_LABEL: COMMIT}}, [f"commit {COMMIT}"]),
    "no commit": ({AMD: {VERSION_LABEL: "1.5.0"}}, ["an unknown commit as version 1.5.0"]),
}


@pytest.mark.parametrize(("platforms", "others"), OTHERS.values(), ids=OTHERS)
def test_an_image_that_is_another_for_any_platform_is_a_conflict(
    client: Registry,
    reference: Reference,
    push_image: Callable[..., str],
    platforms: dict[str, dict[str, str]],
    others: list[str],
) -> None:
    push_image(reference.repository, "v1.5.0", platforms)
    found = observe_image(client, reference, IDENTITY)

    assert found.state is State.CONFLICT
    with pytest.raises(ReleaseError) as refused:
        require_no_conflict(found, IDENTITY)
    assert refused.value.code is Code.E_VERSION_EXISTS
    both = f"already published from {' and '.join(others)}, and this is commit {COMMIT} as version 1.5.0."
    assert both in refused.value.what


def test_what_is_not_an_image_is_a_conflict(client: Registry, registry: Server, reference: Reference) -> None:
    push = f"{registry.url}/v2/{reference.repository}"
    put_manifest(push, "v1.5.0", INDEX, {"schemaVersion": 2, "manifests": []})

    assert observe_image(client, reference, IDENTITY).actual == ("something that is not an image",)


def test_what_was_pushed_is_waited_for_some_seconds_and_then_missed(
    client: Registry, reference: Reference, pauses: list[float]
) -> None:
    with pytest.raises(ReleaseError, match="though it should have been pushed") as missed:
        require_image(client, reference, IDENTITY, just_pushed=True)
    assert missed.value.code is Code.E_REGISTRY_RESPONSE
    assert pauses == [0.5, 1.0, 2.0, 4.0, 8.0]

    with pytest.raises(ReleaseError, match="though it should have been pushed"):
        require_image(client, reference, IDENTITY, just_pushed=False)
    assert len(pauses) == 5


def test_an_index_gets_no_labels_of_the_project(
    client: Registry, reference: Reference, push_image: Callable[..., str]
) -> None:
    push_image(reference.repository, "v1.5.0", {AMD: {**OURS, "team": "demo"}})

    assert labels_of(client, reference) == OURS
