"""What an edit of version places changes, as a diff."""

import difflib
import re
from collections.abc import Iterable

from release_actions.core import markdown

_LIMIT = 64 * 1024


def unified(edits: Iterable[tuple[str, str, str]]) -> str:
    """A unified diff of edits, each a file's name and its text before and after.

    `git apply` takes it unless it was too long, more than 64 KiB, and had to be cut.
    """
    text = ""
    for name, *texts in edits:
        before, after = (re.findall(r"[^\n]*\n|[^\n]+", content) for content in texts)
        for line in difflib.unified_diff(before, after, f"a/{name}", f"b/{name}"):
            text += line if line.endswith("\n") else f"{line}\n\\ No newline at end of file\n"
        if len(text) > _LIMIT:
            break
    return markdown.cut(text, _LIMIT)
