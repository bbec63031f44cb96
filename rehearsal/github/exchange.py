"""One request and its answer, as the parts of the API see them."""

import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from functools import cached_property
from typing import Any
from urllib.parse import urlencode

from rehearsal.github.fields import Fields
from rehearsal.github.limits import Limits
from rehearsal.github.links import Links
from rehearsal.github.problems import ApiError
from rehearsal.github.state import Event, Repository, User, World
from rehearsal.github.tokens import Kind, Need, Token, need

Json = dict[str, Any]

_PER_PAGE = 30
_MOST_PER_PAGE = 100


@dataclass(frozen=True, slots=True)
class Answer:
    """What is answered: a status, a body and the headers beside those of every answer."""

    status: int
    body: bytes = b""
    headers: Mapping[str, str] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class Incoming:
    """A request as it came in; header names are in lower case. `whole` tells whether the body has its end."""

    method: str
    target: str
    headers: Mapping[str, str]
    body: bytes
    whole: bool


@dataclass(frozen=True)
class Request:
    """A request that found its operation; `place` holds the variables of the path, `data` the JSON body."""

    world: World
    limits: Limits
    links: Links
    token: Token | None
    path: str
    place: Mapping[str, str]
    query: Mapping[str, str]
    data: Any
    incoming: Incoming

    @cached_property
    def repository(self) -> Repository:
        """The repository the path names. Raises the ApiError 404 when there is none."""
        found = self.world.repository(f"{self.place['owner']}/{self.place['repo']}")
        if found is None:
            raise ApiError(404, "Not Found")
        return found

    @cached_property
    def fields(self) -> Fields:
        """The JSON body, which has to be an object."""
        return Fields(self.data)

    @cached_property
    def release_dates(self) -> dict[tuple[str, str], str]:
        """Dates that git has given so far, by tag and target: a list has the same ones again and again."""
        return {}

    @property
    def user(self) -> User:
        """Who asks. Raises the ApiError 401 for a stranger."""
        if self.token is None:
            raise ApiError(401, "Requires authentication")
        return self.world.user(self.token.login)

    def number(self, name: str) -> int:
        return int(self.place[name])

    def may(self, what: str) -> bool:
        """Whether the token has a permission such as `contents:write` in this repository."""
        try:
            self._check(need(what))
        except ApiError:
            return False
        return True

    def require(self, what: Need) -> None:
        """Raises GitHub's ApiError when the token may not."""
        self._check(what)

    def emit(self, name: str, action: str = "", **data: Any) -> None:
        """Tells of an event that this request brought about."""
        quiet = self.token is not None and self.token.kind is Kind.ACTIONS and not name.endswith("_dispatch")
        login = self.token.login if self.token else ""
        self.world.events.append(Event(name, action, self.repository.full_name, login, not quiet, data))

    def _check(self, what: Need) -> None:
        what.check(self.token, self.repository.full_name, public=not self.repository.private)


def answer(content: Json | list[Any], status: int = 200, **headers: str) -> Answer:
    """A JSON answer; `Location` and the like are given as keywords."""
    return Answer(status, json.dumps(content).encode(), {"Content-Type": "application/json; charset=utf-8", **headers})


def no_content() -> Answer:
    return Answer(204)


def created(content: Json) -> Answer:
    return answer(content, 201, Location=content["url"])


def page(request: Request, items: Sequence[Json], wrap: str = "") -> Answer:
    """The asked-for page of a list with its Link header ("Using pagination in the REST API").

    With `wrap` the list is that member of an object which also tells the `total_count`.
    """
    size = min(max(whole_number(request.query.get("per_page"), _PER_PAGE), 1), _MOST_PER_PAGE)
    number = max(whole_number(request.query.get("page"), 1), 1)
    last = max(-(-len(items) // size), 1)
    near = {"prev": number - 1, "next": number + 1, "last": last, "first": 1}
    shown = {relation: at for relation, at in near.items() if at != number and 1 <= at <= last}
    if number == last:
        shown.pop("last", None)
    if number == 1:
        shown.pop("first", None)
    links = ", ".join(
        f'<{request.links.api}{request.path}?{urlencode({**request.query, "page": at})}>; rel="{relation}"'
        for relation, at in shown.items()
    )
    part = list(items[(number - 1) * size : number * size])
    headers = {"Link": links} if links else {}
    return answer({"total_count": len(items), wrap: part} if wrap else part, 200, **headers)


def whole_number(text: str | None, default: int) -> int:
    """What a query parameter says, else the default."""
    return int(text) if text and text.isascii() and text.isdigit() else default
