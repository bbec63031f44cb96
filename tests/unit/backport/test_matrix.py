"""Which fix is on which branch, as tables of commits."""

import re

import pytest

from release_actions.backport import html as backport_html
from release_actions.backport import markdown as backport_markdown
from release_actions.backport.matrix import Asked, Fix, Open, State, matrix
from release_actions.history.origins import History, Patch
from release_actions.history.picks import Outcome

HOSTILE = "fix: <b>x</b> @kubeflow/all [x](https://example.org) | `y` </td> \u202e"


def commit(
    name: str, title: str = "", *, picked: str = "", undoes: str = "", files: str = "a", same: str = ""
) -> Patch:
    """A commit whose id is its name again and again; `picked` and `undoes` name others."""
    lines = [title or f"fix: {name}", ""]
    lines += [f"This reverts commit {long(undoes)}."] if undoes else []
    lines += [f"(cherry picked from commit {long(one)})" for one in picked]
    return Patch(id=long(name), message="\n".join(lines), paths=frozenset(files), patch_id=same)


def long(name: str) -> str:
    return (f"{ord(name):02x}" * 20)[:40]


def branch(minor: int, *own: Patch, lacks: str = "") -> History:
    return History(branch=f"release-1.{minor}", own=own, lacks=frozenset(map(long, lacks)))


def states(*fixes: Fix) -> dict[str, str]:
    """By title, `*` when it is on no default branch, the state on each branch; a regression has a `!`."""
    marks = {State.MISSING: "m", State.CONFLICT: "c", State.PENDING: "p", State.THERE: "t", State.NOT_NEEDED: "-"}
    return {
        one.title + ("" if one.on_default else " *"): " ".join(
            marks[cell.state] + ("!" if cell.regression else "") for cell in one.cells
        )
        for one in fixes
    }


MAIN = (commit("c"), commit("b"), commit("a"))
UNDO = 'Revert "fix: something"'


@pytest.mark.parametrize(
    ("newer", "older", "expected"),
    [
        (branch(5, lacks="cb"), branch(4, commit("x", picked="a"), lacks="cba"), {"fix: a": "- t"}),
        (branch(5, lacks="cb"), branch(4, commit("x", picked="b"), lacks="cba"), {"fix: b": "m! t"}),
        (branch(5, commit("x", picked="b"), lacks="cb"), branch(4, lacks="cba"), {"fix: b": "t m"}),
        (
            branch(5, commit("y", picked="x"), lacks="cb"),
            branch(4, commit("x", picked="b"), lacks="cba"),
            {"fix: b": "t t"},
        ),
        (
            branch(5, commit("y", "fix: two at once", picked="bc"), lacks="cb"),
            branch(4, lacks="cba"),
            {"fix: c": "t m", "fix: b": "t m"},
        ),
        (branch(5, commit("y", "[release-1.5] Fix: b (#9)"), lacks="cb"), branch(4, lacks="cba"), {"fix: b": "t m"}),
        (
            branch(5, commit("y", "fix: b", files="z"), lacks="cb"),
            branch(4, lacks="cba"),
            {"fix: b *": "t m"},
        ),
        (
            branch(5, commit("y", picked="x"), lacks="cb"),
            branch(4, commit("x", "fix: two at once", picked="bc"), lacks="cba"),
            {"fix: c": "t t", "fix: b": "t t"},
        ),
        (
            branch(5, lacks="cb"),
            branch(4, commit("y", undoes="x"), commit("x", picked="b"), lacks="cba"),
            {},
        ),
        (
            branch(5, lacks="cb"),
            branch(4, commit("z", undoes="y"), commit("y", undoes="x"), commit("x", picked="b"), lacks="cba"),
            {"fix: b": "m! t"},
        ),
        (
            branch(5, commit("z", UNDO, undoes="y"), commit("y", UNDO, undoes="a"), lacks="cb"),
            branch(4, commit("x", picked="a"), lacks="cba"),
            {"fix: a": "- t"},
        ),
        (
            branch(5, commit("y", undoes="x"), commit("x", picked="b"), lacks="cb"),
            branch(4, commit("z", picked="b"), lacks="cba"),
            {"fix: b": "m! t"},
        ),
        (
            branch(5, commit("y", "fix: undo", undoes="a"), lacks="cb"),
            branch(4, commit("z", picked="a"), lacks="cba"),
            {"fix: a": "m! t", "fix: undo *": "t m"},
        ),
        (branch(5, lacks="cb"), branch(4, commit("x", "Prepare v1.4.1"), commit("y", "docs: b"), lacks="cba"), {}),
        (
            branch(5, commit("x", "fix: own", same="p"), lacks="cb"),
            branch(4, commit("y", "fix: owned", same="p"), lacks="cba"),
            {"fix: owned *": "t t"},
        ),
    ],
    ids=[
        "cut-later",
        "lost",
        "only-newer",
        "pick-of-a-pick",
        "two-picks-in-one",
        "title",
        "title-of-other-files",
        "pick-of-two-picks-in-one",
        "reverted",
        "revert-of-the-revert",
        "inherited-and-revert-of-the-revert",
        "reverted-on-newer",
        "inherited-and-reverted",
        "not-for-users",
        "on-no-default-branch",
    ],
)
def test_two_branches(newer: History, older: History, expected: dict[str, str]) -> None:
    assert states(*matrix(MAIN, [newer, older], [], [])) == expected


