"""Other content for the version that is released: in a checkout of the tag's commit, or as a commit of its own."""

import shutil
from pathlib import Path

from rehearsal.base.programs import run
from rehearsal.faults.project import TAG
from rehearsal.faults.world import World

_WHO = ("-c", "user.name=Rival", "-c", "user.email=rival@example.org", "-c", "commit.gpgsign=false")


def other_content(world: World, number: int, folder: str = "racers") -> Path:
    """A checkout of the tag in which something differs from all others."""
    workspace = world.folder / folder / str(number)
    shutil.copytree(world.workspace, workspace)
    (workspace / "charts" / "op" / "values.yaml").write_text(f"racer: {number}\n")
    (workspace / "notes.txt").write_text(f"Racer {number}\n")
    return workspace


def other_commit(world: World, number: int) -> Path:
    """The same committed; the tag points to it only once it is moved there."""
    workspace = other_content(world, number, "commits")
    run(["git", "-C", str(workspace), "add", "--all"])
    run(["git", "-C", str(workspace), *_WHO, "commit", "--quiet", f"--message=Racer {number}"])
    return workspace


def move_tag(world: World, workspace: Path) -> None:
    """Let the tag, and its release branch, be at what is checked out in a workspace."""
    major, minor, _ = TAG.removeprefix("v").split(".")
    refs = (f"refs/tags/{TAG}", f"refs/heads/release-{major}.{minor}")
    run(["git", "-C", str(workspace), "push", "--quiet", "--force", str(world.git), *(f"HEAD:{ref}" for ref in refs)])
