"""The page of a run looks as on GitHub and is safe to open."""

import pytest

from rehearsal.run.render import render


@pytest.mark.parametrize(
    ("markdown", "html"),
    [
        ("| a | b |\n| --- | --- |\n| `c` | d |\n", "<td><code>c</code></td>"),
        ("<details><summary>More</summary>\n\n- one\n\n</details>\n", "<details><summary>More</summary>"),
        ("a<br>b", "a<br>b"),
        ("<script>alert(1)</script>", "&lt;script&gt;alert(1)&lt;/script&gt;"),
        ("x <img src=x onerror=alert(1)> y", "&lt;img src=x onerror=alert(1)&gt;"),
        ("<details onclick=x>", "&lt;details onclick=x&gt;"),
        ("[x](javascript:alert(1))", "[x](javascript:alert(1))"),
        ("~~old~~", "<s>old</s>"),
    ],
)
def test_markdown_becomes_html(markdown: str, html: str) -> None:
    assert html in render(markdown, "title")


def test_the_title_is_text() -> None:
    assert "<title>&lt;b&gt;</title>" in render("", "<b>")
