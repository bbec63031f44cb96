"""Single edits of a module."""

import textwrap
from dataclasses import dataclass

Key = tuple[str, str, str]
"""What an edit is called in the judged list: `module: function`, the lines before, the lines after.

It stays the same when the lines move. A kept edit has its name and two empty texts.
"""


class EditError(Exception):
    """An edit that can't be made, or a list that can't be read."""


@dataclass(frozen=True)
class Edit:
    """One edit of a module (its path in the repository): bytes `start` to `end` become `text`.

    `name` is a kept edit's, empty for a drawn one; `place` is the function it is in; `tests` are the test files that a
    kept edit brings itself.
    """

    module: str
    start: int
    end: int
    text: str
    name: str = ""
    place: str = ""
    tests: tuple[str, ...] = ()

    def apply(self, source: bytes) -> bytes:
        """The module's text with this edit."""
        return source[: self.start] + self.text.encode() + source[self.end :]

    def key(self, source: bytes) -> Key:
        """What it is called in the judged list."""
        if self.name:
            return self.name, "", ""
        first = source.rfind(b"\n", 0, self.start) + 1
        last = source.find(b"\n", self.end)
        end = last if last >= 0 else len(source)
        before = source[first:end].decode()
        after = (source[first : self.start] + self.text.encode() + source[self.end : end]).decode()
        return f"{self.module}: {self.place}", textwrap.dedent(before), textwrap.dedent(after)
