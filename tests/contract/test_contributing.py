"""CONTRIBUTING is followed literally: its three steps add an action that every check accepts."""

import os
import re
import shutil
import subprocess
import sys
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[2]
STEP = re.compile(r"^\*\*\d\..*?`([a-z_/.-]+\.(?:yml|py))`.*?^```\w+\n(.*?)^```$", re.MULTILINE | re.DOTALL)


@pytest.fixture
def copy(tmp_path: Path) -> Path:
    """This repository as it stands, without what is installed in it."""
    listing = ["git", "ls-files", "-z", "--cached", "--others", "--exclude-standard"]
    listed = subprocess.run(listing, cwd=ROOT, capture_output=True, check=True)
    for name in filter(None, listed.stdout.decode().split("\0")):
        if (ROOT / name).is_file():
            target = tmp_path / "copy" / name
            target.parent.mkdir(parents=True, exist_ok=True)
            shutil.copy2(ROOT / name, target)
    return tmp_path / "copy"


def test_the_three_steps_add_an_action(copy: Path) -> None:
    steps = STEP.findall((ROOT / "CONTRIBUTING.md").read_text())
    assert [name for name, _ in steps] == [
        "actions/greet-tag/action.yml",
        "scripts/greet_tag.py",
        "tests/actions/test_greet_tag.py",
    ]
    for name, text in steps:
        file = copy / name
        file.parent.mkdir(exist_ok=True)
        file.write_text(text)
    subprocess.run(["git", "init", "-q"], cwd=copy, check=True)
    subprocess.run(["git", "add", "--all"], cwd=copy, check=True)
    files = [name for name, _ in steps if name.endswith(".py")]

    _succeeds(copy, "tools.docs")
    _succeeds(copy, "ruff", "check", *files)
    _succeeds(copy, "ruff", "format", "--check", *files)
    _succeeds(copy, "pytest", "-q", "-p", "no:cacheprovider", "tests/contract/test_actions.py", files[-1])


def _succeeds(folder: Path, *module: str) -> None:
    env = {**os.environ, "PATH": f"{ROOT / '.tools/bin'}:{os.environ['PATH']}"}
    done = subprocess.run(
        [sys.executable, "-m", *module], cwd=folder, env=env, capture_output=True, text=True, check=False
    )
    assert done.returncode == 0, done.stdout + done.stderr
