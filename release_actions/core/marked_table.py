"""A generated table of a page, between the lines `<!-- begin NAME -->` and `<!-- end NAME -->`."""

from release_actions.core.errors import Code, ReleaseError
from release_actions.core.text import lines


def markers(name: str) -> tuple[str, str]:
    """The lines before and behind a table."""
    return f"<!-- begin {name} -->", f"<!-- end {name} -->"


def with_table(page: str, rows: str, file: str, *, name: str, code: Code) -> str:
    """A page with the table between its two markers; raises an error of `code` unless it has them once, in order.

    Line ends are those of the first marker.
    """
    begin, end = markers(name)
    whole = lines(page)
    places = [(number, line.strip()) for number, line in enumerate(whole) if line.strip() in (begin, end)]
    if [marker for _, marker in places] != [begin, end]:
        wrong = places[2:3] or places[:1] or [(0, "")]
        raise ReleaseError(
            code,
            f"{file} has {len(places)} lines that are markers of the table, and not one `{begin}` before one `{end}`.",
            next_step=f"Write `{begin}` and `{end}` once each, on lines of their own, where the table belongs.",
            file=file,
            line=wrong[0][0] + 1,
        )
    (first, _), (last, _) = places
    newline = "\r\n" if whole[first].endswith("\r") else "\n"
    tail = "\n" if page.endswith("\n") else ""
    return "\n".join([*whole[: first + 1], *lines(rows.replace("\n", newline)), *whole[last:]]) + tail
