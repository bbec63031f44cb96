"""Feature gates that manifests, chart templates and values name: in arguments, maps, and lists of name and enabled."""

import re
from collections.abc import Iterator
from itertools import zip_longest
from typing import Final

from release_actions.compatibility.gate_rules import NamedGate
from release_actions.core.errors import ReleaseError
from release_actions.core.go_templates import actions
from release_actions.core.text import line_at, lines
from release_actions.core.yaml_nodes import LOOSE, Node, parse_all

_MENTIONED = re.compile("feature-?gates", re.IGNORECASE)
_KEYS: Final = ("featureGates", "feature-gates")
_ARGUMENT = re.compile(r"--feature-gates[= ][\"']?([^\s\"']+)")
_GATE = re.compile(r"([A-Z]\w*)=(.*)", re.ASCII)
_NAME = re.compile(r"[A-Z]\w*", re.ASCII)
_HOLE: Final = "\ue000"  # stands for what a template writes; Unicode gives it no meaning, and YAML allows it
_OF_LIBRARIES: Final = ("AllAlpha", "AllBeta")
_BOOLEANS: Final = {"true": True, "false": False}


def named_gates(text: str, file: str) -> list[NamedGate]:
    """The gates that a text names, with their lines; what a template writes is not known, so its value is None.

    In a text that is not YAML, even without its templates, gates in arguments are found, and maps are not.
    """
    if not _MENTIONED.search(text):
        return []
    return [one for one in _in_text(text, file, 0) if one.name not in _OF_LIBRARIES]


def _without_actions(text: str) -> str:
    """A template with a sign in place of each action, and as many lines."""
    parts, end = [], 0
    for start, stop in actions(text):
        parts += [text[end:start], _HOLE, "\n" * text.count("\n", start, stop)]
        end = stop
    return "".join([*parts, text[end:]])


def _in_text(text: str, file: str, before: int) -> list[NamedGate]:
    """What `named_gates` finds in a text that begins after so many lines of its file."""
    plain = _without_actions(text)
    rows = ["" if set(row.strip()) <= {_HOLE} or row.lstrip().startswith("#") else row for row in lines(plain)]
    try:
        documents = parse_all("\n".join(rows), file, limits=LOOSE)
    except ReleaseError:
        return list(_in_arguments("\n".join(rows), file, before + 1))
    return [one for document in documents for one in _in_node(document, before)]


def _in_node(node: Node, before: int) -> Iterator[NamedGate]:
    if isinstance(node.value, dict):
        for key, child in node.value.items():
            yield from _switches(child, before) if key in _KEYS else _in_node(child, before)
    elif isinstance(node.value, list):
        for one, after in zip_longest(node.value, node.value[1:]):
            if one.value == "--feature-gates" and after and isinstance(after.value, str):
                yield from _in_value(after.value, node.file, after.line + before)
            yield from _in_node(one, before)
    elif node.style == "|" and _MENTIONED.search(node.value):
        yield from _in_text(node.value, node.file, before + node.line)
    else:
        yield from _in_arguments(node.value, node.file, node.line + before)


def _in_arguments(text: str, file: str, line: int) -> Iterator[NamedGate]:
    """The gates in arguments of a text that begins on a line."""
    for found in _ARGUMENT.finditer(text):
        yield from _in_value(found[1], file, line + line_at(text, found.start()) - 1)


def _in_value(value: str, file: str, line: int) -> Iterator[NamedGate]:
    """The gates of `A=true,B=false`."""
    for part in value.split(","):
        found = _GATE.fullmatch(part.strip())
        if found:
            yield NamedGate(name=found[1], file=file, line=line, value=_BOOLEANS.get(found[2].strip().lower()))


def _switches(node: Node, before: int) -> Iterator[NamedGate]:
    """The gates below a key `featureGates`: a map, a list of maps or of texts, or one text."""
    if isinstance(node.value, str):
        yield from _in_value(node.value, node.file, node.line + before)
    elif isinstance(node.value, list):
        for one in node.value:
            if isinstance(one.value, dict) and "name" in one.value:
                yield from _switch(one.value["name"].value, one.value.get("enabled"), one, before)
            elif isinstance(one.value, str):
                yield from _in_value(one.value, node.file, one.line + before)
    else:
        for name, child in node.value.items():
            yield from _switch(name, child, child, before)


def _switch(name: object, value: Node | None, at: Node, before: int) -> Iterator[NamedGate]:
    if isinstance(name, str) and _NAME.fullmatch(name):
        text = value.value if value is not None and isinstance(value.value, str) else ""
        yield NamedGate(name=name, file=at.file, line=at.line + before, value=_BOOLEANS.get(text.lower()))
