"""Small images, put into a registry by its own protocol instead of a build: any labels and platforms, in no time."""

import gzip
import hashlib
import json
from collections.abc import Mapping, Sequence
from http.client import HTTPConnection
from typing import Any

from rehearsal.base.errors import RehearsalError
from rehearsal.oci.registry import Registry

_OCI = "application/vnd.oci.image"
_INDEX = f"{_OCI}.index.v1+json"
_MANIFEST = f"{_OCI}.manifest.v1+json"
_EMPTY_TAR = bytes(1024)


def push_image(
    registry: Registry,
    repository: str,
    tag: str,
    labels: Mapping[str, str],
    platforms: Sequence[str] = ("linux/amd64", "linux/arm64"),
) -> str:
    """Pushes an index of images without files, moving the tag if it is there; returns the index's digest."""
    manifests = [_push_platform(registry, repository, labels, platform) for platform in platforms]
    index = {"schemaVersion": 2, "mediaType": _INDEX, "manifests": manifests, "annotations": dict(labels)}
    return _put_manifest(registry, repository, tag, _INDEX, index)


def release_labels(version: str, commit: str) -> dict[str, str]:
    """The labels by which a release's image is known."""
    prefix = "org.opencontainers.image"
    return {f"{prefix}.version": version, f"{prefix}.revision": commit}


def _push_platform(registry: Registry, repository: str, labels: Mapping[str, str], platform: str) -> dict[str, Any]:
    system, architecture = platform.split("/")
    layer = gzip.compress(_EMPTY_TAR, mtime=0)
    said = {"os": system, "architecture": architecture}
    config = {
        **said,
        "config": {"Labels": dict(labels)},
        "rootfs": {"type": "layers", "diff_ids": [_digest(_EMPTY_TAR)]},
    }
    manifest = {
        "schemaVersion": 2,
        "mediaType": _MANIFEST,
        "config": _put_blob(registry, repository, f"{_OCI}.config.v1+json", json.dumps(config).encode()),
        "layers": [_put_blob(registry, repository, f"{_OCI}.layer.v1.tar+gzip", layer)],
    }
    content = json.dumps(manifest).encode()
    _put_manifest(registry, repository, _digest(content), _MANIFEST, manifest)
    return {"mediaType": _MANIFEST, "digest": _digest(content), "size": len(content), "platform": said}


def _put_manifest(registry: Registry, repository: str, name: str, kind: str, manifest: Mapping[str, Any]) -> str:
    content = json.dumps(manifest).encode()
    _send(registry, "PUT", f"/v2/{repository}/manifests/{name}", content, kind)
    return _digest(content)


def _put_blob(registry: Registry, repository: str, kind: str, content: bytes) -> dict[str, Any]:
    digest = _digest(content)
    place = _send(registry, "POST", f"/v2/{repository}/blobs/uploads/")
    _send(registry, "PUT", f"{place}{'&' if '?' in place else '?'}digest={digest}", content)
    return {"mediaType": kind, "digest": digest, "size": len(content)}


def _send(registry: Registry, method: str, path: str, content: bytes = b"", kind: str = "") -> str:
    """The address that the registry answers with."""
    connection = HTTPConnection(*registry.address)
    try:
        connection.request(method, path, content, {"Content-Type": kind or "application/octet-stream"})
        answer = connection.getresponse()
        said = answer.read().decode(errors="replace")
    finally:
        connection.close()
    if answer.status not in (201, 202):
        raise RehearsalError(f"the registry answers {answer.status} to {method} {path}: {said}")
    return answer.getheader("Location", "")


def _digest(content: bytes) -> str:
    return f"sha256:{hashlib.sha256(content).hexdigest()}"
