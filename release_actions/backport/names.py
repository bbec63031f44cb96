"""Names of cherry-picks: the label of a pull request that requests one, and the branch that carries it."""

from collections.abc import Iterable
from fnmatch import fnmatchcase

from release_actions.core.text import short_id

_LABEL = "cherry-pick/"


def label_of(branch: str) -> str:
    """The label that requests a cherry-pick to a branch, `cherry-pick/release-1.5`."""
    return f"{_LABEL}{branch}"


def branches_of(labels: Iterable[str]) -> tuple[str, ...]:
    """The branches that such labels name, each once."""
    named = (label.removeprefix(_LABEL) for label in labels if label.startswith(_LABEL))
    return tuple(dict.fromkeys(name for name in named if name))


def copied_labels(labels: Iterable[str], patterns: Iterable[str]) -> tuple[str, ...]:
    """The labels that fit one of the patterns, such as `kind/*`; letters' case makes no difference.

    One that requests a cherry-pick is never copied.
    """
    wanted = [one.lower() for one in patterns]
    named = [one for one in labels if not one.startswith(_LABEL)]
    return tuple(name for name in named if any(fnmatchcase(name.lower(), one) for one in wanted))


def pick_branch(number: int, commit: str, target: str) -> str:
    """The branch that carries a pull request, or a commit alone (`number` is 0), to a target: the same on every run."""
    return f"cherry-pick-{number or short_id(commit)}-to-{target}"
