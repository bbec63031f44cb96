"""Which files of a build's context are not sent to the build.

Source: Dockerfile reference, ".dockerignore file". Patterns are Go's `filepath.Match` and `**`, from the root of the
context. A pattern also fits all that is below what it fits, `!` takes back, and the last one that fits decides.
"""

import posixpath
import re
from collections.abc import Callable

from release_actions.core.files import Files
from release_actions.core.text import lines

_PART = re.compile(r"\*\*/?|\*|\?|\[[^\]]*\]|\\.|.", re.DOTALL)


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
            rules.append((takes_back, re.compile(f"{_expression(pattern)}(/.*)?", re.DOTALL)))

    def is_left_out(path: str) -> bool:
        found = [takes_back for takes_back, pattern in rules if pattern.fullmatch(path)]
        return bool(found) and not found[-1]

    return is_left_out


def _expression(pattern: str) -> str:
    return "".join(_as_expression(part) for part in _PART.findall(pattern))


def _as_expression(part: str) -> str:
    if part.startswith("**"):
        return "(.*/)?" if part.endswith("/") else ".*"
    if part in {"*", "?"}:
        return "[^/]*" if part == "*" else "[^/]"
    if len(part) > 2 and part[0] == "[":
        return _as_class(part)
    return re.escape(part[1:] if len(part) == 2 and part[0] == "\\" else part)


def _as_class(part: str) -> str:
    """A class of characters; what is none to a regular expression, such as `[z-a]`, stands for itself."""
    negation, members = ("^", part[2:-1]) if part[1] == "^" else ("", part[1:-1])
    found = f"[{negation}{re.escape(members).replace(re.escape('-'), '-')}]"
    try:
        re.compile(found)
    except re.error:
        return re.escape(part)
    return found
