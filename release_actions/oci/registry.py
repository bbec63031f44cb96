"""Asking registries what they have: manifests by tag or digest, platforms, labels. Nothing is ever written here.

Source: OCI distribution specification 1.1, "Pull". Whatever a registry says is checked against its digest.
"""

from collections.abc import Callable, Iterable, Iterator, Sequence
from concurrent.futures import ThreadPoolExecutor
from types import TracebackType

import msgspec

from release_actions.core.errors import Code, ReleaseError
from release_actions.core.urls import base_url, untrusted
from release_actions.oci import manifest as oci_manifest
from release_actions.oci.auth import Authorizer, denied
from release_actions.oci.credentials import Login
from release_actions.oci.manifest import Descriptor, Manifest
from release_actions.oci.reference import Platform, Reference, missing
from release_actions.system.http import CONNECTIONS, HttpResponse, Request, Transport

_DOCUMENT_LIMIT = 8 * 1024 * 1024
_ACCEPT = ", ".join((*oci_manifest.INDEX_TYPES, *oci_manifest.MANIFEST_TYPES))


class Lookup(msgspec.Struct, frozen=True):
    """What a registry has of one reference: `digest` is empty when there is nothing.

    `missing` are the promised platforms it lacks; `error` is why it couldn't be asked.
    """

    reference: Reference
    digest: str = ""
    missing: tuple[Platform, ...] = ()
    error: ReleaseError | None = None

    @property
    def ok(self) -> bool:
        """Whether it is there for every promised platform."""
        return bool(self.digest) and not self.missing and self.error is None


