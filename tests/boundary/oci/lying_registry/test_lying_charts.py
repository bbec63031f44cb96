"""Charts at registries that lie: what is there is compared by content, and read back after a push."""

import json
from typing import Any

import pytest

from release_actions.chart import package
from release_actions.chart import published as published_chart
from release_actions.core.errors import Code, ReleaseError
from release_actions.core.report import State
from release_actions.oci import manifest as oci_manifest
from release_actions.oci.reference import Reference
from release_actions.oci.registry import Registry
from tests.boundary.oci.lying_registry.liar import CONFIG, MANIFEST, Liar, Reply, Seen, document

HELM_CONFIG = "application/vnd.cncf.helm.config.v1+json"
PACKED = "application/vnd.cncf.helm.chart.content.v1.tar+gzip"
METADATA = {"name": "op", "version": "1.5.0"}


def pack(note: str = "") -> bytes:
    return package.write({"op/Chart.yaml": f"apiVersion: v2\nname: op\nversion: 1.5.0\n{note}".encode()}, 0)


OURS = pack()


class Shelf:
    """What a registry serves as op:1.5.0: a chart, and replies that stand in for some of its blobs."""

    def __init__(self, liar: Liar, layers: tuple[bytes, ...] = (OURS,), metadata: Any = None, **manifest: Any) -> None:
        config = metadata if isinstance(metadata, bytes) else json.dumps(metadata or METADATA).encode()
        self.blobs = {oci_manifest.digest_of(one): Reply(body=one) for one in (config, *layers)}
        self.manifest = document(
            {
                "schemaVersion": 2,
                "config": {"mediaType": HELM_CONFIG, "digest": oci_manifest.digest_of(config), "size": len(config)},
                "layers": [
                    {"mediaType": PACKED, "digest": oci_manifest.digest_of(one), "size": len(one)} for one in layers
                ],
                **manifest,
            },
            MANIFEST,
        )
        self.digest = oci_manifest.digest_of(self.manifest.body)
        self.reference = Reference(liar.host, "charts/op", "1.5.0")
        liar.answer = self._answer

    def _answer(self, seen: Seen, _count: int) -> Reply:
        return self.blobs.get(seen.path.rpartition("/")[2], Reply(404)) if "/blobs/" in seen.path else self.manifest


def lie(liar: Liar, client: Registry, shelf: Shelf, digest: str = "") -> str:
    """What is wrong with a chart of which a push said that it made this digest."""
    with pytest.raises(ReleaseError) as found:
        published_chart.verify(client, shelf.reference, digest or shelf.digest, "op", OURS)
    assert found.value.code is Code.E_REGISTRY_RESPONSE
    return found.value.what.replace(liar.host, "HOST")


def test_a_chart_that_is_there_as_it_was_pushed(liar: Liar, client: Registry, pauses: list[float]) -> None:
    shelf = Shelf(liar)
    published_chart.verify(client, shelf.reference, shelf.digest, "op", OURS)
    assert pauses == []


def test_a_chart_that_is_not_there_after_its_push(liar: Liar, client: Registry, pauses: list[float]) -> None:
    shelf = Shelf(liar)
    shelf.manifest = Reply(404)
    assert lie(liar, client, shelf) == f"HOST/charts/op:1.5.0 leads to nothing after a push that made {shelf.digest}."
    assert pauses == [0.5, 1.0, 2.0, 4.0, 8.0]


def test_the_same_package_under_another_manifest(liar: Liar, client: Registry) -> None:
    pushed, there = Shelf(liar), Shelf(liar, annotations={"org.opencontainers.image.created": "2024-02-29T03:00:00Z"})
    said = f"leads to {there.digest} after a push that made {pushed.digest}."
    assert lie(liar, client, there, pushed.digest) == f"HOST/charts/op:1.5.0 {said}"


@pytest.mark.parametrize("layers", [(pack("home: x\n"),), (), (OURS, OURS)], ids=["other", "none", "two"])
def test_another_package_than_the_one_that_was_pushed(liar: Liar, client: Registry, layers: tuple[bytes, ...]) -> None:
    assert "holds another package" in lie(liar, client, Shelf(liar, layers))


@pytest.mark.parametrize(
    "metadata",
    [{**METADATA, "name": "other"}, {**METADATA, "version": "1.5.1"}, {"name": "op"}, [1], b"text", b"[" * 100_000],
    ids=["name", "version", "no version", "list", "text", "deep"],
)
def test_metadata_of_another_chart(liar: Liar, client: Registry, metadata: Any) -> None:
    assert "says that it is" in lie(liar, client, Shelf(liar, metadata=metadata))


def test_a_package_that_nobody_can_pull(liar: Liar, client: Registry) -> None:
    shelf = Shelf(liar)
    del shelf.blobs[oci_manifest.digest_of(OURS)]
    assert "lacks its own blob" in lie(liar, client, shelf)


@pytest.mark.parametrize(
    ("layers", "manifest", "difference"),
    [
        ((pack("home: x\n"),), {}, "op/Chart.yaml is another (3 lines here, 4 there)"),
        ((b"text",), {}, "its package can't be read (The chart's package can't be read: it is not a gzipped"),
        ((OURS, OURS), {}, "it is not a Helm chart"),
        (
            (OURS,),
            {"config": {"mediaType": CONFIG, "digest": oci_manifest.digest_of(b""), "size": 0}},
            "it is not a Helm chart",
        ),
        ((), {}, "it is not a Helm chart"),
    ],
    ids=["another file", "no package", "two packages", "an image's configuration", "nothing in it"],
)
def test_what_is_there_instead_of_our_chart(
    liar: Liar, client: Registry, layers: tuple[bytes, ...], manifest: dict[str, Any], difference: str
) -> None:
    shelf = Shelf(liar, layers, **manifest)
    found = published_chart.observe(client, shelf.reference, OURS)
    assert (found.state, found.digest) == (State.CONFLICT, shelf.digest)
    assert difference in published_chart.conflict(shelf.reference, found, OURS).what


@pytest.mark.parametrize(
    ("status", "code"),
    [(503, Code.E_REGISTRY_UNAVAILABLE), (403, Code.E_REGISTRY_LOGIN), (401, Code.E_REGISTRY_LOGIN)],
    ids=["down", "forbidden", "unauthorised"],
)
def test_a_package_that_can_not_be_compared_is_no_other_content(
    liar: Liar, client: Registry, status: int, code: Code
) -> None:
    shelf = Shelf(liar, (pack("home: x\n"),))
    shelf.blobs[oci_manifest.digest_of(pack("home: x\n"))] = Reply(status)
    with pytest.raises(ReleaseError) as unknown:
        published_chart.observe(client, shelf.reference, OURS)
    assert unknown.value.code is code
