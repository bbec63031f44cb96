"""Where something is in a text, to the character: by a YAML path, by a line's form, by a badge.

Nothing is changed here. A place has to be there exactly once, else E_PLACE_MISSING says where it was looked for.
"""

import re
from collections.abc import Iterator

import msgspec

from release_actions.core.errors import Code, ReleaseError
from release_actions.core.text import line_at
from release_actions.core.yaml_nodes import BOM, Node, plain
from release_actions.version_places.expression import Expression
from release_actions.version_places.range import range_sign

PathStep = str | int | tuple[str, str]
"""One step of a YAML path: a key, an index from 0, or the key and value that one item of a list has."""

_STEP = re.compile(
    r"\.(?:\"(?P<quoted>[^\"]*)\"|(?P<key>[^.\[\]\"'\s]+))"
    r"|\[(?P<index>[0-9]{1,6})\]"
    r"|\[(?P<by>[^=\[\]]+)=(?P<value>[^\]]+)\]"
)
_WORD = re.compile(r"[A-Za-z0-9._+-]*")
_BLOCK = ("|", ">")


class Match(msgspec.Struct, frozen=True):
    """A value in a text: its place, what it says, and the characters to put around another value."""

    start: int
    end: int
    line: int
    text: str
    before: str = ""
    after: str = ""


def yaml_steps(path: str) -> tuple[PathStep, ...]:
    """A path such as `image.tag`, `containers[0].image`, `images[name=op].newTag` or `annotations."a.b/c"` in steps.

    Raises ValueError when it isn't one.
    """
    dotted = path if path.startswith("[") else f".{path}"
    steps: list[PathStep] = []
    end = 0
    while end < len(dotted):
        step = _STEP.match(dotted, end)
        if step is None:
            raise ValueError(f"`{path}` is not a YAML path such as `image.tag` or `images[name=op].newTag`")
        if step["by"]:
            steps.append((step["by"], step["value"]))
        else:
            steps.append(int(step["index"]) if step["index"] else step["key"] or step["quoted"])
        end = step.end()
    return tuple(steps)


def in_yaml(root: Node, text: str, path: str, *, certain: bool = False, ranges: bool = False) -> Match:
    """The scalar at a YAML path; one in quotes keeps them, an empty one gets the space it needs.

    Unless it is `certain` that a version belongs there, what is there has to look like one, or like a word that stands
    for one (`main`): not like a reference, a number or a text. With `ranges` it may be one such as `~1.5.0`.
    """
    node = root
    for step in yaml_steps(path):
        node = _down(node, step, path)
    if not isinstance(node.value, str) or node.style in _BLOCK:
        raise missing(node.file, node.line, f"`{path}` is not a value on one line")
    is_word = _WORD.fullmatch(node.value) or (ranges and range_sign(node.value))
    if not certain and not node.is_null and not is_word:
        raise missing(node.file, node.line, f"`{path}` is {node.value[:80]!a} there, which is more than a version")
    if not certain and isinstance(plain(node), (bool, int, float)):
        what = f"`{path}` is {node.value[:80]!a} there, a number or a switch and no version; quote it if it is one"
        raise missing(node.file, node.line, what)
    before = after = node.style
    if node.start == node.end and text[: node.start][-1:] not in {" ", "\t", ""}:
        before = " "
    return Match(node.start, node.end, node.line, node.value, before, after)


def whole(text: str, file: str) -> Match:
    """All of a text but the white space around it."""
    content = text.removeprefix(BOM)
    found = content.strip()
    if not _WORD.fullmatch(found):
        raise missing(file, 1, "it holds more than a version")
    start = text.index(found, len(text) - len(content))
    return Match(start, start + len(found), line_at(text, start), found)


def in_lines(text: str, file: str, expression: Expression, shown: str) -> Match:
    """The one group of an expression that matches one whole line."""
    matches = [
        Match(start + span[0], start + span[1], number, line[slice(*span)])
        for number, start, line in _lines(text)
        if (span := expression.find(line))
    ]
    if len(matches) != 1:
        lines = ", ".join(str(found.line) for found in matches[:5])
        what = f"{shown} matches {len(matches)} lines ({lines})" if matches else f"no line matches {shown}"
        raise missing(file, matches[1].line if matches else 1, what)
    [found] = matches
    if not _WORD.fullmatch(found.text):  # such as `latest"`, whose quote the pattern took in
        raise missing(file, found.line, f"{shown} finds {found.text[:80]!a} there, which is more than a version")
    return found


def badges(text: str, file: str, label: str) -> list[Match]:
    """The versions in all shields.io badges of that label (`…/badge/Version-1.5.0--rc.0-blue`), hyphens doubled."""
    matches = _everywhere(text, rf"img\.shields\.io/badge/{re.escape(label)}-((?:[^-\s/?)]|--)+)-(?!-)")
    if not matches:
        raise missing(file, 1, f"there is no shields.io badge `{label}`")
    return matches


def badge_captions(text: str, label: str) -> list[Match]:
    """The versions in the captions of such badges (`![Version: 1.5.0-rc.0](…`), as helm-docs writes them."""
    name = re.escape(label)
    return _everywhere(text, rf"!\[{name}: ([^\]\s]+)\]\(https?://img\.shields\.io/badge/{name}-")


def missing(file: str, line: int, what: str) -> ReleaseError:
    """An E_PLACE_MISSING error."""
    return ReleaseError(
        Code.E_PLACE_MISSING,
        f"{file}, line {line}: {what}.",
        next_step="Correct the version place in the input `places` or the configuration, or the file.",
        file=file,
        line=line,
    )


def _down(node: Node, step: PathStep, path: str) -> Node:
    if isinstance(step, str):
        found = [child for key, child in node.value.items() if key == step] if isinstance(node.value, dict) else []
    elif isinstance(step, int):
        found = node.value[step : step + 1] if isinstance(node.value, list) else []
    else:
        items = node.value if isinstance(node.value, list) else []
        found = [item for item in items if _says(item, *step)]
    if len(found) != 1:
        count = "more than once" if found else "not there"
        raise missing(node.file, node.line, f"`{_shown(step)}` of `{path}` is {count}")
    return found[0]


def _says(item: Node, key: str, value: str) -> bool:
    child = item.value.get(key) if isinstance(item.value, dict) else None
    return child is not None and child.value == value


def _shown(step: PathStep) -> str:
    return f"[{step[0]}={step[1]}]" if isinstance(step, tuple) else str(step)


def _everywhere(text: str, pattern: str) -> list[Match]:
    return [
        Match(found.start(1), found.end(1), line_at(text, found.start()), found[1])
        for found in re.finditer(pattern, text)
    ]


def _lines(text: str) -> Iterator[tuple[int, int, str]]:
    """Number, offset and content of each line, without its end and without a byte order mark."""
    start = len(BOM) if text.startswith(BOM) else 0
    for number, line in enumerate(text[start:].split("\n"), 1):
        yield number, start, line.removesuffix("\r")
        start += len(line) + 1
