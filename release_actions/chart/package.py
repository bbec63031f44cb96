"""A chart's package as plain values: a tar archive, gzipped, of the files below a folder named like the chart.

Helm 3 stamps every entry with the current time, so its archive differs each time. `write` gives the same bytes for the
same files and the same moment on any machine with the same zlib; where compression differs, `difference` still
finds the contents equal.
"""

import gzip
import io
import re
import tarfile
import zlib
from collections.abc import Mapping

from release_actions.core.errors import Code, ReleaseError
from release_actions.core.text import lines

FILE_LIMIT = 5 * 1024 * 1024
"""Bytes of one file; Helm itself loads no larger one."""

TOTAL_LIMIT = 100 * 1024 * 1024
"""Bytes of an unpacked package; Helm itself loads no larger one."""

_EXTENSION_LIMIT = 64 * 1024  # bytes of a long name, or of the fields that an old header has no room for
_BLOCK = 512
_MOST = 20_000  # entries
_SIZE = re.compile(rb"[ \0]{0,12}([0-7]{0,12})[ \0]{0,12}")
_NAME = re.compile(r"[^\\\x00-\x1f\x7f]{1,1000}")
_BROKEN = (tarfile.TarError, zlib.error, OSError, EOFError, ValueError, RecursionError)


def read(data: bytes) -> dict[str, bytes]:
    """The files of a package by name; nothing is written anywhere.

    Raises E_CHART_PACKAGE for anything that Helm would not make: links, devices, names that lead elsewhere or come
    twice, sizes that can't be, more bytes than Helm would load.
    """
    try:
        with gzip.GzipFile(fileobj=io.BytesIO(data)) as unzipped:
            archive = unzipped.read(TOTAL_LIMIT + 1)
        if len(archive) > TOTAL_LIMIT:
            raise _bad(f"it unpacks to more than {TOTAL_LIMIT} bytes")
        _check_headers(archive)
        with tarfile.open(fileobj=io.BytesIO(archive), mode="r:") as entries:
            return _files(entries)
    except _BROKEN as error:
        raise _bad(f"it is not a gzipped tar archive ({type(error).__name__})") from error


def write(files: Mapping[str, bytes], moment: int) -> bytes:
    """The package of these files, in the order of their names, every one from `moment` (seconds since 1970, UTC)."""
    packed = io.BytesIO()
    # A header without name and time.
    with (
        gzip.GzipFile(filename="", fileobj=packed, mode="wb", compresslevel=9, mtime=0) as zipped,
        tarfile.open(fileobj=zipped, mode="w:", format=tarfile.PAX_FORMAT) as archive,
    ):
        for name in sorted(files):
            entry = tarfile.TarInfo(name)
            entry.size, entry.mtime, entry.mode = len(files[name]), moment, 0o644
            archive.addfile(entry, io.BytesIO(files[name]))
    return packed.getvalue()


def difference(ours: Mapping[str, bytes], theirs: Mapping[str, bytes]) -> str:
    """Where two packages differ first, by name, as a phrase about theirs; empty when their contents are equal."""
    for name in sorted(ours.keys() | theirs.keys()):
        if name not in theirs:
            return f"{name} is missing there"
        if name not in ours:
            return f"{name} is only there"
        if ours[name] != theirs[name]:
            return f"{name} is another{_first_line(ours[name], theirs[name])}"
    return ""


def _check_headers(archive: bytes) -> None:
    """Look at every header's size (POSIX, `pax`, "ustar Interchange Format") before `tarfile` believes it.

    It takes a negative size and one from an extended header, and its time to read such a header grows with the square
    of its length.
    """
    start = count = 0
    while (header := archive[start : start + _BLOCK]).strip(b"\0"):
        written, kind = _SIZE.fullmatch(header[124:136]), header[156:157]
        size = int(written[1] or b"0", 8) if written else -1
        start, count = start + _BLOCK, count + 1
        if count > _MOST:
            raise _bad(f"it has more than {_MOST} entries")
        if size < 0 or start + size > len(archive):
            raise _bad("an entry's size is out of range")
        if kind in b"xgLK" and (size > _EXTENSION_LIMIT or b" size=" in archive[start : start + size]):
            raise _bad("an extended header is too long or gives a size")
        if kind not in b"123456":  # links, devices and folders have no content
            start += -(-size // _BLOCK) * _BLOCK


def _files(entries: tarfile.TarFile) -> dict[str, bytes]:
    files: dict[str, bytes] = {}
    for entry in entries:
        if entry.isdir():
            continue
        if entry.type not in (tarfile.REGTYPE, tarfile.AREGTYPE) or entry.issparse():
            raise _bad(f"{entry.name!a} is not a plain file")
        parts = entry.name.split("/")
        if not _NAME.fullmatch(entry.name) or len(parts) < 2 or {"", ".", ".."} & set(parts):
            raise _bad(f"{entry.name[:200]!a} is not the name of a file below the chart's folder")
        if entry.name in files:
            raise _bad(f"{entry.name!a} is in it twice")
        if entry.size > FILE_LIMIT:
            raise _bad(f"{entry.name!a} has more than {FILE_LIMIT} bytes")
        content = entries.extractfile(entry)
        assert content
        files[entry.name] = content.read()
    return files


def _first_line(ours: bytes, theirs: bytes) -> str:
    """The first line in which two texts differ, ours first; nothing for anything but text."""
    try:
        our_lines, their_lines = lines(ours.decode()), lines(theirs.decode())
    except UnicodeDecodeError:
        return ""
    for number, (our, their) in enumerate(zip(our_lines, their_lines, strict=False), start=1):
        if our != their:
            return f" (line {number}: {our.strip()[:100]!a} here, {their.strip()[:100]!a} there)"
    return f" ({len(our_lines)} lines here, {len(their_lines)} there)"


def _bad(what: str) -> ReleaseError:
    return ReleaseError(
        Code.E_CHART_PACKAGE,
        f"The chart's package can't be read: {what}.",
        next_step="Look at the package with `tar -tvzf`, and pack the chart again with `helm package`.",
    )
