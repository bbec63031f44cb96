"""What real git says of a checkout that is not its commit's, and which files are pointers of Git LFS."""

import hashlib
from pathlib import Path

import pytest

from rehearsal.base.programs import run
from rehearsal.git.worktree import WorkTree
from release_actions.core.errors import Code, ReleaseError
from release_actions.git.worktree import changed_files, lfs_pointers, require_committed

POINTER = f"version https://git-lfs.github.com/spec/v1\noid sha256:{'0' * 64}\nsize 12345\n"


def test_changed_files_are_named_and_new_ones_are_not(tmp_path: Path) -> None:
    tree = WorkTree.create(tmp_path / "tree", {"a b.txt": "a\n", "gone.txt": "b\n", "same.txt": "c\n"})
    assert changed_files(tree.folder) == []

    (tree.folder / "a b.txt").write_text("other\n")
    (tree.folder / "gone.txt").unlink()
    (tree.folder / "new.txt").write_text("new\n")
    assert changed_files(tree.folder) == ["a b.txt", "gone.txt"]


def test_pointers_are_found_in_the_folders_that_count(tmp_path: Path) -> None:
    files = {"chart/model.bin": POINTER, "chart/README.md": f"About {POINTER}", "docs/film.mp4": POINTER}
    tree = WorkTree.create(tmp_path / "tree", files)
    (tree.folder / "chart/link").symlink_to("model.bin")

    assert lfs_pointers(tree.folder, ["chart"]) == ["chart/model.bin"]
    assert lfs_pointers(tree.folder, ["."]) == ["chart/model.bin", "docs/film.mp4"]
    assert lfs_pointers(tree.folder, []) == []


def test_content_that_git_lfs_has_fetched_is_not_changed(tmp_path: Path) -> None:
    oid = hashlib.sha256(b"the model").hexdigest()
    tree = WorkTree.create(tmp_path / "tree", {"model.bin": POINTER.replace("0" * 64, oid), "other.bin": POINTER})
    (tree.folder / "model.bin").write_bytes(b"the model")
    (tree.folder / "other.bin").write_bytes(b"not what the pointer names")

    assert changed_files(tree.folder) == ["other.bin"]


def test_no_filter_of_the_checkout_is_run(tmp_path: Path) -> None:
    tree = WorkTree.create(tmp_path / "tree", {".gitattributes": "*.txt filter=odd\n", "a.txt": "a\n"})
    for name in ("clean", "smudge", "process"):
        run(["git", "-C", str(tree.folder), "config", f"filter.odd.{name}", f"touch {tmp_path}/ran-{name}; cat"])
    (tree.folder / "a.txt").write_text("b\n")

    assert changed_files(tree.folder) == ["a.txt"]
    assert list(tmp_path.glob("ran-*")) == []


@pytest.mark.parametrize("changed", [True, False], ids=["changed", "a pointer"])
def test_what_counts_is_what_is_published(tmp_path: Path, *, changed: bool) -> None:
    tree = WorkTree.create(tmp_path / "tree", {"in[1]/a.bin": "a" if changed else POINTER, "in1/b.txt": "b"})
    if changed:
        (tree.folder / "in[1]/a.bin").write_text("b")

    with pytest.raises(ReleaseError) as caught:
        require_committed(tree.folder, ["in[1]"])
    assert (caught.value.code, caught.value.file) == (Code.E_CHECKOUT, "in[1]/a.bin")
    require_committed(tree.folder, ["in[1]"], lambda path: path == "in[1]/a.bin")
    require_committed(tree.folder, ["in1"])
