"""Values that are written in the files of a tag: by a YAML path, by a line's form, or as a whole file.

Old tags lack files and keys that newer ones have, so that what is not there is no error. What is there and can't be
known without running it, such as a matrix that a step computes, is said.
"""

from collections.abc import Iterator, Mapping, Sequence
from fnmatch import fnmatchcase

import msgspec

from release_actions.core.errors import ReleaseError
from release_actions.core.text import each_line, shown
from release_actions.core.yaml_nodes import BOM, LOOSE, Node, parse
from release_actions.project.support_settings import EACH, ValueSource
from release_actions.version_places.expression import Expression
from release_actions.version_places.locate import PathStep, yaml_steps

_EXPRESSION = "${{"
_LONGEST = 80


class Values(msgspec.Struct, frozen=True):
    """What sources say at a tag, in the order written; `unknown` says why a source that is there says nothing."""

    texts: tuple[str, ...] = ()
    unknown: str = ""


def read_values(sources: Sequence[ValueSource], files: Mapping[str, str | None]) -> Values:
    """The values of the first source that has any in these files, given by their paths; else why there are none."""
    reasons: list[str] = []
    for source in sources:
        texts: list[str] = []
        for path, text in files.items():
            if fits(path, source.file):
                found = _in_file(source, path, text)
                texts += found.texts
                reasons += [found.unknown] if found.unknown else []
        if texts:
            return Values(tuple(dict.fromkeys(texts)))
    return Values((), reasons[0] if reasons else "")


def fits(path: str, pattern: str) -> bool:
    """Whether a path is one that a pattern such as `charts/*/Chart.yaml` stands for; `*` is within one part."""
    parts, wanted = path.split("/"), [part for part in pattern.split("/") if part not in ("", ".")]
    return len(parts) == len(wanted) and all(map(fnmatchcase, parts, wanted))


def _in_file(source: ValueSource, path: str, text: str | None) -> Values:
    if text is None:
        return Values((), f"{path} is too large, or not UTF-8.")
    if source.regex:
        return Values(tuple(_in_lines(text, Expression(source.regex))))
    if not source.yaml:
        return Values(tuple(text.removeprefix(BOM).split()))
    try:
        root = parse(text, path, limits=LOOSE)
    except ReleaseError as error:
        return Values((), error.what)
    nodes = list(_at(root, source.yaml))
    computed = next((one for one in nodes if _EXPRESSION in str(one.value)), None)
    if computed is not None:
        what = shown(str(computed.value), _LONGEST)
        return Values((), f"{path}, line {computed.line}: `{what}` is only known in a run.")
    return Values(tuple(one.value for one in nodes if isinstance(one.value, str) and not one.is_null))


def _in_lines(text: str, expression: Expression) -> Iterator[str]:
    for line in each_line(text.removeprefix(BOM)):
        span = expression.find(line.removesuffix("\r"))
        if span:
            yield line[slice(*span)].strip()


def _at(root: Node, path: str) -> Iterator[Node]:
    """The values at a YAML path, lists in their items; or the expression that stands on the way to them."""
    nodes = [root]
    for number, part in enumerate(path.split(EACH)):
        if number:
            nodes = [child for node in nodes for child in _children(node)]
        for step in yaml_steps(part.removeprefix(".")) if part else ():
            nodes = [child for node in nodes for child in _down(node, step)]
    for node in nodes:
        yield from _children(node) if isinstance(node.value, list) else [node]


def _children(node: Node) -> list[Node]:
    if isinstance(node.value, dict):
        return list(node.value.values())
    return node.value if isinstance(node.value, list) else _computed(node)


def _down(node: Node, step: PathStep) -> list[Node]:
    if isinstance(node.value, dict) and isinstance(step, str):
        return [node.value[step]] if step in node.value else []
    if isinstance(node.value, list) and isinstance(step, int):
        return node.value[step : step + 1]
    if isinstance(node.value, list) and isinstance(step, tuple):
        return [one for one in node.value if isinstance(one.value, dict) and _says(one.value, *step)]
    return _computed(node)


def _says(item: Mapping[str, Node], key: str, value: str) -> bool:
    return key in item and item[key].value == value


def _computed(node: Node) -> list[Node]:
    """An expression stands for all below it."""
    return [node] if isinstance(node.value, str) and _EXPRESSION in node.value else []
