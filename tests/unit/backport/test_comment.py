"""The one comment: it keeps what it tells, and nothing in it is more than text."""

import pytest
from markdown_it import MarkdownIt

from release_actions.backport.comment import (
    MARKER,
    CommentRow,
    commands,
    comment,
    conflict_details,
    merged_rows,
    read_comment,
)
from release_actions.backport.conflict import Conflict
from release_actions.history.picks import Change, PickEnd

ID = "0123456789abcdef0123456789abcdef01234567"
EVIL = "``` --> </details><script>x</script> @kubeflow/all [x](http://evil.example) | $(id) `id` \u202e\n## heading"


def row(branch: str, outcome: PickEnd = PickEnd.CREATED, **more: str) -> CommentRow:
    return CommentRow(branch=branch, outcome=outcome, pull=7, **more)


def test_what_it_tells_can_be_read_back() -> None:
    rows = [row("release-1.5", note=EVIL), row("release-1.4", PickEnd.CONFLICT, details=EVIL, commands="git x")]
    body = comment(rows, EVIL)
    assert body.startswith(MARKER)
    assert read_comment(body) == rows


@pytest.mark.parametrize(
    "body", ["", "hello", f"{MARKER}-->", f"{MARKER}### -->", f"{MARKER}e30= -->", f"{MARKER}W251bGxd -->"]
)
def test_what_is_no_such_comment_tells_nothing(body: str) -> None:
    assert read_comment(body) == []


def test_a_later_run_changes_its_own_rows_alone() -> None:
    before = [row("release-1.5", PickEnd.CONFLICT), row("release-1.4")]
    now = [row("release-1.5"), row("release-1.3")]
    assert merged_rows(before, now) == [row("release-1.5"), row("release-1.4"), row("release-1.3")]


@pytest.mark.parametrize(
    ("now", "kept"),
    [
        pytest.param(row("release-1.5", PickEnd.EXISTS, note="as before"), True, id="found again"),
        pytest.param(row("release-1.5", PickEnd.EXISTS, note="It was closed"), False, id="closed in between"),
        pytest.param(row("release-1.5", PickEnd.EXISTS), False, id="without its note"),
        pytest.param(
            CommentRow(branch="release-1.5", outcome=PickEnd.EXISTS, pull=8, note="as before"), False, id="another"
        ),
        pytest.param(row("release-1.5", PickEnd.ALREADY_THERE, note="as before"), False, id="merged in between"),
    ],
)
def test_what_was_proposed_stays_so_while_its_pull_request_is_as_it_was(now: CommentRow, *, kept: bool) -> None:
    before = row("release-1.5", note="as before")
    assert merged_rows([before], [now]) == [before if kept else now]


def test_nothing_in_it_is_markup_or_a_mention() -> None:
    rows = [row("release-1.5", PickEnd.CONFLICT, note=EVIL, details=EVIL, commands=EVIL)]
    shown = comment(rows, EVIL).partition("\n")[2]
    html = MarkdownIt("commonmark").enable("table").render(shown)
    for markup in ("<script>", "<a ", "<h2>", "</details><script"):
        assert markup not in html
    outside_blocks = html.partition("<details>")[0]
    assert "@kubeflow" not in outside_blocks


def test_it_stays_within_githubs_limit() -> None:
    rows = [
        row(f"release-1.{n}", PickEnd.CONFLICT, note="n" * 999, details="d" * 99_999, commands="c" * 500)
        for n in range(30)
    ]
    body = comment(rows)
    assert len(body) <= 65_536
    assert [one.branch for one in read_comment(body)] == [one.branch for one in rows]


def test_many_commits_are_one_range() -> None:
    other = ID[::-1]
    shown = commands(Change(number=12, title="Fix", commits=(ID, *[other] * 300)), "release-1.5")
    assert f"git cherry-pick -x '{ID}^..{other}'" in shown
    assert len(shown) < 1_000


def test_the_commands_hold_whatever_the_title_is() -> None:
    shown = commands(Change(number=12, title="Fix 'it' $(id)", commits=(ID,), mainline=True), "release-1.5")
    assert f"git cherry-pick -x -m 1 {ID}" in shown
    assert "'[release-1.5] Fix '\"'\"'it'\"'\"' $(id)'" in shown


def test_a_conflict_is_told_with_its_hunks() -> None:
    conflict = Conflict(ID, ("CONFLICT (content): a.go",), {"a.go": "<<<<<<<", "gone.go": ""}, ID)
    assert conflict_details(conflict) == "CONFLICT (content): a.go\n\n--- a.go\n<<<<<<<"
