"""Lines, names and numbers of people and other programs."""

import pytest

from release_actions.core.errors import Code, ReleaseError
from release_actions.core.text import (
    LAST_SECOND,
    is_plain,
    line_at,
    lines,
    parse_number,
    parse_seconds,
    short_id,
    shown,
    some,
    visible,
    without_logins,
)

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


@pytest.mark.parametrize(("text", "number"), [("12", 12), ("#12", 12), ("007", 7), ("999999999", 999999999)])
def test_the_number_of_a_pull_request(text: str, number: int) -> None:
    assert parse_number(text, "pull-requests") == number


@pytest.mark.parametrize("text", ["", "#", "0", "##1", "1.", "-1", "+1", "1000000000", "\u0661", "\u00b2", "12\n", "x"])
def test_what_is_not_the_number_of_a_pull_request(text: str) -> None:
    with pytest.raises(ReleaseError) as raised:
        parse_number(text, "pull-requests")
    assert raised.value.code is Code.E_INPUT
    assert "`pull-requests`" in raised.value.next_step
    assert raised.value.what.isascii()
    assert raised.value.what.isprintable()


@pytest.mark.parametrize(("offset", "line"), [(0, 1), (1, 1), (2, 2), (3, 3), (-1, 1), (99, 3)])
def test_the_line_of_a_character(offset: int, line: int) -> None:
    assert line_at("a\n\nb", offset) == line


def test_what_people_are_shown() -> None:
    assert short_id("0123456789abcdef") == "0123456789ab"
    assert shown("a\u202e'\n::error::", 80) == r"a\u202e'\n::error::"
    assert shown("x" * 100, 10) == "x" * 10


@pytest.mark.parametrize(
    ("line", "shown"),
    [
        ("fatal: unable to access 'https://me:p@ss/word@github.com/o/r/': 403", "https://github.com/o/r/"),
        ("ssh://git@github.com/o/r", "ssh://github.com/o/r"),
        ("From https://github.com/o/r", "From https://github.com/o/r"),
        ("git@github.com:o/r", "git@github.com:o/r"),
    ],
)
def test_logins_in_addresses_are_left_out(line: str, shown: str) -> None:
    assert shown in without_logins(line)
    assert "ss" not in without_logins(line).replace("access", "").replace("ssh", "")


@pytest.mark.parametrize(
    ("text", "shown"),
    [
        ("a\tb\nc é 漢 ✅ │", "a\tb\nc é 漢 ✅ │"),
        ("v1\u202e5.0", "v1\\u202e5.0"),
        ("\x1b[31mred\x1b[0m", "\\x1b[31mred\\x1b[0m"),
        ("a\u2028b\u200bc\x85", "a\\u2028b\\u200bc\\x85"),
        ("\r\x00", "\\r\\x00"),
        ("\udcff", "\\udcff"),
    ],
)
def test_what_would_be_hidden_is_shown_escaped(text: str, shown: str) -> None:
    assert visible(text) == shown


@pytest.mark.parametrize(
    ("names", "shown"),
    [
        ([], ""),
        (["a"], "a"),
        (["a", "b"], "a, b"),
        (["a", "b", "c"], "a, b and 1 more"),
        (list("abcde"), "a, b and 3 more"),
    ],
)
def test_some_names_and_how_many_more(names: list[str], shown: str) -> None:
    assert some(names, 2) == shown


@pytest.mark.parametrize(
    ("written", "seconds"),
    [
        ("1750000000", 1_750_000_000),
        ("253402300799", LAST_SECOND),
        ("253402300800", LAST_SECOND),
        ("9" * 5000, LAST_SECOND),
        ("-86400", 0),
        ("١٢", 0),
        ("", 0),
    ],
)
def test_seconds_of_an_object_in_git(written: str, seconds: int) -> None:
    assert parse_seconds(written) == seconds
