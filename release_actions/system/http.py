"""HTTP as registries and GitHub need it: bounded in time, size and attempts, and careful with logins.

Proxies and certificates come from the usual variables (HTTPS_PROXY, NO_PROXY, REQUESTS_CA_BUNDLE); `~/.netrc` is not
read. An `Authorization` header never follows a redirect to another origin, and no redirect leads from HTTPS to HTTP.
"""

import time
from collections.abc import Callable, Iterator, Mapping
from http.cookiejar import DefaultCookiePolicy
from typing import BinaryIO

import msgspec
import requests
from urllib3.exceptions import HTTPError

from release_actions.core.errors import Code, ReleaseError
from release_actions.core.secret import WithSecrets
from release_actions.core.urls import host_of, is_loopback, origin, redirect_target, untrusted
from release_actions.system.bounded_connection import LATE, BoundedAdapter, BoundedSession, left, until
from release_actions.system.http_pause import seconds_until
from release_actions.system.retry import SERVERS, Retry, RetryPolicy

CONNECTIONS = 16
"""How many connections to one host may be open at once."""

_REDIRECTS = 5
_CONNECT_TIMEOUT = 10.0
_READ_TIMEOUT = 60.0
_CHUNK = 64 * 1024
_REFUSAL_LIMIT = 1024 * 1024
_AGAIN = (429, 500, 502, 503, 504)


class Request(WithSecrets, frozen=True):
    """A request: its form makes it a POST, else its body is sent as it is; its answer has at most `limit` bytes."""

    url: str
    headers: Mapping[str, str]
    limit: int
    method: str = "GET"
    form: Mapping[str, str] | None = None
    body: bytes | BinaryIO = b""


class HttpResponse(msgspec.Struct, frozen=True):
    """A server's answer after redirects: status, headers (in any case), and body."""

    status: int
    headers: Mapping[str, str]
    body: bytes


class NoAnswerError(Exception):
    """No answer came; its text is the reason. The server may have done all the same what it was to do."""


class CertificateError(NoAnswerError):
    """The server is not known to be the one that was asked for, so that nothing was sent."""


class Transport:
    """One pool of connections for several threads; `pause` waits a number of seconds before another attempt.

    `silence` is how many seconds a server may send nothing.
    """

    def __init__(
        self,
        pause: Callable[[float], None] = time.sleep,
        policy: RetryPolicy = SERVERS,
        silence: float = _READ_TIMEOUT,
    ) -> None:
        self.pause = pause
        self._policy = policy
        self._silence = silence
        self._session = BoundedSession()
        for scheme in ("https://", "http://"):
            self._session.mount(scheme, BoundedAdapter(pool_maxsize=CONNECTIONS))
        self._session.cookies.set_policy(DefaultCookiePolicy(allowed_domains=[]))
        self._session.auth = _unchanged  # without one, requests takes logins from ~/.netrc
        self._session.headers.clear()
        self._session.headers.update({"User-Agent": "release-actions", "Accept-Encoding": "identity"})

    def close(self) -> None:
        """Close all connections."""
        self._session.close()

    def send(self, request: Request) -> HttpResponse:
        """The answer, after the policy's attempts with full jitter between them, or the pauses a server asks for.

        Raises E_REGISTRY_UNAVAILABLE when the server goes on failing or asks for more than 300 seconds, and
        E_REGISTRY_RESPONSE for a redirect that must not be followed or a body that is too long.
        """
        retry = Retry(self.pause, self._policy)
        while True:
            asked = None
            try:
                answer = self._follow(request, retry.deadline)
            except CertificateError as error:
                raise _unavailable(request.url, str(error)) from error
            except NoAnswerError as error:
                problem = str(error)
            else:
                if answer.status not in _AGAIN:
                    return answer
                problem = f"it answers with status {answer.status}"
                asked = seconds_until(answer.headers.get("Retry-After", ""), answer.headers.get("Date", ""))
            if not retry.wait(asked):
                ends = f" and asks to wait for {asked:.0f} seconds" if asked else ""
                often = f", {retry.failed} times in a row" if retry.failed > 1 else ""
                raise _unavailable(request.url, f"{problem}{ends}{often}")

    def _follow(self, request: Request, deadline: float) -> HttpResponse:
        for _ in range(_REDIRECTS + 1):
            answer = self.exchange(request, deadline)
            location = answer.headers.get("Location")
            if answer.status not in (301, 302, 303, 307, 308) or location is None:
                return answer
            target = redirect_target(request.url, location)
            if origin(target) != origin(request.url):
                if request.form is not None:
                    raise untrusted(f"{host_of(request.url)} redirects a login to another host")
                kept = {name: value for name, value in request.headers.items() if name.lower() != "authorization"}
                request = msgspec.structs.replace(request, headers=kept)
            request = msgspec.structs.replace(request, url=target)
        raise untrusted(f"{host_of(request.url)} redirects more than {_REDIRECTS} times")

    def exchange(self, request: Request, deadline: float) -> HttpResponse:
        """The one answer to a request that is sent once; no redirect is followed.

        `deadline` is a time of `time.monotonic`. Raises NoAnswerError, and E_REGISTRY_RESPONSE for a body that is too
        long.
        """
        try:
            with until(deadline):
                return self._exchange(request)
        except requests.exceptions.SSLError as error:
            raise CertificateError("its TLS certificate can't be verified") from error
        except (requests.exceptions.RequestException, HTTPError, TimeoutError, UnicodeError) as error:
            raise NoAnswerError(_reason(error)) from error

    def _exchange(self, request: Request) -> HttpResponse:
        host, seconds = host_of(request.url), left()
        with self._session.request(
            request.method,
            request.url,
            headers=dict(request.headers),
            data=request.form or request.body,
            allow_redirects=False,
            stream=True,
            timeout=(min(_CONNECT_TIMEOUT, seconds), min(self._silence, seconds)),
            proxies={"no_proxy": host} if is_loopback(host) else None,  # a proxy can't reach our loopback
        ) as response:
            if response.is_redirect:  # nothing of its body is of use
                return HttpResponse(response.status_code, response.headers, b"")
            body = bytearray()
            limit = request.limit if response.ok else max(request.limit, _REFUSAL_LIMIT)
            for part in _parts(response):
                body += part
                if len(body) > limit:
                    raise untrusted(f"{host} sends more than {limit} bytes")
            return HttpResponse(response.status_code, response.headers, bytes(body))


def _parts(response: requests.Response) -> Iterator[bytes]:
    """The body as it arrives: `iter_content` waits for a whole part, however slowly its bytes come."""
    while part := response.raw.read1(_CHUNK, decode_content=True):
        yield part


def _unchanged(request: requests.PreparedRequest) -> requests.PreparedRequest:
    return request


def _reason(error: Exception) -> str:
    """What went wrong with the connection, without addresses and other noise."""
    text = str(error)
    known = {
        "Connection refused": "the connection is refused",
        "Name or service not known": "its name is not known",
        "Temporary failure in name resolution": "names can't be looked up",
        "No address associated": "its name has no address",
        "Tunnel connection failed": "the proxy refuses to connect to it",
        LATE: "it does not answer in time",
    }
    return next((reason for sign, reason in known.items() if sign in text), "the connection breaks off")


def _unavailable(url: str, reason: str) -> ReleaseError:
    return ReleaseError(
        Code.E_REGISTRY_UNAVAILABLE,
        f"The registry at {host_of(url)} can't be used: {reason}.",
        next_step="Check the registry's name, its status page and the runner's network, then run the job again.",
    )
