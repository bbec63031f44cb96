"""What git says of two trees, as it writes it."""

import pytest

from release_actions.git.raw_diff import PathDiff, between, by_commit

A, B, C, NONE = "a" * 40, "b" * 40, "c" * 40, "0" * 40


def entry(path: str, before: str = "100644", after: str = "100644", old: str = A, new: str = B) -> str:
    return f":{before} {after} {old} {new} M\0{path}\0"


def test_two_trees() -> None:
    asked: list[tuple[str, ...]] = []

    def ask(*arguments: str) -> str:
        asked.append(arguments)
        return entry("a b") + entry("c\u2028\n:d", after="100755")

    assert between(ask, "v1", "v2") == [
        PathDiff("a b", "100644", "100644", A, B),
        PathDiff("c\u2028\n:d", "100644", "100755", A, B),
    ]
    assert asked[0][-3:] == ("--end-of-options", "v1", "v2")


def test_trees_that_are_the_same() -> None:
    assert between(lambda *_: "", "v1", "v2") == []


def test_commits_of_which_one_changes_nothing_and_one_a_file_that_is_named_like_a_commit() -> None:
    output = f"{A}\0{entry('one')}{B}\0{C}\0{entry(A)}{entry('two')}"
    found = by_commit(output)
    assert {commit: [one.path for one in paths] for commit, paths in found.items()} == {
        A: ["one"],
        B: [],
        C: [A, "two"],
    }


@pytest.mark.parametrize(
    ("before", "after", "blobs", "files"),
    [
        (("100644", A), ("100644", B), {A, B}, (A, B)),
        (("100755", A), ("100644", A), {A}, (A, A)),
        (("000000", NONE), ("100644", B), {B}, ("", B)),
        (("100644", A), ("000000", NONE), {A}, (A, "")),
        (("120000", A), ("100644", B), {A, B}, ("", B)),
        (("100644", A), ("160000", C), {A}, (A, "")),
        (("160000", A), ("160000", C), set(), ("", "")),
    ],
    ids=["content", "mode", "new", "deleted", "from a link", "to a submodule", "submodule"],
)
def test_which_contents_there_are(
    before: tuple[str, str], after: tuple[str, str], blobs: set[str], files: tuple[str, str]
) -> None:
    [(diff,)] = by_commit(entry("x", before[0], after[0], before[1], after[1])).values()
    assert (set(diff.blobs), diff.files) == (blobs, files)
