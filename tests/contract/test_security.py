"""The threat model in SECURITY.md: every row names tests, and they are there."""

import ast
import re
from pathlib import Path

ROOT = Path(__file__).parents[2]
ROWS = [line for line in (ROOT / "SECURITY.md").read_text(encoding="utf-8").split("\n") if line.startswith("|")][2:]
TEST = re.compile(r"`(tests/[\w/]+\.py)::(test_\w+)`")


def test_every_row_of_the_threat_model_names_a_test() -> None:
    assert ROWS
    assert [row for row in ROWS if not TEST.search(row)] == []


def test_the_tests_of_the_threat_model_are_there() -> None:
    missing = []
    for file, name in TEST.findall("\n".join(ROWS)):
        path = ROOT / file
        tree = ast.parse(path.read_text(encoding="utf-8")) if path.is_file() else ast.Module([], [])
        if not any(isinstance(one, ast.FunctionDef) and one.name == name for one in tree.body):
            missing.append(f"{file}::{name}")
    assert missing == []
