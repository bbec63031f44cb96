"""Which files of a chart's folder Helm leaves out of its package.

Source: Helm's documentation, "The .helmignore file", and what `helm package` does. A pattern with a slash is for the
path from the chart's folder, another one for names at any depth; `!` leaves out all that it does not fit, and what is
below a folder that is left out is left out too.
"""

import re
from collections.abc import Callable, Sequence
from pathlib import PurePosixPath
from typing import Protocol

from release_actions.core.files import Files
from release_actions.core.go_patterns import expression
from release_actions.core.text import lines

FILE = ".helmignore"

_ALWAYS = "templates/.?*"


def read_ignored(files: Files, folders: Sequence[str]) -> Callable[[str], bool]:
    """Whether a file in folders of charts, by its path from the root, is left out of all their packages; E_PATH."""
    rules = {
        PurePosixPath(one): parse_ignored(files.read(name) if files.has(name := str(PurePosixPath(one, FILE))) else "")
        for one in folders
    }

    def is_left_out(path: str) -> bool:
        inside = [(one, rule) for one, rule in rules.items() if one in PurePosixPath(path).parents]
        return bool(inside) and all(rule(str(PurePosixPath(path).relative_to(one))) for one, rule in inside)

    return is_left_out


def parse_ignored(text: str) -> Callable[[str], bool]:
    """Whether a file in a chart's folder is left out by the text of a `.helmignore`."""
    written = (line.strip() for line in lines(text.removeprefix("\ufeff")))
    rules = [_rule(one) for one in (*written, _ALWAYS) if one and not one.startswith("#")]

    def is_left_out(path: str) -> bool:
        way = PurePosixPath(path)
        folders = [one for one in reversed(way.parents) if one.name]
        return any(
            rule(str(one), is_folder=is_folder)
            for one, is_folder in (*((one, True) for one in folders), (way, False))
            for rule in rules
        )

    return is_left_out


class _Rule(Protocol):
    def __call__(self, path: str, *, is_folder: bool) -> bool: ...


def _rule(line: str) -> _Rule:
    """Whether a line leaves out a file or folder by its path."""
    negated, folders_only = line.startswith("!"), line.endswith("/")
    written = line.removeprefix("!").removesuffix("/")
    pattern = re.compile(expression(written.removeprefix("/")), re.DOTALL)

    def leaves_out(path: str, *, is_folder: bool) -> bool:
        subject = path if "/" in written else PurePosixPath(path).name
        fits = (is_folder or not folders_only) and bool(pattern.fullmatch(subject))
        return fits is not negated

    return leaves_out
