"""Which Kubernetes versions a chart's `kubeVersion` takes, as Helm compares them.

Source: github.com/Masterminds/semver, "Checking Version Constraints", whose rules for partial versions (`<=1.30` takes
1.30.5) are not those of every other library.
"""

import re
from collections.abc import Callable
from itertools import takewhile

_Triple = tuple[int, int, int]

_PART = r"(?:[0-9]{1,4}|[xX*])"
_VERSION = rf"v?({_PART})(?:\.({_PART})(?:\.({_PART}))?)?(-[0-9A-Za-z.-]+)?(?:\+[0-9A-Za-z.-]+)?"
_COMPARISON = re.compile(rf"\s*(?:(<=|=<|>=|=>|!=|~>|[=<>~^])\s*)?{_VERSION}\s*(?:,|(?=\s)|\Z)", re.ASCII)
_HYPHEN = re.compile(r"(?<!\S)(\S{1,100})\s{1,20}-\s{1,20}(\S{1,100})")
_LONGEST = 500  # characters of a constraint; the time that expressions take grows with the square of it
_PATCHES = (0, 9999)
_LOWEST, _HIGHEST = (0, 0, 0), (99999, 0, 0)
_SAME = {"=>": ">=", "=<": "<=", "~>": "~"}


def takes_minor(constraint: str, minor: int) -> bool | None:
    """Whether a constraint takes any release of Kubernetes 1.`minor`; None for one that is not understood."""
    if len(constraint) > _LONGEST:
        return None
    alternatives = [_comparisons(_HYPHEN.sub(r">=\1 <=\2", one)) for one in constraint.split("||")]
    if not all(alternatives):
        return None
    versions = [(1, minor, patch) for patch in _PATCHES]
    return any(all(one(version) for one in each) for each in alternatives if each for version in versions)


def _comparisons(text: str) -> list[Callable[[_Triple], bool]]:
    """The comparisons that all have to hold; none for a text that is not understood."""
    found = []
    at = 0
    while at < len(text.rstrip()):
        match = _COMPARISON.match(text, at)
        if match is None:
            return []
        sign, *parts, prerelease = match.groups()
        numbers = [int(part) for part in takewhile(lambda one: one and one.isdecimal(), parts)]
        found.append(_comparison(sign or "", numbers, is_prerelease=bool(prerelease)))
        at = match.end()
    return found


def _comparison(sign: str, numbers: list[int], *, is_prerelease: bool) -> Callable[[_Triple], bool]:
    """A comparison with a version of which only `numbers` are given; a prerelease is just below its release."""
    if not numbers:
        return lambda _: sign not in ("!=", "<", ">")
    low, end = _first(numbers), _next(numbers)
    above = low if is_prerelease else end
    compatible = numbers[:1] if numbers[0] else numbers[:2] if numbers[1:2] != [0] else numbers
    ranges = {
        ">=": (low, _HIGHEST),
        ">": (above, _HIGHEST),
        "<": (_LOWEST, low),
        "<=": (_LOWEST, above),
        "~": (low, _next(numbers[:2])),
        "^": (low, _next(compatible)),
    }
    begin, end = ranges.get(_SAME.get(sign, sign), (low, end))
    return lambda version: (begin <= version < end) is (sign != "!=")


def _first(numbers: list[int]) -> _Triple:
    major, minor, patch = (*numbers, 0, 0, 0)[:3]
    return (major, minor, patch)


def _next(numbers: list[int]) -> _Triple:
    """The first version above all that begin with these numbers."""
    major, minor, patch = (*numbers, -1, -1, -1)[:3]
    if minor < 0:
        return (major + 1, 0, 0)
    return (major, minor + 1, 0) if patch < 0 else (major, minor, patch + 1)
