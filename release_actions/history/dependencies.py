"""Versions of dependencies in go.mod: whether a branch has those that a change raises, or newer ones.

Source: go.dev/ref/mod, "go.mod files", "Versions".
"""

import re
from collections.abc import Mapping

_LOCK = ("go.mod", "go.sum", "go.work.sum", "modules.txt")
_MODULE = re.compile(
    r"^\s{0,9}(?:require\s{1,9})?(?P<name>[\w.~-]{1,100}(?:/[\w.~-]{1,100}){0,12}) "
    r"v(?P<version>\d{1,9}\.\d{1,9}\.\d{1,9})(?P<rest>[-+\w.]{0,100})",
    re.MULTILINE | re.ASCII,
)


def compare(files: Mapping[str, tuple[str, ...]], branch: str) -> tuple[str, str]:
    """Why a change of dependencies alone is not needed on a branch, and else what the branch has, as one sentence.

    Both are empty for any other change. `files` has the texts before and behind the change and on the branch, by path.
    """
    if not all(path.rpartition("/")[2] in _LOCK or "vendor/" in path for path in files):
        return "", ""
    raised: dict[str, tuple[str, str]] = {}
    for path, (before, after, there) in files.items():
        old, new, now = (_versions(text if path.endswith("go.mod") else "") for text in (before, after, there))
        raised.update((name, (version, now.get(name, ""))) for name, version in new.items() if old.get(name) != version)
    behind = {name: one for name, one in raised.items() if not one[1] or _order(one[1]) < _order(one[0])}
    for name, (version, found) in (behind or raised).items():
        has = f"{name} v{found}" if found else f"no {name}"
        more = f", and {len(raised) - 1} more versions" if len(raised) > 1 else ""
        said = f"{branch} has {has}, and the change asks for v{version}{more}."
        return ("", said) if behind else (said, "")
    return "", ""


def _versions(text: str) -> dict[str, str]:
    return {found["name"]: found["version"] + found["rest"] for found in _MODULE.finditer(text)}


def _order(version: str) -> tuple[tuple[int, ...], bool, str]:
    """A key by which versions sort; a pre-release comes before its release."""
    numbers, dash, rest = version.partition("-")
    return tuple(int(part) for part in numbers.partition("+")[0].split(".")), not dash, rest
