"""A chart as a registry has it: the same as ours, other than ours, or not there.

Media types: Helm's documentation, "Use OCI-based registries". The same bytes have the same digest; a package that
another machine compressed differently is still the same chart when every file in it is equal.
"""

import msgspec

from release_actions.chart import package as chart_package
from release_actions.core.errors import Code, ReleaseError
from release_actions.core.report import State
from release_actions.oci import manifest as oci_manifest
from release_actions.oci.manifest import Manifest
from release_actions.oci.reference import Reference, parse_name
from release_actions.oci.registry import Registry

_CONFIG_TYPE = "application/vnd.cncf.helm.config.v1+json"
_PACKAGE_TYPE = "application/vnd.cncf.helm.chart.content.v1.tar+gzip"
_CONFIG_LIMIT = 4 * 1024 * 1024


class Observation(msgspec.Struct, frozen=True):
    """What a registry has under a chart's reference: digests of manifest and package, and where ours differs first."""

    state: State
    digest: str = ""
    package: str = ""
    difference: str = ""


class Metadata(msgspec.Struct, frozen=True):
    """What a published chart says about itself, and the digest of its package."""

    name: str = ""
    version: str = ""
    app_version: str = msgspec.field(name="appVersion", default="")
    package: str = ""


def where(namespace: str, name: str) -> Reference:
    """Where the chart goes. Helm takes the first part of a namespace as the host, Docker would take some as Hub's.

    Raises E_INPUT and E_IMAGE_REFERENCE.
    """
    bare = namespace.removeprefix("oci://").rstrip("/")
    reference = parse_name(f"{bare}/{name}") if bare else None
    if reference is None or reference.name != f"{bare}/{name}":
        raise ReleaseError(
            Code.E_INPUT,
            f"The registry {namespace!a} is not a host and a namespace.",
            next_step="Give the input `registry` such as `oci://ghcr.io/kubeflow/charts`.",
        )
    return reference


def observe(registry: Registry, reference: Reference, package: bytes) -> Observation:
    """What the registry has, compared with our package; raises what `Registry.resolve` raises."""
    manifest = registry.resolve(reference)
    if manifest is None:
        return Observation(State.ABSENT)
    theirs = _package_digest(manifest)
    if theirs == oci_manifest.digest_of(package):
        return Observation(State.SAME, manifest.digest, theirs)
    difference = _difference(registry, reference, theirs, package)
    return Observation(State.CONFLICT if difference else State.SAME, manifest.digest, theirs, difference)


def conflict(reference: Reference, found: Observation, package: bytes) -> ReleaseError:
    """The error for a version that is there with other content."""
    return ReleaseError(
        Code.E_VERSION_EXISTS,
        f"{reference} is published already, with other content: {found.difference}.",
        next_step="Cut the next version; a published one is never overwritten.",
        details=(
            f"there: {reference.name}@{found.digest}",
            f"there, the package: {found.package or 'none'}",
            f"here, the package:  {oci_manifest.digest_of(package)}",
        ),
    )


def verify(registry: Registry, reference: Reference, digest: str, name: str, package: bytes) -> None:
    """Raises E_REGISTRY_RESPONSE unless the reference leads to that manifest, our package and this chart's metadata.

    What was pushed just now may take seconds to be seen.
    """
    registry.wait_for(reference)
    manifest = registry.resolve(reference)
    if manifest is None or manifest.digest != digest:
        there = manifest.digest if manifest else "nothing"
        raise _unlike(f"{reference} leads to {there} after a push that made {digest}")
    if _package_digest(manifest) != oci_manifest.digest_of(package):
        raise _unlike(f"{reference} holds another package than the one that was pushed")
    registry.blob(reference, oci_manifest.digest_of(package), chart_package.TOTAL_LIMIT)
    found = read_metadata(registry, reference, manifest) or Metadata()
    if (found.name, found.version) != (name, reference.tag):
        raise _unlike(f"{reference} says that it is {found.name!a} {found.version!a}")


def read_metadata(registry: Registry, reference: Reference, manifest: Manifest) -> Metadata | None:
    """What a chart says about itself, or None for what is no chart."""
    package = _package_digest(manifest)
    if not package or manifest.config is None:
        return None
    content = registry.blob(reference, manifest.config.digest, _CONFIG_LIMIT)
    try:
        return msgspec.structs.replace(msgspec.json.decode(content, type=Metadata), package=package)
    except (msgspec.DecodeError, RecursionError):
        return None


def read_package(registry: Registry, reference: Reference) -> bytes:
    """The package of a published chart; raises E_CHART_PACKAGE when the reference is no chart, or not there."""
    manifest = registry.resolve(reference)
    digest = _package_digest(manifest) if manifest else ""
    if not digest:
        raise ReleaseError(
            Code.E_CHART_PACKAGE, f"{reference} is not a Helm chart.", next_step="Correct the chart's reference."
        )
    return registry.blob(reference, digest, chart_package.TOTAL_LIMIT)


def _package_digest(manifest: Manifest) -> str:
    """The digest of the package; empty when this is no chart."""
    found = [layer.digest for layer in manifest.layers if layer.media_type == _PACKAGE_TYPE]
    is_chart = manifest.config is not None and manifest.config.media_type == _CONFIG_TYPE
    return found[0] if is_chart and len(found) == 1 else ""


def _difference(registry: Registry, reference: Reference, theirs: str, package: bytes) -> str:
    if not theirs:
        return "it is not a Helm chart"
    try:
        files = chart_package.read(registry.blob(reference, theirs, chart_package.TOTAL_LIMIT))
    except ReleaseError as error:
        if error.code not in {Code.E_CHART_PACKAGE, Code.E_REGISTRY_RESPONSE}:
            raise
        return f"its package can't be read ({error.what.rstrip('.')})"
    return chart_package.difference(chart_package.read(package), files)


def _unlike(what: str) -> ReleaseError:
    return ReleaseError(
        Code.E_REGISTRY_RESPONSE,
        f"{what}.",
        next_step="Find out who else pushes there; if nobody does, report this to the registry's owner.",
    )
