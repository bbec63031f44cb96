"""What an annotated tag says: a title, paragraphs, and trailers as git-interpret-trailers(1) reads them."""

import re
from collections.abc import Mapping
from typing import Final

OVERRIDE_REASON: Final = "Override-Reason"
"""The trailer that says why a version was made although a rule was against it."""

_SIGNATURE = re.compile(r"^-----BEGIN (?:PGP|SSH) (?:SIGNATURE|MESSAGE)-----$", re.MULTILINE)
_TRAILER = re.compile(r"([A-Za-z0-9-]+)[ \t]*:(.*)")


def message_of(title: str, paragraphs: tuple[str, ...] = (), trailers: Mapping[str, str] | None = None) -> str:
    """A tag's message; each trailer is one line, and one without a value is left out."""
    lines = [f"{name}: {_one_line(value)}" for name, value in (trailers or {}).items() if value]
    return "\n\n".join([title, *paragraphs, *(["\n".join(lines)] if lines else [])]) + "\n"


def trailer_of(message: str, name: str) -> str:
    """The value of a message's trailer on one line, the last one of that name; empty without any.

    Trailers are the last paragraph and never the first; a signature that git has put behind them is none.
    """
    signature = _SIGNATURE.search(message)
    text = message[: signature.start()] if signature else message
    before, _, last = text.replace("\r\n", "\n").strip().rpartition("\n\n")
    found = [_TRAILER.fullmatch(line) for line in last.split("\n")] if before else []
    values = [_one_line(one[2]) for one in found if one and one[1].lower() == name.lower()]
    return values[-1] if values else ""


def _one_line(value: str) -> str:
    return " ".join(value.split())
