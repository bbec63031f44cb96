"""What GitHub knows beside git: repositories, users, releases, issues, pull requests and settings."""

import itertools
import threading
from collections.abc import Iterator
from dataclasses import dataclass, field
from datetime import datetime, timezone
from typing import Any, Literal

from rehearsal.git.rules import Rule
from rehearsal.github.bare import Bare
from rehearsal.github.objects import timestamp
from rehearsal.github.tokens import Token

Role = Literal["admin", "maintain", "write", "triage", "read", "none"]


@dataclass(frozen=True, slots=True)
class User:
    """An account; `kind` is `User`, `Bot` or `Organization`."""

    id: int
    login: str
    kind: str


@dataclass(slots=True)
class Asset:
    """A file of a release. One whose upload broke off stays behind as `starter`, without content."""

    id: int
    name: str
    label: str
    content_type: str
    content: bytes
    state: str
    uploader: User
    created_at: str
    updated_at: str
    downloads: int = 0


@dataclass(slots=True)
class Release:
    id: int
    tag: str
    target: str
    name: str | None
    body: str | None
    draft: bool
    prerelease: bool
    author: User
    drafted_at: str
    updated_at: str
    published_at: str | None = None
    immutable: bool = False
    assets: dict[int, Asset] = field(default_factory=dict)


@dataclass(slots=True)
class Label:
    id: int
    name: str
    color: str
    description: str | None


@dataclass(frozen=True, slots=True)
class LabelEvent:
    """That somebody has set a label of an issue, or removed it; `kind` is `labeled` or `unlabeled`."""

    id: int
    kind: str
    label: str
    color: str
    actor: User
    created_at: str


@dataclass(frozen=True, slots=True)
class AssignEvent:
    """That somebody has assigned an issue to a user."""

    id: int
    assignee: User
    actor: User
    created_at: str


@dataclass(frozen=True, slots=True)
class MilestoneEvent:
    """That somebody has put an issue into a milestone, or out of it; `kind` is `milestoned` or `demilestoned`."""

    id: int
    kind: str
    title: str
    actor: User
    created_at: str


@dataclass(slots=True)
class Milestone:
    id: int
    number: int
    title: str
    description: str | None
    state: str
    due_on: str | None
    creator: User
    created_at: str


@dataclass(slots=True)
class Comment:
    id: int
    issue: int
    body: str
    author: User
    created_at: str
    updated_at: str


@dataclass(slots=True)
class Pull:
    """What makes an issue a pull request. The commits are those of the last look at the head branch."""

    id: int
    head_repository: str
    head_branch: str
    head_sha: str
    base_branch: str
    base_sha: str
    draft: bool
    maintainers_may_push: bool
    merged_at: str | None = None
    merged_by: User | None = None
    merge_sha: str | None = None
    merged_commits: list[str] = field(default_factory=list)


@dataclass(slots=True)
class Issue:
    id: int
    number: int
    title: str
    body: str | None
    author: User
    created_at: str
    updated_at: str
    state: str = "open"
    closed_at: str | None = None
    labels: list[Label] = field(default_factory=list)
    label_events: list[LabelEvent] = field(default_factory=list)
    assignees: list[User] = field(default_factory=list)
    assign_events: list[AssignEvent] = field(default_factory=list)
    milestone: Milestone | None = None
    milestone_events: list[MilestoneEvent] = field(default_factory=list)
    pull: Pull | None = None


@dataclass(slots=True)
class Repository:
    """One repository: `git` holds refs and commits, the rest is here.

    `checks` are check runs and `statuses` commit statuses by commit id, as their API objects; both are
    set by tests. `burnt_tags` had an immutable release and can never be used again. Without
    `actions_may_open_pulls`, as new organisations have it, no GITHUB_TOKEN may open a pull request.
    """

    id: int
    full_name: str
    owner: User
    git: Bare
    created_at: str
    private: bool = False
    parent: str = ""
    roles: dict[str, Role] = field(default_factory=dict)
    releases: dict[int, Release] = field(default_factory=dict)
    latest_release: int | None = None
    immutable_releases: bool = False
    actions_may_open_pulls: bool = True
    burnt_tags: set[str] = field(default_factory=set)
    issues: dict[int, Issue] = field(default_factory=dict)
    comments: dict[int, Comment] = field(default_factory=dict)
    labels: dict[str, Label] = field(default_factory=dict)
    milestones: dict[int, Milestone] = field(default_factory=dict)
    protections: dict[str, dict[str, Any]] = field(default_factory=dict)
    rulesets: dict[int, dict[str, Any]] = field(default_factory=dict)
    checks: dict[str, list[dict[str, Any]]] = field(default_factory=dict)
    statuses: dict[str, list[dict[str, Any]]] = field(default_factory=dict)
    rules: list[Rule] = field(default_factory=list)

    @property
    def name(self) -> str:
        return self.full_name.partition("/")[2]


@dataclass(frozen=True, slots=True)
class Event:
    """Something others are told about. What a GITHUB_TOKEN does starts no workflow, except a dispatch."""

    name: str
    action: str
    repository: str
    actor: str
    starts_workflows: bool
    data: dict[str, Any]


class World:
    """Everything there is. `lock` is held by whoever reads or changes it."""

    def __init__(self) -> None:
        self.lock = threading.RLock()
        self.repositories: dict[str, Repository] = {}
        self.users: dict[str, User] = {}
        self.tokens: dict[str, Token] = {}
        self.events: list[Event] = []
        self._ids: Iterator[int] = itertools.count(1001)

    def new_id(self) -> int:
        return next(self._ids)

    def now(self) -> str:
        return timestamp(datetime.now(timezone.utc))

    def user(self, login: str, kind: str = "") -> User:
        """The account of this name, made when it is new."""
        if login.lower() not in self.users:
            guessed = "Bot" if login.endswith("[bot]") else "User"
            self.users[login.lower()] = User(self.new_id(), login, kind or guessed)
        return self.users[login.lower()]

    def repository(self, full_name: str) -> Repository | None:
        return self.repositories.get(full_name.lower())
