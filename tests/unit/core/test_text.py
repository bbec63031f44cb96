"""Lines and names of other programs."""

import pytest

from release_actions.core.text import is_plain, lines

NO_LINE_ENDS = ["\r", "\v", "\f", "\x1c", "\x1d", "\x1e", "\x85", "\u2028", "\u2029"]


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("", []),
        ("\n", [""]),
        ("a", ["a"]),
        ("a\nb\n", ["a", "b"]),
        ("a\n\nb", ["a", "", "b"]),
        ("a\r\nb\r\n", ["a\r", "b\r"]),
        *((f"a{sign}b\nc", [f"a{sign}b", "c"]) for sign in NO_LINE_ENDS),
    ],
)
def test_lines_end_at_a_line_feed_alone(text: str, expected: list[str]) -> None:
    assert lines(text) == expected


@pytest.mark.parametrize("name", ["refs/heads/release-1.5", "v1.5.0", "größe", "分支", "a/b.c~d", ""])
def test_plain_names(name: str) -> None:
    assert is_plain(name)


@pytest.mark.parametrize(
    "sign",
    [*NO_LINE_ENDS, "\0", "\x7f", "\u00a0", "\u061c", "\u200b", "\u202e", "\u2066", "\ufeff", "\ufffd"],
)
def test_names_that_are_not_what_they_look_like(sign: str) -> None:
    assert not is_plain(f"release-1.5{sign}x")
