"""YAML as plain text and structure: every scalar stays the text that was written, with its place in the file.

YAML 1.1 typing turns `version: 1.10` into 1.1 and `no` into false, and most readers keep the last of two equal keys. So
nothing here is typed unless asked for (`plain`), and what a file can hide behind is refused: duplicate keys, tags, and,
unless the limits say otherwise, anchors, aliases, merge keys and keys that are no strings.
"""

import re
from collections.abc import Iterator
from typing import Any

import msgspec
import yaml

from release_actions.core.errors import Code, ReleaseError

BOM = "\ufeff"
"""A byte order mark, with which some editors start a file."""

# libyaml's parser gives the same events ten times faster; a PyYAML built without it has only the other one.
LOADER: Any = getattr(yaml, "CLoader", yaml.Loader)


class Limits(msgspec.Struct, frozen=True, kw_only=True):
    """How much YAML is honest: `size` in characters, `depth` of nesting, `nodes` after aliases are expanded."""

    size: int = 256 * 1024
    depth: int = 32
    nodes: int = 20_000
    aliases: bool = False
    """Whether anchors, aliases, merge keys and keys such as `80:` are taken, as in values files and manifests."""


STRICT = Limits()
"""For files with a small, known shape: Chart.yaml, Chart.lock, our own configuration."""

LOOSE = Limits(size=4 * 1024 * 1024, depth=64, nodes=200_000, aliases=True)
"""For values files, kustomizations and other people's manifests."""

RENDERED = Limits(size=64 * 1024 * 1024, depth=64, nodes=2_000_000, aliases=True)
"""For what a chart renders to, custom resource definitions included."""


class Node(msgspec.Struct, frozen=True, eq=False):
    """One YAML value: its text, children by key, or children in order.

    `start` and `end` are character offsets into the text (a block collection ends where the next token starts), `line`
    counts from 1. `style` is how a scalar is written: `'`, `"`, `|`, `>`, or empty for plain ones and collections.
    """

    value: "str | dict[str, Node] | list[Node]"
    file: str
    line: int
    start: int
    end: int
    style: str = ""

    @property
    def is_null(self) -> bool:
        """Whether this is nothing: an empty, `~` or `null` plain scalar."""
        return self.style == "" and isinstance(self.value, str) and self.value in _NULLS

    def text(self, what: str = "value") -> str:
        """The scalar's text; raises E_YAML with the line when this is a collection."""
        if isinstance(self.value, str):
            return self.value
        raise self.error(f"{what} should be a single value")

    def mapping(self, what: str = "value") -> "dict[str, Node]":
        """The children by key, in the order written; raises E_YAML for anything but a mapping."""
        if isinstance(self.value, dict):
            return self.value
        raise self.error(f"{what} should be a mapping (`key: value`)")

    def sequence(self, what: str = "value") -> "list[Node]":
        """The children in order; raises E_YAML for anything but a sequence."""
        if isinstance(self.value, list):
            return self.value
        raise self.error(f"{what} should be a list (`- item`)")

    def child(self, key: str) -> "Node":
        """The child under a key; raises E_YAML when there is none."""
        found = self.mapping().get(key)
        if found is None:
            raise self.error(f"there is no `{key}`")
        return found

    def error(self, what: str) -> ReleaseError:
        """An E_YAML error at this node's line."""
        return _error(Code.E_YAML, self.file, self.line, what, _CORRECT)


def parse(text: str, file: str, *, limits: Limits = STRICT) -> Node:
    """The one document of a text; `file` is its name in errors.

    Raises E_YAML for broken syntax, an empty text, several documents and whatever else is not plain YAML, and
    E_YAML_LIMIT beyond the limits.
    """
    documents = _documents(text, file, limits)
    first = next(documents, None)
    if first is None:
        raise _error(Code.E_YAML, file, 1, "the file is empty", "Fill it or remove it.")
    second = next(documents, None)
    if second is not None:
        raise _error(Code.E_YAML, file, second.line, "a second document starts", "Keep one document in this file.")
    return first


def parse_all(text: str, file: str, *, limits: Limits = RENDERED) -> list[Node]:
    """All documents of a text except the empty ones; raises as `parse` does."""
    return [document for document in _documents(text, file, limits) if not document.is_null]