@pytest.mark.parametrize(
    ("title", "expected"),
    [
        ("Cherry pick of #2 #3 into release-1.5 (#9)", {"fix: c": "t", "fix: b": "t"}),
        ("Automated cherry pick of #2: fix b #3: fix c", {"fix: c": "t", "fix: b": "t"}),
        ("[release-1.5] Cherry-picks #3", {"fix: c": "t"}),
        ("cherry-picked #99 #2", {"fix: b": "t"}),
        ("fix: what #3 broke (#9)", {"fix: what #3 broke (#9) *": "t"}),
        ("fix: cherry-pick of #3 was wrong", {"fix: cherry-pick of #3 was wrong *": "t"}),
    ],
)
def test_pull_requests_that_a_title_names(title: str, expected: dict[str, str]) -> None:
    main = (commit("c", "fix: c (#3)"), commit("b", "fix: b (#2)"), commit("a"))
    assert states(*matrix(main, [branch(5, commit("x", title), lacks="cb")], [], [])) == expected


def test_of_two_squashes_with_one_number_the_youngest_is_meant() -> None:
    main = (commit("c", "fix: b once more (#2)"), commit("b", "fix: b (#2)"), commit("a"))
    fixes = matrix(main, [branch(5, commit("x", "Cherry pick of #2 into release-1.5"), lacks="cb")], [], [])
    assert states(*fixes) == {"fix: b once more": "t"}


@pytest.mark.parametrize(("digits", "expected"), [(7, {"fix: x *": "t"}), (9, {"fix: b": "t"}), (40, {"fix: b": "t"})])
def test_the_beginning_of_an_id_that_two_commits_have_names_none(digits: int, expected: dict[str, str]) -> None:
    ids = {"b": f"12345678{'b' * 32}", "c": f"12345678{'c' * 32}"}
    main = tuple(Patch(id=ids[name], message=f"fix: {name}") for name in "cb")
    pick = Patch(id=long("x"), message=f"fix: x\n\n(cherry picked from commit {ids['b'][:digits]})")
    newer = History(branch="release-1.5", own=(pick,), lacks=frozenset(ids.values()))
    assert states(*matrix(main, [newer], [], [])) == expected


def test_a_conflict_is_a_fix_that_got_lost_too() -> None:
    asked = Asked(
        number=12, title="fix: b", commit=long("b"), branches=("release-1.5",), told={"release-1.5": Outcome.CONFLICT}
    )
    older = branch(4, commit("x", picked="b"), lacks="cba")
    assert states(*matrix(MAIN, [branch(5, lacks="cb"), older], [asked], [])) == {"fix: b": "c! t"}


@pytest.mark.parametrize(
    ("title", "newer"),
    [
        ("fix: the old client", "m!"),
        ("Fix CVE-2026-1234 in the old client", "m!"),
        ("feat: a flag of the old client", "-"),
        ("Bump the old client from 1.0 to 1.1", "-"),
        ("Push images elsewhere", "-"),
    ],
)
def test_what_was_made_for_an_old_branch_alone(title: str, newer: str) -> None:
    fixes = matrix(MAIN, [branch(5, lacks="cb"), branch(4, commit("x", title), lacks="cba")], [], [])
    assert states(*fixes) == {f"{title} *": f"{newer} t"}


