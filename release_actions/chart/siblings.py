"""Charts of one repository that depend on one another (`file://`), and where the dependent one writes their version.

A sibling is in lockstep with a chart when the project releases it too, or when both have the same version now. Its
version is then a place of the same release, like the pin in Chart.yaml and the entry in Chart.lock.
"""

import posixpath
from collections.abc import Collection, Iterator

from release_actions.chart.metadata import Chart, is_exact, local_path, read_chart, read_lock
from release_actions.core.files import Files
from release_actions.core.version import Spelling
from release_actions.version_places.place import Place, chart_places
from release_actions.version_places.range import range_sign

CHART, LOCK = "Chart.yaml", "Chart.lock"


def siblings(files: Files, folder: str) -> dict[str, Chart]:
    """The charts that a chart in a folder depends on by `file://`, and their own, by their folders.

    One that is not there is left out. Raises E_PATH, E_CHART, E_CHART_DEPENDENCY, E_YAML and E_YAML_LIMIT.
    """
    found: dict[str, Chart] = {}
    pending = [folder]
    while pending:
        chart = _read(files, pending.pop())
        for beside in _local(chart):
            if beside not in {folder, *found} and files.has(posixpath.join(beside, CHART)):
                found[beside] = _read(files, beside)
                pending.append(beside)
    return found


def places(files: Files, folder: str, released: Collection[str], image_tag: Spelling) -> Iterator[Place]:
    """The version places that a chart has because of siblings in lockstep, beside its own version and appVersion.

    `released` are the folders of all charts that the project releases. Raises as `siblings` does.
    """
    chart, others = _read(files, folder), siblings(files, folder)
    in_step = {beside for beside, one in others.items() if beside in released or one.version == chart.version}
    for beside in sorted(in_step - set(released)):
        follows = others[beside].app_version not in {None, ""} and others[beside].app_version == chart.app_version
        yield from chart_places(others[beside].file, image_tag, app_version=follows)
    for one in (chart, *(others[beside] for beside in sorted(in_step - set(released)))):
        yield from _pins(files, one, in_step)


def _pins(files: Files, chart: Chart, in_step: Collection[str]) -> Iterator[Place]:
    """Where a chart's Chart.yaml and Chart.lock say the versions of siblings, also as `~1.5.0` or `^1.5.0`."""
    pinned = [(number, one) for number, one in enumerate(chart.dependencies) if local_path(chart, one) in in_step]
    for number, one in pinned:
        sign = range_sign(one.version)
        if sign or is_exact(one.version):
            spelling = Spelling.TAG if one.version.removeprefix(sign).startswith("v") else Spelling.BARE
            yield Place(file=chart.file, yaml=f"dependencies[{number}].version", spelling=spelling)
    lock = posixpath.join(posixpath.dirname(chart.file), LOCK)
    if pinned and files.has(lock):
        for number, one in enumerate(read_lock(files.read(lock), lock).dependencies):
            if any((one.name, one.repository) == (pin.name, pin.repository) for _, pin in pinned):
                yield Place(file=lock, yaml=f"dependencies[{number}].version", spelling=Spelling.BARE)


def _read(files: Files, folder: str) -> Chart:
    file = posixpath.normpath(posixpath.join(folder, CHART))
    return read_chart(files.read(file), file)


def _local(chart: Chart) -> list[str]:
    return [beside for one in chart.dependencies if (beside := local_path(chart, one)) is not None]
