"""Small images for tests that ask registries about them."""

import hashlib
import json
from collections.abc import Callable
from typing import Any
from urllib.parse import urljoin

import pytest
import requests

from rehearsal.oci.registry import Registry

INDEX = "application/vnd.oci.image.index.v1+json"
MANIFEST = "application/vnd.oci.image.manifest.v1+json"
CONFIG = "application/vnd.oci.image.config.v1+json"

PushImage = Callable[..., str]


@pytest.fixture
def push_image(registry: Registry) -> PushImage:
    """Pushes an image without layers, or an index of several, by plain HTTP, and returns its digest.

    `push_image("op", "v1", {"linux/amd64": {"label": "value"}})`: one platform gives a manifest, several an index.
    """

    def push(repository: str, tag: str, platforms: dict[str, dict[str, str]]) -> str:
        api = f"{registry.url}/v2/{repository}"
        entries = [{**_image(api, name, labels), "platform": _platform(name)} for name, labels in platforms.items()]
        if len(entries) == 1:
            return str(put_manifest(api, tag, MANIFEST, _manifest(api, *next(iter(platforms.items()))))["digest"])
        document = {"schemaVersion": 2, "mediaType": INDEX, "manifests": entries}
        return str(put_manifest(api, tag, INDEX, document)["digest"])

    return push


def _image(api: str, name: str, labels: dict[str, str]) -> dict[str, Any]:
    document = _manifest(api, name, labels)
    return put_manifest(api, _digest(json.dumps(document).encode()), MANIFEST, document)


def _manifest(api: str, name: str, labels: dict[str, str]) -> dict[str, Any]:
    config = json.dumps({**_platform(name), "config": {"Labels": labels}, "rootfs": {"type": "layers", "diff_ids": []}})
    return {
        "schemaVersion": 2,
        "mediaType": MANIFEST,
        "config": {"mediaType": CONFIG, **_put_blob(api, config.encode())},
        "layers": [],
    }


def put_manifest(api: str, reference: str, media_type: str, document: dict[str, Any]) -> dict[str, Any]:
    content = json.dumps(document).encode()
    _send("PUT", f"{api}/manifests/{reference}", content, {"Content-Type": media_type})
    return {"mediaType": media_type, "digest": _digest(content), "size": len(content)}


def _put_blob(api: str, content: bytes) -> dict[str, Any]:
    answer = _send("POST", f"{api}/blobs/uploads/", b"", {})
    place = urljoin(api, answer)
    digest = _digest(content)
    _send(
        "PUT",
        f"{place}{'&' if '?' in place else '?'}digest={digest}",
        content,
        {"Content-Type": "application/octet-stream"},
    )
    return {"digest": digest, "size": len(content)}


def _send(method: str, url: str, content: bytes, headers: dict[str, str]) -> str:
    with requests.Session() as session:
        session.trust_env = False
        answer = session.request(method, url, data=content, headers=headers, timeout=10)
        answer.raise_for_status()
        return answer.headers.get("Location") or ""


def _platform(name: str) -> dict[str, str]:
    return dict(zip(("os", "architecture", "variant"), name.split("/"), strict=False))


def _digest(content: bytes) -> str:
    return f"sha256:{hashlib.sha256(content).hexdigest()}"
