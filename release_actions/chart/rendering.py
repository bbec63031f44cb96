"""The ways in which a chart is rendered: its default values and each values file, without and with further APIs.

Templates ask a cluster for its APIs (`.Capabilities.APIVersions.Has`). With `api_versions` each way is rendered twice,
so that what stands behind such a question is seen, and what stands behind its `else` too.
"""

import re
from collections.abc import Callable, Sequence
from pathlib import Path

import msgspec

from release_actions.chart.helm import Folder, Helm
from release_actions.core.errors import Code, ReleaseError
from release_actions.system.workspace import inside, read_text

# What Helm says when a template calls `fail` or `required`, and when values.schema.json wants other values.
_INSISTS = re.compile(r"execution error at|values don't meet the specifications of the schema")


class ValuesFile(msgspec.Struct, frozen=True):
    """A values file of the project: its name in the workspace, and the copy that Helm reads."""

    shown: str
    path: Path


class RenderSettings(msgspec.Struct, frozen=True):
    """What a chart is rendered with; without values files, with its default values alone."""

    values: tuple[ValuesFile, ...] = ()
    kube_version: str = ""
    api_versions: tuple[str, ...] = ()


class Rendering(msgspec.Struct, frozen=True):
    """One way to render a chart, and the manifests that come of it; without `values`, its default values alone."""

    values: ValuesFile | None
    api_versions: tuple[str, ...]
    manifests: str


def parse_api_versions(given: Sequence[str]) -> tuple[str, ...]:
    """APIs as `.Capabilities.APIVersions.Has` is asked for them, `cert-manager.io/v1/Certificate`; raises E_INPUT."""
    for one in given:
        if not re.fullmatch(r"[A-Za-z0-9.-]+(/[A-Za-z0-9.-]+){0,2}", one):
            raise ReleaseError(
                Code.E_INPUT,
                f"{one[:200]!a} is not the version of an API.",
                next_step="Write `api-versions` such as `cert-manager.io/v1` or `cert-manager.io/v1/Certificate`.",
            )
    return tuple(dict.fromkeys(given))


def copy_values(root: Path, given: Sequence[str], folder: Path) -> tuple[ValuesFile, ...]:
    """Copies of a workspace's values files: Helm takes a path with a comma for two, one with `://` for an address.

    Raises E_PATH.
    """
    copies = []
    for number, name in enumerate(given):
        copied = folder / f"values-{number}.yaml"
        copied.write_bytes(read_text(inside(root, name), shown=name).encode())
        copies.append(ValuesFile(name, copied))
    return tuple(copies)


def lint(helm: Helm, chart: Folder, settings: RenderSettings) -> list[str]:
    """The warnings of `helm lint` with each values file, and without only where there is none; raises E_CHART_LINT."""
    ways = [[one.path] for one in settings.values] or [[]]
    warnings = [line for way in ways for line in helm.lint(chart, way, kube_version=settings.kube_version)]
    return list(dict.fromkeys(warnings))


def render_all(
    helm: Helm, chart: Folder, settings: RenderSettings, tolerate: Callable[[ReleaseError], None]
) -> list[Rendering]:
    """Every rendering; raises E_CHART_RENDER.

    A chart may insist on a value or on an API (`required`, `fail`, its schema of values). The rendering with APIs then
    stands for the one without, and the values files stand for the default values, whose error `tolerate` gets.
    """
    found = []
    for values in (None, *settings.values):
        for apis in dict.fromkeys([settings.api_versions, ()]):
            without_apis = bool(settings.api_versions and not apis)
            manifests, error = _attempt(helm, chart, settings, values, apis)
            if error is None:
                found.append(Rendering(values, apis, manifests))
            elif not _INSISTS.search(error.what) or not (without_apis or (values is None and settings.values)):
                raise error
            elif not without_apis:
                tolerate(error)
    return found


def render(
    helm: Helm,
    chart: Folder,
    settings: RenderSettings,
    values: ValuesFile | None,
    api_versions: tuple[str, ...],
    *more: Path,
) -> str:
    """The manifests of one way, with further values files on top; raises E_CHART_RENDER."""
    return helm.template(
        chart,
        [*([values.path] if values else []), *more],
        kube_version=settings.kube_version,
        api_versions=api_versions,
        values_name=values.shown if values else "",
    )


def nothing_checked(chart: str) -> str:
    """What there is to say of a chart, by its name, that renders no object."""
    return (
        f"The chart `{chart}` renders no object, so that nothing of it was checked. "
        "Give `values` or `api-versions` with which it does."
    )


def is_empty(renderings: Sequence[Rendering]) -> bool:
    """Whether no rendering makes a single object."""
    return not any(re.search(r"^kind:|[{,]\s*['\"]?kind['\"]?:", one.manifests, re.MULTILINE) for one in renderings)


def _attempt(
    helm: Helm, chart: Folder, settings: RenderSettings, values: ValuesFile | None, apis: tuple[str, ...]
) -> tuple[str, ReleaseError | None]:
    try:
        return render(helm, chart, settings, values, apis), None
    except ReleaseError as error:
        return "", error
