"""No built-in expression takes more than linear time: each ends on 1 MB of its worst text, within 5 s of CPU time."""

import subprocess
import sys
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parents[3]
MODULES = [
    ".".join(path.relative_to(ROOT).with_suffix("").parts)
    for path in sorted((ROOT / "release_actions").rglob("*.py"))
    if "re.compile(" in path.read_text(encoding="utf-8")
]


@pytest.mark.parametrize("module", MODULES)
def test_each_pattern_of_a_module_ends(module: str) -> None:
    command, path = [sys.executable, str(ROOT / "tests/support/worst_texts.py"), module], {"PYTHONPATH": str(ROOT)}
    done = subprocess.run(command, env=path, capture_output=True, text=True, check=False)
    assert (done.stdout.split(), done.returncode) == ([], 0), done.stderr
