"""A response of GitHub's API: whether the request is worth another attempt, when, and what its refusal means.

Source: GitHub's documentation, "Rate limits for the REST API" and "Best practices for using the REST API".
"""

from collections.abc import Mapping
from datetime import datetime, timezone

import msgspec

from release_actions.core.errors import Code, ReleaseError
from release_actions.system.http_pause import read_date, read_time, seconds_until
from release_actions.system.retry import Retry

_SECONDARY_WAIT = 60.0


class RefusedError(ReleaseError):
    """GitHub's no to a request that it understood; `status` is HTTP's.

    `changed_nothing` says of a write that it is known not to be carried out, by no attempt at it.
    """

    def __init__(self, status: int, code: Code, what: str, *, next_step: str) -> None:
        super().__init__(code, what, next_step=next_step)
        self.status = status
        self.changed_nothing = False


class Response(msgspec.Struct, frozen=True):
    """What came back of a request (`POST /repos/o/r/labels`): header names in lower case, the `message` of an error.

    Status 0 is no response at all; `message` then says why. The request may have been carried out all the same.
    """

    request: str
    status: int
    headers: Mapping[str, str] = msgspec.field(default_factory=dict)
    body: bytes = b""
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


def wait(retry: Retry, response: Response) -> None:
    """Wait before the next attempt; raises E_RATE_LIMIT or E_GITHUB_UNAVAILABLE when there is none."""
    asked = _limit_wait(response, retry.failed) if response.is_limited else None
    if not retry.wait(asked):
        raise _unavailable(response, retry.failed) if asked is None else _limited(response, asked)


def refusal(response: Response) -> ReleaseError:
    """The error of a response that is neither a success nor worth another attempt; it names the request."""
    said = f" ({ascii(response.message)[1:-1][:300]})" if response.message else ""
    if 300 <= response.status < 400:
        return not_understood("redirects to another place, where the token must not go")
    if "immutable release" in response.message:
        return RefusedError(
            response.status,
            Code.E_RELEASE_IMMUTABLE,
            f"GitHub keeps the tag's name for an immutable release for ever{said}.",
            next_step="Cut the next version; a tag of an immutable release can't be used again.",
        )
    if response.status in (401, 403):
        wanted = _permissions(response.headers.get("x-accepted-github-permissions", "contents=write"))
        return RefusedError(
            response.status,
            Code.E_GITHUB_PERMISSION,
            f"GitHub refuses the request `{response.request}` of this token{said}.",
            next_step=f"Give the job the permission {wanted}, or the input `token` one that has it.",
        )
    return RefusedError(
        response.status,
        Code.E_GITHUB_RESPONSE,
        f"GitHub answers `{response.request}` with status {response.status}{said}.",
        next_step="Look at the repository's releases page and GitHub's status page, then run the job again.",
    )


def not_understood(what: str) -> ReleaseError:
    """The E_GITHUB_RESPONSE error of a response that can't be understood or trusted."""
    return ReleaseError(
        Code.E_GITHUB_RESPONSE,
        f"GitHub's API {what}.",
        next_step="Check GITHUB_API_URL, proxies on the way, and GitHub's status page; then run the job again.",
    )


def _permissions(accepted: str) -> str:
    """What GitHub accepts (`issues=write; pull_requests=write`), as workflows spell it: a comma is an `and` there."""
    spelled = accepted.replace("_", "-").replace("=", ": ")
    choices = [" and ".join(f"`{one.strip()}`" for one in choice.split(",")) for choice in spelled.split(";")]
    return " or ".join(choices)


def _limit_wait(response: Response, attempt: int) -> float:
    """What GitHub asks for: `Retry-After`, the reset of the primary limit, else a minute that doubles each time."""
    after = seconds_until(response.headers.get("retry-after", ""), response.headers.get("date", ""))
    if after is not None:
        return after
    reset = _reset(response)
    if reset is not None and response.headers.get("x-ratelimit-remaining") == "0":
        return max(0.0, (reset - _server_time(response)).total_seconds()) + 1
    return _SECONDARY_WAIT * 2.0**attempt


def _reset(response: Response) -> datetime | None:
    return read_time(response.headers.get("x-ratelimit-reset", ""))


def _server_time(response: Response) -> datetime:
    """The time by the server's clock, which the reset is told by; a runner's clock may be wrong."""
    return read_date(response.headers.get("date", "")) or datetime.now(timezone.utc)


def _limited(response: Response, seconds: float) -> ReleaseError:
    reset = _reset(response)
    primary = response.headers.get("x-ratelimit-remaining") == "0" and reset is not None
    until = f"after {reset:%H:%M:%S} UTC" if primary and reset else f"in {max(seconds, _SECONDARY_WAIT):.0f} seconds"
    return ReleaseError(
        Code.E_RATE_LIMIT,
        f"GitHub's rate limit for this token is used up ({response.message[:200]!a}).",
        next_step=f"Run the job again {until}; it goes on where this one stopped.",
    )


def _unavailable(response: Response, attempts: int) -> ReleaseError:
    problem = f"it answers with status {response.status}" if response.status else response.message
    return ReleaseError(
        Code.E_GITHUB_UNAVAILABLE,
        f"GitHub's API can't be used: {problem}, {attempts} times in a row.",
        next_step="Check the runner's network and GitHub's status page, then run the job again.",
    )
