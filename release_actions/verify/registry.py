"""Images, charts and floating tags as registries have them, held against what a release should have."""

from release_actions.chart.published import read_metadata
from release_actions.core.report import State
from release_actions.core.version import Version
from release_actions.image import floating_state
from release_actions.image.published import Identity, observe_image
from release_actions.oci.commands import set_tag
from release_actions.oci.reference import Reference, missing
from release_actions.oci.registry import Registry
from release_actions.verify.expected_release import ExpectedImage
from release_actions.verify.result import Check, absent, wrong

_FLOATING = "floating tag"


def verify_image(registry: Registry, image: ExpectedImage, identity: Identity) -> Check:
    """Whether an image is there, of this version and commit, for every platform."""
    found = observe_image(registry, image.reference, identity)
    name = str(image.reference)
    if found.state is State.ABSENT:
        return absent("image", name, "There is no such tag.")
    if found.state is State.CONFLICT:
        problem = f"It is from {' and '.join(found.actual)}, and the tag points to {identity.commit}."
        return wrong("image", name, problem, digest=found.digest)
    if lacking := missing(image.platforms, found.platforms):
        problem = f"It lacks {', '.join(map(str, lacking))}."
        return wrong("image", name, problem, digest=found.digest)
    return Check(kind="image", name=name, digest=found.digest)


def verify_chart(registry: Registry, chart: Reference, app_version: str) -> Check:
    """Whether a chart is there with its name and version, and its appVersion where it has one."""
    manifest, name = registry.resolve(chart), str(chart)
    if manifest is None:
        return absent("chart", name, "There is no such chart.")
    metadata = read_metadata(registry, chart, manifest)
    if metadata is None:
        return wrong("chart", name, "It is not a Helm chart.", digest=manifest.digest)
    wanted = {"name": chart.repository.rpartition("/")[2], "version": chart.tag, "appVersion": app_version}
    said = {"name": metadata.name, "version": metadata.version, "appVersion": metadata.app_version}
    if not metadata.app_version:
        del wanted["appVersion"]
    unlike = [f"{key} {said[key][:80]!a} instead of {wanted[key]!a}" for key in wanted if said[key] != wanted[key]]
    if unlike:
        return wrong("chart", name, f"It says {', '.join(unlike)}.", digest=manifest.digest)
    return Check(kind="chart", name=name, digest=manifest.digest, content=metadata.package)


def verify_floating(registry: Registry, floating: Reference, version: Version, digest: str) -> Check:
    """Whether a floating tag that belongs to a version has the digest of the version's image."""
    name = str(floating)
    found = floating_state.observe(registry, floating, version, digest)
    if found.state is State.SAME:
        return Check(kind=_FLOATING, name=name, digest=found.digest)
    move = f"Run move-floating-tags for {version.tag}."
    if found.state is State.ABSENT:
        return absent(_FLOATING, name, "There is no such tag.", move)
    if found.state is State.BEHIND:
        problem = f"It is behind: at {found.said}, and {version.tag} is the highest of all tags."
        return wrong(_FLOATING, name, problem, move, digest=found.digest)
    if found.state is State.AHEAD:
        problem = f"It is ahead: at {found.said}, which is no tag of this repository."
        return wrong(
            _FLOATING, name, problem, f"Push the tag {found.said}, or {_by_hand(floating, digest)}", digest=found.digest
        )
    says = f"says the version {found.said!a}" if found.said else "says no version"
    problem = f"It points to an image that {says}."
    return wrong(_FLOATING, name, problem, f"If it may be moved, {_by_hand(floating, digest)}", digest=found.digest)


def _by_hand(floating: Reference, digest: str) -> str:
    return f"set {floating.tag} by hand with `{set_tag(floating, f'{floating.name}@{digest}')}`."
