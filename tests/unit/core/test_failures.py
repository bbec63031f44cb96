"""Errors of several steps, as one."""

import pytest

from release_actions.core.errors import Code, ReleaseError
from release_actions.core.failures import Failures


def failures(*errors: ReleaseError) -> Failures:
    made = Failures()
    for error in errors:
        with made.keep():
            raise error
    return made


def test_steps_that_all_work_have_no_error() -> None:
    made = failures()
    with made.keep():
        pass
    made.check()
    assert made.error is None


def test_one_error_stays_as_it_is() -> None:
    error = ReleaseError(Code.E_INPUT, "A is wrong.", next_step="Correct A.", file="a", line=3)
    with pytest.raises(ReleaseError) as raised:
        failures(error).check()
    assert raised.value is error


def test_several_say_everything_once() -> None:
    made = failures(
        ReleaseError(Code.E_BRANCH_EXISTS, "A is wrong.", next_step="Give a permission.", details=("a",)),
        ReleaseError(Code.E_GITHUB_PERMISSION, "B is wrong.", next_step="Give a permission.", details=("b", "c")),
        ReleaseError(Code.E_GITHUB_PERMISSION, "C is wrong.", next_step="Correct C.", file="c", line=1),
    )
    error = made.error
    assert error is not None
    assert (error.code, error.what) == (Code.E_BRANCH_EXISTS, "A is wrong. B is wrong. C is wrong.")
    assert error.next_step == "Give a permission. Correct C."
    assert (error.details, error.file) == (("a", "b", "c"), None)


def test_what_is_no_release_error_is_not_kept() -> None:
    made = Failures()
    with pytest.raises(ZeroDivisionError), made.keep():
        raise ZeroDivisionError