class Registry:
    """A client for all registries, to be used in a `with` statement.

    `login` gives the account for a registry's host. With `pushing`, rights to push are asked for as well, which some
    registries want before they say that a repository of one's own is not there yet.
    """

    def __init__(
        self, login: Callable[[str], Login | None], *, pushing: bool = False, transport: Transport | None = None
    ) -> None:
        self._login = login
        self._transport = transport or Transport()
        self._authorizer = Authorizer(self._transport, login, "pull,push" if pushing else "pull")

    def __enter__(self) -> "Registry":
        return self

    def __exit__(
        self, _kind: type[BaseException] | None, _error: BaseException | None, _: TracebackType | None
    ) -> None:
        self._transport.close()

    def resolve(self, reference: Reference) -> Manifest | None:
        """The manifest or index at a tag or digest, or None when there is none.

        Raises E_REGISTRY_LOGIN, E_REGISTRY_UNAVAILABLE, and E_REGISTRY_RESPONSE for content that isn't what it says.
        """
        wanted = reference.digest or reference.tag
        answer = self._get(reference, f"manifests/{wanted}")
        if answer is None:
            return None
        manifest = oci_manifest.parse_manifest(answer.body, answer.headers.get("Content-Type", ""), reference)
        stated = reference.digest or answer.headers.get("Docker-Content-Digest", "")
        if stated and stated != oci_manifest.digest_of(answer.body, _algorithm(stated)):
            raise untrusted(f"The content of {reference} does not have the digest {stated[:200]!a}")
        return manifest

    def exists(self, reference: Reference) -> bool:
        """Whether a manifest is there, without reading it."""
        wanted = reference.digest or reference.tag
        return self._get(reference, f"manifests/{wanted}", method="HEAD") is not None

    def wait_for(self, reference: Reference) -> None:
        """Wait until what was pushed just now can be read, at most 15 seconds: not every registry shows it at once."""
        for seconds in (0.5, 1.0, 2.0, 4.0, 8.0):
            if self.exists(reference):
                return
            self._transport.pause(seconds)

    def blob(self, reference: Reference, digest: str, limit: int) -> bytes:
        """A blob of the reference's repository, at most `limit` bytes; raises E_REGISTRY_RESPONSE without it."""
        answer = self._get(reference, f"blobs/{digest}", limit=limit)
        if answer is None:
            raise untrusted(f"{reference.name} lacks its own blob {digest}")
        if oci_manifest.digest_of(answer.body, _algorithm(digest)) != digest:
            raise untrusted(f"A blob of {reference.name} does not have the digest {digest}")
        return answer.body

    def platforms(self, reference: Reference, manifest: Manifest) -> dict[Platform, str]:
        """The platforms of an image with the digest of each one's manifest; empty for what is not an image."""
        if manifest.is_index:
            return {self._platform(reference, one): one.digest for one in manifest.images}
        config = self._config(reference, manifest)
        return {config.platform: manifest.digest} if config else {}

    def labels(self, reference: Reference, manifest: Manifest) -> dict[Platform, dict[str, str]]:
        """For each platform the labels of the image, and annotations where it has no such label."""
        found = {}
        for one in self._manifests(reference, manifest):
            if config := self._config(reference, one):
                found[config.platform] = {**manifest.annotations, **one.annotations, **config.labels}
        return found

    def find(self, reference: Reference, promised: Sequence[Platform] = ()) -> Lookup:
        """Whether an image is there, and for which promised platforms it is not; it never raises a ReleaseError."""
        try:
            manifest = self.resolve(reference)
            if manifest is None:
                return Lookup(reference)
            there = self.platforms(reference, manifest) if promised else {}
            # An index may name manifests that were never pushed or were deleted.
            usable = [one for one in promised if one in there and self._has(reference, manifest, there[one])]
            return Lookup(reference, manifest.digest, tuple(missing(promised, usable)))
        except ReleaseError as error:
            return Lookup(reference, error=error)

    def resolve_many(self, references: Iterable[Reference], promised: Sequence[Platform]) -> list[Lookup]:
        """`find` for many references at once, in their order."""
        with ThreadPoolExecutor(max_workers=CONNECTIONS, thread_name_prefix="registry") as pool:
            return list(pool.map(lambda one: self.find(one, promised), references))

    def _has(self, reference: Reference, manifest: Manifest, digest: str) -> bool:
        return digest == manifest.digest or self.exists(reference.at(digest))

    def _manifests(self, reference: Reference, manifest: Manifest) -> Iterator[Manifest]:
        if not manifest.is_index:
            yield manifest
        for one in manifest.images:
            found = self.resolve(reference.at(one.digest))
            if found is None or found.is_index:
                raise untrusted(f"{reference} lists {one.digest}, which is not an image there")
            yield found

    def _platform(self, reference: Reference, descriptor: Descriptor) -> Platform:
        if descriptor.platform:
            return descriptor.platform
        manifest = self.resolve(reference.at(descriptor.digest))
        config = self._config(reference, manifest) if manifest else None
        if config is None:
            raise untrusted(f"{reference} lists {descriptor.digest}, which is not an image there")
        return config.platform

    def _config(self, reference: Reference, manifest: Manifest) -> oci_manifest.ImageConfig | None:
        if manifest.config is None or not manifest.is_runnable:
            return None
        return oci_manifest.parse_config(self.blob(reference, manifest.config.digest, _DOCUMENT_LIMIT), reference)

    def _get(
        self, reference: Reference, path: str, limit: int = _DOCUMENT_LIMIT, method: str = "GET"
    ) -> HttpResponse | None:
        url = f"{base_url(reference.registry)}/v2/{reference.repository}/{path}"
        headers = {"Accept": _ACCEPT} if path.startswith("manifests/") else {}
        request = Request(url, {**headers, **self._authorizer.headers(reference)}, limit, method)
        answer = self._transport.send(request)
        if answer.status == 401:
            authorization = self._authorizer.answer(answer, reference)
            answer = self._transport.send(Request(url, {**headers, **authorization}, limit, method))
        if answer.status == 404:
            return None
        if answer.status in (401, 403):
            raise denied(reference, self._login(reference.registry))
        if answer.status != 200:
            raise ReleaseError(
                Code.E_REGISTRY_RESPONSE,
                f"{reference.registry} answers with status {answer.status} when asked for {reference}.",
                next_step="Check the reference, and the registry's status page; then run the job again.",
            )
        return answer


def _algorithm(digest: str) -> str:
    algorithm = digest.partition(":")[0]
    return algorithm if algorithm in ("sha256", "sha512") else "sha256"
