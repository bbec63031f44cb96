"""The edits that `make mutants` keeps fit the modules of today, and what it judges harmless is text that is there."""

import ast
from pathlib import Path

from tools.mutants import choose
from tools.mutants.lists import JUDGED, judged_keys, kept_edits

ROOT = Path(__file__).resolve().parents[2]


def test_each_kept_edit_makes_another_program_of_its_module() -> None:
    edits = kept_edits(ROOT)
    sources = {edit.name: (ROOT / edit.module).read_bytes() for edit in edits}
    edited = {edit.name: edit.apply(sources[edit.name]) for edit in edits}
    same = [name for name, text in edited.items() if ast.dump(ast.parse(text)) == ast.dump(ast.parse(sources[name]))]
    assert edits
    assert same == []


def test_each_kept_edit_has_tests_to_ask() -> None:
    files = choose.TestFiles(ROOT)
    asked = {edit.name: edit.tests or files.naming(edit.module) for edit in kept_edits(ROOT)}
    there = {name for name, tests in asked.items() if tests and all(map(_is_there, tests))}
    assert asked.keys() - there == set()


def test_each_edit_that_is_judged_harmless_is_there_once_and_has_a_reason() -> None:
    reasons = [line for line in (ROOT / JUDGED).read_text().split("\n") if line.startswith("= ")]
    assert len(judged_keys(ROOT)) == len(reasons)


def _is_there(test: str) -> bool:
    """Whether there is a test file, or the test in it that is named behind `::`."""
    file, _, name = test.partition("::")
    return (ROOT / file).is_file() and (not name or f"\ndef {name}(" in (ROOT / file).read_text())
