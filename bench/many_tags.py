"""validate-tag in a repository with 100,000 annotated tags, beside what `git ls-remote` needs to list them."""

import json
import os
import shutil
from pathlib import Path

from bench.measure import PYTHON, Row, by_turns, measure
from rehearsal.base.programs import PROJECT, program
from rehearsal.git.project import GitProject
from rehearsal.git.server import GitServer

_MINORS, _PATCHES = 100, 1000


def rows(folder: Path) -> list[Row]:
    """Time and memory of the whole action, which works on a depth-1 checkout of the tag."""
    with GitServer(folder / "served") as server:
        project = GitProject(folder, server.repository("bench/tags"), f"{server.url}/bench/tags")
        project.switch("release-1.5")
        project.tag("v1.5.0", annotated=True)
        project.push()
        workspace = project.checkout("refs/tags/v1.5.0")
        _add_tags(project)
        env = {
            "PATH": os.environ["PATH"],
            "HOME": str(Path.home()),
            "RELEASE_ACTIONS_CACHE": str(folder / "cache"),
            "GITHUB_WORKSPACE": str(workspace),
            "INPUTS": json.dumps({"tag": "v1.5.0"}),
        }
        action = [PYTHON, "-I", str(PROJECT / "scripts" / "run.py"), "validate_tag"]
        measure(action, env)  # installs its packages
        ours, git = by_turns(
            3, lambda: measure(action, env), lambda: measure([program("git"), "ls-remote", project.url], env)
        )
    shutil.rmtree(folder / "served")
    what = f"validate-tag on {_MINORS * _PATCHES:,} tags"
    return [
        Row(what, ours.seconds, "s", "`git ls-remote`", git.seconds, "< 5 s"),
        Row(f"{what}: memory", ours.memory, "MB", "`git ls-remote`", git.memory, "< 80 MB"),
    ]


def _add_tags(project: GitProject) -> None:
    """Tags of lower versions, all of one tag object, as a server that has packed its refs keeps them."""
    project.git("pack-refs", "--all", cwd=project.origin)
    tag, commit = (project.git("rev-parse", f"v1.5.0{what}") for what in ("", "^{commit}"))
    names = sorted(f"refs/tags/v0.{minor}.{patch}" for minor in range(_MINORS) for patch in range(_PATCHES))
    packed = project.origin / "packed-refs"
    head, *known = packed.read_text().splitlines(keepends=True)
    branches = [line for line in known if "refs/heads/" in line]
    ours = [line for line in known if line not in branches]
    packed.write_text(head + "".join([*branches, *(f"{tag} {name}\n^{commit}\n" for name in names), *ours]))
