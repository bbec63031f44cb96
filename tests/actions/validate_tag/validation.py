"""How a test starts validate-tag, and what it asks of a run that was refused."""

from collections.abc import Callable

from rehearsal.act.step import Result

Validate = Callable[..., Result]


def refused(done: Result, code: str, *said: str) -> None:
    """The run failed with that one error, which says so much, and gave no output but its result."""
    assert done.code == 1, done.log
    assert [note.code for note in done.annotations if note.level == "error"] == [code]
    [error] = [note.message for note in done.annotations if note.level == "error"]
    assert "Nothing was published or written by this run." in error
    for part in said:
        assert part in error
    assert set(done.outputs) == {"result"}
    assert done.error == code
    assert f"([`{code}`](" in done.summary
