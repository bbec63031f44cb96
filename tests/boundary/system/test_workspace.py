"""Files of a hostile workspace: nothing outside it is reached, and a file is replaced whole or not at all."""

import os
import socket
from collections.abc import Callable
from pathlib import Path

import pytest

from release_actions.core.errors import Code, ReleaseError
from release_actions.system import workspace
from release_actions.system.workspace import inside, list_files, private_copy, read_text, require_writable, write_text


@pytest.fixture
def tree(tmp_path: Path) -> Path:
    """A workspace with a chart, beside a secret that is outside."""
    root = tmp_path / "workspace"
    (root / "charts" / "demo" / "templates").mkdir(parents=True)
    (root / "charts" / "demo" / "Chart.yaml").write_text("name: demo\n")
    (root / "charts" / "demo" / "templates" / "a.yaml").write_text("a: b\n")
    (tmp_path / "secret").write_text("s3cret\n")
    (root / "link").symlink_to(tmp_path / "secret")
    (root / "charts" / "away").symlink_to(tmp_path)
    (root / "charts" / "near").symlink_to(root / "charts" / "demo")
    os.mkfifo(root / "pipe")
    return root


INSIDE = {
    "a file": ("charts/demo/Chart.yaml", "file"),
    "a folder": ("charts/demo", "folder"),
    "with a dot and slashes to spare": ("./charts//demo/", "folder"),
    "the workspace itself": (".", "folder"),
}


@pytest.mark.parametrize(("given", "kind"), INSIDE.values(), ids=INSIDE.keys())
def test_what_is_inside_is_found(tree: Path, given: str, kind: workspace.Kind) -> None:
    assert inside(tree, given, kind=kind) == tree / given
    assert inside(tree, str(tree / given), kind=kind) == tree / given


OUTSIDE = {
    "up": ("../secret", "has a `..`"),
    "up and down again": ("charts/../charts/demo/Chart.yaml", "has a `..`"),
    "absolute": ("/etc/passwd", "is outside the repository"),
    "a link out": ("link", "symbolic link"),
    "through a link out": ("charts/away/secret", "symbolic link"),
    "through a link that stays inside": ("charts/near/Chart.yaml", "symbolic link"),
    "not there": ("charts/none/Chart.yaml", "does not exist"),
    "through a file": ("charts/demo/Chart.yaml/x", "can't be used"),
    "a folder": ("charts/demo", "is not a file"),
    "a pipe": ("pipe", "is not a file"),
    "nothing": ("", "is no usable path"),
    "a line feed": ("charts\n::error::x", "is no usable path"),
    "a NUL": ("charts\0", "is no usable path"),
    "a name beyond any file system": ("x" * 5000, "can't be used"),
}


@pytest.mark.parametrize(("given", "what"), OUTSIDE.values(), ids=OUTSIDE.keys())
def test_what_is_not_a_plain_file_inside_is_refused(tree: Path, given: str, what: str) -> None:
    with pytest.raises(ReleaseError) as refused:
        inside(tree, given)
    assert refused.value.code is Code.E_PATH
    assert what in refused.value.what
    assert "\n" not in refused.value.what


def test_a_workspace_that_is_reached_through_a_link_is_fine(tree: Path, tmp_path: Path) -> None:
    (tmp_path / "shortcut").symlink_to(tree)
    assert inside(tmp_path / "shortcut", "charts/demo", kind="folder") == tree / "charts" / "demo"


@pytest.mark.parametrize("content", [b"", b"a\r\nb\rc\nd", b"\xef\xbb\xbfa: b\n", "ü😀\u2028".encode()], ids=repr)
def test_text_goes_in_and_out_byte_for_byte(tree: Path, content: bytes) -> None:
    path = tree / "file"
    path.write_bytes(content)
    write_text(path, read_text(path))
    assert path.read_bytes() == content


def test_text_must_be_short_utf8_in_a_real_file(tree: Path) -> None:
    path = tree / "file"
    path.write_bytes(b"a\nb\xff\n")
    with pytest.raises(ReleaseError, match="not UTF-8 at line 2") as refused:
        read_text(path, shown="charts/demo/file")
    assert refused.value.file == "charts/demo/file"
    with pytest.raises(ReleaseError, match="more than 3 bytes"):
        read_text(path, 3)
    for name in ("link", "pipe", "charts"):
        with pytest.raises(ReleaseError, match="E_PATH"):
            read_text(tree / name)


