"""The version places of a checkout: which files they are in, and what those files say now."""

import posixpath
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path, PurePosixPath

import msgspec

from release_actions.chart.metadata import chart_of
from release_actions.core.errors import Code, ReleaseError
from release_actions.core.version import Spelling
from release_actions.system.workspace import inside, read_text, relative
from release_actions.version_places.place import File, Place, Spot, chart_places, find


@dataclass(frozen=True, slots=True)
class Source:
    """A file with version places: where it is, its text, and the places found in it."""

    path: Path
    file: File
    spots: tuple[Spot, ...]


def read_sources(
    workspace: Path, charts: Sequence[str], places: Iterable[Place], image_tag: Spelling
) -> Iterator[Source]:
    """Every file with version places, one at a time: the charts' Chart.yaml in the order given, then the other files.

    A chart is given as its folder, or as a pattern such as `charts/*` for all folders there that hold a Chart.yaml.
    Raises E_PATH, E_CHART, E_PLACE_MISSING, E_YAML and E_YAML_LIMIT, and E_INPUT for a pattern that fits no chart.
    """
    wanted: dict[str, list[Place]] = {_chart_file(workspace, folder): [] for folder in chart_folders(workspace, charts)}
    of_charts = set(wanted)
    for place in places:
        name = relative(workspace, inside(workspace, place.file))
        wanted.setdefault(name, []).append(msgspec.structs.replace(place, file=name))
    for name, given in wanted.items():
        path = inside(workspace, name)
        file = File(name, read_text(path, shown=name))
        own = _own_places(file, image_tag) if name in of_charts else []
        yield Source(path, file, tuple(find(file, [*own, *given], image_tag)))


def chart_folders(workspace: Path, charts: Sequence[str]) -> Iterator[str]:
    """The folders of charts, given as such or as patterns; raises E_INPUT for a pattern that fits none, and E_PATH."""
    for given in charts:
        parts = PurePosixPath(given).parts
        fixed = next((number for number, part in enumerate(parts) if any(sign in part for sign in "*?[")), None)
        if fixed is None:
            yield given
            continue
        start = inside(workspace, posixpath.join(".", *parts[:fixed]), kind="folder")
        pattern = posixpath.join(*parts[fixed:])
        if "**" in pattern or ".." in parts[fixed:]:
            raise _fits_none(given, "is no pattern for one level of folders")
        found = sorted(path.parent for path in start.glob(f"{pattern}/Chart.yaml"))
        if not found:
            raise _fits_none(given, "fits no folder with a Chart.yaml")
        yield from (relative(workspace, folder) for folder in found)


def _own_places(file: File, image_tag: Spelling) -> list[Place]:
    chart = chart_of(file.root)
    return chart_places(file.name, image_tag, app_version=chart.app_version is not None)


def _chart_file(workspace: Path, folder: str) -> str:
    name = posixpath.join(relative(workspace, inside(workspace, folder, kind="folder")), "Chart.yaml")
    if not (workspace / name).exists():
        raise ReleaseError(
            Code.E_CHART,
            f"The folder {folder[:200]!a} has no Chart.yaml.",
            next_step="Give the folder of a chart, the one that Chart.yaml is in.",
            file=posixpath.normpath(folder),
        )
    return posixpath.normpath(name)


def _fits_none(given: str, what: str) -> ReleaseError:
    return ReleaseError(
        Code.E_INPUT, f"The chart pattern {given[:200]!a} {what}.", next_step="Correct the input `charts`."
    )
