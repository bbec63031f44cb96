"""Markdown from values that nobody has vetted: tables and code spans in which no markup of theirs survives."""

import html
import re
from collections.abc import Iterable, Sequence
from typing import Final

LONGEST_BODY: Final = 65_500
"""How many characters a comment or a description may have; GitHub takes 65,536."""

_UNSAFE = re.compile(r"[\x00-\x1f\x7f-\x9f\u061c\u200b-\u200f\u2028-\u202e\u2060-\u2069\ufeff\ud800-\udfff]")
_ADDRESS = re.compile(r"https?://[\w.:/@?=&%~+#-]+", re.ASCII)


def text(value: str) -> str:
    """A value as plain running text: no markup, no mention, no control or direction characters."""
    escaped = re.sub(r"([\\`*_{}\[\]<>()#+!|~&$])", r"\\\1", _one_line(value))
    unlinked = re.sub(r"(?i)(www)(\.)", "\\1\u2060\\2", escaped)  # GFM links what looks like an address
    return unlinked.replace("@", "@\u2060").replace("://", ":\u2060//")


def code(value: str) -> str:
    """A value as a code span that also holds inside a table cell (GitHub Flavored Markdown spec, 4.10 and 6.1)."""
    if not value:
        return ""
    content = _one_line(value).replace("|", "\\|")
    longest = max((len(run) for run in re.findall("`+", content)), default=0)
    fence = "`" * (longest + 1)
    pad = " " if content.startswith("`") or content.endswith("`") else ""
    return f"{fence}{pad}{content}{pad}{fence}"


def prose(value: str) -> str:
    """A sentence as plain running text, but for what stands between backticks, which is code."""
    parts = re.split(r"`([^`]+)`", _one_line(value))
    return "".join(code(part) if number % 2 else text(part) for number, part in enumerate(parts))


def link(content: str, address: str) -> str:
    """Markdown as a link; without one when the address isn't a plain web address."""
    return f"[{content}]({address})" if _ADDRESS.fullmatch(address) else content


def block(value: str, language: str = "") -> str:
    """Several lines as a fenced code block."""
    longest = max((len(run) for run in re.findall("`+", value)), default=0)
    fence = "`" * max(3, longest + 1)
    return f"{fence}{language}\n{value.rstrip()}\n{fence}\n"


def table(header: Sequence[str], rows: Iterable[Sequence[str]]) -> str:
    """A table; cells are Markdown already, from `text` or `code`."""
    lines = [header, ["---"] * len(header), *rows]
    return "".join(f"| {' | '.join(line)} |\n" for line in lines)


def details(title: str, body: str) -> str:
    """A part of the page that is folded until someone wants it; the title is plain text, the body Markdown."""
    return f"<details><summary>{html.escape(_one_line(title))}</summary>\n\n{body.rstrip()}\n\n</details>\n"


def cut(page: str, limit: int) -> str:
    """The page within a number of UTF-8 bytes, cut at a line's end, with a notice on top, where nothing folds it."""
    encoded = page.encode("utf-8", "replace")
    if len(encoded) <= limit:
        return encoded.decode()
    notice = "> This page was too long; its end is left out.\n\n"
    head = encoded[: limit - len(notice.encode())].decode(errors="ignore")
    return notice + head.rpartition("\n")[0]


def _one_line(value: str) -> str:
    return _UNSAFE.sub("\ufffd", value)
