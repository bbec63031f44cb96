"""Packages: the same bytes for the same files, and nothing hostile is unpacked."""

import gzip
import io
import tarfile
from collections.abc import Callable
from dataclasses import dataclass

import pytest

from release_actions.chart import package
from release_actions.core.errors import Code, ReleaseError

FILES = {"op/Chart.yaml": b"name: op\n", "op/values.yaml": b"a: 1\nb: 2\n", "op/templates/ü.yaml": b"\x00\xff"}
MOMENT = 1_700_000_000


@dataclass(frozen=True)
class Entry:
    """A file of a made-up archive."""

    name: str
    content: bytes = b"x"
    kind: bytes = tarfile.REGTYPE
    claimed: int | None = None


def packed(*entries: Entry, **header: str) -> bytes:
    made = io.BytesIO()
    with tarfile.open(fileobj=made, mode="w:gz", pax_headers=header) as archive:
        for entry in entries:
            info = tarfile.TarInfo(entry.name)
            info.type, info.size, info.linkname = entry.kind, len(entry.content), "/etc/passwd"
            archive.addfile(info, io.BytesIO(entry.content))
    return made.getvalue()


def raw(*headers: tuple[bytes, bytes, bytes, bytes]) -> bytes:
    """An archive of headers with a name, a size and a kind as they are written there, each with its content."""
    made = b""
    for name, size, kind, content in headers:
        header = bytearray(tarfile.TarInfo("x").tobuf(tarfile.USTAR_FORMAT))
        header[0:100], header[124:136], header[156:157] = name.ljust(100, b"\0"), size.rjust(12, b"0"), kind
        header[148:156] = b" " * 8
        header[148:156] = b"%06o\0 " % sum(header)
        made += header + content + bytes(-len(content) % 512)
    return gzip.compress(made + bytes(1024))


def after(kind: bytes, content: bytes) -> bytes:
    """An archive of one file after a header of this kind."""
    return raw((b"x", b"%o" % len(content), kind, content), (b"op/a", b"1", b"0", b"x"))


def test_what_is_written_is_read_again() -> None:
    assert package.read(package.write(FILES, MOMENT)) == FILES


def test_the_bytes_depend_on_files_and_moment_alone() -> None:
    backwards = dict(reversed(FILES.items()))

    assert package.write(backwards, MOMENT) == package.write(FILES, MOMENT)
    assert package.write(FILES, MOMENT + 1) != package.write(FILES, MOMENT)


def test_nothing_of_the_machine_is_in_the_archive() -> None:
    data = package.write(FILES, MOMENT)
    with tarfile.open(fileobj=io.BytesIO(data)) as archive:
        about = {(one.mtime, one.mode, one.uid, one.gid, one.uname, one.gname) for one in archive}

    assert about == {(MOMENT, 0o644, 0, 0, "", "")}
    assert data[3:8] == bytes(5)  # no name, no time (RFC 1952, section 2.3)


def test_the_other_way_to_write_a_plain_file_and_folders_are_read() -> None:
    data = packed(Entry("op", b"", tarfile.DIRTYPE), Entry("op/a", b"1", tarfile.AREGTYPE))

    assert package.read(data) == {"op/a": b"1"}


