"""Patterns of paths as Go's `filepath.Match` reads them, and Docker's `**`, as regular expressions."""

import re

_PART = re.compile(r"\*\*/?|\*|\?|\[[^\]]{0,100}\]|\\.|.", re.DOTALL)


def expression(pattern: str) -> str:
    """The regular expression of a pattern, in which `*` and `?` stand for characters other than a slash."""
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
