"""When a request to GitHub is worth another attempt, and how long to wait before it.

Source: GitHub's documentation, "Rate limits for the REST API" and "Best practices for using the REST API".
"""

import email.utils
import random
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from datetime import datetime, timezone

from release_actions.core.errors import Code, ReleaseError

_ATTEMPTS = 5
_LONGEST_WAIT = 300.0
_LONGEST_TOTAL = 600.0
_SECONDARY_WAIT = 60.0
_JITTER = random.SystemRandom()


@dataclass(frozen=True, slots=True)
class Answer:
    """What came back: header names are in lower case, `message` is the one of an error.

    Status 0 is no answer at all; `message` then says why. The request may have been carried out all the same.
    """

    status: int
    headers: Mapping[str, str] = field(default_factory=dict)
    body: str = ""
    message: str = ""

    @property
    def is_limited(self) -> bool:
        """Whether a rate limit, primary or secondary, stood in the way: then nothing was carried out."""
        if self.status == 403:
            return "retry-after" in self.headers or "rate limit" in self.message.lower()
        return self.status == 429

    @property
    def is_passing(self) -> bool:
        """Whether the same request may succeed a little later."""
        return self.status == 0 or self.status >= 500 or self.is_limited


class Patience:
    """The waiting for one request: five attempts, and ten minutes between them at most.

    `pause` waits a number of seconds.
    """

    def __init__(self, pause: Callable[[float], None]) -> None:
        self._pause = pause
        self._attempt = 0
        self._waited = 0.0

    def wait(self, answer: Answer) -> None:
        """Wait before the next attempt; raises E_RATE_LIMIT or E_GITHUB_UNAVAILABLE when that is of no use."""
        seconds = _limit_wait(answer, self._attempt) if answer.is_limited else _JITTER.uniform(0, 2.0**self._attempt)
        self._attempt += 1
        self._waited += seconds
        if self._attempt == _ATTEMPTS or seconds > _LONGEST_WAIT or self._waited > _LONGEST_TOTAL:
            raise _limited(answer, seconds) if answer.is_limited else _unavailable(answer)
        self._pause(seconds)


def _limit_wait(answer: Answer, attempt: int) -> float:
    """What GitHub asks for: `Retry-After`, the reset of the primary limit, else a minute that doubles each time."""
    after = answer.headers.get("retry-after", "").strip()
    if after.isascii() and after.isdigit():
        return float(after[:9])
    reset = _reset(answer)
    if reset is not None and answer.headers.get("x-ratelimit-remaining") == "0":
        return max(0.0, (reset - _server_time(answer)).total_seconds()) + 1
    return _SECONDARY_WAIT * 2.0**attempt


def _reset(answer: Answer) -> datetime | None:
    text = answer.headers.get("x-ratelimit-reset", "")
    return datetime.fromtimestamp(int(text), timezone.utc) if text.isascii() and text.isdigit() else None


def _server_time(answer: Answer) -> datetime:
    """The time by the server's clock, which the reset is told by; a runner's clock may be wrong."""
    try:
        return email.utils.parsedate_to_datetime(answer.headers["date"])
    except (KeyError, ValueError):
        return datetime.now(timezone.utc)


def _limited(answer: Answer, seconds: float) -> ReleaseError:
    reset = _reset(answer)
    primary = answer.headers.get("x-ratelimit-remaining") == "0" and reset is not None
    until = f"after {reset:%H:%M:%S} UTC" if primary and reset else f"in {max(seconds, _SECONDARY_WAIT):.0f} seconds"
    return ReleaseError(
        Code.E_RATE_LIMIT,
        f"GitHub's rate limit for this token is used up ({answer.message[:200]!a}).",
        next_step=f"Run the job again {until}; it goes on where this one stopped.",
    )


def _unavailable(answer: Answer) -> ReleaseError:
    trouble = f"it answers with status {answer.status}" if answer.status else answer.message
    return ReleaseError(
        Code.E_GITHUB_UNAVAILABLE,
        f"GitHub's API can't be used: {trouble}, {_ATTEMPTS} times in a row.",
        next_step="Check the runner's network and GitHub's status page, then run the job again.",
    )