def plain(node: Node) -> Any:
    """The value as Python's None, bool, int, float, str, list or dict, by the YAML 1.2 core schema (section 10.3.2)."""
    if isinstance(node.value, dict):
        return {key: plain(child) for key, child in node.value.items()}
    if isinstance(node.value, list):
        return [plain(child) for child in node.value]
    return node.value if node.style else _typed(node.value)


_CORRECT = "Correct that line and run again."
_MERGE = "<<"
_ANCHOR = re.compile(r"&[^\s,\[\]{}]+\s*")
_NULLS = frozenset({"", "~", "null", "Null", "NULL"})
_BOOLEANS = {"true": True, "True": True, "TRUE": True, "false": False, "False": False, "FALSE": False}
_INTEGER = re.compile(r"[-+]?[0-9]{1,100}|0o[0-7]{1,100}|0x[0-9a-fA-F]{1,100}", re.ASCII)
_FLOAT = re.compile(
    r"[-+]?(\.[0-9]+|[0-9]+(\.[0-9]*)?)([eE][-+]?[0-9]+)?|[-+]?\.(inf|Inf|INF)|\.(nan|NaN|NAN)", re.ASCII
)


def _documents(text: str, file: str, limits: Limits) -> Iterator[Node]:
    if len(text) > limits.size:
        raise _limit(file, 1, f"has more than {limits.size} characters")
    # libyaml doesn't count a byte order mark, so it is cut off first and counted here.
    shift = len(BOM) if text.startswith(BOM) else 0
    builder = _Builder(text, file, limits, shift)
    try:
        for event in yaml.parse(text[shift:], Loader=LOADER):
            if isinstance(event, yaml.DocumentStartEvent):
                builder.anchors.clear()
            elif isinstance(event, yaml.DocumentEndEvent):
                yield builder.root
            else:
                builder.take(event)
    except yaml.MarkedYAMLError as error:
        line = error.problem_mark.line + 1 if error.problem_mark else 1
        problem = ", ".join(part for part in (error.context, error.problem) if part)
        raise _error(Code.E_YAML, file, line, ascii(problem)[1:-1], _CORRECT) from error
    except yaml.YAMLError as error:
        raise _error(Code.E_YAML, file, 1, "it has characters that YAML forbids", "Remove them.") from error


class _Anchored(msgspec.Struct, frozen=True):
    """A node that aliases can stand for, and what each of them costs."""

    node: Node
    nodes: int
    height: int


class _Open(msgspec.Struct):
    """A collection whose end has not been seen yet."""

    start: Any
    nodes_before: int
    children: dict[str, Node] | list[Node]
    key: str | None = None
    merge: Node | None = None
    height: int = 1


