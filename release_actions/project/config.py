"""`.github/release-actions.yml`: what a project with more than one image or chart releases.

Decoded strictly from the types below, which are also what the published JSON Schema is made from. Inputs of an action
win over the file, except where a release is verified (`project.at_tag`).
"""

import difflib
import posixpath
import re
from typing import Annotated, Any, Literal

import msgspec
from msgspec import Meta

from release_actions.core.errors import Code, ReleaseError
from release_actions.core.yaml_nodes import Node, parse
from release_actions.history.change_class import ChangeClass
from release_actions.project.settings import Minors, Settings
from release_actions.project.support_settings import Column, Support, ValueSource
from release_actions.version_places.place import Place, parse_place

DEFAULT_PATH = ".github/release-actions.yml"
"""Where the file is looked for unless an input says otherwise; only there may it be missing."""


class ImageSettings(Settings, frozen=True):
    """An image that the release builds."""

    name: Annotated[str, Meta(description="Where it is pushed, without a tag: `ghcr.io/kubeflow/operator`.")]
    context: Annotated[str, Meta(description="The folder that the build sees.")] = "."
    file: Annotated[
        str, Meta(description="The Dockerfile, from the repository's root; empty for `Dockerfile` in the context.")
    ] = ""
    target: Annotated[str, Meta(description="The stage of the Dockerfile to build; empty for the last one.")] = ""
    build_args: Annotated[tuple[str, ...], Meta(description="Arguments of the build, each `NAME=value`.")] = ()
    platforms: Annotated[tuple[str, ...], Meta(description="This image's own platforms.")] = ()


class ChartSettings(Settings, frozen=True):
    """A Helm chart that the release publishes."""

    path: Annotated[str, Meta(description="The chart's folder, from the repository's root.")]
    registry: Annotated[
        str, Meta(description="The OCI namespace it is pushed to: `oci://ghcr.io/kubeflow/charts`.")
    ] = ""
    values: Annotated[
        tuple[str, ...],
        Meta(description="Further values files that it must render with, and whose images must exist too."),
    ] = ()
    platforms: Annotated[
        tuple[str, ...], Meta(description="This chart's own platforms, for which all its images have to exist.")
    ] = ()
    exclude_images: Annotated[
        tuple[str, ...], Meta(description="Patterns of images that are not checked: `docker.io/library/*`.")
    ] = ()
    image_paths: Annotated[
        tuple[str, ...],
        Meta(description="Places other than containers that name images: `ConfigMap/config:data.IMAGE`."),
    ] = ()
    kube_version: Annotated[
        str, Meta(description="The Kubernetes version that it is rendered for; empty for Helm's own.")
    ] = ""
    api_versions: Annotated[
        tuple[str, ...],
        Meta(description="APIs of the cluster that it is rendered with too: `cert-manager.io/v1/Certificate`."),
    ] = ()


_Allowed = Annotated[ChangeClass, Meta(extra_json_schema={"not": {"const": ChangeClass.DEPENDENCY.value}})]


class Guard(Settings, frozen=True):
    """What may be on release branches."""

    allow: Annotated[tuple[_Allowed, ...], Meta(description="The classes of changes that belong there.")] = (
        ChangeClass.SECURITY,
        ChangeClass.FIX,
        ChangeClass.DEPENDENCY_PATCH,
        ChangeClass.DOCS,
        ChangeClass.RELEASE,
        ChangeClass.OTHER,
    )
    label: Annotated[
        str, Meta(description="The label that makes a pull request an exception, with a reason in its description.")
    ] = "release-branch-exception"
    default_branch_first: Annotated[
        bool, Meta(description="Whether a change has to be on the default branch before it is on a release branch.")
    ] = True


class GateLimits(Settings, frozen=True):
    """The number of minor versions that a feature gate may spend in a stage before it is overdue."""

    alpha: Annotated[Minors, Meta(description="As alpha.")] = 4
    beta: Annotated[Minors, Meta(description="As beta.")] = 6
    ga: Annotated[Minors, Meta(description="As GA, locked or not.")] = 3
    deprecated: Annotated[Minors, Meta(description="As deprecated, or as GA and locked, before it is removed.")] = 2


class FeatureGates(Settings, frozen=True):
    """The feature gates of a Go program: where they are declared, named and listed."""

    sources: Annotated[
        tuple[str, ...],
        Meta(
            description="Go files that declare them, such as `pkg/*/*.go`; empty for all but vendored and test files."
        ),
    ] = ()
    manifests: Annotated[
        tuple[str, ...],
        Meta(description="YAML files that name them; empty for values and templates of all charts, and `config/**`."),
    ] = ()
    list_file: Annotated[
        str,
        Meta(description="The file that lists them for programs, such as `feature-gates.yaml`; empty for none."),
    ] = msgspec.field(default="", name="list")
    docs: Annotated[
        str, Meta(description="The page whose table of them stands between two markers; empty for none.")
    ] = ""
    limits: Annotated[GateLimits, Meta(description="How many minor versions they may spend in a stage.")] = GateLimits()


