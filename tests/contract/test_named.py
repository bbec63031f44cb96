"""What comments and pages name is there: paths of this repository, modules by their room, and codes of errors."""

import ast
import io
import re
import subprocess
import tokenize
from collections.abc import Iterator
from pathlib import Path

import pytest

from release_actions.core.errors import Code
from tools import rooms

ROOT = Path(__file__).resolve().parents[2]
LISTED = subprocess.run(
    ["git", "ls-files", "-z", "--cached", "--others", "--exclude-standard"], cwd=ROOT, capture_output=True, check=True
)
FILES = [name for name in sorted(LISTED.stdout.decode().split("\0")) if name and (ROOT / name).is_file()]
TEXTS = [name for name in FILES if not name.endswith(".png")]
THERE = {*FILES, *(str(folder) for name in FILES for folder in Path(name).parents)}
HOUSES = {
    room.name: house.package for house in (rooms.REHEARSAL, rooms.LIBRARY) for floor in house.floors for room in floor
}

CODE = re.compile(r"(?<![A-Za-z0-9_])E_[A-Z][A-Z_]*")
# A path is written from a folder at the top. A user's repository has a `.github` too, and `actions/checkout` is
# GitHub's, so that of these two it is what lies in our own folders.
TOPS = {name.partition("/")[0] for name in FILES if "/" in name} - {".github", "actions"}
PATH = re.compile(
    rf"(?<![\w/.@$}}<*-])((?:{'|'.join(sorted(map(re.escape, TOPS)))})/[\w./*<>{{}}$-]*"
    r"|(?:actions|\.github/workflows)/[\w./-]+\.(?:yml|py)(?!\w))"
)
MODULE = re.compile(rf"(?<![\w/.])(({'|'.join(HOUSES)})/\w+\.py)(?!\w)")
PLACEHOLDER = re.compile(r"[<>{}$*]")
# CONTRIBUTING shows how an action is added by one that is not there.
EXAMPLE = re.compile(r"greet.tag")


def prose(name: str) -> Iterator[tuple[int, str]]:
    """What a file says to people, by line: comments and docstrings of Python, every line of other files."""
    text = (ROOT / name).read_text(encoding="utf-8")
    if not name.endswith(".py"):
        yield from enumerate(text.split("\n"), 1)
        return
    tokens = tokenize.generate_tokens(io.StringIO(text).readline)
    yield from ((token.start[0], token.string) for token in tokens if token.type == tokenize.COMMENT)
    yield from ((node.lineno, string) for node, string in docstrings(text))


def docstrings(text: str) -> Iterator[tuple[ast.Constant, str]]:
    """Strings that stand alone."""
    for node in ast.walk(ast.parse(text)):
        if isinstance(node, ast.Expr) and isinstance(node.value, ast.Constant) and isinstance(node.value.value, str):
            yield node.value, node.value.value


def is_there(path: str) -> bool:
    return bool(PLACEHOLDER.search(path) or EXAMPLE.search(path)) or path.rstrip("./") in THERE


def test_paths_that_are_named_are_there() -> None:
    named = [(name, line, path) for name in TEXTS for line, text in prose(name) for path in PATH.findall(text)]
    assert len(named) > 50
    assert [one for one in named if not is_there(one[2])] == []


def test_modules_that_are_named_by_their_room_are_there() -> None:
    named = [(name, line, *found) for name in TEXTS for line, text in prose(name) for found in MODULE.findall(text)]
    assert named
    assert [one for one in named if f"{HOUSES[one[3]]}/{one[2]}" not in THERE] == []


def test_codes_that_are_named_are_codes() -> None:
    named = {(name, code) for name in TEXTS for code in CODE.findall((ROOT / name).read_text(encoding="utf-8"))}
    assert [one for one in sorted(named) if one[1] not in Code.__members__] == []


@pytest.mark.parametrize("folder", ["release_actions", "scripts", "rehearsal", "tools", "bench"])
def test_programs_name_codes_by_their_members(folder: str) -> None:
    # run.py starts before any of our packages can be imported.
    files = [
        name for name in FILES if name.startswith(f"{folder}/") and name.endswith(".py") and name != "scripts/run.py"
    ]
    as_text = [(name, line, text) for name in files for line, text in texts(name) if CODE.fullmatch(text)]
    assert as_text == []


def texts(name: str) -> Iterator[tuple[int, str]]:
    """The strings of a program by line, but for those that stand alone."""
    text = (ROOT / name).read_text(encoding="utf-8")
    alone = {(node.lineno, node.col_offset) for node, _ in docstrings(text)}
    for node in ast.walk(ast.parse(text)):
        if isinstance(node, ast.Constant) and (node.lineno, node.col_offset) not in alone:
            yield node.lineno, str(node.value)
