"""Markdown of hostile text: it is shown, and nothing in it comes alive."""

import re

import pytest
from hypothesis import given
from hypothesis import strategies as st
from markdown_it import MarkdownIt

from release_actions.core import markdown

MARKUP = [*"\\`*_{}[]<>()#+!|~&$@:/.-\n\r\t\0 ", "www.", "https://", "@kubeflow", "![x](", "</details>", "\u202e"]
HOSTILE = st.one_of(st.text(), st.lists(st.sampled_from(MARKUP)).map("".join))
SPECIAL = set("`*_{}[]<>()#+!|~&$")


@given(HOSTILE)
def test_running_text_has_no_live_markup(value: str) -> None:
    shown = markdown.text(value)
    plain = re.sub(r"\\[\\`*_{}\[\]<>()#+!|~&$]", "", shown)
    assert not SPECIAL & set(plain)
    assert "\\" not in plain
    assert not re.search(r"@\w|://|www\.|[\x00-\x1f]", shown, re.IGNORECASE)


@given(HOSTILE)
def test_a_sentence_has_code_and_no_other_markup(value: str) -> None:
    (paragraph,) = (one for one in MarkdownIt().parse(f"x {markdown.prose(value)} x") if one.type == "inline")
    assert {one.type for one in paragraph.children or []} <= {"text", "text_special", "code_inline", "softbreak"}


@pytest.mark.parametrize(
    ("value", "shown"),
    [
        ("Set `a: *b*` to *c*.", "Set `a: *b*` to \\*c\\*."),
        ("`a` and `b`", "`a` and `b`"),
        ("one ` alone", "one \\` alone"),
        ("", ""),
    ],
)
def test_what_stands_between_backticks_is_code(value: str, shown: str) -> None:
    assert markdown.prose(value) == shown


@given(HOSTILE)
def test_a_code_span_is_one_code_span_in_one_cell(value: str) -> None:
    shown = markdown.code(value)
    cells = re.split(r"(?<!\\)\|", f"| {shown} | end |")
    assert [cell.strip() for cell in cells] == ["", shown.strip(), "end", ""]
    if value:
        fence = re.match("`+", shown)
        assert fence
        assert shown.endswith(fence[0])
        assert fence[0] not in re.findall("`+", shown[len(fence[0]) : -len(fence[0])])
    assert "\n" not in shown


@given(HOSTILE)
def test_a_block_ends_only_at_its_end(value: str) -> None:
    first, *inner, last, after = markdown.block(value, "text").split("\n")
    fence = first.removesuffix("text")
    assert (last, after) == (fence, "")
    assert not [line for line in inner if re.fullmatch(rf" {{0,3}}{fence}`*\s*", line)]


@given(HOSTILE)
def test_a_folded_title_is_one_line_of_text(title: str) -> None:
    shown = markdown.details(title, "body")
    assert re.fullmatch(r"<details><summary>[^<>\n]*</summary>\n\nbody\n\n</details>\n", shown)


@pytest.mark.parametrize(
    ("address", "linked"),
    [
        ("https://github.com/o/r/releases/tag/v1.0.0", True),
        ("http://127.0.0.1:5000/v2/", True),
        ("javascript:alert(1)", False),
        ("https://example.org/) ![x](https://evil.example/", False),
        ("https://example.org/a b", False),
        ("https://example.org/<x>", False),
        ("", False),
    ],
)
def test_only_plain_web_addresses_are_linked(address: str, *, linked: bool) -> None:
    assert markdown.link("`x`", address) == (f"[`x`]({address})" if linked else "`x`")


@given(st.text(max_size=400), st.integers(min_value=60, max_value=300))
def test_a_long_page_is_cut_with_a_notice_on_top(page: str, limit: int) -> None:
    shown = markdown.cut(page, limit)
    assert len(shown.encode()) <= limit
    if len(page.encode()) > limit:
        notice, _, rest = shown.partition("\n\n")
        assert notice.startswith("> ")
        assert page.startswith(rest)
    else:
        assert shown == page
