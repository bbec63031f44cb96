"""The report: what was planned, what became of it, and the sentence about it."""

import contextlib

import pytest

from release_actions.core.report import Outcome, Report, State


@pytest.mark.parametrize(
    ("state", "outcome"),
    [
        (State.ABSENT, Outcome.PLANNED),
        (State.SAME, Outcome.SKIPPED),
        (State.CONFLICT, Outcome.REFUSED),
    ],
)
def test_what_is_there_decides_what_happens(state: State, outcome: Outcome) -> None:
    report = Report()
    assert report.plan("image", "op:v1", "v1.0.0", state).outcome is outcome


@pytest.mark.parametrize("state", list(State))
def test_what_is_only_looked_at_is_verified_or_wrong_and_never_written(state: State) -> None:
    report = Report()
    made = report.verify("image", "op:v1", "v1", state, digest="sha256:1", link="https://example.org", note="late")
    assert report.artefacts == (made,)
    assert made.outcome is (Outcome.VERIFIED if state is State.SAME else Outcome.WRONG)
    assert (made.state, made.digest, made.link, made.note) == (state, "sha256:1", "https://example.org", "late")
    assert report.published() == "Nothing was published or written by this run."


def test_artefacts_keep_the_order_of_planning_and_what_is_known_of_them() -> None:
    report = Report()
    image = report.plan("image", "op:v1", "v1.0.0", State.ABSENT, digest="sha256:1", note="first")
    chart = report.plan("chart", "op:v1", "1.0.0", State.ABSENT)
    report.done(chart, digest="sha256:2")
    report.done(image, link="https://example.org")
    first, second = report.artefacts
    assert (first.kind, first.outcome, first.digest, first.note) == ("image", Outcome.DONE, "sha256:1", "first")
    assert (second.kind, second.outcome, second.digest) == ("chart", Outcome.DONE, "sha256:2")


@pytest.mark.parametrize(
    ("done", "failed", "left", "told"),
    [
        pytest.param([], [], [], "Nothing was published or written by this run.", id="nothing planned"),
        pytest.param([], [], ["a", "b"], "Nothing was published or written by this run.", id="only planned"),
        pytest.param(["a"], [], [], "Written before the failure: a.", id="all done"),
        pytest.param(["a", "b"], [], ["c"], "Written before the failure: a, b. Not written: c.", id="part done"),
        pytest.param(
            [], ["a"], ["b"], "Unknown, because the attempt itself failed: a. Not written: b.", id="first try failed"
        ),
        pytest.param(
            ["a"],
            ["b"],
            ["c"],
            "Written before the failure: a. Unknown, because the attempt itself failed: b. Not written: c.",
            id="failed in the middle",
        ),
    ],
)
def test_one_sentence_says_what_is_out(done: list[str], failed: list[str], left: list[str], told: str) -> None:
    report = Report()
    planned = {name: report.plan("thing", name, "v1", State.ABSENT) for name in [*done, *failed, *left]}
    report.plan("thing", "there already", "v1", State.SAME)
    for name in done:
        report.done(planned[name])
    for name in failed:
        report.failed(planned[name])
    assert report.published() == told


def test_what_is_attempted_is_unknown_until_it_is_done_and_planned_again_when_it_was_not_needed() -> None:
    report = Report()
    first, second = (report.plan("thing", name, "v1", State.ABSENT) for name in "ab")
    with report.attempt(first, second):
        assert report.published() == "Unknown, because the attempt itself failed: a, b."
        report.done(first)
        assert report.published() == "Written before the failure: a. Unknown, because the attempt itself failed: b."
    assert report.published() == "Written before the failure: a. Not written: b."


def test_what_an_attempt_has_done_stays_done_when_it_fails_afterwards() -> None:
    report = Report()
    first, second = (report.plan("thing", name, "v1", State.ABSENT) for name in "ab")
    with contextlib.suppress(KeyboardInterrupt), report.attempt(first, second):
        report.done(first)
        raise KeyboardInterrupt
    assert report.published() == "Written before the failure: a. Unknown, because the attempt itself failed: b."
