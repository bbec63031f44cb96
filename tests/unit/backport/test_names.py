"""Names of labels and branches of cherry-picks."""

from release_actions.backport.names import branches_of, label_of, pick_branch


def test_labels_name_branches() -> None:
    labels = ["bug", label_of("release-1.5"), "cherry-pick/", "cherry-pick/release-1.5", "cherry-pick/x y"]
    assert branches_of(labels) == ("release-1.5", "x y")


def test_a_branch_is_named_after_the_change() -> None:
    commit = "0123456789abcdef0123456789abcdef01234567"
    assert pick_branch(12, commit, "release-1.5") == "cherry-pick-12-to-release-1.5"
    assert pick_branch(0, commit, "release-1.5") == "cherry-pick-0123456789ab-to-release-1.5"
