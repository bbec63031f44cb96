"""A job summary as the page that GitHub would show."""

import re
from collections.abc import Sequence
from html import escape
from typing import Any

from markdown_it import MarkdownIt
from markdown_it.renderer import RendererHTML
from markdown_it.token import Token

# The HTML in Markdown that GitHub leaves standing and summaries use; the rest is shown as text.
_ALLOWED = re.compile(r"</?(?:details|summary|br|sub|sup)\s*/?>")

_PAGE = """\
<!DOCTYPE html>
<html lang="en">
<head>
<meta charset="utf-8">
<meta name="viewport" content="width=device-width">
<title>{title}</title>
<style>
:root {{ color-scheme: light dark; --line: #d1d9e0; --shade: #f6f8fa; --link: #0969da; }}
@media (prefers-color-scheme: dark) {{ :root {{ --line: #3d444d; --shade: #151b23; --link: #4493f8; }} }}
body {{ font: 16px/1.5 system-ui, sans-serif; max-width: 64rem; margin: 2rem auto; padding: 0 1rem; }}
h1, h2 {{ border-bottom: 1px solid var(--line); padding-bottom: .3rem; }}
table {{ border-collapse: collapse; display: block; overflow-x: auto; margin: 1rem 0; }}
th, td {{ border: 1px solid var(--line); padding: .4rem .8rem; text-align: left; }}
tr:nth-child(2n) td {{ background: var(--shade); }}
code, pre {{ font: .85em/1.45 ui-monospace, monospace; background: var(--shade); border-radius: 6px; }}
code {{ padding: .2em .4em; }}
pre {{ padding: 1rem; overflow: auto; }}
pre code {{ padding: 0; background: none; }}
blockquote {{ margin: 0; padding: 0 1rem; border-left: .25rem solid var(--line); }}
a {{ color: var(--link); }}
</style>
</head>
<body>
{body}
</body>
</html>
"""


def render(markdown: str, title: str) -> str:
    """A whole HTML page that needs nothing else: GitHub's tables, its colours by day and by night."""
    parser = MarkdownIt("commonmark").enable(["table", "strikethrough"])
    parser.add_render_rule("html_block", _html)
    parser.add_render_rule("html_inline", _html)
    return _PAGE.format(title=escape(title), body=parser.render(markdown))


def _html(_renderer: RendererHTML, tokens: Sequence[Token], index: int, *_: Any) -> str:
    content = tokens[index].content
    harmless = _ALLOWED.findall(content)
    texts = [escape(text, quote=False) for text in _ALLOWED.split(content)]
    return "".join(text + tag for text, tag in zip(texts, [*harmless, ""], strict=True))
