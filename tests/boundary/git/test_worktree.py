"""What real git says of a checkout that is not its commit's, and which files are pointers of Git LFS."""

from pathlib import Path

from rehearsal.git.worktree import WorkTree
from release_actions.git.worktree import changed_files, lfs_pointers

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
