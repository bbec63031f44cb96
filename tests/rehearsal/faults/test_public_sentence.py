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
    assert judge(said("nothing; not there: chart op:1.5.0"), FACTS)[1] == []
    assert judge(said("nothing that could be seen; unknown: chart op:1.5.0"), FACTS)[1] == []


@pytest.mark.parametrize(
    "text",
    [
        pytest.param("Nothing was published or written by this run.", id="no sentence"),
        pytest.param(said("chart op:1.5.0"), id="there, and is not"),
        pytest.param(said("nothing; not there: image op:v1.5.0"), id="not there, and is"),
        pytest.param(said(f"image op:v1.5.0 (sha256:{'b' * 64})"), id="another digest"),
        pytest.param(said("nothing; not there: chart other:1.5.0"), id="no part of it"),
        pytest.param(said("nothing; unknown: chart op:1.5.0"), id="unknown, and called nothing"),
    ],
)
def test_what_is_wrong_is_noticed(text: str) -> None:
    assert len(judge(text, FACTS)[1]) == 1
