"""Go source as tokens, read as text and never run (The Go Programming Language Specification, "Lexical elements").

Linear in the text's length, and total: a comment or a string that never ends goes to the end of the text.
"""

import re
from collections.abc import Iterator, Sequence
from typing import Final, NamedTuple

_TOKEN = re.compile(
    r"(?P<comment>//[^\n]*|/\*(?:[^*]|\*(?!/))*(?:\*/)?)"
    r"|(?P<text>`[^`]*`?|\"(?:[^\"\\\n]|\\.)*\"?)"
    r"|(?P<rune>'(?:[^'\\\n]|\\.)*'?)"
    r"|(?P<name>[^\W\d]\w*)"
    r"|(?P<number>\d[\w.]*)"
    r"|(?P<sign>[^\s])",
    re.DOTALL,
)
_OPEN: Final = {"{": "}", "(": ")", "[": "]"}
_ESCAPES: Final = {r"\"": '"', r"\\": "\\", r"\n": "\n", r"\t": "\t"}


class Token(NamedTuple):
    """A piece of source: its kind (`comment`, `text`, `rune`, `name`, `number`, `sign`), its text, its line from 1."""

    kind: str
    text: str
    line: int


def tokens(source: str) -> list[Token]:
    """All tokens of a source, comments included, in their order."""
    found, line, end = [], 1, 0
    for match in _TOKEN.finditer(source):
        line += source.count("\n", end, match.start())
        end = match.start()
        found.append(Token(match.lastgroup or "", match[0], line))
    return found


def code(source: Sequence[Token]) -> list[Token]:
    """The tokens without comments."""
    return [one for one in source if one.kind != "comment"]


def string(token: Token) -> str | None:
    """The value of a string literal, None for any other token; only plain escapes are resolved."""
    if token.kind != "text":
        return None
    if token.text.startswith("`"):
        return token.text.strip("`")
    return re.sub(r"\\.", lambda escape: _ESCAPES.get(escape[0], escape[0]), token.text.strip('"'))


def closing(source: Sequence[Token], opening: int) -> int:
    """The index of the bracket that closes the one at `opening`; the number of tokens when none does."""
    wanted: list[str] = []
    for index in range(opening, len(source)):
        one = source[index]
        if one.kind != "sign":
            continue
        if one.text in _OPEN:
            wanted.append(_OPEN[one.text])
        elif wanted and one.text == wanted[-1]:
            wanted.pop()
            if not wanted:
                return index
    return len(source)


def elements(source: Sequence[Token], start: int, end: int) -> Iterator[tuple[int, int]]:
    """The parts between commas of what stands between two brackets, as ranges of indexes; empty parts are left out."""
    first = index = start
    while index < end:
        one = source[index]
        if one.kind == "sign" and one.text in _OPEN:
            index = min(closing(source, index), end)
        elif one.kind == "sign" and one.text == ",":
            if index > first:
                yield first, index
            first = index + 1
        index += 1
    if end > first:
        yield first, end