class _Builder:
    """From parser events to nodes, without recursion: nesting costs a list entry, never a stack frame."""

    def __init__(self, text: str, file: str, limits: Limits, shift: int) -> None:
        self.root: Node
        self.anchors: dict[str, _Anchored] = {}
        self._text = text
        self._file = file
        self._limits = limits
        self._shift = shift
        self._open: list[_Open] = []
        self._nodes = 0

    def take(self, event: Any) -> None:
        """The next event inside a document."""
        if isinstance(event, yaml.ScalarEvent):
            self._begin(event)
            self._end(self._node(event.value, event, event, event.style or ""), event, nodes=1, height=0)
        elif isinstance(event, yaml.AliasEvent):
            anchored = self._anchored(event)
            self._count(event, anchored.nodes, anchored.height)
            self._place(anchored.node, event, anchored.height)
        elif isinstance(event, yaml.CollectionStartEvent):
            self._begin(event)
            children: dict[str, Node] | list[Node] = {} if isinstance(event, yaml.MappingStartEvent) else []
            self._open.append(_Open(event, self._nodes - 1, children))
        elif isinstance(event, yaml.CollectionEndEvent):
            closed = self._open.pop()
            if closed.merge is not None and isinstance(closed.children, dict):
                _merge(closed.children, closed.merge)
            node = self._node(closed.children, closed.start, event, "")
            self._end(node, closed.start, nodes=self._nodes - closed.nodes_before, height=closed.height)

    def _begin(self, event: Any) -> None:
        if event.tag is not None:
            raise self._refused(event, "a tag", "Write the value without its tag.")
        if event.anchor is not None and not self._limits.aliases:
            raise self._refused(event, "an anchor", "Write the value out where it is used.")
        self._count(event, 1, 0 if isinstance(event, yaml.ScalarEvent) else 1)

    def _end(self, node: Node, event: Any, *, nodes: int, height: int) -> None:
        if event.anchor is not None:
            self.anchors[event.anchor] = _Anchored(node, nodes, height)
        self._place(node, event, height)

    def _place(self, node: Node, event: Any, height: int) -> None:
        if not self._open:
            self.root = node
            return
        parent = self._open[-1]
        parent.height = max(parent.height, height + 1)
        if isinstance(parent.children, list):
            parent.children.append(node)
        elif parent.key is None:
            parent.key = self._key(node, event, parent)
        elif parent.key == _MERGE:
            parent.merge, parent.key = node, None
        else:
            parent.children[parent.key], parent.key = node, None

    def _key(self, node: Node, event: Any, parent: _Open) -> str:
        if not isinstance(event, yaml.ScalarEvent) or not isinstance(node.value, str):
            raise self._refused(event, "a key that is not plain text", _CORRECT)
        if not self._limits.aliases and (node.value == _MERGE or not isinstance(plain(node), str)):
            raise self._refused(event, f"the key {node.value!a}, which is no text", "Quote the key.")
        if node.value in parent.children or (node.value == _MERGE and parent.merge is not None):
            raise self._refused(event, f"the key {node.value!a} a second time", "Remove one of the two.")
        return node.value

    def _anchored(self, event: Any) -> _Anchored:
        if not self._limits.aliases:
            raise self._refused(event, "an alias", "Write the value out.")
        if event.anchor not in self.anchors:
            raise self._refused(event, "an alias without an anchor before it", _CORRECT)
        return self.anchors[event.anchor]

    def _count(self, event: Any, nodes: int, height: int) -> None:
        self._nodes += nodes
        if self._nodes > self._limits.nodes:
            raise _limit(self._file, _line(event), f"has more than {self._limits.nodes} values, aliases expanded")
        if len(self._open) + height > self._limits.depth:
            raise _limit(self._file, _line(event), f"is nested deeper than {self._limits.depth} levels")

    def _node(self, value: str | dict[str, Node] | list[Node], first: Any, last: Any, style: str) -> Node:
        start, end = first.start_mark.index + self._shift, last.end_mark.index + self._shift
        if first.anchor is not None and (anchor := _ANCHOR.match(self._text, start)):
            start = min(end, anchor.end())
        return Node(value, self._file, _line(first), start, end, style)

    def _refused(self, event: Any, what: str, next_step: str) -> ReleaseError:
        return _error(Code.E_YAML, self._file, _line(event), f"there is {what}", next_step)


def _merge(children: dict[str, Node], source: Node) -> None:
    """What `<<: *source` means (YAML merge key, yaml.org/type/merge): keys of the source that are not written here."""
    sources = source.value if isinstance(source.value, list) else [source]
    for one in sources:
        for key, child in one.mapping("what `<<` merges").items():
            children.setdefault(key, child)


def _typed(text: str) -> Any:
    if text in _NULLS:
        return None
    if text in _BOOLEANS:
        return _BOOLEANS[text]
    if _INTEGER.fullmatch(text):
        return int(text, {"0o": 8, "0x": 16}.get(text[:2], 10))
    if _FLOAT.fullmatch(text):
        return float(text.replace(".inf", "inf").replace(".nan", "nan") if text[-1].isalpha() else text)
    return text


def _line(event: Any) -> int:
    return int(event.start_mark.line) + 1


def _error(code: Code, file: str, line: int, what: str, next_step: str) -> ReleaseError:
    return ReleaseError(code, f"{file}, line {line}: {what}.", next_step=next_step, file=file, line=line)


def _limit(file: str, line: int, what: str) -> ReleaseError:
    return ReleaseError(
        Code.E_YAML_LIMIT, f"{file} {what}.", next_step="Make the file smaller and plainer.", file=file, line=line
    )
