"""GitHub's REST API for one repository.

A read is tried again, and a write only after a look that tells whether it worked. No address in an answer is followed
with the token: paths are made here, and a redirect is an error or, for an asset's content, goes without it.
"""

import re
import time
from collections.abc import Callable
from functools import partial
from pathlib import Path
from typing import Any, TypeVar
from urllib.parse import quote, urlencode, urlsplit

import msgspec

from release_actions.core.errors import Code, ReleaseError
from release_actions.core.urls import host_of, is_loopback, redirect_target
from release_actions.github.response import RefusedError, Response, not_understood, refusal, wait
from release_actions.system.http import CertificateError, HttpResponse, NoAnswerError, Request, Transport
from release_actions.system.retry import SERVERS, Retry, RetryPolicy

T = TypeVar("T")

_PER_PAGE = 100
_MOST_PAGES = 100
_LARGEST = 64 * 1024 * 1024
# GitHub takes at most 80 writes a minute ("Rate limits for the REST API", secondary limits).
_WRITES_AT_ONCE = 20
_SECONDS_BETWEEN_WRITES = 1.0
_JSON = "application/vnd.github+json"
_REPOSITORY = re.compile(r"[A-Za-z0-9][A-Za-z0-9-]*/[A-Za-z0-9._-]+")


class GitHub:
    """The repository `OWNER/NAME` at an API such as `https://api.github.com`; to be used in a `with` statement.

    Paths are relative to the repository (`releases`). `pause` waits a number of seconds, as often as `policy` allows;
    `timeout` is how many seconds the server may be silent. Every method raises E_GITHUB_UNAVAILABLE, E_RATE_LIMIT,
    E_GITHUB_PERMISSION, and E_GITHUB_RESPONSE for what can't be understood.
    """

    def __init__(
        self,
        api_url: str,
        repository: str,
        token: str,
        *,
        pause: Callable[[float], None] = time.sleep,
        timeout: int = 60,
        policy: RetryPolicy = SERVERS,
    ) -> None:
        _check_place(api_url, repository)
        self.repository = repository
        self._root = f"/repos/{repository}"
        self._pause = pause
        self._policy = policy
        self._api_url = api_url.rstrip("/")
        self._uploads = _upload_url(api_url)
        self._authorization = {"Authorization": f"Bearer {token}"} if token else {}
        self._transport = Transport(pause, silence=timeout)
        self._writes = 0
        self._last_write = 0.0

    def __enter__(self) -> "GitHub":
        return self

    def __exit__(self, *_: object) -> None:
        self._transport.close()

    def read(self, path: str, kind: type[T], **query: str) -> T | None:
        """What is at a path, or None when nothing is, or nothing that the token may see."""
        answer = self._insist(partial(self._json, "GET", path, query=query))
        return None if answer.status == 404 else _decoded(answer, kind)

    def read_all(self, path: str, kind: type[T], **query: str) -> list[T]:
        """All entries of a list, page by page; an empty list when nothing is at the path.

        Raises E_GITHUB_RESPONSE for a list of more than 10,000 entries, as what is not read would count as not there.
        """
        found: list[T] = []
        for number in range(1, _MOST_PAGES + 1):
            asked = {**query, "page": str(number), "per_page": str(_PER_PAGE)}
            answer = self._insist(partial(self._json, "GET", path, query=asked))
            if answer.status == 404:
                return found
            found += _decoded(answer, list[kind])  # type: ignore[valid-type]
            if 'rel="next"' not in answer.headers.get("link", ""):
                return found
        raise not_understood(f"has more entries at `{path}` than the {_MOST_PAGES * _PER_PAGE} that are read")

    def has(self, path: str) -> bool:
        """Whether the answer of a path that has no content is yes."""
        answer = self._insist(partial(self._json, "GET", path))
        if answer.status == 404:
            return False
        if answer.status != 204:
            raise refusal(answer)
        return True

    def compute(self, path: str, data: dict[str, Any], kind: type[T]) -> T:
        """The answer to a POST that changes nothing, so that it may be sent again."""
        return _decoded(self._insist(partial(self._json, "POST", path, data=data)), kind)

    def write(self, method: str, path: str, data: dict[str, Any], kind: type[T], look: Callable[[], T | None]) -> T:
        """Create or change something, and return it.

        When it isn't clear whether that worked, `look` tells: what it finds is the result, and only when it finds None
        is the request sent again. Raises RefusedError.
        """
        return self._write(partial(self._json, method, path, data=data), kind, look)

    def upload(self, release: int, file: Path, content_type: str, kind: type[T], look: Callable[[], T | None]) -> T:
        """Upload a file as an asset of a release, under its own name; as `write`."""
        path = f"{self._root}/releases/{release}/assets"
        headers = {"Accept": _JSON, "Content-Type": content_type, **self._authorization}
        url = f"{self._uploads}{path}?{urlencode({'name': file.name})}"

        def send(deadline: float) -> Response:
            with file.open("rb") as content:
                request = Request(url, headers, _LARGEST, "POST", body=content)
                return self._answered(f"POST {path}", request, deadline)

        return self._write(send, kind, look)

    def delete(self, path: str) -> None:
        """Delete something; that it is not there any more is as good."""
        self._pace()
        answer = self._insist(partial(self._json, "DELETE", path))
        if answer.status not in (204, 404):
            raise refusal(answer)

    def download(self, asset: int, limit: int) -> bytes:
        """The content of a release's asset, at most `limit` bytes; it is stored elsewhere, where no token is sent."""
        send = {"Accept": "application/octet-stream"}
        answer = self._insist(partial(self._json, "GET", f"releases/assets/{asset}", headers=send))
        if answer.status == 200:
            return answer.body
        if answer.status != 302:
            raise refusal(answer)
        try:
            place = redirect_target(self._api_url, answer.headers.get("location", ""))
            stored = self._transport.send(Request(place, {}, limit))
        except ReleaseError as error:
            raise not_understood("does not give an asset's content") from error
        if stored.status != 200:
            raise not_understood(f"answers with status {stored.status} to a request for an asset's content")
        return stored.body

    def _insist(self, send: Callable[[float], Response]) -> Response:
        retry = Retry(self._pause, self._policy)
        while (answer := send(retry.deadline)).is_passing:
            wait(retry, answer)
        return answer

    def _write(self, send: Callable[[float], Response], kind: type[T], look: Callable[[], T | None]) -> T:
        retry = Retry(self._pause, self._policy)
        while True:
            self._pace()
            answer = send(retry.deadline)
            if not answer.is_passing:
                break
            wait(retry, answer)
            if (found := look()) is not None:
                return found
        try:
            return _decoded(answer, kind)
        except ReleaseError as error:
            may_be_done = answer.status in (200, 201, 422)  # garbled, or somebody else has done it
            if may_be_done and (found := look()) is not None:
                return found
            if isinstance(error, RefusedError):
                error.changed_nothing = not retry.failed
            raise error from None

    def _pace(self) -> None:
        """Keep under the limit for writes; a release of the usual size never waits."""
        self._writes += 1
        since = time.monotonic() - self._last_write
        if self._writes > _WRITES_AT_ONCE and since < _SECONDS_BETWEEN_WRITES:
            self._pause(_SECONDS_BETWEEN_WRITES - since)
        self._last_write = time.monotonic()

    def _json(
        self,
        method: str,
        path: str,
        deadline: float,
        *,
        data: dict[str, Any] | None = None,
        headers: dict[str, str] | None = None,
        query: dict[str, str] | None = None,
    ) -> Response:
        target = f"{self._root}/{quote(path)}" if path else self._root
        given = {"Accept": _JSON, **self._authorization, **(headers or {})}
        if data is not None:
            given["Content-Type"] = "application/json"
        body = b"" if data is None else msgspec.json.encode(data)
        url = f"{self._api_url}{target}{f'?{urlencode(query)}' if query else ''}"
        return self._answered(f"{method} {target}", Request(url, given, _LARGEST, method, body=body), deadline)

    def _answered(self, name: str, request: Request, deadline: float) -> Response:
        """The response to a request that is sent once; `name` is what messages call it."""
        try:
            answer = self._transport.exchange(request, deadline)
        except CertificateError as error:
            raise not_understood("has no TLS certificate that can be verified") from error
        except NoAnswerError as error:
            return Response(name, 0, message=str(error))
        except ReleaseError as error:
            raise not_understood(f"answers `{name}` with more than {_LARGEST} bytes") from error
        lowered = {header.lower(): value for header, value in answer.headers.items()}
        return Response(name, answer.status, lowered, answer.body, _message(answer))


