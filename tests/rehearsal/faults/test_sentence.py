"""The oracle of the sentence about what was written: it finds what is not true, and nothing else."""

import pytest

from rehearsal.faults.sentence import false_claims

NOTHING = "Nothing was published or written by this run."
SOME = (
    "Written before the failure: a, labels of #7. Unknown, because the attempt itself failed: b. Not written: v1.5 c."
)
OLD = {"old"}


@pytest.mark.parametrize(
    ("sentence", "new"),
    [
        (NOTHING, set()),
        (SOME, {"a", "labels of #7"}),
        (SOME, {"a", "labels of #7", "b"}),
        ("Written before the failure: a, v1.5.0.", {"a", "v1.5.0"}),
        ("Unknown, because the attempt itself failed: b.", set()),
    ],
)
def test_true_sentences(sentence: str, new: set[str]) -> None:
    assert false_claims(sentence, OLD, OLD | new) == []


@pytest.mark.parametrize(
    ("sentence", "new", "why"),
    [
        (NOTHING, {"a"}, "nothing was said of it"),
        (SOME, {"a"}, "labels of #7 is not there"),
        (SOME, {"a", "labels of #7", "v1.5 c"}, "said not to be written"),
        (SOME, {"a", "labels of #7", "d"}, "d is new"),
        ("All is well.", set(), "can't be understood"),
    ],
)
def test_false_sentences(sentence: str, new: set[str], why: str) -> None:
    assert why in " ".join(false_claims(sentence, OLD, OLD | new))
