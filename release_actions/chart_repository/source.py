"""The bytes of a chart repository's `index.yaml`, and how parts of it are parsed on their own."""

import re
from functools import lru_cache

import msgspec

from release_actions.core.errors import Code, ReleaseError
from release_actions.core.yaml_nodes import Limits, Node, parse

FILE = "index.yaml"
"""Where a chart repository has its index."""

LIMIT = 50 * 1024 * 1024
"""Bytes of an index; common clients read no larger one."""

BOM = b"\xef\xbb\xbf"
"""A byte order mark, with which some editors start a file."""

_LIMITS = Limits(size=2 * LIMIT)
_FIRST = re.compile(rb"[^ \t\r\n]")
_BLANKS = re.compile(rb"(?:[ ]*(?:#[^\n]*)?\r?\n){0,1000}")
_CONTROL = bytes({*range(32), 127} - set(b"\t\r\n"))


class IndexSource(msgspec.Struct, frozen=True):
    """The bytes of an index."""

    data: bytes

    def check(self) -> None:
        """Raises E_INDEX unless this is text and not cut off."""
        data = self.data
        if len(data) > LIMIT:
            raise refused(f"it has more than {LIMIT} bytes")
        first = _FIRST.search(data, len(BOM) if data.startswith(BOM) else 0)
        if first is None:
            raise refused("it is empty")
        if first[0] in b"<{[":
            raise refused(f"it is {'HTML' if first[0] == b'<' else 'JSON'}, not YAML in lines")
        if len(data.translate(None, _CONTROL)) != len(data):
            raise refused("it has control characters, which YAML forbids")
        try:
            data.decode()
        except UnicodeDecodeError as error:
            raise self.error(error.start, "it is not UTF-8") from error
        if not data.endswith(b"\n"):
            raise refused("it ends in the middle of a line, as if it had been cut off")

    def parse(self, start: int, end: int) -> Node:
        """A part of the index as a document of its own; raises E_INDEX with the line in the whole index."""
        text = self.data[start:end].decode()
        try:
            return parse(text, FILE, limits=_LIMITS)
        except ReleaseError:
            lines_above = "\n" * self.data.count(b"\n", 0, start)
        try:
            return parse(lines_above + text, FILE, limits=_LIMITS)
        except ReleaseError as error:
            raise refused(error.what.partition(": ")[2].rstrip(".") or error.what, error.line) from error

    def item(self, start: int, end: int) -> Node:
        """One entry of a chart; raises E_INDEX when it does not begin and end with these lines."""
        node = self.parse(start, end)
        if isinstance(node.value, list) and len(node.value) == 1 and isinstance(node.value[0].value, dict):
            return node.value[0]
        raise self.error(start, "there is something else than an entry of a chart")

    def error(self, position: int, what: str) -> ReleaseError:
        """The E_INDEX error for a place in the index."""
        return refused(what, 1 + self.data.count(b"\n", 0, position))


def after_blanks(data: bytes, start: int, end: int) -> int:
    """Where the first line begins that is neither blank nor a comment alone, in lines from `start` to `end`.

    It goes a thousand lines at a time, as an expression that repeats a group remembers every repetition.
    """
    while (found := _BLANKS.match(data, start, end)) and found.end() > start:
        start = found.end()
    return start


def refused(what: str, line: int | None = None) -> ReleaseError:
    """The E_INDEX error."""
    return ReleaseError(
        Code.E_INDEX,
        f"The chart repository's {FILE} can't be added to: {f'line {line}: ' if line else ''}{what}.",
        next_step="Fix it on its branch, for example from that branch's history, and run the job again.",
        file=FILE,
        line=line,
    )


@lru_cache
def suspicious(depth: int) -> tuple[re.Pattern[bytes], ...]:
    """What could go on over lines as shallow as the entries' dashes, `depth` spaces deep, or isn't plain YAML at all.

    The first finds lines that are less indented than an entry's fields. The second finds quoted texts, unless they end,
    and are indented, as they should; flow collections, anchors, aliases, tags and `? ` keys; tabs as indentation; line
    ends of YAML 1.1 alone. It begins with rare characters, which makes it fast. A quoted text of more than a thousand
    parts counts as one that does not end, as its parts would have to be remembered.
    """
    goes_on = rb"\n(?=[ ]{%d}|[ ]*\r?\n)" % (depth + 3)
    ends = rb"(?:[ ]*(?:[ ]\#[^\n]*)?\r?\n|:[ \r\n])"
    double = rb'[^"\\\n]*(?:(?:\\[^\n]|\\?%b)[^"\\\n]*){0,1000}"%b' % (goes_on, ends)
    single = rb"[^'\n]*(?:(?:''|%b)[^'\n]*){0,1000}'%b" % (goes_on, ends)
    shallow = rb"\n(?! {%d}-[ \r\n]| {%d}| *(?:#[^\n]*)?\r?\n|\Z)" % (depth, depth + 2)
    begins = rb"""(?sx) ["'\[{&*!?\t\r\xc2\xe2] (?:
        (?: (?<=\n.) | (?<=[ ][ ].) | (?<=[\n:?-][ \t].) )
        (?: (?<=") (?!%b) | (?<=') (?!%b) | (?<=\[) (?!\]%b) | (?<=\{) (?!\}%b) | (?<=[&*!?\t]) )
      | (?<=\r) (?!\n) | (?<=\xc2) [\x80-\x9f] | (?<=\xe2) \x80 [\xa8\xa9]
    )"""
    return re.compile(shallow), re.compile(begins % (double, single, ends, ends))