def test_the_same_changes_under_another_title() -> None:
    main = (commit("b", same="p"), commit("a"))
    fixes = matrix(main, [branch(5, commit("x", "fix: other words", files="q", same="p"), lacks="b")], [], [])
    assert states(*fixes) == {"fix: b": "t"}
    assert fixes[0].cells[0].commit == long("x")


def test_a_fix_that_was_written_on_the_release_branch_first() -> None:
    main = (commit("b", picked="x"), commit("a"))
    [fix] = matrix(main, [branch(5, commit("x"), lacks="b")], [], [])
    assert (fix.commit, fix.on_default, states(fix)) == (long("b"), True, {"fix: b": "t"})


def test_a_fix_that_was_reverted_on_the_default_branch_is_needed_nowhere() -> None:
    main = (commit("r", undoes="b"), *MAIN)
    fixes = matrix(main, [branch(5, lacks="rcb"), branch(4, commit("x", picked="b"), lacks="rcba")], [], [])
    assert states(*fixes) == {"fix: b": "- t"}


ASKED = Asked(number=12, title="fix: b", commit=long("b"), branches=("release-1.5",))


@pytest.mark.parametrize(
    ("told", "opened", "state"),
    [
        ({}, [], State.MISSING),
        ({"release-1.5": Outcome.CONFLICT}, [], State.CONFLICT),
        ({"release-1.5": Outcome.EMPTY}, [], State.NOT_NEEDED),
        ({"release-1.4": Outcome.CONFLICT}, [], State.MISSING),
        ({}, [Open(number=7, title="x", base="release-1.5", head="cherry-pick-12-to-release-1.5")], State.PENDING),
        ({}, [Open(number=7, title="[release-1.5] fix: b", base="release-1.5", head="mine")], State.PENDING),
        ({}, [Open(number=7, title="[release-1.4] fix: b", base="release-1.4", head="mine")], State.MISSING),
        (
            {"release-1.5": Outcome.CONFLICT},
            [Open(number=7, title="fix: b", base="release-1.5", head="by-hand")],
            State.PENDING,
        ),
        ({}, [Open(number=7, title="fix: b", base="release-1.5", head="mine", draft=True)], State.PENDING),
        (
            {},
            [Open(number=7, title="x", base="release-1.5", head="cherry-pick-12-to-release-1.5", draft=True)],
            State.CONFLICT,
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
def test_what_was_asked_for(told: dict[str, Outcome], opened: list[Open], state: State) -> None:
    asked = Asked(number=12, title=ASKED.title, commit=ASKED.commit, branches=ASKED.branches, told=told)
    [fix] = matrix(MAIN, [branch(5, lacks="cb")], [asked], opened)
    assert (fix.number, fix.cells[0].state, fix.cells[0].asked) == (12, state, True)
    assert fix.cells[0].pull_request == (7 if opened and state in (State.PENDING, State.CONFLICT) else 0)


def test_what_needs_somebody_comes_first() -> None:
    main = tuple(commit(name) for name in "edcba")
    newer = branch(5, commit("u", picked="e"), commit("v", picked="d"), lacks="edcb")
    older = branch(4, commit("w", picked="e"), commit("x", picked="c"), lacks="edcba")
    fixes = matrix(main, [newer, older], [ASKED], [])
    assert list(states(*fixes).items()) == [
        ("fix: c", "m! t"),
        ("fix: b", "m m"),
        ("fix: d", "t m"),
        ("fix: e", "t t"),
    ]


def test_titles_are_anybodys() -> None:
    main = (commit("a", HOSTILE),)
    fixes = matrix(main, [branch(5, lacks="a"), branch(4, commit("x", HOSTILE, picked="a"), lacks="a")], [], [])
    told = backport_markdown.summary(("release-1.5", "release-1.4"), fixes, 10)
    assert [sign for sign in ("<b>", "@kubeflow", "](https:", "\u202e", "</td>") if sign in told] == []
    page = backport_html.page("kubeflow/demo", "https://github.com/kubeflow/demo", ("release-1.5",), fixes, "now")
    assert "<b>x</b>" not in page
    assert "\u202e" not in page


def test_the_summary_has_the_first_rows_and_says_so() -> None:
    main = tuple(commit(name) for name in "edcba")
    fixes = matrix(main, [branch(5, *(commit(name.upper(), picked=name) for name in "edcba"), lacks="edcba")], [], [])
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
