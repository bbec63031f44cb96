"""Which fix is on which branch, as tables of commits."""

import re

import msgspec
import pytest

from release_actions.backport import html as backport_html
from release_actions.backport import markdown as backport_markdown
from release_actions.backport.matrix import Fix, FixState, KnownFix, Open, RequestedFix, matrix
from release_actions.history.fix_on_branch import FixFinding, Standing, Undone
from release_actions.history.names import By
from release_actions.history.picks import PickEnd

HOSTILE = "fix: <b>x</b> @kubeflow/all [x](https://example.org) | `y` </td> \u202e"
BRANCHES = ("release-1.5", "release-1.4")
REVERTED, SUPERSEDED = Undone("8" * 40), Undone("8" * 40, superseded=True)
SIGNS = {
    "t": Standing.THERE,
    "a": Standing.ADAPTED,
    "s": Standing.CHANGED,
    "p": Standing.PARTLY,
    "b": Standing.TAKEN_BACK,
    "m": Standing.MISSING,
    "c": Standing.CONFLICT,
    "-": Standing.NOT_NEEDED,
}


def known(name: str, found: str, title: str = "", *, alone: bool = False, undone: Undone | None = None) -> KnownFix:
    """A fix whose id is its name again and again; `found` has a sign a branch, `h` for what it began with."""
    findings = {
        branch: msgspec.structs.replace(finding(one), undone=undone)
        for branch, one in zip(BRANCHES, found, strict=False)
    }
    commits = (long(name),)
    return KnownFix(
        commit=long(name),
        title=title or f"fix: {name}",
        on_default=not alone,
        commits=commits,
        findings=findings,
    )


def finding(sign: str) -> FixFinding:
    if sign == "h":
        return FixFinding(standing=Standing.THERE, reason="It began with it.", by=By.HISTORY, commit="0" * 40)
    changed = "9" * 40 if sign in "bs" else ""
    return FixFinding(standing=SIGNS[sign], reason=f"Because of {sign}.", commit="1" * 40, changed_by=changed)


def long(name: str) -> str:
    return (f"{ord(name):02x}" * 20)[:40]


def states(*fixes: Fix) -> dict[str, str]:
    """By title, `*` when it is on no default branch, the state on each branch; a regression has a `!`."""
    return {
        one.title + ("" if one.on_default else " *"): " ".join(
            cell.state.value + ("!" if cell.regression else "") for cell in one.cells
        )
        for one in fixes
    }


@pytest.mark.parametrize(
    ("found", "expected"),
    [
        ("ht", "not-needed there"),
        ("mt", "missing! there"),
        ("bt", "missing-taken-back! there"),
        ("pa", "partly-there! there-adapted"),
        ("cs", "conflict! there-changed-since"),
        ("tm", "there missing"),
        ("-t", "not-needed there"),
        ("mm", "missing missing"),
    ],
)
def test_two_branches(found: str, expected: str) -> None:
    [fix] = matrix([known("a", found)], BRANCHES, [], [])
    assert states(fix) == {"fix: a": expected}
    shown = [cell.note for cell in fix.cells]
    assert shown == ["The branch was cut after it." if one == "h" else f"Because of {one}." for one in found]


def test_a_cell_names_the_commit_that_has_it_or_took_it_back() -> None:
    [fix] = matrix([known("a", "bt")], BRANCHES, [], [])
    assert [cell.commit for cell in fix.cells] == ["9" * 40, "1" * 40]


def test_a_conflict_is_a_fix_that_got_lost_too() -> None:
    asked = RequestedFix(
        number=12, title="fix: b", commit=long("b"), branches=("release-1.5",), told={"release-1.5": PickEnd.CONFLICT}
    )
    assert states(*matrix([known("b", "mt")], BRANCHES, [asked], [])) == {"fix: b": "conflict! there"}


@pytest.mark.parametrize(
    ("title", "newer"),
    [
        ("fix: the old client", "missing!"),
        ("Fix CVE-2026-1234 in the old client", "missing!"),
        ("feat: a flag of the old client", "not-needed"),
        ("Bump the old client from 1.0 to 1.1", "not-needed"),
        ("Push images elsewhere", "not-needed"),
    ],
)
def test_what_was_made_for_an_old_branch_alone(title: str, newer: str) -> None:
    fixes = matrix([known("x", "mt", title, alone=True)], BRANCHES, [], [])
    assert states(*fixes) == {f"{title} *": f"{newer} there"}


@pytest.mark.parametrize(
    ("found", "expected"),
    [
        ("mt", "not-needed reverted-on-default"),
        ("ht", "reverted-on-default reverted-on-default"),
        ("bs", "not-needed reverted-on-default"),
    ],
)
def test_a_fix_that_the_default_branch_took_back_is_never_missing(found: str, expected: str) -> None:
    fixes = matrix([known("a", found, undone=REVERTED)], BRANCHES, [], [])
    assert states(*fixes) == {"fix: a": expected}


@pytest.mark.parametrize(
    ("found", "expected"),
    [
        ("tt", "superseded-on-default superseded-on-default"),
        ("sa", "there-changed-since superseded-on-default"),
        ("ht", "not-needed superseded-on-default"),
        ("mt", "missing! superseded-on-default"),
        ("-t", "not-needed superseded-on-default"),
    ],
)
def test_a_fix_whose_lines_the_default_branch_replaced(found: str, expected: str) -> None:
    [fix] = matrix([known("a", found, undone=SUPERSEDED)], BRANCHES, [], [])
    assert states(fix) == {"fix: a": expected}
    summary = backport_markdown.summary(BRANCHES, [fix], 10)
    assert ("in release-1.4 but not in release-1.5" in summary) is ("!" in expected)
    assert "there, superseded on the default branch" in summary


