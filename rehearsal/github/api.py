"""From a request to its answer: who asks, which operation, whether that is allowed, and the common headers."""

import hashlib
import json
from collections.abc import Callable
from dataclasses import dataclass
from email.utils import formatdate
from typing import Any
from urllib.parse import parse_qsl, urlsplit

from rehearsal.github.bare import GitError
from rehearsal.github.calls import Call, Record
from rehearsal.github.exchange import Answer, Incoming, Request
from rehearsal.github.limits import Limits
from rehearsal.github.links import Links, Site, locate
from rehearsal.github.problems import ApiError
from rehearsal.github.routes import Route, Router
from rehearsal.github.state import Event, World
from rehearsal.github.tokens import Token

Execute = Callable[[], Answer]
# Stands around every call. It may answer in place of it, or carry it out and then break the connection
# with an OSError: done, but the answer was lost.
Hook = Callable[[Call, Execute], Answer]


@dataclass(frozen=True, slots=True)
class _Asked:
    """A request before its operation is looked at."""

    incoming: Incoming
    token: Token | None
    site: Site
    path: str
    query: dict[str, str]
    links: Links
    data: Any
    found: tuple[Route, dict[str, str]]


class Api:
    """Serves a world's state; `hook` stands around every call, `record` keeps them."""

    def __init__(self, world: World, router: Router) -> None:
        self.world = world
        self.router = router
        self.record = Record()
        self.limits = Limits()
        self.hook: Hook = _just_execute
        self.on_event: Callable[[Event], None] = _ignore

    def call(self, incoming: Incoming) -> tuple[Call, Answer]:
        """Answers one request. Raises the OSError by which the hook breaks the connection."""
        url = urlsplit(incoming.target)
        site, path, links = locate(incoming.headers.get("host", ""), url.path)
        method = "GET" if incoming.method == "HEAD" else incoming.method
        found = self.router.find(site, method, path)
        data, problem = _decode(incoming.body) if site is Site.API else (None, None)
        token: Token | None = None
        try:
            token = self._token(incoming.headers.get("authorization", ""), site)
        except ApiError as error:
            problem = error
        if found is None:
            problem = problem or ApiError(404, "Not Found")
        call = self.record.open(
            incoming.method, incoming.target, token.login if token else "", found[0].template if found else "", data
        )

        def execute() -> Answer:
            if problem is not None or found is None:
                return _error(problem or ApiError(404, "Not Found"))
            query = dict(parse_qsl(url.query, keep_blank_values=True))
            answer = self._execute(_Asked(incoming, token, site, path, query, links, data, found))
            if answer.status < 400:
                self.record.done(call)
            return answer

        answer = self.hook(call, execute)
        return call, Answer(answer.status, answer.body, {**self._common(call, token), **answer.headers})

    def _token(self, authorization: str, site: Site) -> Token | None:
        if not authorization:
            return None
        if site is Site.STORAGE:
            # As the signed addresses of real storage do: a token has no business here.
            raise ApiError(400, "Only one auth mechanism allowed")
        with self.world.lock:
            found = self.world.tokens.get(authorization.partition(" ")[2].strip())
        if found is None:
            raise ApiError(401, "Bad credentials")
        return found

    def _execute(self, asked: _Asked) -> Answer:
        route, place = asked.found
        request = Request(
            self.world,
            self.limits,
            asked.links,
            asked.token,
            asked.path,
            place,
            asked.query,
            asked.data,
            asked.incoming,
        )
        with self.world.lock:
            told = len(self.world.events)
            try:
                if route.template != "/rate_limit" and asked.site is not Site.STORAGE:
                    self.limits.count(asked.token)
                if route.need is not None:
                    request.require(route.need)
                answer = route.handler(request)
            except ApiError as error:
                return _error(error)
            except GitError as error:
                return _error(ApiError(422, str(error)))
            events = self.world.events[told:]
        for event in events:
            self.on_event(event)
        return _unless_known(answer, asked.incoming.headers.get("if-none-match", ""))

    def _common(self, call: Call, token: Token | None) -> dict[str, str]:
        with self.world.lock:
            window = self.limits.window(token).headers
        return {
            "Date": formatdate(usegmt=True),
            "X-GitHub-Request-Id": f"REHEARSAL:{call.index:X}",
            "X-GitHub-Media-Type": "github.v3; format=json",
            **window,
        }


def _just_execute(_: Call, execute: Execute) -> Answer:
    return execute()


def _ignore(_: Event) -> None:
    pass


def _decode(body: bytes) -> tuple[Any, ApiError | None]:
    if not body:
        return None, None
    try:
        data = json.loads(body)
        json.dumps(data, ensure_ascii=False).encode()  # half a surrogate pair is no text
    except (ValueError, RecursionError):
        return None, ApiError(400, "Problems parsing JSON")
    return data, None


def _error(error: ApiError) -> Answer:
    return Answer(error.status, error.body, {"Content-Type": "application/json; charset=utf-8", **error.headers})


def _unless_known(answer: Answer, known: str) -> Answer:
    """Gives an answer its ETag, and 304 to whoever has it already ("Use conditional requests")."""
    if answer.status != 200:
        return answer
    etag = f'W/"{hashlib.sha256(answer.body).hexdigest()}"'
    if known == etag:
        return Answer(304, b"", {"ETag": etag})
    return Answer(200, answer.body, {**answer.headers, "ETag": etag})
