"""Names of labels and branches of cherry-picks."""

import pytest

from release_actions.backport.names import branches_of, copied_labels, label_of, pick_branch


def test_labels_name_branches() -> None:
    labels = ["bug", label_of("release-1.5"), "cherry-pick/", "cherry-pick/release-1.5", "cherry-pick/x y"]
    assert branches_of(labels) == ("release-1.5", "x y")


@pytest.mark.parametrize(
    ("patterns", "copied"),
    [
        ((), ()),
        (("kind/*",), ("Kind/Bug",)),
        (("*",), ("Kind/Bug", "area/[x]", "bug")),
        (("area/[[]x]", "BUG"), ("area/[x]", "bug")),
        (("cherry-pick/release-1.5", "kind"), ()),
    ],
)
def test_labels_that_fit_a_pattern_are_copied(patterns: tuple[str, ...], copied: tuple[str, ...]) -> None:
    assert copied_labels(["Kind/Bug", "area/[x]", "bug", label_of("release-1.5")], patterns) == copied


def test_a_branch_is_named_after_the_change() -> None:
    commit = "0123456789abcdef0123456789abcdef01234567"
    assert pick_branch(12, commit, "release-1.5") == "cherry-pick-12-to-release-1.5"
    assert pick_branch(0, commit, "release-1.5") == "cherry-pick-0123456789ab-to-release-1.5"
