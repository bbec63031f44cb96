"""Expressions of users: the dialect, and lines on which others would search for ever."""

import pytest

from release_actions.core.errors import Code, ReleaseError
from release_actions.core.version import Spelling
from release_actions.version_places.expression import Expression
from release_actions.version_places.place import File, Place, find


@pytest.mark.parametrize(
    ("text", "line", "found"),
    [
        ("TAG = (.*)", "TAG = v1.5.0", "v1.5.0"),
        ("TAG = (.*)", "TAGS = v1.5.0", None),
        ("TAG = (.*)", "xTAG = v1.5.0", None),
        (r"é+ (\S+) ü", "éé v1.5.0 ü", "v1.5.0"),
        ("(?:TAG=(.*)|NAME=.*)", "NAME=op", None),
        ("TAG=(.*)", "TAG=", ""),
    ],
)
def test_the_group_of_a_whole_line(text: str, line: str, found: str | None) -> None:
    span = Expression(text).find(line)
    assert (span and line[slice(*span)]) == found


@pytest.mark.parametrize(
    ("text", "reason"),
    [
        ("TAG = .*", "has 0 groups"),
        ("(a)(b)", "has 2 groups"),
        ("(", "missing \\)"),
        (r"(a)\1", "invalid escape sequence"),
        ("(?<=v)(.*)", "invalid perl operator"),
        ("(a{1000}){1000}", "invalid repetition size"),
        ("(" + "a" * 500, "at most 500 characters"),
    ],
)
def test_what_is_no_such_expression(text: str, reason: str) -> None:
    with pytest.raises(ValueError, match=reason):
        Expression(text)


@pytest.mark.parametrize(
    ("place", "line"),
    [
        pytest.param(Place(file="a", regex="(?:a+)+(b)"), "a" * 1_000_000, id="nested"),
        pytest.param(Place(file="a", regex="(?:a|a)*a*a*(b)"), "a" * 1_000_000, id="alternatives"),
        pytest.param(Place(file="a", regex=r".*\s*.*\s*(b)"), " " * 1_000_000, id="neighbours"),
        pytest.param(Place(file="a", python="version"), f"version = '1'{' ' * 1_000_000}x", id="blanks"),
        pytest.param(Place(file="a", python="version"), "version" + " " * 1_000_000, id="blanks before a sign"),
    ],
)
def test_no_line_is_searched_for_ever(place: Place, line: str) -> None:
    with pytest.raises(ReleaseError) as failure:
        find(File("a", line), [place], Spelling.TAG)
    assert failure.value.code is Code.E_PLACE_MISSING
