"""Which files of a build's context are not sent to the build.

Source: Dockerfile reference, ".dockerignore file". Patterns are Go's `filepath.Match` and `**`, from the root of the
context. A pattern also fits all that is below what it fits, `!` takes back, and the last one that fits decides.
"""

import posixpath
import re
from collections.abc import Callable

from release_actions.core.files import Files
from release_actions.core.go_patterns import expression
from release_actions.core.text import lines


def read_ignored(files: Files, context: str, dockerfile: str) -> Callable[[str], bool]:
    """Whether a file, by its path from the repository's root, is left out of the build; raises E_PATH.

    Dockerfiles may have a file of their own, `Dockerfile.dockerignore`.
    """
    own, common = f"{dockerfile}.dockerignore", posixpath.join(context, ".dockerignore")
    name = next((one for one in (own, common) if files.has(one)), None)
    is_left_out = parse_ignored(files.read(name) if name else "")
    return lambda path: is_left_out(posixpath.relpath(path, context))


def parse_ignored(text: str) -> Callable[[str], bool]:
    """Whether a path in the context is left out by the text of a `.dockerignore`."""
    rules = []
    for line in lines(text.removeprefix("\ufeff")):
        pattern = line.strip()
        takes_back = pattern.startswith("!")
        pattern = posixpath.normpath(pattern.removeprefix("!").strip() or ".").lstrip("/")
        if not line.startswith("#") and pattern not in {"", "."}:
            rules.append((takes_back, re.compile(f"{expression(pattern)}(/.*)?", re.DOTALL)))

    def is_left_out(path: str) -> bool:
        found = [takes_back for takes_back, pattern in rules if pattern.fullmatch(path)]
        return bool(found) and not found[-1]

    return is_left_out
