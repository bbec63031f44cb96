"""Which comments are commands."""

import pytest

from release_actions.backport.command import MOST_TARGETS, Command, parse_command


@pytest.mark.parametrize(
    ("body", "branches"),
    [
        ("/cherry-pick release-1.5", ("release-1.5",)),
        (
            "/cherry-pick release-1.5 release-1.4\n/cherry-pick release-1.3",
            ("release-1.5", "release-1.4", "release-1.3"),
        ),
        ("/cherrypick release-1.5", ("release-1.5",)),
        ("Thanks!\r\n\r\n  /cherry-pick release-1.5\r\n/cherrypick release-1.4", ("release-1.5", "release-1.4")),
        ("```\n/cherry-pick x\n```\n/cherry-pick release-1.5\n> /cherry-pick y", ("release-1.5",)),
        ("/cherry-pick  release-1.5   release-1.5 \r\nthank you", ("release-1.5",)),
        ("/cherry-pick release/1.5", ("release/1.5",)),
    ],
)
def test_a_command(body: str, branches: tuple[str, ...]) -> None:
    assert parse_command(body) == Command(branches)


@pytest.mark.parametrize(
    "body",
    [
        *("", "> /cherry-pick release-1.5", "    /cherry-pick release-1.5", "```\n/cherry-pick release-1.5\n```"),
        *("~~~ sh\n/cherry-pick release-1.5\n```\n", "text\n\t/cherry-pick release-1.5"),
        *("please /cherry-pick release-1.5", "/cherry-picks release-1.5", "/cherry-pick: release-1.5"),
        *("`/cherry-pick release-1.5`", "/CHERRY-PICK release-1.5", "/cherry-pick\u00a0x"),
        *("/cherry-pick\trelease-1.5", "\ufeff/cherry-pick release-1.5", "<!-- /cherry-pick release-1.5 -->"),
    ],
)
def test_no_command(body: str) -> None:
    assert parse_command(body) is None


@pytest.mark.parametrize(
    "line",
    [
        *("", " ", "-f", "release-1.5 --force", "$(id)", "`id`", "release-1.5;id", "release-1.5\tx", "a,b"),
        *("@team", "<b>", "release-1.5\u2028x", "réléase", "release-1.5 \u202e5.1", "\0", "refs:x", "~1", "^", "*"),
        *(".hidden", "/x", "x" * 101, " ".join(f"b{number}" for number in range(MOST_TARGETS + 1))),
    ],
)
def test_a_command_with_something_wrong_does_nothing(line: str) -> None:
    command = parse_command(f"/cherry-pick {line}")
    assert command is not None
    assert command.branches == ()
    assert command.problem


@pytest.mark.parametrize("other", ["/cherry-pick release-1.5", "hello\n /cherrypick release-1.4"])
def test_one_wrong_command_makes_all_of_them_wrong(other: str) -> None:
    for body in (f"{other}\n/cherry-pick -f", f"/cherry-pick\n{other}"):
        command = parse_command(body)
        assert command is not None
        assert command.branches == ()
        assert command.problem


def test_the_same_branch_counts_once() -> None:
    command = parse_command("/cherry-pick " + " ".join(["release-1.5"] * 50))
    assert command == Command(("release-1.5",))


STRANGE = [chr(number) for number in (*range(10), 11, 12, *range(14, 32), *range(127, 161))]
STRANGE += [*"!\"#$%&'()*+,:;<=>?@[]^`{|}~\\", *"\u200b\u200e\u202e\u2028\u2060\ufeff\u0131\uff0d\U0001f352"]


@pytest.mark.parametrize(
    "place", ["/cherry{}-pick release-1.5", "/cherry-pick rel{}ease-1.5", "/cherry-pick {}release-1.5"]
)
def test_one_strange_character_makes_it_no_command(place: str) -> None:
    parsed = {f"U+{ord(strange):04X}": parse_command(place.format(strange)) for strange in STRANGE}
    taken = {name: command for name, command in parsed.items() if command and (command.branches or not command.problem)}
    assert taken == {}
