"""A client of the rehearsal's GitHub which holds all it says and hears against GitHub's description."""

import json
from collections.abc import Mapping
from contextlib import closing
from dataclasses import dataclass, field
from http.client import HTTPConnection
from pathlib import Path
from typing import Any
from urllib.parse import parse_qsl, urlencode, urlsplit

import pytest

from rehearsal.base.programs import run
from rehearsal.github import GitHub
from rehearsal.github.tokens import PERMISSIONS, Access, Kind
from tests.support.openapi import Description

_RELEASES = "/repos/{owner}/{repo}/releases"
_DISPATCHES = "/repos/{owner}/{repo}/actions/workflows/{workflow_id}/dispatches"
_IMMUTABLE = "an immutable release can't be changed; the description is older than they are"

# Answers that are right and yet not described for the operation, or described otherwise.
DEVIATIONS = {
    ("PATCH", f"{_RELEASES}/{{release_id}}", 422): "publishing fails as creating does",
    ("PATCH", f"{_RELEASES}/assets/{{asset_id}}", 422): "a name is taken, as for an upload; " + _IMMUTABLE,
    ("DELETE", f"{_RELEASES}/assets/{{asset_id}}", 422): _IMMUTABLE,
    ("POST", f"{_RELEASES}/generate-notes", 422): "the previous tag does not exist",
    ("PUT", "/repos/{owner}/{repo}/contents/{path}", 409): "two forms are described, and one is part of the other",
    ("POST", _DISPATCHES, 422): "there is no such ref",
    ("GET", "/", 200): "it names only what is served here",
}
# Described for the API as a whole: authentication, permissions, rate limits, what can't be read.
_ANYWHERE = (400, 401, 403, 404, 429)


@dataclass(frozen=True)
class Heard:
    """An answer: `data` is its JSON, if it is any."""

    status: int
    headers: Mapping[str, str]
    body: bytes

    @property
    def data(self) -> Any:
        return json.loads(self.body) if self.body else None


@dataclass
class Client:
    """Asks the API as the owner of `token`; a request or answer that is not as described fails the test."""

    github: GitHub
    description: Description
    token: str = ""
    used: set[tuple[str, str]] = field(default_factory=set)

    def __call__(
        self,
        method: str,
        path: str,
        data: object = None,
        *,
        body: bytes = b"",
        headers: Mapping[str, str] | None = None,
        strict: bool = True,
        **query: object,
    ) -> Heard:
        """One request to a path of the API, or to a whole address; `strict=False` allows a wrong request."""
        url = path if "://" in path else f"{self.github.url}{path}"
        parts = urlsplit(url)
        asked = {**dict(parse_qsl(parts.query)), **{name: str(value) for name, value in query.items()}}
        target = parts.path + (f"?{urlencode(asked)}" if asked else "")
        content = body if data is None else json.dumps(data).encode()
        sent = {"Authorization": f"Bearer {self.token}"} if self.token else {}
        with closing(HTTPConnection("127.0.0.1", parts.port)) as connection:
            connection.request(method, target, content, {"Host": parts.netloc, **sent, **(headers or {})})
            with connection.getresponse() as response:
                heard = Heard(response.status, dict(response.getheaders()), response.read())
        if "/api/" in parts.path:
            self._check(method, asked, data, heard, strict=strict)
        return heard

    def ok(self, method: str, path: str, data: object = None, **more: Any) -> Any:
        """The JSON of a successful answer."""
        heard = self(method, path, data, **more)
        assert heard.status < 400, heard.body
        return heard.data

    def as_(self, token: str) -> "Client":
        return Client(self.github, self.description, token, self.used)

    def _check(self, method: str, query: dict[str, str], data: object, heard: Heard, *, strict: bool) -> None:
        template = self.github.calls[-1].operation
        if not template or heard.status == 304 or heard.status >= 500:
            return  # told of for the API as a whole, and without a body
        self.used.add((method, template))
        problems = self.description.request(method, template, query, data) if strict else []
        if heard.body and not heard.headers["Content-Type"].startswith("application/json"):
            return  # a file's content
        answered = heard.data
        described = self.description.answer(method, template, heard.status, answered)
        if described and (heard.status in _ANYWHERE or (heard.status >= 400 and not strict)):
            described = self.description.error(answered)
        if (method, template, heard.status) not in DEVIATIONS:
            problems += described
        assert problems == [], f"{method} {template}: {heard.status}"


@pytest.fixture(scope="session")
def description() -> Description:
    return Description()


@pytest.fixture
def origin(github: GitHub, tmp_path: Path) -> Path:
    """The bare repository of acme/operator: two commits on main, the first on release-1.5 and tagged v1.5.0."""
    return new_repository(github, tmp_path / "operator.git", "acme/operator")


def new_repository(github: GitHub, path: Path, name: str) -> Path:
    run(["git", "init", "--quiet", "--bare", "--initial-branch=main", "--", str(path)])
    run(["git", "-C", str(path), "fast-import", "--quiet"], stdin=HISTORY)
    github.add(name, path)
    return path


HISTORY = """\
commit refs/heads/main
mark :1
author Ann <ann@example.com> 1767225600 +0000
committer Ann <ann@example.com> 1767225600 +0000
data 6
First

M 100644 inline VERSION
data 6
1.5.0

M 100644 inline docs/guide.md
data 6
Guide

reset refs/heads/release-1.5
from :1

reset refs/tags/v1.5.0
from :1

commit refs/heads/main
mark :2
author Ann <ann@example.com> 1767312000 +0000
committer Ann <ann@example.com> 1767312000 +0000
data 7
Second

from :1
M 100644 inline VERSION
data 6
1.6.0

"""


@pytest.fixture
def ask(github: GitHub, description: Description, origin: Path) -> Client:
    """Asks as a GITHUB_TOKEN that may write what a workflow can; `origin` is there."""
    del origin
    token = github.token(
        actions="write",
        checks="read",
        contents="write",
        issues="write",
        pull_requests="write",
        statuses="read",
    )
    return Client(github, description, token)


@pytest.fixture
def owner(ask: Client, github: GitHub) -> Client:
    """Asks as a person with every permission."""
    return ask.as_(everything(github))


def everything(github: GitHub) -> str:
    every: dict[str, Access] = dict.fromkeys(PERMISSIONS, "write")
    return github.token(Kind.PERSONAL, "ann", **every)
