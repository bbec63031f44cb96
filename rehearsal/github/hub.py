"""GitHub as the rehearsal and the tests use it."""

import re
from collections.abc import Callable
from pathlib import Path

from rehearsal.git.rules import Pusher
from rehearsal.github import (
    actions,
    assets,
    assignees,
    branches,
    checks,
    comments,
    commits,
    contents,
    gitdata,
    immutable,
    issues,
    labels,
    merging,
    pulls,
    refs,
    releases,
    repositories,
)
from rehearsal.github.api import Api, Hook
from rehearsal.github.bare import Bare
from rehearsal.github.calls import Call
from rehearsal.github.limits import Limits
from rehearsal.github.links import HOSTS, STORAGE
from rehearsal.github.routes import Route, Router
from rehearsal.github.rulebook import enforce
from rehearsal.github.server import listen
from rehearsal.github.state import Event, Repository, World
from rehearsal.github.tokens import Access, Kind, Token, new_token
from rehearsal.hosts.internet import Internet

_AREAS = (
    *(refs, gitdata, commits, branches, contents, checks),
    *(releases, assets, pulls, merging, issues, labels, comments, assignees),
    *(actions, repositories, immutable),
)
ROUTES: tuple[Route, ...] = tuple(route for area in _AREAS for route in area.routes.all)

_NAME = re.compile(r"[A-Za-z0-9][A-Za-z0-9-]*/[A-Za-z0-9._-]+")
BOT = "github-actions[bot]"
"""Whose name GITHUB_TOKEN acts under."""


class GitHub:
    """The REST API of some repositories, each of them a bare one that git serves as well.

    `url` is it as a GitHub Enterprise Server; behind a proxy it is api.github.com, uploads.github.com
    and the storage of release assets (`links.HOSTS`), at `address`.
    """

    def __init__(self) -> None:
        self.world = World()
        self._api = Api(self.world, Router(ROUTES))
        self._listener = listen(self._api)

    def start(self) -> str:
        """Begins to serve; returns `url`."""
        self._listener.start()
        return self.url

    def stop(self) -> None:
        self._listener.stop()

    def __enter__(self) -> "GitHub":
        self.start()
        return self

    def __exit__(self, *_: object) -> None:
        self.stop()

    @property
    def address(self) -> tuple[str, int]:
        return self._listener.address

    @property
    def url(self) -> str:
        """What GITHUB_API_URL is for clients that come directly."""
        return f"http://127.0.0.1:{self.address[1]}/api/v3"

    def add(self, full_name: str, path: Path, *, private: bool = False, parent: str = "") -> Repository:
        """Serves the bare repository at `path` as OWNER/NAME; with `parent` it is a fork of that one."""
        if not _NAME.fullmatch(full_name):
            raise ValueError(f"not OWNER/NAME: {full_name!r}")
        with self.world.lock:
            owner = self.world.user(full_name.partition("/")[0], "Organization")
            repository = Repository(
                self.world.new_id(), full_name, owner, Bare(path), self.world.now(), private=private, parent=parent
            )
            self.world.repositories[full_name.lower()] = repository
            enforce(repository)
            return repository

    def repository(self, full_name: str) -> Repository:
        """What is known of a repository; hold `world.lock` to change it."""
        return self.world.repositories[full_name.lower()]

    def token(self, kind: Kind = Kind.ACTIONS, login: str = BOT, *, repository: str = "", **permissions: Access) -> str:
        """A new token with these permissions, as `contents="write"`. Those left out are none."""
        made = new_token(kind, login, permissions, repository)
        with self.world.lock:
            self.world.tokens[made.value] = made
            self.world.user(login)
        return made.value

    def revoke(self, token: str) -> None:
        """As at the end of a job: from now on it is bad credentials."""
        with self.world.lock:
            self.world.tokens.pop(token, None)

    @property
    def calls(self) -> tuple[Call, ...]:
        """All calls so far, in the order in which they came in."""
        return self._api.record.all

    @property
    def writes(self) -> tuple[Call, ...]:
        """The calls that changed something, also when their answer was lost."""
        return tuple(call for call in self.calls if call.writes and call.done)

    @property
    def events(self) -> tuple[Event, ...]:
        with self.world.lock:
            return tuple(self.world.events)

    @property
    def limits(self) -> Limits:
        """The rate limits, to bring them on."""
        return self._api.limits

    @property
    def on_event(self) -> Callable[[Event], None]:
        """Is told of every event before the call that brought it about is answered, as to start a workflow."""
        return self._api.on_event

    @on_event.setter
    def on_event(self, listener: Callable[[Event], None]) -> None:
        self._api.on_event = listener

    @property
    def hook(self) -> Hook:
        """Stands around every call: `hook(call, execute)` returns the answer, mostly that of `execute()`.

        It may answer without it, and it may break the connection with an OSError before or after it.
        """
        return self._api.hook

    @hook.setter
    def hook(self, hook: Hook) -> None:
        self._api.hook = hook

    def join(self, internet: Internet) -> None:
        """Plays GitHub's hosts there. From then on a push needs one of its tokens, as a call does."""
        for host in HOSTS:
            internet.connect(host, self.address)
        internet.git.pushers = self.pusher
        internet.git.readers = self.reader
        internet.git.downloads = f"https://{STORAGE}"

    def pusher(self, token: str, full_name: str) -> Pusher | None:
        """Who pushes to a repository with this token; None when it is no token."""
        with self.world.lock:
            found = self.world.tokens.get(token)
        return _pusher(found, full_name) if found else None

    def reader(self, token: str, full_name: str) -> bool | None:
        """Whether git gives out a repository for this token; None when it is no token and the repository is private."""
        with self.world.lock:
            known = self.world.repository(full_name)
            found = self.world.tokens.get(token)
        if known is None or not known.private:
            return True
        return found.may("contents", "read", full_name) if found else None


def _pusher(token: Token, full_name: str) -> Pusher:
    return Pusher(
        token.login,
        may_push=token.may("contents", "write", full_name),
        app=token.kind is not Kind.PERSONAL,
        workflows=token.may("workflows", "write", full_name),
    )
