"""The ledger of a release: what it is made of, as JSON. And the marker that tells our releases from those of others.

The ledger is one of the release's assets, the marker is the first line of its description. Both have a format number; a
format that isn't known is refused and not guessed at.
"""

import hashlib
import re
from collections.abc import Sequence
from typing import Annotated, Literal

import msgspec

from release_actions.core.errors import Code, ReleaseError
from release_actions.core.text import COMMIT
from release_actions.oci.reference import Digest

NAME = "release-ledger.json"
"""The ledger's name among the assets."""

LIMIT = 4 * 1024 * 1024
"""The most bytes of a ledger."""

_LONGEST_REASON = 500
_Commit = Annotated[str, msgspec.Meta(pattern=rf"\A{COMMIT}\Z")]
_Reason = Annotated[str, msgspec.Meta(min_length=1, max_length=_LONGEST_REASON)]
_MARKER_START = "<!-- release-actions format="
_MARKER = re.compile(
    rf"{_MARKER_START}1"
    rf" tag=(v[0-9a-z.-]{{5,40}}) commit=({COMMIT}) content=([0-9a-f]{{64}}) -->"
)


class LedgerEntry(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """An image or a chart in a registry (`ghcr.io/kubeflow/op:v1.5.0`), or a file among the assets, with its digest."""

    name: str
    digest: Digest


class Ledger(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True, rename="kebab"):
    """What a release is made of.

    `files` are its assets but for the ledger itself. `run` is the web address of the run that wrote this, `action` what
    it ran (`kubeflow/release-actions@v1`); both may be empty. `override_reason` is why the version was made although a
    rule was against it, on one line. These three don't count when releases are compared.

    A ledger with a reason has the format 2, as what knows only format 1 can't read it; all others stay as they were.
    """

    format: Literal[1, 2] = 1
    tag: str
    version: str
    commit: _Commit
    images: tuple[LedgerEntry, ...]
    charts: tuple[LedgerEntry, ...]
    files: tuple[LedgerEntry, ...]
    run: str
    action: str
    override_reason: _Reason | msgspec.UnsetType = msgspec.UNSET

    def __post_init__(self) -> None:
        if (self.format == 2) != bool(self.override_reason):
            raise ValueError("a reason makes it format 2, and nothing else does")


class Marker(msgspec.Struct, frozen=True):
    """Which release a description belongs to; `content` is a hash (SHA-256) of what is released, see `content_of`."""

    tag: str
    commit: str
    content: str

    def __str__(self) -> str:
        return f"<!-- release-actions format=1 tag={self.tag} commit={self.commit} content={self.content} -->"


def with_reason(ledger: Ledger, reason: str) -> Ledger:
    """A ledger of format 1 with the reason for an exception, cut where it is too long; the same one without any."""
    if not reason:
        return ledger
    cut = reason if len(reason) <= _LONGEST_REASON else f"{reason[: _LONGEST_REASON - 1]}…"
    return msgspec.structs.replace(ledger, format=2, override_reason=cut)


def content_of(images: Sequence[LedgerEntry], charts: Sequence[LedgerEntry], files: Sequence[LedgerEntry]) -> str:
    """A hash of what a release is made of; `files` are those that were given, not those that are written about it."""
    return hashlib.sha256(msgspec.json.encode((images, charts, files))).hexdigest()


def encode(ledger: Ledger) -> bytes:
    """The ledger as it is stored: one spelling for each content."""
    return msgspec.json.format(msgspec.json.encode(ledger), indent=2) + b"\n"


def decode(content: bytes) -> Ledger:
    """A stored ledger; raises E_LEDGER unless it is exactly as `encode` writes it."""
    try:
        found = msgspec.json.decode(content, type=Ledger)
    except (msgspec.DecodeError, UnicodeDecodeError, RecursionError) as error:
        raise _unreadable(str(error)) from error
    if encode(found) != content:
        raise _unreadable("it was written by somebody else, or edited")
    return found


def difference(ours: Ledger, theirs: Ledger) -> str:
    """What a ledger says other than ours, as a phrase about theirs; empty when both are of the same release.

    Who wrote it doesn't count, nor a reason for it, and neither do further files of theirs.
    """
    for what in ("tag", "version", "commit"):
        if getattr(ours, what) != getattr(theirs, what):
            return f"it is of the {what} {getattr(theirs, what)}"
    for what in ("images", "charts", "files"):
        there = {one.name: one.digest for one in getattr(theirs, what)}
        mine = {one.name: one.digest for one in getattr(ours, what)}
        for name, digest in mine.items():
            if there.get(name) != digest:
                return f"its {name} is {there[name]}" if name in there else f"it has no {name}"
        if what != "files" and (more := there.keys() - mine.keys()):
            return f"it also has {min(more)}"
    return ""


def find_marker(description: str | None) -> Marker | None:
    """The marker of a release's description, which is its whole first line; None when the release isn't ours."""
    first = (description or "").partition("\n")[0].removesuffix("\r")
    found = _MARKER.fullmatch(first)
    return Marker(*found.groups()) if found else None


def is_personal(description: str | None) -> bool:
    """Whether a description is a person's: it does not begin with a marker, of whichever format."""
    return not (description or "").startswith(_MARKER_START)


def _unreadable(why: str) -> ReleaseError:
    return ReleaseError(
        Code.E_LEDGER,
        f"The ledger {NAME} can't be read: {why}.",
        next_step="Look at the release's assets and find out who changed it; a newer action may be needed to read it.",
    )
