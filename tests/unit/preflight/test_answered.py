"""What an error means as the answer to a question: something is wrong, or nothing is known."""

import pytest

from release_actions.core.errors import Code, ReleaseError
from release_actions.git.remote import AccessError
from release_actions.preflight.ask import answered


@pytest.mark.parametrize(
    ("error", "unknown"),
    [
        (ReleaseError(Code.E_REMOTE_UNAVAILABLE, "It is down.", next_step="Wait."), True),
        (AccessError(Code.E_REMOTE_UNAVAILABLE, "It refuses.", next_step="Log in."), False),
        (ReleaseError(Code.E_REGISTRY_UNAVAILABLE, "It is down.", next_step="Wait."), True),
        (ReleaseError(Code.E_REGISTRY_LOGIN, "It refuses.", next_step="Log in."), False),
    ],
    ids=["git is down", "git refuses", "a registry is down", "a registry refuses"],
)
def test_who_is_down_leaves_it_unknown_and_who_refuses_does_not(error: ReleaseError, *, unknown: bool) -> None:
    def ask() -> str:
        raise error

    answer = answered("May it be?", ask)
    assert (answer.unknown, answer.is_wrong) == (unknown, not unknown)
