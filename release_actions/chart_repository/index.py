"""A chart repository's `index.yaml` as text, into which one entry is put without touching another byte.

Reading a large index into values and writing it out again takes seconds and hundreds of megabytes, and changes what
others wrote. Here the entry's lines are put between two others. The format: helm.sh/docs/topics/chart_repository, "The
index file"; the order of entries: Helm's `SortEntries`, descending by precedence.
"""

from functools import lru_cache
from typing import NamedTuple

import msgspec
import semver

from release_actions.chart_repository.entry import IndexEntry, moment
from release_actions.chart_repository.outline import Outline
from release_actions.chart_repository.source import FILE, LIMIT, IndexSource
from release_actions.core.errors import Code, ReleaseError
from release_actions.core.report import State
from release_actions.core.text import lines
from release_actions.core.yaml_nodes import parse, plain

__all__ = ["EMPTY", "FILE", "LIMIT", "IndexLookup", "add", "conflict", "find", "versions"]

EMPTY = b'apiVersion: v1\nentries: {}\ngenerated: "1970-01-01T00:00:00Z"\n'
"""The index of a repository without charts."""


class IndexLookup(msgspec.Struct, frozen=True):
    """What an index has under a chart's version: nothing, the same package, or one with another digest (hex digits)."""

    state: State
    digest: str = ""


def find(index: bytes, entry: IndexEntry) -> IndexLookup:
    """What the index has of this version of the chart; raises E_INDEX when that can't be told."""
    return _find(_read(index), entry)


def add(index: bytes, entry: IndexEntry, *, generated: int) -> bytes:
    """The index with an entry whose version it does not have, other bytes as they were but for `generated`'s value.

    `generated` is when this index was made, in seconds since 1970. Raises E_INDEX, and E_VERSION_EXISTS for a version
    that is there.
    """
    before = _read(index)
    found = _find(before, entry)
    if found.state is not State.ABSENT:
        raise conflict(entry, found)
    edits = [*_edits(before, entry), *_generated(before, generated)]
    parts, position = [], 0
    for edit in sorted(edits):
        parts += [index[position : edit.start], edit.text]
        position = edit.end
    result = b"".join([*parts, index[position:]])
    prove(before, Outline(IndexSource(result)), entry)
    return result


def versions(index: bytes) -> set[tuple[str, str]]:
    """Every chart and version that an index has; raises E_INDEX."""
    outline = _read(index)
    return {(chart.name, item.version) for chart in outline.charts.values() for item in outline.items(chart)}


def conflict(entry: IndexEntry, found: IndexLookup) -> ReleaseError:
    """The E_VERSION_EXISTS error for a version that the index has already."""
    return ReleaseError(
        Code.E_VERSION_EXISTS,
        f"{FILE} has {entry.name} {entry.version} already, as another package.",
        next_step="Cut the next version; a published one is never overwritten.",
        details=(f"there: sha256:{found.digest}", f"here:  sha256:{entry.digest}"),
    )


class _Edit(NamedTuple):
    """New text for a part of an index, which may be empty."""

    start: int
    end: int
    text: bytes


@lru_cache(maxsize=1)  # several questions about one index follow each other
def _read(index: bytes) -> Outline:
    source = IndexSource(index)
    source.check()
    outline = Outline(source)
    outline.check()
    return outline


def _find(outline: Outline, entry: IndexEntry) -> IndexLookup:
    chart = outline.charts.get(entry.name)
    items = [item for item in outline.items(chart) if _equal(item.version, entry.version)] if chart else []
    if not items:
        return IndexLookup(State.ABSENT)
    if len(items) > 1:
        raise outline.source.error(items[1].start, f"there is {entry.name} {entry.version} a second time")
    digest = outline.digest(items[0])
    return IndexLookup(State.SAME if digest == entry.digest else State.CONFLICT, digest)


def _edits(outline: Outline, entry: IndexEntry) -> list[_Edit]:
    """What puts the entry into its place."""
    chart = outline.charts.get(entry.name)
    if chart is None:
        depth = next((one.depth for one in outline.charts.values() if one.starts), outline.depth)
        after = (one.start for one in outline.charts.values() if one.name > entry.name)
        place = next(after, outline.end) if outline.charts else outline.body
        edits = [_Edit(place, place, _lines(outline, entry, depth, named=True))]
        return [*edits, *_without(outline.nothing)]
    lower = (item.start for item in outline.items(chart) if _is_lower(item.version, entry.version))
    place = next(lower, chart.end) if chart.starts else chart.body
    return [_Edit(place, place, _lines(outline, entry, chart.depth, named=False)), *_without(chart.nothing)]


def _lines(outline: Outline, entry: IndexEntry, depth: int, *, named: bool) -> bytes:
    """The entry's lines, as deep as the others and with their line ends."""
    name, *rest = lines(entry.text)
    head = [" " * outline.depth + name] if named else []
    indented = [" " * depth + line if line else "" for line in rest]
    return b"".join(line.encode() + outline.line_end for line in [*head, *indented])


def _without(nothing: tuple[int, int]) -> list[_Edit]:
    """What removes the `{}` or `[]` of an empty collection."""
    return [_Edit(*nothing, b"")] if nothing != (-1, -1) else []


def _generated(outline: Outline, seconds: int) -> list[_Edit]:
    place = outline.scalar("generated")
    return [_Edit(*place, f'"{moment(seconds)}"'.encode())] if place else []


def prove(before: Outline, after: Outline, entry: IndexEntry) -> None:
    """Raise E_UNSAFE_EDIT unless ours is one entry more in its chart, and all others are where they were."""
    wanted = {chart.name: before.text(chart) for chart in before.charts.values() if chart.name != entry.name}
    found = {chart.name: after.text(chart) for chart in after.charts.values() if chart.name != entry.name}
    chart, chart_before = after.charts.get(entry.name), before.charts.get(entry.name)
    if chart and found == wanted:
        entries = after.entries(chart)
        others = before.entries(chart_before) if chart_before else []
        shared = enumerate(zip(others, entries, strict=False))
        number = next((number for number, (old, new) in shared if old != new), len(others))
        ours, rest = b"".join(entries[number : number + 1]), entries[:number] + entries[number + 1 :]
        added = len(entries) == len(others) + 1 and rest == others
        if added and plain(parse(ours.decode(), FILE)) == plain(parse(entry.text, FILE).child(entry.name)):
            return
    raise ReleaseError(
        Code.E_UNSAFE_EDIT,
        f"Adding {entry.name} {entry.version} to {FILE} would have changed more than that, so it was not done.",
        next_step=f"Report this with the {FILE}, as it is a defect of the action.",
    )


def _equal(one: str, other: str) -> bool:
    """Whether two spellings are one version to Helm: a leading v and build metadata don't count."""
    return one == other or one.removeprefix("v").partition("+")[0] == other.removeprefix("v").partition("+")[0]


def _is_lower(one: str, other: str) -> bool:
    """Whether a version comes after another in Helm's order; what is no version comes last."""
    try:
        lower = semver.Version.parse(one.removeprefix("v"), optional_minor_and_patch=True)
    except ValueError:
        return True
    return bool(lower < semver.Version.parse(other.removeprefix("v")))
