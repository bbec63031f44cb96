"""HTML pages that need nothing else: no script, no server, no other file.

Values are anybody's words, so each is escaped; and a page's own policy forbids whatever a mistake in that could load or
run.
"""

import re
from html import escape

_UNSAFE = re.compile(r"[\x00-\x1f\x7f-\x9f\u061c\u200b-\u200f\u2028-\u202e\u2060-\u2069\ufeff\ud800-\udfff]")
_POLICY = "default-src 'none'; style-src 'unsafe-inline'; base-uri 'none'; form-action 'none'"


def text(value: str) -> str:
    """A value as text of a page or as an attribute's: no markup, no control or direction characters."""
    return escape(_UNSAFE.sub("\ufffd", value))


def link(address: str, words: str) -> str:
    """Words as a link."""
    return f'<a href="{text(address)}">{text(words)}</a>'


def document(title: str, style: str, body: str) -> str:
    """A whole page, light or dark as its reader likes; the title is plain text, style and body are CSS and HTML."""
    return f"""<!doctype html>
<html lang="en">
<head>
<meta charset="utf-8">
<meta http-equiv="Content-Security-Policy" content="{_POLICY}">
<meta name="viewport" content="width=device-width, initial-scale=1">
<meta name="color-scheme" content="light dark">
<title>{text(title)}</title>
<style>{style}</style>
</head>
<body>
{body}</body>
</html>
"""
