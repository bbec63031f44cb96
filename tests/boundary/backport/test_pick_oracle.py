"""Picks without a working tree against `git cherry-pick` in one, over a sample of the made-up histories.

`python -m bench.pick_oracle` does the same over many more.
"""

from pathlib import Path

import pytest

from bench.pick_oracle import compare


@pytest.mark.parametrize("number", range(1, 9))
def test_a_pick_is_what_cherry_pick_makes(number: int, tmp_path: Path) -> None:
    counted, differences = compare(number, tmp_path, branches=3)
    assert counted.total() == 3
    assert differences == []