def _message(answer: HttpResponse) -> str:
    """GitHub's reason for an error, with the details of a 422."""
    if answer.status < 300:
        return ""
    try:
        told = msgspec.json.decode(answer.body, type=_Problem)
    except (msgspec.DecodeError, RecursionError, UnicodeError):
        return ""
    details = [one if isinstance(one, str) else " ".join(map(str, one.values())) for one in told.errors]
    return ": ".join([told.message, *details])


class _Problem(msgspec.Struct):
    message: str = ""
    errors: tuple[str | dict[str, Any], ...] = ()


def _decoded(answer: Response, kind: type[T]) -> T:
    if answer.status not in (200, 201):
        raise refusal(answer)
    try:
        return msgspec.json.decode(answer.body, type=kind)
    except (msgspec.DecodeError, RecursionError, UnicodeError) as error:
        raise not_understood(f"answers with something else than was asked for ({error})") from error


def _check_place(api_url: str, repository: str) -> None:
    host, scheme = host_of(api_url), urlsplit(api_url).scheme
    if not host or (scheme != "https" and not (scheme == "http" and is_loopback(host))):
        raise ReleaseError(
            Code.E_INPUT,
            f"GITHUB_API_URL is {api_url[:200]!a}, and a token goes to no address but one of HTTPS.",
            next_step="Set it to an address such as `https://api.github.com`.",
        )
    if not _REPOSITORY.fullmatch(repository):
        raise ReleaseError(
            Code.E_INPUT,
            f"GITHUB_REPOSITORY is {repository[:200]!a}, not the name of a repository.",
            next_step="Set it to `OWNER/NAME`; in a workflow it is always there.",
        )


def _upload_url(api_url: str) -> str:
    """Where assets are uploaded to: a host beside the API's, on an enterprise server a path beside it."""
    parts = urlsplit(api_url.rstrip("/"))
    if parts.path.endswith("/api/v3"):
        return f"{parts.scheme}://{parts.netloc}/api/uploads"
    return f"{parts.scheme}://uploads.{parts.netloc.removeprefix('api.')}"
