"""Where everything is in a chart repository's `index.yaml`, found by the lines that carry its structure.

YAML's block style shows its structure by indentation, so these lines can be told from all others without reading what
is between them. The exception is a quoted text or a flow collection that goes on over lines less indented than they may
be: YAML 1.2 (section 6.1) forbids that, libyaml, and so Helm, takes it. Each entry in which something suspicious of
that kind begins is parsed on its own: when that ends where the entry's lines end, the next line is structure indeed.
"""

import re
from bisect import bisect_right
from collections.abc import Iterator
from functools import lru_cache
from typing import NamedTuple

from release_actions.chart_repository.source import BOM, IndexSource, after_blanks, refused, suspicious

_NOTHING = rb"(?P<nothing>[ ]*(?:\{\}|\[\]|null|~))?[ ]*(?:[ ]#[^\n]*)?\r?\n"
_BEGIN = re.compile(rb"---[ ]*\r?\n")
_END = re.compile(rb"\.\.\.[ ]*(?:[ ]#[^\n]*)?\r?\n")
_TOP = re.compile(rb"\n(?=[^ #\r\n])")
_KEY = re.compile(rb"([A-Za-z][A-Za-z0-9_-]*):(?=[ \r\n])")
_ENTRIES = re.compile(rb"entries:" + _NOTHING)
_CHART = re.compile(rb"[ ]*([\"']?)(?P<name>\w[\w.-]*)\1:" + _NOTHING, re.ASCII)
_FIRST = re.compile(rb"(?P<depth>[ ]*)(?:(?P<dash>-[ \r\n])|[^ #\r\n])")


class IndexedChart(NamedTuple):
    """The lines of one chart: its name's, and from `body` on those of its entries.

    `starts` is where each entry starts, with a dash that is `depth` spaces deep; `nothing` is the place of a `[]` on
    the name's line.
    """

    name: str
    start: int
    body: int
    end: int
    depth: int
    nothing: tuple[int, int]
    starts: tuple[int, ...]


class Item(NamedTuple):
    """The lines of one entry of a chart, and the version it is for."""

    version: str
    start: int
    end: int


