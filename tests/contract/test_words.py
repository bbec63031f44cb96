"""One word for one thing: words that CONTRIBUTING's glossary replaces by the field's own stand nowhere else."""

import ast
import re
import subprocess
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parents[2]
AVOIDED = (
    *("wish", "wishes", "wished", "story", "stories", "patience", "verdict", "verdicts", "trouble", "troubles"),
    *("brought by", "spot", "spots", "floats", "mend", "mends", "mended", "shall"),
)
TEXTS = (".py", ".md", ".yml", ".yaml", ".toml", ".txt", ".json", ".sh")
GLOSSARY = "CONTRIBUTING.md"


@pytest.fixture(scope="module")
def found() -> dict[str, list[str]]:
    """Where each word stands, by itself or as a part of a name, in all texts but those that have to name it."""
    listed = subprocess.run(["git", "ls-files", "-z"], cwd=ROOT, capture_output=True, text=True, check=True).stdout
    own = Path(__file__).relative_to(ROOT).as_posix()
    words = "|".join(sorted(AVOIDED, key=len, reverse=True)).replace(" ", "[ _]")
    pattern = re.compile(rf"(?<![a-z])({words})(?![a-z])", re.IGNORECASE)
    places: dict[str, list[str]] = {word: [] for word in AVOIDED}
    for name in listed.split("\0"):
        if name.endswith(TEXTS) and name not in (GLOSSARY, own):
            text = (ROOT / name).read_text(encoding="utf-8", errors="replace")
            for match in pattern.finditer(text):
                line = text.count("\n", 0, match.start()) + 1
                places[match[1].lower().replace("_", " ")].append(f"{name}:{line}")
    return places


@pytest.mark.parametrize("word", AVOIDED)
def test_a_word_that_the_glossary_replaces_is_not_used(found: dict[str, list[str]], word: str) -> None:
    assert found[word] == []


def test_the_glossary_has_all_of_them() -> None:
    glossary = (ROOT / GLOSSARY).read_text(encoding="utf-8").partition("## Words")[2].partition("\n## ")[0]
    assert [word for word in AVOIDED if not re.search(rf"\b{word}", glossary)] == []
    assert glossary.count("\n| ") >= 25


def test_no_two_classes_have_one_name() -> None:
    places: dict[str, list[str]] = {}
    for path in sorted([*(ROOT / "release_actions").rglob("*.py"), *(ROOT / "scripts").glob("*.py")]):
        for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
            if isinstance(node, ast.ClassDef):
                places.setdefault(node.name, []).append(path.stem)
    of_every_action = {"Inputs", "Outputs"}
    assert {name: found for name, found in places.items() if len(found) > 1 and name not in of_every_action} == {}
