"""Which changes messages name: hints, of which nothing follows by itself."""

import pytest

from release_actions.history.names import By, Mention, Names, picked_numbers, reverted_title, standing_title


class Said:
    """A commit with a message."""

    def __init__(self, name: str, message: str) -> None:
        self.id = name * 40
        self.message = message


A = Mention(id="a" * 40, title="fix: a (#1)", number=1, commits=("a" * 40,))
B = Mention(
    id="b" * 40,
    title="fix: b",
    number=2,
    commits=("b" * 40, "c" * 40),
    messages=("", f"(cherry picked from commit {'9' * 40})"),
)


def trailer(name: str, digits: int = 40) -> str:
    return f"fix\n\n(cherry picked from commit {name * digits})"


def names(*commits: Said) -> Names:
    return Names([A, B], commits)


@pytest.mark.parametrize(
    ("commit", "found"),
    [
        (Said("1", trailer("a")), {A.id: By.TRAILER}),
        (Said("1", trailer("a", 8)), {A.id: By.TRAILER}),
        (Said("1", trailer("c")), {B.id: By.TRAILER}),
        (Said("9", "written here first"), {B.id: By.TRAILER}),
        (Said("1", "Cherry pick of #1 #2 on release-1.5 (#77)"), {A.id: By.NUMBER, B.id: By.NUMBER}),
        (Said("1", trailer("a") + f"\n(cherry picked from commit {'b' * 40})"), {A.id: By.TRAILER, B.id: By.TRAILER}),
        (Said("1", trailer("d")), {}),
        (Said("1", "fix: a (#9)"), {}),
    ],
)
def test_what_a_message_says_it_is_a_pick_of(commit: Said, found: dict[str, By]) -> None:
    assert names(commit).named(commit) == found


def test_picks_of_picks_are_followed() -> None:
    first, second = Said("1", trailer("a")), Said("2", trailer("1"))
    assert names(first, second).named(second) == {A.id: By.TRAILER}


def test_a_pick_of_a_commit_that_holds_several_picks_leads_to_all_of_them() -> None:
    both = Said("1", f"two\n\n(cherry picked from commit {A.id})\n(cherry picked from commit {B.id})")
    again = Said("2", trailer("1"))
    assert names(both, again).named(again) == {A.id: By.TRAILER, B.id: By.TRAILER}


def test_of_two_squashes_with_one_number_the_youngest_is_meant() -> None:
    younger = Mention(id="d" * 40, title="fix: b once more", number=2, commits=("d" * 40,))
    known = Names([younger, B], ())
    assert known.named(Said("1", "Cherry pick of #2 into release-1.5")) == {younger.id: By.NUMBER}


@pytest.mark.parametrize(("digits", "found"), [(7, False), (9, True), (40, True)])
def test_the_beginning_of_an_id_that_two_commits_have_names_none(digits: int, *, found: bool) -> None:
    twins = [Mention(id=f"12345678{one * 32}", title=one, commits=(f"12345678{one * 32}",)) for one in "bc"]
    pick = Said("1", f"fix\n\n(cherry picked from commit {twins[0].id[:digits]})")
    assert (Names(twins, (pick,)).named(pick) == {twins[0].id: By.TRAILER}) is found


def test_a_trailer_that_names_itself_and_a_circle_of_picks_lead_nowhere() -> None:
    itself, one, other = Said("1", trailer("1")), Said("2", trailer("3")), Said("3", trailer("2"))
    known = names(itself, one, other)
    assert [known.named(commit) for commit in (itself, one, other)] == [{}, {}, {}]


def test_a_long_chain_of_picks_ends() -> None:
    chain = [Said(chr(0x100 + at), trailer("a")) for at in range(3)]
    assert names(*chain).named(chain[-1]) == {A.id: By.TRAILER}


@pytest.mark.parametrize(
    ("message", "found"),
    [
        (f"Revert\n\nThis reverts commit {'a' * 40}.", {A.id}),
        (f"Revert\n\nThis reverts commit {'a' * 7}.", {A.id}),
        (f"Revert\n\nThis reverts commit {'c' * 40}.", {"c" * 40, B.id}),
        ('Revert "fix: a"', {A.id}),
        ('[release-1.5] Revert "[release-1.5] fix: a (#1)" (#9)', {A.id}),
        ("Revert it\n\nReverts kubeflow/demo#2", {B.id}),
        ('Revert "Revert "fix: a""', set()),
        ("fix: a", set()),
    ],
)
def test_what_a_message_says_it_takes_back(message: str, found: set[str]) -> None:
    assert names().takes_back(Said("1", message)) == found


@pytest.mark.parametrize(
    ("title", "brings"),
    [
        ("fix: a", "fix: a"),
        ('Revert "fix: a"', ""),
        ('Revert "Revert "fix: a""', "fix: a"),
        ('Revert "Revert "Revert "fix: a"""', ""),
        ('Reapply "fix: a"', "fix: a"),
    ],
)
def test_reverts_of_reverts(title: str, brings: str) -> None:
    assert standing_title(title) == brings


def test_a_revert_by_its_title() -> None:
    assert reverted_title('Revert "fix: a" (#12)') == "fix: a"
    assert reverted_title("fix: Revert what was wrong") == ""


def test_a_title_is_alone_or_not() -> None:
    twin = Mention(id="d" * 40, title="[release-1.5] Fix: A", commits=("d" * 40,))
    assert names().bears_alone(A.id)
    assert not Names([A, twin], ()).bears_alone(A.id)


@pytest.mark.parametrize(
    ("title", "numbers"),
    [
        ("Cherry pick of #12 #13 into release-1.5 (#14)", [12, 13]),
        ("Automated cherry pick of #12: fix b #13: fix c", [12, 13]),
        ("[release-1.5] Cherry-picks #3", [3]),
        ("Semi-automated cherry pick of #7", [7]),
        ("Manual CP of #7", [7]),
        ("Cherry-pick PR 13668 to release-1.5", [13668]),
        ("fix: what #3 broke (#9)", []),
        ("fix: cherry-pick of #3 was wrong", []),
    ],
)
def test_pull_requests_that_a_title_names(title: str, numbers: list[int]) -> None:
    assert picked_numbers(title) == numbers