class Outline:
    """The places of everything in an index.

    `charts` are in the order written, their names `depth` spaces deep, in the lines from `body` to `end`; `nothing` is
    the place of a `{}` on the line of `entries`. Raises E_INDEX for an index that can't be added to.
    """

    def __init__(self, source: IndexSource) -> None:
        self.source, data = source, source.data
        self._top = _top_level(source)
        for key, (start, end) in self._top.items():
            if key != "entries":
                source.parse(start, end).child(key)
        if "entries" not in self._top or self.scalar("apiVersion") is None:
            raise refused("it has no `apiVersion` or no `entries`, so it is no index of charts")
        start, self.end = self._top["entries"]
        line = _ENTRIES.match(data, start, self.end)
        if line is None:
            raise self.source.error(start, "`entries` is not written as a mapping over lines")
        self.body, self.nothing = line.end(), line.span("nothing")
        self.line_end = b"\r\n" if line[0].endswith(b"\r\n") else b"\n"
        first = _FIRST.match(data, after_blanks(data, self.body, self.end), self.end)
        if first and (first["dash"] or line["nothing"]):
            raise self.source.error(first.end(), "`entries` is no mapping of charts")
        self.depth = len(first["depth"]) if first else 2
        self.charts: dict[str, IndexedChart] = {}
        self._parsed: set[int] = set()
        for chart in self._charts():
            if chart.name in self.charts:
                raise self.source.error(chart.start, f"there is the chart `{chart.name}` a second time")
            self.charts[chart.name] = chart

    def check(self) -> None:
        """Parse every entry in which something might go on beyond the entry's lines."""
        odd = re.compile(rb"\n {1,%d}(?=[^ #\r\n])" % (self.depth - 1)) if self.depth > 1 else None
        if odd and (found := odd.search(self.source.data, self.body - 1, self.end)):
            raise self.source.error(found.end(), "a line is less indented than the charts' names")
        for chart in self.charts.values():
            ends = (*chart.starts, chart.end)[1:]
            start = chart.starts[0] if chart.starts else chart.end
            for pattern in suspicious(chart.depth):
                for found in pattern.finditer(self.source.data, start - 1, chart.end):
                    number = bisect_right(chart.starts, found.start() + 1) - 1
                    if chart.starts[number] not in self._parsed:
                        self.source.item(chart.starts[number], ends[number])
                        self._parsed.add(chart.starts[number])

    def text(self, chart: IndexedChart) -> bytes:
        """The lines of a chart."""
        return self.source.data[chart.start : chart.end]

    def items(self, chart: IndexedChart) -> Iterator[Item]:
        """The entries of a chart, in the order written."""
        version = _version(chart.depth)
        for start, end in zip(chart.starts, (*chart.starts, chart.end)[1:], strict=True):
            found = version.findall(self.source.data, start - 1, end)
            plain = len(found) == 1 and start not in self._parsed
            yield Item(found[0][1].decode() if plain else self._field(start, end, "version"), start, end)

    def entries(self, chart: IndexedChart) -> list[bytes]:
        """The lines of each entry of a chart."""
        return [
            self.source.data[start:end] for start, end in zip(chart.starts, (*chart.starts, chart.end)[1:], strict=True)
        ]

    def digest(self, item: Item) -> str:
        """The digest that an entry gives for its package, in hex digits."""
        return self._field(item.start, item.end, "digest").removeprefix("sha256:")

    def scalar(self, key: str) -> tuple[int, int] | None:
        """The place of a top-level key's value when that is written in one line."""
        start, end = self._top.get(key, (0, 0))
        node = self.source.parse(start, end).child(key) if end else None
        if node is None or node.is_null or not isinstance(node.value, str) or node.style in {"|", ">"}:
            return None
        text = self.source.data[start:end].decode()
        return start + len(text[: node.start].encode()), start + len(text[: node.end].encode())

    def _charts(self) -> Iterator[IndexedChart]:
        data = self.source.data
        names = re.compile(rb"\n {%d}(?=[^ #\r\n-]|-[^ \r\n])" % self.depth)
        starts = [found.start() + 1 for found in names.finditer(data, self.body - 1, self.end)]
        for start, end in zip(starts, (*starts, self.end)[1:], strict=True):
            yield self._chart(start, end)

    def _chart(self, start: int, end: int) -> IndexedChart:
        data = self.source.data
        line = _CHART.match(data, start, end)
        if line is None or line.start("name") - len(line[1]) != start + self.depth:
            raise self.source.error(start, "there is something else than a chart's name over its entries")
        name, body = line["name"].decode(), line.end()
        first = _FIRST.match(data, after_blanks(data, body, end), end)
        if first is None:
            return IndexedChart(name, start, body, end, self.depth, line.span("nothing"), ())
        depth = len(first["depth"])
        if not first["dash"] or depth < self.depth or line["nothing"]:
            raise self.source.error(start, f"the entries of the chart `{name}` are no list over lines")
        dashes = re.compile(rb"\n {%d}-(?=[ \r\n])" % depth).finditer(data, body - 1, end)
        return IndexedChart(name, start, body, end, depth, (-1, -1), tuple(found.start() + 1 for found in dashes))

    def _field(self, start: int, end: int, key: str) -> str:
        value = self.source.item(start, end).mapping().get(key)
        if value is None or value.is_null or not isinstance(value.value, str):
            raise self.source.error(start, f"the entry that starts here has no `{key}`")
        return value.value


def _top_level(source: IndexSource) -> dict[str, tuple[int, int]]:
    """The lines of each top-level key."""
    last = len(source.data)
    head = after_blanks(source.data, len(BOM) if source.data.startswith(BOM) else 0, last)
    begin = _BEGIN.match(source.data, head)
    head = after_blanks(source.data, begin.end(), last) if begin else head
    keys: dict[str, int] = {}
    for start in (head, *(found.end() for found in _TOP.finditer(source.data, head))):
        key = _KEY.match(source.data, start)
        end = _END.match(source.data, start)
        if keys and end and after_blanks(source.data, end.end(), last) == last:
            last = start  # the document's end, written out
            break
        if key is None:
            if source.data.startswith((b"- ", b"-\n", b"-\r"), start) and keys:
                continue  # a list's item, which may be as shallow as the list's key
            another = source.data.startswith((b"---", b"..."), start)
            raise source.error(start, "a second document starts" if another else "there is no plain `key:`")
        name = key[1].decode()
        if name in keys:
            raise source.error(start, f"there is the key `{name}` a second time")
        keys[name] = start
    ends = (*keys.values(), last)[1:]
    return dict(zip(keys, zip(keys.values(), ends, strict=True), strict=True))


@lru_cache
def _version(depth: int) -> re.Pattern[bytes]:
    """The line that says an entry's version, as nearly everyone writes it."""
    return re.compile(rb"\n {%d}(?:- |  )version: +([\"']?)([0-9A-Za-z.+-]+)\1 *(?=\r?\n)" % depth)
