"""Feature gates of a commit that are overdue in the minor version whose branch begins there."""

from collections.abc import Iterable, Sequence
from pathlib import Path
from typing import Final

from release_actions.compatibility.gate_before import read_before
from release_actions.compatibility.gate_rules import GateFinding, Program, check
from release_actions.core.version import MinorVersion, Version
from release_actions.git.remote import Remote
from release_actions.project.config import FeatureGates

_ALL: Final = ("**",)
_BY_AGE: Final = frozenset({"gate-overdue", "gate-ga-unlocked", "gate-removal-due"})


def overdue(
    remote: Remote,
    folder: Path,
    commit: str,
    *,
    minor: MinorVersion,
    existing: Iterable[Version],
    settings: FeatureGates,
) -> list[GateFinding]:
    """What the source of a commit keeps longer than the limits allow, or than itself says, by file and line.

    Nothing for a project without `feature-gates` in its configuration. `remote` becomes shallow, and `folder` is new
    and private. Raises E_REMOTE_UNAVAILABLE.
    """
    if settings == FeatureGates():
        return []
    declared = read_before(remote, folder, commit, (), settings.sources or _ALL)
    if declared is None:
        return []
    minors = {(one.major, one.minor) for one in existing if not one.is_candidate}
    version = (minor.major, minor.minor)
    program = Program(version=version, declared=declared, minors=tuple(sorted(minors)), limits=settings.limits)
    return [one for one in check(program) if one.rule in _BY_AGE]


def sentence(branch: str, findings: Sequence[GateFinding]) -> str:
    """What a warning says of them."""
    found = " ".join(f"{one.file}:{one.line}: {one.what}" for one in findings)
    return f"`{branch}` begins with feature gates that are overdue, and keeps them for its life. {found}"
