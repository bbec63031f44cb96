"""Release branches by their names: which minor version each of them is for, and which one a run is about."""

import re
from collections.abc import Iterable, Mapping

from release_actions.core.errors import Code, ReleaseError
from release_actions.core.version import Version
from release_actions.project.config import release_branch

Line = tuple[int, int]
"""Major and minor: what a release branch is for."""

_NUMBER = r"(0|[1-9][0-9]{0,5})"
_LINE = re.compile(rf"v?{_NUMBER}\.{_NUMBER}", re.ASCII)
_PARTS = ("{major}", "{minor}")


def branch_of(pattern: str, line: Line) -> str:
    """The release branch of a minor version, by a pattern such as `release-{major}.{minor}`.

    Raises E_CONFIG for a pattern without both parts, by which no branch could be told from another, and for one that
    makes no plain branch name.
    """
    if any(pattern.count(part) != 1 for part in _PARTS):
        raise ReleaseError(
            Code.E_CONFIG,
            f"The branch pattern {ascii(pattern)[:80]} does not have `{{major}}` and `{{minor}}`, once each.",
            next_step="Write it such as `release-{major}.{minor}` under `branch` in the configuration.",
        )
    return release_branch(pattern, Version(*line, 0))


def line_of(pattern: str, branch: str) -> Line | None:
    """The minor version that a branch is for, or None for any other branch; raises E_CONFIG as `branch_of`."""
    branch_of(pattern, (0, 0))
    made = re.escape(pattern)
    for part, name in zip(_PARTS, ("major", "minor"), strict=True):
        made = made.replace(re.escape(part), rf"(?P<{name}>{_NUMBER})")
    found = re.fullmatch(made, branch, re.ASCII)
    return (int(found["major"]), int(found["minor"])) if found else None


def lines_of(pattern: str, branches: Iterable[str]) -> Mapping[Line, str]:
    """The release branches among a repository's branches by their minor version, the newest first."""
    found = {line: branch for branch in branches if (line := line_of(pattern, branch)) is not None}
    return dict(sorted(found.items(), reverse=True))


def parse_line(text: str) -> Line | None:
    """The minor version that a text such as `1.5` names, or None."""
    found = _LINE.fullmatch(text)
    return (int(found[1]), int(found[2])) if found else None
