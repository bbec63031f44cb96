"""The example operator as a repository of its own."""

import shutil
import sys
from collections.abc import Mapping
from pathlib import Path

from rehearsal.base.programs import PROJECT, run
from rehearsal.git.worktree import WorkTree

NAME = "kubeflow/example-operator"


def create(folder: Path, files: Mapping[str, str]) -> WorkTree:
    """The example in a new folder, on main, with these files beside or instead of its own."""
    shutil.copytree(PROJECT / "examples" / "operator", folder, ignore=shutil.ignore_patterns("bin"))
    return WorkTree.create(folder, files)


def say_version(tree: WorkTree, tag: str) -> None:
    """Lets the project's own files say the version, with the same tool that its release manager would use."""
    script = [sys.executable, "-I", str(PROJECT / "scripts" / "run.py"), "sync_chart_version"]
    run([*script, f"--tag={tag}"], cwd=tree.folder)
    if tree.git("status", "--porcelain"):
        tree.commit(f"Set the version to {tag}")
