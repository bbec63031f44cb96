"""How often a call is repeated, and how long it waits."""

import pytest

from release_actions.system.retry import SERVERS, Retry, RetryPolicy


def waits(policy: RetryPolicy, asked: float | None = None) -> list[float]:
    """The waits of a call that fails each time."""
    waited: list[float] = []
    retry = Retry(waited.append, policy)
    while retry.wait(asked):
        pass
    assert retry.failed <= policy.attempts
    return waited


def test_the_policy_for_servers_is_five_attempts() -> None:
    waited = waits(SERVERS)
    assert len(waited) == 4
    assert all(0 <= wait <= 2**number for number, wait in enumerate(waited))


def test_clients_that_failed_together_come_back_apart() -> None:
    assert len({waits(SERVERS)[0] for _ in range(20)}) == 20


@pytest.mark.parametrize(
    ("policy", "asked", "expected"),
    [
        (RetryPolicy(attempts=1), None, []),
        (RetryPolicy(attempts=3), 7.0, [7.0, 7.0]),
        (RetryPolicy(attempts=3), 0.0, [0.0, 0.0]),
        (RetryPolicy(longest_wait=60.0), 60.0, [60.0] * 4),
        (RetryPolicy(longest_wait=60.0), 60.5, []),
        (RetryPolicy(longest_total=60.0), 61.0, []),
    ],
)
def test_a_server_is_waited_for_as_long_as_it_asks(
    policy: RetryPolicy, asked: float | None, expected: list[float]
) -> None:
    assert waits(policy, asked) == expected


def test_no_wait_is_longer_than_the_longest() -> None:
    assert max(waits(RetryPolicy(attempts=20, longest_wait=0.5))) <= 0.5
