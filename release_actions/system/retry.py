"""How often a call to a server is repeated when it fails for a reason that may pass, and how long to wait in between.

The waits are drawn from a range that doubles each time ("full jitter"), so that clients which failed together do not
come back together. A server that asks for a pause gets it.
"""

import random
import time
from collections.abc import Callable

import msgspec

_JITTER = random.SystemRandom()


class RetryPolicy(msgspec.Struct, frozen=True):
    """The attempts of a call, and seconds: of the first wait at most, of any wait, and of the call with its waits."""

    attempts: int = 5
    first_wait: float = 1.0
    longest_wait: float = 300.0
    longest_total: float = 600.0


SERVERS = RetryPolicy()
"""The policy for every server: registries, GitHub's API, git remotes."""


class Retry:
    """The attempts of one call, which starts now. `pause` waits a number of seconds."""

    def __init__(self, pause: Callable[[float], None] = time.sleep, policy: RetryPolicy = SERVERS) -> None:
        self._pause = pause
        self._policy = policy
        self.deadline = time.monotonic() + policy.longest_total
        """When the call has to have ended, by `time.monotonic`."""
        self.failed = 0
        """How many attempts have failed."""

    def wait(self, asked: float | None = None) -> bool:
        """Count a failed attempt, and wait before the next one; False when there is none.

        `asked` are the seconds that the server asks to wait; more than the policy allows ends the call.
        """
        policy = self._policy
        wait = _JITTER.uniform(0, min(policy.longest_wait, policy.first_wait * 2.0**self.failed))
        wait = wait if asked is None else asked
        self.failed += 1
        if self.failed >= policy.attempts or wait > policy.longest_wait or time.monotonic() + wait > self.deadline:
            return False
        self._pause(wait)
        return True