def test_what_a_pull_request_is_called_by_its_number() -> None:
    [fix] = matrix([known("a", "mt", "fix: a (#12)")], BRANCHES, [], [])
    assert (fix.number, fix.title, fix.name) == (12, "fix: a", "#12")


ASKED = RequestedFix(number=12, title="fix: b", commit=long("b"), branches=("release-1.5",))


@pytest.mark.parametrize(
    ("told", "opened", "state"),
    [
        ({}, [], FixState.MISSING),
        ({"release-1.5": PickEnd.CONFLICT}, [], FixState.CONFLICT),
        ({"release-1.5": PickEnd.EMPTY}, [], FixState.MISSING),
        ({"release-1.4": PickEnd.CONFLICT}, [], FixState.MISSING),
        ({}, [Open(number=7, title="x", base="release-1.5", head="cherry-pick-12-to-release-1.5")], FixState.PENDING),
        ({}, [Open(number=7, title="[release-1.5] fix: b", base="release-1.5", head="mine")], FixState.PENDING),
        ({}, [Open(number=7, title="[release-1.4] fix: b", base="release-1.4", head="mine")], FixState.MISSING),
        (
            {"release-1.5": PickEnd.CONFLICT},
            [Open(number=7, title="fix: b", base="release-1.5", head="by-hand")],
            FixState.PENDING,
        ),
        ({}, [Open(number=7, title="fix: b", base="release-1.5", head="mine", draft=True)], FixState.PENDING),
        (
            {},
            [Open(number=7, title="x", base="release-1.5", head="cherry-pick-12-to-release-1.5", draft=True)],
            FixState.CONFLICT,
        ),
    ],
    ids=[
        "nothing",
        "conflict",
        "empty",
        "elsewhere",
        "our-branch",
        "title",
        "other-base",
        "by-hand",
        "a-draft",
        "our-draft",
    ],
)
def test_what_was_asked_for(told: dict[str, PickEnd], opened: list[Open], state: FixState) -> None:
    asked = RequestedFix(number=12, title=ASKED.title, commit=ASKED.commit, branches=ASKED.branches, told=told)
    [fix] = matrix([known("b", "m")], BRANCHES[:1], [asked], opened)
    assert (fix.number, fix.cells[0].state, fix.cells[0].asked) == (12, state, True)
    assert fix.cells[0].pull_request == (7 if opened and state in (FixState.PENDING, FixState.CONFLICT) else 0)


def test_what_is_there_needs_no_pull_request() -> None:
    opened = Open(number=7, title="x", base="release-1.5", head="cherry-pick-12-to-release-1.5")
    [fix] = matrix([known("b", "t")], BRANCHES[:1], [ASKED], [opened])
    assert (fix.cells[0].state, fix.cells[0].pull_request) == (FixState.THERE, 0)


def test_what_needs_somebody_comes_first() -> None:
    found = [known("e", "tt"), known("d", "tm"), known("c", "mt"), known("b", "mm"), known("a", "tt", undone=REVERTED)]
    assert list(states(*matrix(found, BRANCHES, [ASKED], [])).items()) == [
        ("fix: c", "missing! there"),
        ("fix: b", "missing missing"),
        ("fix: d", "there missing"),
        ("fix: a", "reverted-on-default reverted-on-default"),
        ("fix: e", "there there"),
    ]


def test_titles_are_anybodys() -> None:
    fixes = matrix([known("a", "mt", HOSTILE)], BRANCHES, [], [])
    told = backport_markdown.summary(("release-1.5", "release-1.4"), fixes, 10)
    assert [sign for sign in ("<b>", "@kubeflow", "](https:", "\u202e", "</td>") if sign in told] == []
    page = backport_html.page("kubeflow/demo", "https://github.com/kubeflow/demo", ("release-1.5",), fixes, "now")
    assert "<b>x</b>" not in page
    assert "\u202e" not in page


def test_the_summary_has_the_first_rows_and_says_so() -> None:
    fixes = matrix([known(name, "t") for name in "edcba"], BRANCHES[:1], [], [])
    told = backport_markdown.summary(("release-1.5",), fixes, 2)
    assert told.count("fix:") == 2
    assert "And 3 more" in told


@pytest.mark.parametrize("scheme", [0, 1], ids=["light", "dark"])
def test_words_can_be_read_on_their_colours(scheme: int) -> None:
    """At least 4.5 to 1 (Web Content Accessibility Guidelines 2.2, 1.4.3)."""
    made = backport_html.page("kubeflow/demo", "https://github.com/kubeflow/demo", (), (), "now")
    colours = [dict(re.findall(r"--([\w-]+): (#\w{6});", part)) for part in made.split("@media")][scheme]
    pairs = [("words", "page"), ("quiet", "page"), ("link", "page"), ("words", "head")]
    pairs += [(f"{name}-words", name) for name in ("missing", "conflict", "pending", "there")]
    low = {pair: round(contrast(colours[pair[0]], colours[pair[1]]), 2) for pair in pairs}
    assert {pair: ratio for pair, ratio in low.items() if ratio < 4.5} == {}


def contrast(one: str, other: str) -> float:
    lighter, darker = sorted((luminance(one), luminance(other)), reverse=True)
    return (lighter + 0.05) / (darker + 0.05)


def luminance(colour: str) -> float:
    """Of `#rrggbb` (Web Content Accessibility Guidelines 2.2, "relative luminance")."""
    parts = (int(colour[at : at + 2], 16) / 255 for at in (1, 3, 5))
    linear = (part / 12.92 if part <= 0.04045 else ((part + 0.055) / 1.055) ** 2.4 for part in parts)
    return sum(weight * part for weight, part in zip((0.2126, 0.7152, 0.0722), linear, strict=True))
