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
