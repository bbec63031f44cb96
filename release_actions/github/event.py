"""The event that started a run, as far as anything asks for it ("Webhook events and payloads")."""

import os
from collections.abc import Mapping
from pathlib import Path

import msgspec

from release_actions.core.errors import Code, ReleaseError


class PushedCommit(msgspec.Struct, frozen=True):
    """A pushed commit by its id."""

    id: str


class EventComment(msgspec.Struct, frozen=True):
    """The comment of an `issue_comment` event, as it was then."""

    id: int
    body: str


class Issue(msgspec.Struct, frozen=True):
    """An issue; `pull_request` is there when it is one."""

    number: int
    pull_request: dict[str, str | None] | None = None


class BaseBranch(msgspec.Struct, frozen=True):
    """The branch that a pull request is to, by its name."""

    ref: str


class Proposed(msgspec.Struct, frozen=True):
    """The pull request of a `pull_request` event."""

    base: BaseBranch


class Event(msgspec.Struct, frozen=True):
    """What happened. A push has `ref`, `after` and `commits`; a comment has `action`, `issue` and `comment`.

    `number` is that of a `pull_request` event's pull request, which is `pull_request`.
    """

    action: str = ""
    ref: str = ""
    after: str = ""
    commits: tuple[PushedCommit, ...] = ()
    issue: Issue | None = None
    comment: EventComment | None = None
    number: int = 0
    pull_request: Proposed | None = None


def read_event(environment: Mapping[str, str] = os.environ) -> Event:
    """The event's payload, an empty one outside Actions; raises E_EVENT."""
    path = environment.get("GITHUB_EVENT_PATH", "")
    if not path:
        return Event()
    try:
        return msgspec.json.decode(Path(path).read_bytes(), type=Event)
    except (OSError, msgspec.DecodeError) as error:
        raise ReleaseError(
            Code.E_EVENT, f"The run's event can't be read: {error}.", next_step="Run the workflow again."
        ) from error
