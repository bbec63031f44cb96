"""docs/errors.md says of each code what the code really says: its examples are messages that it can give."""

import ast
import re
from collections.abc import Iterator
from itertools import pairwise
from pathlib import Path

import pytest

from release_actions.core.errors import Code
from release_actions.runner.summary import ERRORS_PAGE
from scripts.run import TITLES
from tools.error_guide import read_guides

ROOT = Path(__file__).resolve().parents[2]
SOURCES = [*(ROOT / "release_actions").rglob("*.py"), *(ROOT / "scripts").glob("*.py")]
OTHER = r"[\s\S]*"


def pattern(node: ast.expr) -> str:
    """A regular expression for what an expression can be as text."""
    if isinstance(node, ast.Constant) and isinstance(node.value, str):
        return re.escape(node.value)
    if isinstance(node, ast.JoinedStr):
        return "".join(re.escape(str(one.value)) if isinstance(one, ast.Constant) else OTHER for one in node.values)
    if isinstance(node, ast.BinOp) and isinstance(node.op, ast.Add):
        return pattern(node.left) + pattern(node.right)
    return OTHER


def messages() -> Iterator[tuple[str, str]]:
    """Every code that the product raises, with a pattern of what it says then."""
    for path in SOURCES:
        for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
            if isinstance(node, ast.Call):
                for first, second in pairwise(node.args):
                    code = first.attr if isinstance(first, ast.Attribute) else getattr(first, "value", "")
                    if code in Code.__members__:
                        yield str(code), pattern(second)


MESSAGES = list(messages())


@pytest.mark.parametrize("code", Code, ids=lambda code: code.name)
def test_an_example_is_a_message_of_its_code(code: Code) -> None:
    known = [text for name, text in MESSAGES if name == code.name]
    assert known
    assert any(re.fullmatch(text, read_guides()[code].example) for text in known)


def test_every_code_has_its_own_place_on_the_page() -> None:
    page = (ROOT / "docs" / "errors.md").read_text(encoding="utf-8")
    assert re.findall(r"^## (E_\w+)$", page, re.MULTILINE) == [code.name for code in Code]
    assert ERRORS_PAGE.endswith("/docs/errors.md")


def test_titles_differ() -> None:
    assert len({code.title for code in Code}) == len(Code)


def test_the_start_of_an_action_knows_the_titles_of_its_own_failures() -> None:
    assert {name: Code[name].title for name in TITLES} == TITLES
    source = (ROOT / "scripts" / "run.py").read_text(encoding="utf-8")
    assert set(re.findall(r'fail\(\s*"(E_\w+)"', source)) == TITLES.keys()
