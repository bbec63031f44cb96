"""The description of a GitHub release: marker, a reason for an exception, how to install it, then the notes."""

from collections.abc import Sequence

from release_actions.core import markdown
from release_actions.oci.commands import install_chart, pull_image
from release_actions.oci.reference import parse_reference
from release_actions.release.ledger import LedgerEntry, Marker, find_marker

_DIVIDER = "<!-- release-actions: the notes follow -->"
_ADOPTED = "<!-- release-actions: a person made this draft -->"
_LIMIT = 120_000  # GitHub takes 125,000 characters


def install(images: Sequence[LedgerEntry], charts: Sequence[LedgerEntry]) -> str:
    """How to install the charts and get exactly these images, with all digests; empty for a release without any."""
    commands = [install_chart(parse_reference(chart.name)) for chart in charts]
    commands += [pull_image(parse_reference(image.name), image.digest) for image in images]
    if not commands:
        return ""
    rows = [
        (kind, markdown.code(entry.name), markdown.code(entry.digest))
        for kind, entries in (("image", images), ("chart", charts))
        for entry in entries
    ]
    table = markdown.table(("", "Reference", "Digest"), rows)
    return "\n".join(("## Install\n", markdown.block("\n".join(commands), "sh"), table))


def exception(reason: str) -> str:
    """Why there is a release although a rule was against it, as one line; empty without a reason."""
    return f"> **Released although a rule was against it.** {markdown.text(reason)}\n\n" if reason else ""


def compose(marker: Marker, introduction: str, notes: str) -> str:
    """The whole description; notes that are too long for GitHub are cut."""
    head = _head(marker, introduction)
    return head + markdown.cut(notes.strip(), max(_LIMIT - len(head.encode()), 1000))


def with_head(description: str, marker: Marker, introduction: str) -> str:
    """A description of ours, brought up to date; the notes stay, as a person may have edited them.

    All of a person's description, which has no marker, is notes; that the draft was a person's stays to be seen.
    """
    text = description.replace("\r\n", "\n")
    if find_marker(text) is None:
        return compose(marker, f"{_ADOPTED}\n{introduction}", text)
    before = _DIVIDER if _DIVIDER in text else "\n"
    adopted = f"{_ADOPTED}\n" if is_adopted(text) else ""
    return _head(marker, adopted + introduction) + text.partition(before)[2].strip()


def is_adopted(description: str | None) -> bool:
    """Whether a draft of ours was a person's before."""
    return _ADOPTED in (description or "").replace("\r\n", "\n").split("\n")[1:2]


def _head(marker: Marker, introduction: str) -> str:
    return "\n".join((str(marker), introduction, _DIVIDER, "", ""))
