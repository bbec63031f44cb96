"""Release branches by their names: which minor version each of them is for, and which one a run is about.

A name is made by a pattern such as `release-{major}.{minor}`, and read by it.
"""

import re
from collections.abc import Iterable, Mapping

from release_actions.core.errors import Code, ReleaseError
from release_actions.core.text import NUMBER
from release_actions.core.version import MinorVersion

_PARTS = ("{major}", "{minor}")
# git-check-ref-format(1), and letters of ASCII only.
_BRANCH = re.compile(r"[A-Za-z0-9_][A-Za-z0-9._-]*(/[A-Za-z0-9_][A-Za-z0-9._-]*)*")


def branch_of(pattern: str, minor: MinorVersion) -> str:
    """The name of the branch that a minor version belongs on; raises E_CONFIG when it would not be a branch's name."""
    name = pattern.replace("{major}", str(minor.major)).replace("{minor}", str(minor.minor))
    if not _BRANCH.fullmatch(name) or ".." in name or name.endswith((".", ".lock")):
        raise ReleaseError(
            Code.E_CONFIG,
            f"The branch pattern {ascii(pattern)[:80]} makes no branch name.",
            next_step="Write it with letters, digits, `.`, `_`, `-`, `/`, `{major}` and `{minor}`.",
        )
    return name


def require_both_parts(pattern: str) -> None:
    """Raises E_CONFIG for a pattern by which the branches of two minor versions could not be told from one another."""
    if any(pattern.count(part) != 1 for part in _PARTS):
        raise ReleaseError(
            Code.E_CONFIG,
            f"The branch pattern {ascii(pattern)[:80]} does not have `{{major}}` and `{{minor}}`, once each.",
            next_step="Write it such as `release-{major}.{minor}` under `branch` in the configuration.",
        )
    branch_of(pattern, MinorVersion(0, 0))


def is_release_branch(pattern: str, branch: str) -> bool:
    """Whether a branch is named by a pattern, which may also lack a part."""
    return _read(pattern, branch) is not None


def minor_of(pattern: str, branch: str) -> MinorVersion | None:
    """The minor version that a branch is for, None for any other branch; raises E_CONFIG as `require_both_parts`."""
    require_both_parts(pattern)
    found = _read(pattern, branch)
    return MinorVersion(int(found["major"]), int(found["minor"])) if found else None


def release_branches(pattern: str, branches: Iterable[str]) -> Mapping[MinorVersion, str]:
    """The release branches among a repository's branches, the newest first; raises E_CONFIG as `require_both_parts`."""
    require_both_parts(pattern)
    found = {minor: branch for branch in branches if (minor := minor_of(pattern, branch)) is not None}
    return dict(sorted(found.items(), reverse=True))


def _read(pattern: str, branch: str) -> re.Match[str] | None:
    expression = re.escape(pattern)
    for part in _PARTS:
        name = part.strip("{}")
        expression = expression.replace(re.escape(part), f"(?P<{name}>{NUMBER})", 1)
        expression = expression.replace(re.escape(part), f"(?P={name})")
    return re.fullmatch(expression, branch, re.ASCII)
