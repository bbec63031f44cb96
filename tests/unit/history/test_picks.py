"""What picks are called and what their commits say."""

import pytest

from release_actions.history.picks import (
    PickEnd,
    commit_message,
    picked_from,
    plain_title,
    pull_title,
    reverted,
)

ID = "0123456789abcdef0123456789abcdef01234567"
TRAILER = f"(cherry picked from commit {ID})"


@pytest.mark.parametrize(
    ("message", "picked"),
    [
        ("Fix it\n", f"Fix it\n\n{TRAILER}\n"),
        ("Fix it\n\nWhy: it was broken\n", f"Fix it\n\nWhy: it was broken\n{TRAILER}\n"),
        ("Fix it\n\nBecause\nof this.\n", f"Fix it\n\nBecause\nof this.\n\n{TRAILER}\n"),
        (
            "Fix it (#12)\n\nWhy\n\nSigned-off-by: Ann <a@example.org>",
            f"Fix it (#12)\n\nWhy\n\nSigned-off-by: Ann <a@example.org>\n{TRAILER}\n",
        ),
        ("fix: it", f"fix: it\n\n{TRAILER}\n"),
        (
            "Fix\n\n(cherry picked from commit abcdef1)\n",
            f"Fix\n\n(cherry picked from commit abcdef1)\n{TRAILER}\n",
        ),
    ],
    ids=["title", "trailer-like", "prose", "footer", "title like a trailer", "pick of a pick"],
)
def test_the_trailer_is_where_git_puts_it(message: str, picked: str) -> None:
    assert commit_message(message, ID) == picked
    assert ID in picked_from(picked)


def test_a_sign_off_stands_last_and_once() -> None:
    signed = commit_message("Fix\n", ID, "Bot <b@example.org>")
    assert signed == f"Fix\n\n{TRAILER}\nSigned-off-by: Bot <b@example.org>\n"
    assert commit_message(signed, ID, "Bot <b@example.org>").count("Signed-off-by") == 1


@pytest.mark.parametrize(
    "title",
    [
        "Fix the flaky test",
        "Fix the flaky test (#12)",
        "[release-1.5] Fix the flaky test (#12) (#34)",
        "[Release 2.0] Fix the flaky test",
        "[cherry-pick] Fix the flaky test.",
        "[cherrypick-0.18] fix the flaky test",
        "Automated cherry pick of #3536: Fix the flaky test (#3590)",
        "Cherry pick of #12 on release-1.5: Fix the flaky test",
        "cherry-picked `c18035e1` Fix the flaky test",
        "Fix  the flaky test (cherry-pick #12 for 1.5)",
        "[release-1.5] [release-1.5] Fix the flaky test",
    ],
)
def test_picks_of_one_change_share_a_title(title: str) -> None:
    assert plain_title(title) == "fix the flaky test"


@pytest.mark.parametrize(
    ("one", "other"),
    [
        ('Revert "Fix the flaky test"', "Fix the flaky test"),
        ("[bug]", "[feature]"),
        ("(#12)", "(#13)"),
        ("Cherry pick of #12", "Cherry pick of #13"),
    ],
)
def test_other_changes_do_not(one: str, other: str) -> None:
    assert plain_title(one) != plain_title(other)


def test_a_title_is_prefixed_once_and_stays_within_githubs_limit() -> None:
    assert pull_title("Fix it", "release-1.5") == "[release-1.5] Fix it"
    assert pull_title("[release-1.5] Fix it", "release-1.5") == "[release-1.5] Fix it"
    assert pull_title("Fix\n\tit", "release-1.5") == "[release-1.5] Fix it"
    assert len(pull_title("x" * 300, "release-1.5")) == 250


def test_a_revert_names_what_it_reverts() -> None:
    assert reverted(f'Revert "x"\n\nThis reverts commit {ID}.\n') == {ID}
    assert reverted("This reverts commit abc.") == frozenset()


def test_only_a_settled_outcome_asks_for_nobody() -> None:
    settled = {one.value for one in PickEnd if one.is_settled}
    assert settled == {"created", "exists", "already-there", "empty", "not-needed"}
