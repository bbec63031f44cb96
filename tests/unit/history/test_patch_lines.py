"""The lines of changes: which a patch has, how alike two changes are, and what later ones make of them."""

from collections import Counter

import pytest

from release_actions.history.patch_lines import NO_LINES, Fate, Lines, fate, read_patches

OLD, NEW = "1" * 40, "2" * 40


def lines(removed: str = "", added: str = "", moved: str = "") -> Lines:
    return Lines(Counter(removed), Counter(added), Counter(moved))


@pytest.mark.parametrize(
    ("change", "after", "expected"),
    [
        (lines("ab", "xy"), [], Fate(1, 0, 0, -1)),
        (lines("ab", "xy"), [lines("q", "r")], Fate(1, 0, 0, -1)),
        (lines("ab", "xy"), [lines("xy", "ab")], Fate(0, 1, 1, 0)),
        (lines("ab", "xy"), [lines("q", "r"), lines("x", "z")], Fate(0.5, 0, 0.5, 1)),
        (lines("ab", "xy"), [lines("xy", "ab"), lines("ab", "xy")], Fate(1, 0, 1, 0)),
        (lines("", "xy"), [lines(moved="x")], Fate(1, 0, 0, 0)),
        (lines("ab", ""), [lines("", "ab")], Fate(1, 1, 0, 0)),
    ],
)
def test_what_becomes_of_lines(change: Lines, after: list[Lines], expected: Fate) -> None:
    assert fate(change, after) == expected


@pytest.mark.parametrize(
    ("change", "other", "share", "least"),
    [
        (lines("ab", "xy"), lines("ab", "xy"), 1, 1),
        (lines("ab", "xy"), lines("abcd", "uvwxyz"), 1, 1),
        (lines("abcd", "uvwxyz"), lines("ab", "xy"), 0.4, 1 / 3),
        (lines("ab", "xy"), lines("ab", "pq"), 0.5, 0),
        (lines("ab", "xy"), lines("pq", "xy"), 0.5, 0),
        (lines("", "xy"), lines("ab", "x"), 0.5, 0.5),
        (lines("", "xx"), lines("", "x"), 0.5, 0.5),
        (lines("ab", "xy"), NO_LINES, 0, 0),
        (NO_LINES, lines("ab", "xy"), 0, 0),
    ],
)
def test_how_much_of_a_change_another_one_does(change: Lines, other: Lines, share: float, least: float) -> None:
    assert (change.share(other), change.least_share(other)) == (share, least)


@pytest.mark.parametrize(
    ("patch", "removed", "added"),
    [
        ("@@ -3 +3,2 @@\n-old\n+new\n+more", ["old"], ["new", "more"]),
        ("@@ -3 +3 @@\n-old\r\n+new\r", ["old"], ["new"]),
        ("@@ -3 +3 @@\n--- a/x\n+++ b/x", ["-- a/x"], ["++ b/x"]),
        ("--- a/x\n+++ b/x\n@@ -3 +2,0 @@\n-old", ["old"], []),
        (f"index {OLD}..{NEW} 100644\nBinary files a/x and b/x differ", [f"\0{OLD}"], [f"\0{NEW}"]),
        ("old mode 100644\nnew mode 100755", ["\0old mode 100644"], ["\0new mode 100755"]),
    ],
)
def test_a_patch(patch: str, removed: list[str], added: list[str]) -> None:
    found = read_patches(f"{OLD} {NEW}\ndiff --git a/x b/x\n{patch}\n")
    assert found == {(OLD, NEW): Lines(Counter(removed), Counter(added))}


def test_a_line_that_is_removed_and_added_is_moved() -> None:
    found = read_patches(f"{OLD} {NEW}\n@@ -3 +2,0 @@\n-same\n@@ -9,0 +8,2 @@\n+same\n+new\n")[OLD, NEW]
    assert found == Lines(Counter(), Counter(["new"]), Counter(["same"]))
