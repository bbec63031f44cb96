"""The sentence says of each part what is known, and never more."""

import pytest

from release_actions.core.version import parse_tag
from release_actions.public_state.sentence import Part, Presence, is_nothing, sentence

THERE = Part("image op:v1.5.0", Presence.THERE, "sha256:aa")
ENTRY = Part("index entry gh-pages: op 1.5.0", Presence.THERE)
ABSENT = Part("chart charts/op:1.5.0", Presence.ABSENT)
UNKNOWN = Part("GitHub release v1.5.0")


@pytest.mark.parametrize(
    ("parts", "said", "nothing"),
    [
        pytest.param(
            [THERE, ABSENT, UNKNOWN, ENTRY],
            "image op:v1.5.0 (sha256:aa), index entry gh-pages: op 1.5.0; not there: chart charts/op:1.5.0; "
            "unknown: GitHub release v1.5.0",
            False,
            id="all three",
        ),
        pytest.param([ABSENT], "nothing; not there: chart charts/op:1.5.0", True, id="nothing"),
        pytest.param(
            [ABSENT, UNKNOWN],
            "nothing that could be seen; not there: chart charts/op:1.5.0; unknown: GitHub release v1.5.0",
            False,
            id="perhaps nothing",
        ),
        pytest.param([THERE], "image op:v1.5.0 (sha256:aa)", False, id="all of it"),
    ],
)
def test_the_sentence(parts: list[Part], said: str, *, nothing: bool) -> None:
    assert sentence(parse_tag("v1.5.0"), parts) == f"Public of 1.5.0 now: {said}."
    assert is_nothing(parts) is nothing