HOSTILE: dict[str, Callable[[], bytes]] = {
    "nothing": lambda: b"",
    "no gzip": lambda: b"PK\x03\x04" + bytes(100),
    "no tar": lambda: gzip.compress(b"hello" * 1000),
    "half an archive": lambda: package.write(FILES, MOMENT)[:-20],
    "bytes after the end": lambda: package.write(FILES, MOMENT) + b"more",
    "a bomb": lambda: gzip.compress(bytes(package.TOTAL_LIMIT + 1), 1),
    "a large file": lambda: packed(Entry("op/a", bytes(package.FILE_LIMIT + 1))),
    "an absolute name": lambda: packed(Entry("/etc/cron.d/x")),
    "a name that leaves": lambda: packed(Entry("op/../../x")),
    "a dot in a name": lambda: packed(Entry("op/./x")),
    "a file beside the folder": lambda: packed(Entry("Chart.yaml")),
    "a backslash": lambda: packed(Entry("op\\x/a")),
    "a control character": lambda: packed(Entry("op/a\n::error::b")),
    "a long name": lambda: packed(Entry("op/" + "a" * 5000)),
    "a symbolic link": lambda: packed(Entry("op/a", b"", tarfile.SYMTYPE)),
    "a hard link": lambda: packed(Entry("op/a", b"", tarfile.LNKTYPE)),
    "a device": lambda: packed(Entry("op/a", b"", tarfile.CHRTYPE)),
    "a pipe": lambda: packed(Entry("op/a", b"", tarfile.FIFOTYPE)),
    "the same name twice": lambda: packed(Entry("op/a"), Entry("op/a")),
    "a sparse file": lambda: packed(
        Entry("op/a", b"1\n0\n1\nx"),
        **{"GNU.sparse.major": "1", "GNU.sparse.minor": "0", "GNU.sparse.realsize": "9" * 12},
    ),
    "a negative size": lambda: raw((b"op/a", b"\xff" * 12, b"0", b"x")),
    "a size of twenty digits": lambda: raw((b"op/a", b"\x80" + b"\x7f" * 11, b"0", b"x")),
    "a size with a sign": lambda: raw((b"op/a", b"-512", b"0", b"x")),
    "a size beyond the archive": lambda: raw((b"op/a", b"77777777777", b"0", b"x")),
    "a folder with a negative size": lambda: raw((b"op/", b"\xff" * 12, b"5", b"")),
    "a size in an extended header": lambda: after(b"x", b"11 size=-1\n"),
    "a size for all": lambda: after(b"g", b"12 size=512\n"),
    "an extended header of digits": lambda: after(b"x", b"1" * 1_000_000),
    "a name without end": lambda: after(b"L", b"a" * 1_000_000),
    "a hundred thousand entries": lambda: gzip.compress(tarfile.TarInfo("op/a").tobuf() * 100_000, 1),
    "a thousand names of names": lambda: gzip.compress(b"".join(_long_name() for _ in range(2000)) + bytes(1024)),
}


@pytest.mark.parametrize("data", HOSTILE.values(), ids=HOSTILE)
def test_hostile_packages(data: Callable[[], bytes]) -> None:
    with pytest.raises(ReleaseError) as raised:
        package.read(data())

    assert raised.value.code is Code.E_CHART_PACKAGE
    assert "\n" not in raised.value.what


DIFFERENCES = {
    "none": (FILES, ""),
    "a line": (
        {**FILES, "op/values.yaml": b"a: 1\nb: 3\n"},
        "op/values.yaml is another (line 2: 'b: 2' here, 'b: 3' there)",
    ),
    "a line more": (
        {**FILES, "op/values.yaml": b"a: 1\nb: 2\nc: 3\n"},
        "op/values.yaml is another (2 lines here, 3 there)",
    ),
    "bytes": ({**FILES, "op/templates/ü.yaml": b"\x00"}, "op/templates/ü.yaml is another"),
    "a file less": ({"op/Chart.yaml": FILES["op/Chart.yaml"]}, "op/templates/ü.yaml is missing there"),
    "a file more": ({**FILES, "op/.helmignore": b""}, "op/.helmignore is only there"),
}


@pytest.mark.parametrize(("theirs", "phrase"), DIFFERENCES.values(), ids=DIFFERENCES)
def test_the_first_difference(theirs: dict[str, bytes], phrase: str) -> None:
    assert package.difference(FILES, theirs) == phrase


def _long_name() -> bytes:
    """A header that says: the next entry's name follows, and is long (GNU tar manual, "Extensions")."""
    info = tarfile.TarInfo("././@LongLink")
    info.type, info.size = tarfile.GNUTYPE_LONGNAME, 1
    return info.tobuf(tarfile.GNU_FORMAT) + b"a".ljust(512, b"\0")


@pytest.mark.parametrize(
    "record", [b"mtime=1e999", b"mtime=nan", b"uid=" + b"9" * 5000, b"gid=-1", b"atime=\xff"], ids=lambda one: one[:9]
)
def test_fields_that_are_not_used_may_say_anything(record: bytes) -> None:
    length = next(n for n in range(9999) if n == len(str(n)) + len(record) + 2)

    assert package.read(after(b"x", b"%d %b\n" % (length, record))) == {"op/a": b"x"}
