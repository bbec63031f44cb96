"""Lines that say nothing cost an index no memory: a child with 350 MB reads 5 MB of them, wherever they are."""

import sys
from pathlib import Path

import pytest

from release_actions.system import process

READ = """\
import sys
from pathlib import Path
from release_actions.chart_repository import index
data = Path(sys.argv[1]).read_bytes()
print(sorted(index.versions(data)))
"""
LINES = {"blank": b"\n", "blanks": b"  \r\n", "comments": b"#\n"}
ENTRY = b"  - version: 1.0.0\n"
PLACES = {
    "before everything": b"%sapiVersion: v1\nentries:\n  op:\n" + ENTRY,
    "after the mark of a beginning": b"---\n%sapiVersion: v1\nentries:\n  op:\n" + ENTRY,
    "before the charts": b"apiVersion: v1\nentries:\n%s  op:\n" + ENTRY,
    "before the entries": b"apiVersion: v1\nentries:\n  op:\n%s" + ENTRY,
    "after the mark of an end": b"apiVersion: v1\nentries:\n  op:\n" + ENTRY + b"...\n%s",
}


def read(data: bytes, folder: Path) -> str:
    """What an index has, as a child with little memory finds it."""
    (folder / "index.yaml").write_bytes(data)
    child = [sys.executable, "-c", READ, str(folder / "index.yaml")]
    root = Path(__file__).parents[3]
    done = process.run(child, cwd=root, bounds=process.Bounds(memory=350 * 1024**2))
    assert done.ok, done.stderr[-500:]
    return done.stdout


@pytest.mark.parametrize("index", PLACES.values(), ids=PLACES)
@pytest.mark.parametrize("line", LINES.values(), ids=LINES)
def test_lines_that_say_nothing(line: bytes, index: bytes, tmp_path: Path) -> None:
    assert read(index % (line * (5_000_000 // len(line))), tmp_path) == "[('op', '1.0.0')]\n"


@pytest.mark.parametrize("text", [b"'%s'" % (b"''" * 2_000_000), b'"%s"' % (rb"\n" * 1_000_000)], ids=["'", '"'])
def test_long_quoted_texts(text: bytes, tmp_path: Path) -> None:
    index = b"apiVersion: v1\nentries:\n  op:\n" + ENTRY + b"    description: %s\n"

    assert read(index % text, tmp_path) == "[('op', '1.0.0')]\n"