def test_a_written_file_keeps_its_mode_and_leaves_nothing_beside_it(tree: Path) -> None:
    path = tree / "charts" / "demo" / "Chart.yaml"
    path.chmod(0o751)
    write_text(path, "name: other\n")
    assert path.stat().st_mode & 0o777 == 0o751
    assert sorted(one.name for one in path.parent.iterdir()) == ["Chart.yaml", "templates"]


def test_a_file_that_is_not_there_is_made(tree: Path) -> None:
    write_text(tree / "new.md", "new\n")
    assert ((tree / "new.md").read_text(), (tree / "new.md").stat().st_mode & 0o777) == ("new\n", 0o644)


def test_the_files_of_a_workspace_are_listed_without_links_pipes_and_what_is_aside(tree: Path) -> None:
    (tree / "charts" / "demo" / "vendor").mkdir()
    (tree / "charts" / "demo" / "vendor" / "b.yaml").write_text("b: c\n")
    (tree / "vendor").write_text("a file\n")
    listed = list_files(tree, frozenset({"vendor"}))
    assert listed == ["charts/demo/Chart.yaml", "charts/demo/templates/a.yaml", "vendor"]


def test_a_write_that_fails_leaves_the_old_file(tree: Path) -> None:
    path = tree / "charts" / "demo" / "Chart.yaml"
    with pytest.raises(UnicodeEncodeError):
        write_text(path, "\ud800")
    assert path.read_text() == "name: demo\n"
    assert sorted(one.name for one in path.parent.iterdir()) == ["Chart.yaml", "templates"]


def test_a_read_only_file_is_left_alone(tree: Path) -> None:
    path = tree / "charts" / "demo" / "Chart.yaml"
    require_writable(path)
    path.chmod(0o444)
    with pytest.raises(ReleaseError, match="read-only"):
        require_writable(path)


def test_a_private_copy_has_the_files_and_nothing_else(tree: Path, tmp_path: Path) -> None:
    chart = tree / "charts" / "demo"
    (chart / ".git").mkdir()
    (chart / ".helmignore").write_text("*.md\n")
    private_copy(chart, tmp_path / "copy")
    copied = sorted(str(path.relative_to(tmp_path / "copy")) for path in (tmp_path / "copy").rglob("*"))
    assert copied == [".helmignore", "Chart.yaml", "templates", "templates/a.yaml"]
    assert (tmp_path / "copy" / "Chart.yaml").read_text() == "name: demo\n"
    assert (tmp_path / "copy").stat().st_mode & 0o777 == 0o700
    assert (tmp_path / "copy" / "Chart.yaml").stat().st_mode & 0o777 == 0o600


def _socket(chart: Path) -> None:
    with socket.socket(socket.AF_UNIX) as opened:
        opened.bind(os.path.relpath(chart / "socket"))


HOSTILE: dict[str, Callable[[Path], object]] = {
    "a link to a file": lambda chart: (chart / "x").symlink_to("/proc/self/environ"),
    "a link to a folder": lambda chart: (chart / "templates" / "x").symlink_to("/etc"),
    "a broken link": lambda chart: (chart / "x").symlink_to("nowhere"),
    "a hard link": lambda chart: (chart / "x").hardlink_to(chart.parent.parent.parent / "secret"),
    "a pipe": lambda chart: os.mkfifo(chart / "x"),
    "a socket": _socket,
    "a line feed in a name": lambda chart: (chart / "a\nb").write_text(""),
    "a name that is not UTF-8": lambda chart: Path(os.fsdecode(os.fsencode(chart) + b"/\xff")).write_text(""),
    "a backslash in a name": lambda chart: (chart / "..\\x").write_text(""),
    "a deep tree": lambda chart: chart.joinpath(*["d"] * 70).mkdir(parents=True),
    "a huge file": lambda chart: os.truncate(_made(chart / "x"), workspace.COPY_BYTES + 1),
}


def _made(path: Path) -> Path:
    path.touch()
    return path


@pytest.mark.parametrize("spoil", HOSTILE.values(), ids=HOSTILE.keys())
def test_a_private_copy_refuses_what_a_package_must_not_hold(
    tree: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, spoil: Callable[[Path], object]
) -> None:
    monkeypatch.chdir(tree)
    spoil(tree / "charts" / "demo")
    with pytest.raises(ReleaseError) as refused:
        private_copy(tree / "charts" / "demo", tmp_path / "copy")
    assert refused.value.code is Code.E_PATH


def test_a_private_copy_of_a_link_is_refused(tree: Path, tmp_path: Path) -> None:
    with pytest.raises(ReleaseError, match="E_PATH"):
        private_copy(tree / "charts" / "near", tmp_path / "copy")
