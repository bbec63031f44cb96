"""The oracle notices each way in which a sentence about what is public can be wrong."""

import pytest

from rehearsal.faults.public_sentence import judge

DIGEST = f"sha256:{'a' * 64}"
ENTRY, RELEASE = "index entry gh-pages: op 1.5.0", "GitHub release v1.5.0"
FACTS = {"image op:v1.5.0": DIGEST, "chart op:1.5.0": "", ENTRY: "", RELEASE: ""}
RIGHT = f"image op:v1.5.0 ({DIGEST}); not there: chart op:1.5.0, {ENTRY}; unknown: {RELEASE}"


def said(text: str) -> str:
    return f"Nothing was published or written by this run. Public of 1.5.0 now: {text}."


def test_what_is_right_is_counted() -> None:
    assert judge(said(RIGHT), FACTS) == ({"there": 1, "not there": 2, "unknown": 1}, [])
    chart = {"chart op:1.5.0": ""}
    assert judge(said("nothing; not there: chart op:1.5.0"), chart)[1] == []
    assert judge(said("nothing that could be seen; unknown: chart op:1.5.0"), chart)[1] == []


@pytest.mark.parametrize(
    ("text", "wrong"),
    [
        pytest.param("Nothing was published or written by this run.", "no sentence", id="no sentence"),
        pytest.param(
            said(RIGHT.replace("; not there: chart", ", chart", 1)), "chart op:1.5.0 is", id="there, and is not"
        ),
        pytest.param(said(f"nothing; not there: {', '.join(FACTS)}"), "image op:v1.5.0 is", id="not there, and is"),
        pytest.param(said(RIGHT.replace("a" * 64, "b" * 64)), "another digest", id="another digest"),
        pytest.param(said(f"{RIGHT}, chart other:1.5.0"), "chart other:1.5.0 is no part", id="no part of it"),
        pytest.param(said(f"nothing; unknown: {', '.join(FACTS)}"), "unknown", id="unknown, and called nothing"),
        pytest.param(said(RIGHT.partition("; unknown")[0]), f"nothing is said of {RELEASE}", id="left out"),
    ],
)
def test_what_is_wrong_is_noticed(text: str, wrong: str) -> None:
    found = judge(text, FACTS)[1]
    assert any(wrong in one for one in found), found
