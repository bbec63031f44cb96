"""GitHub's rate limits, with a hand on them ("Rate limits for the REST API")."""

import time
from collections import deque
from collections.abc import Callable
from dataclasses import dataclass

from rehearsal.github.problems import ApiError
from rehearsal.github.tokens import Kind, Token

_HOUR = 3600
_PER_HOUR = {Kind.ACTIONS: 1000, Kind.APP: 5000, Kind.PERSONAL: 5000}
_PER_HOUR_ANONYMOUS = 60


@dataclass(slots=True)
class Window:
    """What is left of a token's hour; `reset` is in seconds since 1970."""

    limit: int
    remaining: int
    reset: int

    @property
    def headers(self) -> dict[str, str]:
        return {
            "X-RateLimit-Limit": str(self.limit),
            "X-RateLimit-Remaining": str(self.remaining),
            "X-RateLimit-Used": str(self.limit - self.remaining),
            "X-RateLimit-Reset": str(self.reset),
            "X-RateLimit-Resource": "core",
        }


class Limits:
    """Counts every token's requests; `exhaust` and `slow_down` bring on what takes long to reach."""

    def __init__(self, clock: Callable[[], float] = time.time) -> None:
        self._clock = clock
        self._windows: dict[str, Window] = {}
        self._pending: deque[ApiError] = deque()

    def exhaust(self, token: str, *, seconds: int = 60) -> None:
        """Nothing is left for this token, until that many seconds from now."""
        window = self._windows.setdefault(token, Window(1000, 0, 0))
        window.remaining, window.reset = 0, int(self._clock()) + seconds

    def slow_down(self, *, times: int = 1, status: int = 403, retry_after: int | None = None) -> None:
        """The secondary limit answers the next requests, with or without a Retry-After header."""
        headers = {} if retry_after is None else {"Retry-After": str(retry_after)}
        message = "You have exceeded a secondary rate limit. Please wait a few minutes before you try again."
        self._pending.extend(ApiError(status, message, headers=headers) for _ in range(times))

    def window(self, token: Token | None) -> Window:
        """This token's hour, a new one when the last is over."""
        now = int(self._clock())
        key = token.value if token else ""
        limit = _PER_HOUR[token.kind] if token else _PER_HOUR_ANONYMOUS
        window = self._windows.get(key)
        if window is None or window.reset <= now:
            window = self._windows[key] = Window(limit, limit, now + _HOUR)
        return window

    def count(self, token: Token | None) -> None:
        """Counts one request. Raises the ApiError of a limit that it meets."""
        if self._pending:
            raise self._pending.popleft()
        window = self.window(token)
        if window.remaining <= 0:
            who = f"user {token.login}" if token else "your IP address"
            raise ApiError(403, f"API rate limit exceeded for {who}.")
        window.remaining -= 1
