"""What git says of a conflict, and what of it a person is shown."""

from release_actions.backport.conflict import hunks, read_messages

MESSAGES = (
    *("1", "a.go", "Auto-merging", "Auto-merging a.go\n"),
    *("1", "a.go", "CONFLICT (contents)", "CONFLICT (content): Merge conflict in a.go\n"),
    *("2", "b.go", "c.go", "CONFLICT (rename/delete)", "CONFLICT (rename/delete): b.go renamed to c.go in 0123\n"),
)


def test_what_git_says() -> None:
    assert read_messages(MESSAGES, {"0123": "HEAD"}) == (
        "CONFLICT (content): Merge conflict in a.go",
        "CONFLICT (rename/delete): b.go renamed to c.go in HEAD",
    )


def test_hunks_have_their_lines_and_labels() -> None:
    marked = ["<<<<<<< 0123", "ours", "=======", "theirs", ">>>>>>> 4567"]
    content = [f"line {number}" for number in range(1, 11)]
    text = "\n".join([*content, *marked, *content])
    shown = hunks(text, {"0123": "HEAD", "4567": "abc (Fix)"})
    assert shown.split("\n") == [
        *("@@ line 8 @@", "line 8", "line 9", "line 10"),
        *("<<<<<<< HEAD", "ours", "=======", "theirs", ">>>>>>> abc (Fix)"),
        *("line 1", "line 2", "line 3"),
    ]


def test_long_hunks_are_cut() -> None:
    text = "\n".join(["<<<<<<< a", *(str(number) for number in range(500)), ">>>>>>> b"])
    assert hunks(text, {}).endswith("… and 443 more lines")


def test_a_file_without_markers_has_no_hunks() -> None:
    assert hunks("plain\n======= \n>>>>>>> quoted\n", {}) == ""