class Config(Settings, frozen=True):
    """What the project releases."""

    platforms: Annotated[
        tuple[str, ...], Meta(description="What every image is built for and every chart is promised to run on.")
    ] = ("linux/amd64", "linux/arm64")
    image_tag: Annotated[
        Literal["tag", "bare"], Meta(description="How image tags and appVersion are spelled: `v1.5.0` or `1.5.0`.")
    ] = "tag"
    branch: Annotated[str, Meta(description="The name of a version's release branch.")] = "release-{major}.{minor}"
    images: Annotated[tuple[ImageSettings, ...], Meta(description="The images that the release builds.")] = ()
    charts: Annotated[tuple[ChartSettings, ...], Meta(description="The charts that the release publishes.")] = ()
    places: Annotated[
        tuple[Place, ...], Meta(description="Where the version is written, beside the charts' version and appVersion.")
    ] = ()
    guard: Annotated[Guard, Meta(description="What may be on release branches.")] = Guard()
    feature_gates: Annotated[FeatureGates, Meta(description="Where feature gates are declared, named and listed.")] = (
        FeatureGates()
    )
    support: Annotated[
        Support | None, Meta(description="Which minor versions are supported, for every action that asks for it.")
    ] = None


def parse_config(text: str, file: str = DEFAULT_PATH) -> Config:
    """The project's configuration; raises E_YAML, or E_CONFIG with the line of the key or value that is wrong."""
    root = parse(text, file)
    _check_keys(root, Config)
    try:
        # Every scalar is a text here, so what is no text in the types has to be read out of one.
        config = msgspec.convert(_texts(root), Config, strict=False)
    except msgspec.ValidationError as error:
        raise _wrong_value(str(error), root) from error
    if ChangeClass.DEPENDENCY in config.guard.allow:
        allowed = root.mapping()["guard"].mapping()["allow"].sequence()
        [node, *_] = (one for one in allowed if one.value == ChangeClass.DEPENDENCY.value)
        advice = "Write `dependency-patch`, `dependency-minor` and `dependency-major`, as far as you allow them."
        raise _error("`dependency` does not say how large an update may be", advice, node)
    return config


def with_inputs(
    config: Config,
    *,
    images: tuple[str, ...] = (),
    charts: tuple[str, ...] = (),
    places: tuple[str, ...] = (),
    **given: Any,
) -> Config:
    """The configuration as an action's inputs change it: whatever is given wins, what is empty stays as it is.

    Images and charts are given by name and path; one that the file describes keeps its description. Places are lines as
    `parse_place` reads them; raises what that raises.
    """
    known_images = {image.name: image for image in config.images}
    known_charts = {posixpath.normpath(chart.path): chart for chart in config.charts}
    given["images"] = tuple(known_images.get(name, ImageSettings(name=name)) for name in images)
    given["charts"] = tuple(known_charts.get(posixpath.normpath(path), ChartSettings(path=path)) for path in charts)
    given["places"] = tuple(parse_place(line) for line in places)
    return msgspec.structs.replace(config, **{field: value for field, value in given.items() if value})


_LISTS: dict[tuple[type[msgspec.Struct], str], type[msgspec.Struct]] = {
    (Config, "images"): ImageSettings,
    (Config, "charts"): ChartSettings,
    (Config, "places"): Place,
    (Support, "kubernetes"): ValueSource,
    (Support, "columns"): Column,
    (Column, "sources"): ValueSource,
}
_SECTIONS: dict[tuple[type[msgspec.Struct], str], type[msgspec.Struct]] = {
    (Config, "guard"): Guard,
    (Config, "feature-gates"): FeatureGates,
    (Config, "support"): Support,
    (FeatureGates, "limits"): GateLimits,
}


def _check_keys(node: Node, kind: type[msgspec.Struct]) -> None:
    if not isinstance(node.value, dict):
        return
    known = [field.encode_name for field in msgspec.structs.fields(kind)]
    for key, child in node.value.items():
        if key not in known:
            close = difflib.get_close_matches(key, known, n=1)
            advice = f"Write `{close[0]}`" if close else f"The keys are: {', '.join(known)}"
            raise _error(f"There is no key {ascii(key)[:80]} here", f"{advice}, or remove it.", child)
        if (kind, key) in _LISTS and isinstance(child.value, list):
            for one in child.value:
                _check_keys(one, _LISTS[kind, key])
        if (kind, key) in _SECTIONS:
            _check_keys(child, _SECTIONS[kind, key])


def _texts(node: Node) -> Any:
    if isinstance(node.value, dict):
        return {key: _texts(child) for key, child in node.value.items()}
    if isinstance(node.value, list):
        return [_texts(child) for child in node.value]
    return node.value


def _wrong_value(message: str, root: Node) -> ReleaseError:
    """What msgspec says, such as "Expected `array`, got `str` - at `$.images[0].values`", at the line it is about."""
    what, found, path = message.rpartition(" - at `$")
    if not found:
        return _error(message, _ADVICE, root)
    node = root
    for key, index in re.findall(r"\.([a-z-]+)|\[([0-9]+)\]", path):
        node = node.mapping()[key] if key else node.sequence()[int(index)]
    return _error(f"{what} at `{path.strip('.`')}`", _ADVICE, node)


_ADVICE = "Correct it; the schema in `schema/` of kubeflow/release-actions describes every key."


def _error(what: str, next_step: str, node: Node) -> ReleaseError:
    return ReleaseError(Code.E_CONFIG, f"{what}.", next_step=next_step, file=node.file, line=node.line)
