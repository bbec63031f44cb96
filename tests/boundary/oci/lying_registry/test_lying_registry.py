"""Registries that lie: only documents and blobs that can be trusted are accepted."""

import json

import pytest

from release_actions.core.errors import Code, ReleaseError
from release_actions.oci import manifest
from release_actions.oci.reference import Reference
from release_actions.oci.registry import Registry
from tests.boundary.oci.lying_registry.liar import (
    AMD,
    CONFIG,
    EMPTY,
    INDEX,
    MANIFEST,
    Liar,
    Reply,
    descriptor,
    document,
    refused,
)

LIES = {
    "manifest and index at once": document({**EMPTY, "config": descriptor(CONFIG), "layers": []}, INDEX),
    "index served as a manifest": document(EMPTY, MANIFEST),
    "type unlike the header": document({**EMPTY, "mediaType": MANIFEST}, INDEX),
    "index with layers": document({**EMPTY, "layers": []}, INDEX),
    "manifest with manifests": document({**EMPTY, "mediaType": MANIFEST, "config": descriptor(CONFIG)}, MANIFEST),
    "manifest without configuration": document({"schemaVersion": 2, "layers": []}, MANIFEST),
    "path as a digest": document({**EMPTY, "manifests": [{**descriptor(), "digest": "sha256:../../x"}]}, INDEX),
    "neither": document({"schemaVersion": 2}, INDEX),
    "schema 1": document({"schemaVersion": 1}, "application/vnd.docker.distribution.manifest.v1+prettyjws"),
    "an HTML page": document(b"<html>", "text/html"),
    "HTML as an index": document(b"<html>", INDEX),
    "a list": document([], INDEX),
    "wrong types": document({**EMPTY, "manifests": {}}, INDEX),
    "key twice": document(b'{"schemaVersion": 2, "manifests": [], "manifests": []}', INDEX),
    "key in another case": document({**EMPTY, "Layers": []}, INDEX),
    "deep nesting": document(b'{"a":' * 100_000, INDEX),
    "not UTF-8": document(b'{"schemaVersion": 2, "manifests": [], "x": "\xff"}', INDEX),
    "another digest": document(EMPTY, INDEX, **{"Docker-Content-Digest": f"sha256:{'1' * 64}"}),
    "too long": document(b" " * (8 * 1024 * 1024 + 1), INDEX),
    "no content": Reply(204),
}


@pytest.mark.parametrize("lie", LIES.values(), ids=LIES)
def test_a_document_that_cannot_be_trusted_is_refused(liar: Liar, client: Registry, lie: Reply) -> None:
    liar.answer = lambda _seen, _count: lie
    assert refused(client, Reference(liar.host, "op", "v1")).code is Code.E_REGISTRY_RESPONSE
    assert len(liar.seen) == 1


def test_the_truth_is_accepted(liar: Liar, client: Registry) -> None:
    content = json.dumps(EMPTY).encode()
    digest = manifest.digest_of(content)
    liar.answer = lambda _seen, _count: document(
        content, f"{INDEX}; charset=utf-8", **{"Docker-Content-Digest": digest}
    )
    found = client.resolve(Reference(liar.host, "op", "v1"))
    assert found is not None
    assert (found.digest, found.content) == (digest, content)


def test_content_at_a_digest_must_have_that_digest(liar: Liar, client: Registry) -> None:
    liar.answer = lambda _seen, _count: document(EMPTY, INDEX)
    reference = Reference(liar.host, "op").at(f"sha256:{'0' * 64}")
    assert refused(client, reference).code is Code.E_REGISTRY_RESPONSE


@pytest.mark.parametrize("algorithm", ["sha256", "sha512"])
def test_a_blob_must_have_its_digest_and_keep_its_limit(liar: Liar, client: Registry, algorithm: str) -> None:
    reference = Reference(liar.host, "op", "v1")
    digest = manifest.digest_of(b"content", algorithm)
    liar.answer = lambda _seen, _count: Reply(body=b"content")
    assert client.blob(reference, digest, 7) == b"content"
    with pytest.raises(ReleaseError, match="more than 6 bytes"):
        client.blob(reference, digest, 6)
    liar.answer = lambda _seen, _count: Reply(body=b"Content")
    with pytest.raises(ReleaseError, match="does not have the digest"):
        client.blob(reference, digest, 7)
    liar.answer = lambda _seen, _count: Reply(404)
    with pytest.raises(ReleaseError, match="lacks its own blob"):
        client.blob(reference, digest, 7)


def test_an_index_whose_image_is_gone_lacks_that_platform(liar: Liar, client: Registry) -> None:
    platform = {"os": "linux", "architecture": "amd64"}
    index = {**EMPTY, "manifests": [descriptor(platform=platform)]}
    liar.answer = lambda seen, _count: document(index, INDEX) if seen.path.endswith("/v1") else Reply(404)
    found = client.find(Reference(liar.host, "op", "v1"), [AMD])
    assert found.digest
    assert found.missing == (AMD,)


def test_attestations_and_charts_are_no_images(liar: Liar, client: Registry) -> None:
    attestation = descriptor(
        platform={"os": "unknown", "architecture": "unknown"},
        annotations={"vnd.docker.reference.type": "attestation-manifest"},
    )
    chart = {"schemaVersion": 2, "config": descriptor("application/vnd.cncf.helm.config.v1+json"), "layers": []}
    replies = [document({**EMPTY, "manifests": [attestation]}, INDEX), document(chart, MANIFEST)]
    liar.answer = lambda _seen, count: replies[count]
    for _ in replies:
        assert client.find(Reference(liar.host, "op", "v1"), [AMD]).missing == (AMD,)
