"""One list and one error of all that is wrong; what nobody could answer stops nothing."""

from release_actions.core.errors import Code, ReleaseError
from release_actions.preflight.questions import Answer, failure, page

FIRST = ReleaseError(Code.E_VERSION_EXISTS, "It is there.", next_step="Cut the next.", file="a.yaml", line=3)
SECOND = ReleaseError(Code.E_CHECKOUT, "A pointer.", next_step="Fetch it.", details=("charts/x",))
DOWN = ReleaseError(Code.E_REGISTRY_UNAVAILABLE, "It is down.", next_step="Wait.")
RIGHT, UNKNOWN = Answer("Image a"), Answer("Image b", DOWN, unknown=True)


def test_nothing_wrong_is_no_failure() -> None:
    assert failure([RIGHT, UNKNOWN, Answer("Draft", note="there")]) is None


def test_the_first_is_the_error_and_all_are_in_its_details() -> None:
    found = failure([RIGHT, Answer("Image", FIRST), UNKNOWN, Answer("Git LFS", SECOND)])

    assert found is not None
    assert (found.code, found.file, found.line) == (Code.E_VERSION_EXISTS, "a.yaml", 3)
    assert found.what == "It is there. 1 more is wrong, see the list."
    assert found.details == ("Image: It is there. Cut the next.", "Git LFS: A pointer. Fetch it.", "  charts/x")


def test_the_page_tells_unknown_from_wrong_and_right() -> None:
    rows = page([RIGHT, UNKNOWN, Answer("Draft", note="there"), Answer("Image", FIRST)]).splitlines()[4:]

    assert [row.split(" | ")[1].split(" ")[0] for row in rows] == ["✅", "❔", "⚠️", "❌"]
    assert "unknown: It is down." in rows[1]
