"""docs/architecture.md answers a newcomer's questions with files that are there and define what they are named for."""

import ast
import re
from pathlib import Path

import pytest

from tools import rooms

ROOT = Path(__file__).resolve().parents[2]
PAGE = (ROOT / "docs" / "architecture.md").read_text()
ROW = re.compile(r"^\| ([^|]+\?) \| `([^`]+)` \| `([^`]+)` \|$", re.MULTILINE)
ANSWERS = {question: (path, name) for question, path, name in ROW.findall(PAGE)}


@pytest.mark.parametrize("question", ANSWERS)
def test_a_question_is_answered_by_a_file_that_defines_the_name(question: str) -> None:
    path, name = ANSWERS[question]
    assert name in defined(ROOT / path)


@pytest.mark.parametrize(
    "word",
    [
        *("tags are valid", "pattern of release branches", "chart count as published", "images must exist"),
        *("GitHub asked again", "verify look for", "be on a release branch", "commits does the guard judge"),
        *("fix on a branch already", "tag refused", "cherry-pick's pull request", "checks block a branch"),
    ],
)
def test_the_questions_that_newcomers_have_are_there(word: str) -> None:
    assert [question for question in ANSWERS if word in question]


@pytest.mark.parametrize(
    ("kind", "house"), [("unit", rooms.LIBRARY), ("boundary", rooms.LIBRARY), ("rehearsal", rooms.REHEARSAL)]
)
def test_folders_of_tests_have_the_names_of_rooms(kind: str, house: rooms.House) -> None:
    folders = {
        path.parent.relative_to(ROOT / "tests" / kind).parts for path in (ROOT / "tests" / kind).rglob("test_*.py")
    }
    assert {parts[0] for parts in folders if parts} <= {room.name for floor in house.floors for room in floor}


def defined(path: Path) -> set[str]:
    """The functions, classes and constants of a module."""
    names: set[str] = set()
    for node in ast.parse(path.read_text(encoding="utf-8")).body:
        if isinstance(node, ast.FunctionDef | ast.ClassDef):
            names.add(node.name)
        elif isinstance(node, ast.Assign):
            names |= {ast.unparse(target) for target in node.targets}
    return names
