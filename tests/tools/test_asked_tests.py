"""Which test files are asked about an edit of a module."""

from pathlib import Path

import pytest

from tools.mutants import choose

PLACES = "tests/boundary/chart/test_places.py"
FILES = {
    "release_actions/core/text.py": "",
    "release_actions/chart/places.py": "from release_actions.core import text\n",
    "release_actions/other/text.py": "",
    "scripts/publish.py": "from release_actions.chart.places import find\n",
    "tests/support/words.py": "from release_actions.core.text import lines\n",
    "tests/unit/core/test_text.py": "",
    "tests/unit/other/test_text_of_others.py": "",
    "tests/unit/chart/test_by_helper.py": "from tests.support import words\n",
    PLACES: "from release_actions.chart.places import find\n",
    "tests/actions/publish/conftest.py": "from tests.support.words import some\n",
    **{f"tests/actions/publish/test_part_{letter}.py": "" for letter in "abcdefghi"},
    "tests/workflows/test_all.py": "from release_actions.core import text\n",
    "tests/rehearsal/test_text.py": "from release_actions.core import text\n",
}
PARTS = [f"tests/actions/publish/test_part_{letter}.py" for letter in "abcdefghi"]


@pytest.fixture
def repository(tmp_path: Path) -> Path:
    for name, text in FILES.items():
        (tmp_path / name).parent.mkdir(parents=True, exist_ok=True)
        (tmp_path / name).write_text(text)
    return tmp_path


@pytest.mark.parametrize(
    ("module", "expected"),
    [
        # The one that is about it, then those next to it, by themselves, by what they share, or by their script.
        (
            "release_actions/core/text.py",
            ["tests/unit/core/test_text.py", "tests/unit/chart/test_by_helper.py", PLACES, *PARTS[:5]],
        ),
        ("release_actions/other/text.py", ["tests/unit/other/test_text_of_others.py"]),
        ("release_actions/chart/places.py", [PLACES, *PARTS[:7]]),
        ("scripts/publish.py", PARTS),
        ("release_actions/gone.py", []),
    ],
)
def test_those_that_are_about_a_module_come_first(repository: Path, module: str, expected: list[str]) -> None:
    assert choose.TestFiles(repository).naming(module) == expected
