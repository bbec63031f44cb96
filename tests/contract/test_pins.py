"""What the project runs and installs is pinned, and the pins are complete."""

import re
import subprocess
from pathlib import Path
from typing import Any

import pytest
import yaml

ROOT = Path(__file__).resolve().parents[2]
LOCKS = ("requirements.txt", "requirements-dev.txt")

PINNED = re.compile(r"[\w.-]+(/[\w.-]+)+@[0-9a-f]{40} # v\d+\.\d+\.\d+")
OWN_CODE = re.compile(r"(\./|\$/)[\w./-]+")
# Examples show what a user writes.
OWN_RELEASE = re.compile(r"kubeflow/release-actions(/[\w.-]+)*@v1")


def tracked(*patterns: str) -> list[Path]:
    listed = subprocess.run(["git", "ls-files", "-z", "--", *patterns], cwd=ROOT, capture_output=True, check=True)
    return [ROOT / name for name in listed.stdout.decode().split("\0") if name]


def test_every_action_used_is_pinned_by_commit() -> None:
    loose = [
        f"{path.relative_to(ROOT)}:{number}: {used}"
        for path in tracked(".github", "action.yml", "actions", "sync-chart", "examples")
        if path.suffix in {".yml", ".yaml"}
        for number, line in enumerate(path.read_text().splitlines(), start=1)
        if (used := uses(line)) and not is_pinned(used, example="examples" in path.relative_to(ROOT).parts)
    ]
    assert not loose


def uses(line: str) -> str | None:
    found = re.fullmatch(r"\s*(?:- )?uses:\s*(.+?)\s*", line)
    return found.group(1) if found else None


def is_pinned(used: str, *, example: bool) -> bool:
    if example and OWN_RELEASE.fullmatch(used):
        return True
    return bool(OWN_CODE.fullmatch(used) or PINNED.fullmatch(used))


@pytest.mark.parametrize(
    ("line", "pinned"),
    [
        pytest.param("- uses: actions/checkout@" + "0a" * 20 + " # v7.0.1", True, id="commit and version"),
        pytest.param("  uses: $/actions/validate-tag", True, id="own code"),
        pytest.param("- uses: actions/checkout@" + "0a" * 20, False, id="no version"),
        pytest.param("- uses: actions/checkout@v7 # v7.0.1", False, id="moving tag"),
        pytest.param("- uses: actions/checkout@" + "0a" * 20 + " # v7", False, id="moving version"),
        pytest.param("- uses: kubeflow/release-actions/sync-chart@v1", False, id="own release outside examples"),
    ],
)
def test_what_counts_as_pinned(line: str, *, pinned: bool) -> None:
    used = uses(line)
    assert used is not None
    assert is_pinned(used, example=False) is pinned


@pytest.mark.parametrize("name", LOCKS)
def test_every_locked_package_has_a_version_and_hashes(name: str) -> None:
    logical_lines = (ROOT / name).read_text().replace("\\\n", " ").splitlines()
    loose = [
        line
        for line in logical_lines
        if line.strip()
        and not line.lstrip().startswith("#")
        and not re.fullmatch(r"[a-z0-9-]+==[\w.]+( ; [^;]+?)?( +--hash=sha256:[0-9a-f]{64})+ *", line)
    ]
    assert not loose


def test_the_development_lock_holds_the_runtime_lock() -> None:
    runtime, development = (locked(name) for name in LOCKS)
    assert runtime <= development


def locked(name: str) -> set[str]:
    """The `name==version` and marker of every package in a lock file."""
    return set(re.findall(r"^([a-z0-9-]+==[^\\\n]+?) \\$", (ROOT / name).read_text(), re.MULTILINE))


def test_the_locks_hold_what_pyproject_names() -> None:
    project = (ROOT / "pyproject.toml").read_text()
    assert names(array("dependencies", project)) <= locked_names("requirements.txt")
    assert names(array("dev", project)) <= locked_names("requirements-dev.txt")


def array(key: str, toml: str) -> str:
    """The text of a TOML array; Python 3.10 has no TOML parser of its own."""
    found = re.search(rf"^{key} = \[\n(.*?)^\]", toml, re.MULTILINE | re.DOTALL)
    assert found is not None
    return found.group(1)


def names(quoted: str) -> set[str]:
    return {name.lower() for name in re.findall(r'"([\w.-]+)', quoted)}


def locked_names(name: str) -> set[str]:
    return {package.partition("==")[0] for package in locked(name)}


def test_pre_commit_runs_the_lint_of_the_makefile() -> None:
    configuration: Any = yaml.safe_load((ROOT / ".pre-commit-config.yaml").read_text())
    commands = {hook["entry"] for repository in configuration["repos"] for hook in repository["hooks"]}
    lint = re.search(r"^lint: (.+)$", (ROOT / "Makefile").read_text(), re.MULTILINE)
    assert lint is not None
    assert commands == {f"make {target}" for target in lint.group(1).split()}
