"""Ranges of versions as charts pin one another: `~1.5.0` is any patch of 1.5, `^1.5.0` any minor version of 1.

Helm compares by github.com/Masterminds/semver, for which a range without a prerelease takes no version with one.
"""

import re

from release_actions.core.version import Version, spelled_version

_RANGE = re.compile(r"(?P<sign>[~^] ?)(?P<low>v?[0-9]+\.[0-9]+\.[0-9]+(?:-[0-9A-Za-z.-]+)?)", re.ASCII)


def range_sign(text: str) -> str:
    """The sign of a range with a whole version behind it, `~` or `^`, as it is written; empty for anything else."""
    found = _RANGE.fullmatch(text)
    return found["sign"] if found and spelled_version(found["low"]) else ""


def admits(text: str, version: Version) -> bool:
    """Whether a range takes a version; false for what is no range."""
    sign = range_sign(text)
    low = spelled_version(text.removeprefix(sign)) if sign else None
    if low is None or version < low or (version.is_candidate and not low.is_candidate):
        return False
    fixed = 2 if sign[0] == "~" or not low.major else 1
    fixed = 3 if sign[0] == "^" and not low.major and not low.minor else fixed
    return _numbers(version)[:fixed] == _numbers(low)[:fixed]


def _numbers(version: Version) -> tuple[int, int, int]:
    return version.major, version.minor, version.patch
