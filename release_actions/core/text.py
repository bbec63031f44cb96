"""Text of people, programs and servers: its lines, its numbers and ids, its logins, and how it is shown."""

import re
from collections.abc import Iterator, Sequence

from release_actions.core.errors import Code, ReleaseError

NUMBER = r"(?:0|[1-9][0-9]{0,5})"
"""A number of a version, as a regular expression: ASCII digits, no leading zeros, at most six of them."""

COMMIT = r"(?:[0-9a-f]{40}|[0-9a-f]{64})"
"""The full id of a commit, as a regular expression: SHA-1 or SHA-256 in lower case."""

LAST_SECOND = 253_402_300_799
"""The last second of the year 9999 since 1970: the latest time that dates in texts and calendars can have."""

_PULL_REQUEST = re.compile(r"#?0*([1-9][0-9]{0,8})", re.ASCII)
_SHORT = 12
_LOGIN = re.compile(r"(?<=://)\S*@")


def lines(text: str) -> list[str]:
    r"""The lines of a text, which end at a line feed alone.

    `str.splitlines` ends them at U+2028, U+0085 and seven more, which git allows in a ref's name and anyone can write
    into a title. A carriage return stays, as it may be a file's.
    """
    return list(each_line(text))


def each_line(text: str) -> Iterator[str]:
    """The lines of a text as `lines` has them, one after the other, for a text that is very long."""
    start = 0
    while (end := text.find("\n", start)) >= 0:
        yield text[start:end]
        start = end + 1
    if start < len(text):
        yield text[start:]


def is_plain(name: str) -> bool:
    """Whether a name has no control, format or separator character, and none that was not UTF-8 where it came from."""
    return name.isprintable() and "\ufffd" not in name


def line_at(text: str, offset: int) -> int:
    """The line of a character, from 1."""
    return text.count("\n", 0, max(offset, 0)) + 1


def short_id(commit: str) -> str:
    """The beginning of a commit's id, as people are shown it."""
    return commit[:_SHORT]


def shown(text: str, most: int) -> str:
    """A text as it can be printed anywhere: ASCII, everything else escaped, at most so many characters."""
    return ascii(text)[1:-1][:most]


def some(names: Sequence[str], most: int) -> str:
    """Names for a sentence: the first ones, and how many more there are."""
    more = f" and {len(names) - most} more" if len(names) > most else ""
    return ", ".join(names[:most]) + more


def visible(text: str) -> str:
    """A text whose control, format and direction characters are shown escaped, so that nothing of it is hidden.

    Ends of lines and tabs stay. A character such as U+202E turns the order of what is read.
    """
    return "".join(one if one in "\n\t" or one.isprintable() else ascii(one)[1:-1] for one in text)


def parse_number(text: str, name: str) -> int:
    """The number of a pull request, written as `12` or `#12` in the input `name`; raises E_INPUT."""
    found = _PULL_REQUEST.fullmatch(text)
    if found is None:
        raise ReleaseError(
            Code.E_INPUT,
            f"{text[:80]!a} is not the number of a pull request.",
            next_step=f"Write the input `{name}` as `12`.",
        )
    return int(found[1])


def parse_seconds(text: str) -> int:
    """Seconds since 1970 of an object in git, which can say anything: 0 for none, and at most the year 9999's last."""
    if not (text.isascii() and text.isdigit()):
        return 0
    return min(int(text), LAST_SECOND) if len(text) <= len(str(LAST_SECOND)) else LAST_SECOND


def without_logins(text: str) -> str:
    """A line without the logins of addresses in it; a login ends at the last `@`, as a password may have one too."""
    return _LOGIN.sub("", text)


def without_login(address: str) -> str:
    """An address without its login, whatever characters that has; one that is no address stays as it is."""
    scheme, separator, rest = address.partition("://")
    return f"{scheme}{separator}{rest.rpartition('@')[2]}" if separator else address
