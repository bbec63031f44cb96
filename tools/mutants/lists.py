"""The two lists that are kept: `kept.txt`, edits that are always tried, and `judged.txt`, survivors without harm.

    image-check-platforms: release_actions/image_check/ask.py
    tests: tests/unit/image_check/test_required_images.py
    - the text that is there now, exactly once in the module
    + the text instead of it; without such a line the whole lines go

Each block of `kept.txt` is an edit. `tests:` names the tests to ask first, as pytest takes them; `--record` writes
there which test noticed the edit. Each block of `judged.txt` is about one edit: a kept one by its name alone, a drawn
one by its module, its function and its lines; its `= reason` says why no user can notice it.
"""

import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from itertools import groupby
from pathlib import Path

from tools.mutants.edits import Edit, EditError, Key

KEPT = Path("tools/mutants/kept.txt")
JUDGED = Path("tools/mutants/judged.txt")
_NAME = re.compile(r"[a-z0-9]+(?:-[a-z0-9]+)*")


@dataclass(frozen=True)
class _Block:
    """A block of a list: where it is, its first line, and its other lines by their sign."""

    place: str
    head: str
    lines: dict[str, list[str]]

    def text(self, sign: str) -> str:
        return "\n".join(self.lines[sign])


def kept_edits(root: Path) -> list[Edit]:
    """The kept edits; raises EditError, with each edit that does not fit its module any more."""
    edits: dict[str, Edit] = {}
    wrong: list[str] = []
    for block in _blocks(root, KEPT):
        name, _, module = block.head.partition(": ")
        if name in edits or not _NAME.fullmatch(name) or not block.lines["-"]:
            raise EditError(f"{block.place}: an edit is `name: module`, a name of its own, and lines with `-`")
        source = _source(root / module)
        old = block.text("-") + ("" if block.lines["+"] else "\n")
        if source.count(old) == 1:
            start = len(source[: source.index(old)].encode())
            tests = tuple(block.text("tests:").split())
            edits[name] = Edit(module, start, start + len(old.encode()), block.text("+"), name, tests=tests)
        else:
            wrong.append(f"{block.place}: {name} stands {source.count(old)} times in {module}; rewrite or drop it")
    if wrong:
        raise EditError("\n".join(wrong))
    return list(edits.values())


def record_tests(root: Path, noticed: Mapping[str, str]) -> None:
    """Write into `kept.txt` which test (its id) noticed each edit (its name); parameters are left out."""
    lines: list[str] = []
    for line in _source(root / KEPT).split("\n"):
        head, _, module = line.partition(": ")
        if line.startswith("tests: ") and lines and lines[-1].startswith("tests: "):
            continue
        lines.append(line)
        if head in noticed and (root / module).is_file():
            lines.append(f"tests: {noticed[head].partition('[')[0]}")
    (root / KEPT).write_text("\n".join(lines), encoding="utf-8")


def judged_keys(root: Path) -> set[Key]:
    """The edits that are judged harmless; raises EditError, with each one that is about text that is gone."""
    names = {edit.name for edit in kept_edits(root)}
    wrong = []
    keys: set[Key] = set()
    for block in _blocks(root, JUDGED):
        module, _, place = block.head.partition(": ")
        if not block.lines["="]:
            raise EditError(f"{block.place}: a line with `=` says why it is harmless")
        if place:
            there = block.lines["-"] and _squeezed(block.text("-")) in _squeezed(_source(root / module))
        else:
            there = block.head in names
        if not there:
            wrong.append(f"{block.place}: there is no such edit any more; drop it")
        keys.add((block.head, block.text("-"), block.text("+")))
    if wrong:
        raise EditError("\n".join(wrong))
    return keys


def notation(key: Key, reason: str) -> str:
    """A block of the judged list."""
    head, before, after = key
    removed = [f"- {line}" for line in before.split("\n") if before]
    added = [f"+ {line}" for line in after.split("\n") if after]
    return "\n".join([head, *removed, *added, f"= {reason}"])


def _blocks(root: Path, file: Path) -> Iterator[_Block]:
    """The blocks of a list, between empty lines; a line that starts with `#` is a comment."""
    numbered = [(number, line) for number, line in enumerate(_source(root / file).split("\n"), 1) if line[:1] != "#"]
    for is_block, group in groupby(numbered, key=lambda one: bool(one[1])):
        if is_block:
            (first, head), *rest = group
            lines: dict[str, list[str]] = {"-": [], "+": [], "=": [], "tests:": []}
            for number, line in rest:
                sign, _, content = line.partition(" ")
                if sign not in lines:
                    raise EditError(f"{file}:{number}: a line starts with {', '.join(lines)} or #")
                lines[sign].append(content)
            yield _Block(f"{file}:{first}", head, lines)


def _source(path: Path) -> str:
    return path.read_text(encoding="utf-8") if path.is_file() else ""


def _squeezed(text: str) -> str:
    """A text without the indentation of its lines."""
    return "\n".join(line.strip() for line in text.split("\n"))
