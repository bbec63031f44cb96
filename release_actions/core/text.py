"""Text of other programs and of servers: where its lines end, which names are what they look like, its numbers."""

NUMBER = r"(?:0|[1-9][0-9]{0,5})"
"""A number of a version, as a regular expression: ASCII digits, no leading zeros, at most six of them."""


def lines(text: str) -> list[str]:
    r"""The lines of a text, which end at a line feed alone.

    `str.splitlines` ends them at U+2028, U+0085 and seven more, which git allows in a ref's name and anyone can write
    into a title. A carriage return stays, as it may be a file's.
    """
    return text.removesuffix("\n").split("\n") if text else []


def is_plain(name: str) -> bool:
    """Whether a name has no control, format or separator character, and none that was not UTF-8 where it came from."""
    return name.isprintable() and "\ufffd" not in name
