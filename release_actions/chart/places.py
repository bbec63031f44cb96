"""The charts of a repository and its version places: which files they are in, and what those files say now."""

import posixpath
from collections.abc import Iterable, Iterator, Sequence
from pathlib import PurePosixPath

import msgspec

from release_actions.chart import siblings
from release_actions.chart.lock_digest import with_digest
from release_actions.chart.metadata import Chart, chart_of, read_chart
from release_actions.core.errors import Code, ReleaseError
from release_actions.core.files import Files
from release_actions.core.version import Spelling, Version
from release_actions.version_places.place import File, FoundPlace, Place, chart_places, edit, find

_CHART = "Chart.yaml"


class VersionFile(msgspec.Struct, frozen=True):
    """A file with version places: its name and text, and the places found in it.

    A Chart.lock has its Chart.yaml as `chart`, over which its digest is made.
    """

    file: File
    places: tuple[FoundPlace, ...]
    chart: "VersionFile | None" = None

    def at(self, version: Version) -> str:
        """The text with all places at a version; raises E_UNSAFE_EDIT when anything else would change."""
        text = edit(self.file, self.places, version).text
        chart = self.chart.at(version) if self.chart else ""
        if self.chart is None or (text, chart) == (self.file.text, self.chart.file.text):
            return text
        return with_digest(chart, text, self.file.name)


def version_files(
    files: Files, charts: Iterable[str], places: Iterable[Place], image_tag: Spelling
) -> Iterator[VersionFile]:
    """Every file with version places, one at a time: the charts' Chart.yaml in the order given, then the other files.

    Charts are given as `chart_folders` takes them. Raises E_PATH, E_CHART, E_PLACE_MISSING, E_YAML and E_YAML_LIMIT,
    and E_INPUT for a pattern that fits no chart.
    """
    folders = [posixpath.normpath(folder) for folder in chart_folders(files, charts)]
    wanted: dict[str, list[Place]] = {_chart_file(folder): [] for folder in folders}
    of_charts = set(wanted)
    of_siblings = [place for folder in folders for place in siblings.places(files, folder, folders, image_tag)]
    for place in [*of_siblings, *places]:
        name = files.name(place.file)
        wanted.setdefault(name, []).append(msgspec.structs.replace(place, file=name))

    def source(name: str) -> VersionFile:
        file = File(name, files.read(name))
        own = _own_places(file, image_tag) if name in of_charts else []
        return VersionFile(file, tuple(find(file, [*own, *wanted.get(name, [])], image_tag)))

    for name in wanted:
        folder, _, file = name.rpartition("/")
        chart = source(posixpath.join(folder, _CHART)) if file == siblings.LOCK else None
        yield msgspec.structs.replace(source(name), chart=chart)


def chart_folders(files: Files, charts: Iterable[str]) -> Iterator[str]:
    """The folders of charts, each given as such or as a pattern like `charts/*` for all folders there with a chart.

    Raises E_PATH for a path that is not a folder, E_CHART for a folder without a Chart.yaml, and E_INPUT for a pattern
    that fits none.
    """
    for given in charts:
        start, pattern = _split(given)
        found = files.folders(start, pattern, _CHART)
        if not found and pattern:
            raise _fits_none(given, f"fits no folder with a {_CHART}")
        if not found:
            raise ReleaseError(
                Code.E_CHART,
                f"The folder {given[:200]!a} has no {_CHART}.",
                next_step=f"Give the folder of a chart, the one that {_CHART} is in.",
                file=posixpath.normpath(given),
            )
        yield from found


def read_charts(files: Files, folders: Sequence[str]) -> list[Chart]:
    """The metadata of the charts in these folders; raises E_PATH, E_YAML, E_YAML_LIMIT and E_CHART."""
    names = [_chart_file(folder) for folder in folders]
    return [read_chart(files.read(name), name) for name in names]


def _split(given: str) -> tuple[str, str]:
    """The folder that a pattern begins in, and the pattern below it; no pattern for what is a folder as it stands."""
    parts = PurePosixPath(given).parts
    fixed = next((number for number, part in enumerate(parts) if any(sign in part for sign in "*?[")), None)
    if fixed is None:
        return given, ""
    start, pattern = posixpath.join(".", *parts[:fixed]), posixpath.join(*parts[fixed:])
    if "**" in pattern or ".." in parts[fixed:]:
        raise _fits_none(given, "is no pattern for one level of folders")
    return start, pattern


def _own_places(file: File, image_tag: Spelling) -> list[Place]:
    chart = chart_of(file.root)
    return chart_places(file.name, image_tag, app_version=chart.app_version is not None)


def _chart_file(folder: str) -> str:
    return posixpath.normpath(posixpath.join(folder, _CHART))


def _fits_none(given: str, what: str) -> ReleaseError:
    return ReleaseError(
        Code.E_INPUT,
        f"The chart pattern {given[:200]!a} {what}.",
        next_step="Correct the input `charts`, or `charts` in the configuration file.",
    )
