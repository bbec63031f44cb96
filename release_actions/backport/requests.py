"""Who wants what on which branches: read from an event, and believed only as far as GitHub says the same now.

A push to the default branch stands for the labels of the pull requests that it merged, and a comment for its command.
Labels can be set only by people whom the project lets triage; a comment can be written by anybody.
"""

import msgspec

from release_actions.backport.command import parse_command
from release_actions.backport.names import branches_of
from release_actions.core.errors import Code, ReleaseError
from release_actions.core.text import short_id
from release_actions.github.event import Event
from release_actions.github.pull_requests import Comment, Pull, PullRequests

_MOST_PUSHED = 100


class BackportRequest(msgspec.Struct, frozen=True, kw_only=True):
    """A pull request, or a commit, that somebody wants on branches; with a `problem` nothing can be done for it.

    `comment` is the command that requests it, when it is one of who may command.
    """

    number: int = 0
    commit: str = ""
    branches: tuple[str, ...] = ()
    problem: str = ""
    comment: Comment | None = None

    @property
    def name(self) -> str:
        """`#12`, or the beginning of the commit's id."""
        return f"#{self.number}" if self.number else short_id(self.commit)


def requests_of_event(name: str, event: Event, pulls: PullRequests, default_branch: str) -> list[BackportRequest]:
    """What an event of that name requests; raises E_EVENT for one that can't request anything."""
    if name == "push":
        return _labelled(event, pulls, default_branch)
    if name == "issue_comment":
        request = _commanded(event, pulls)
        return [request] if request else []
    raise ReleaseError(
        Code.E_EVENT,
        f"An event {name!a} says nothing of what to cherry-pick.",
        next_step="Give the input `pull-requests` or `commits`, or start the run by `push` or `issue_comment`.",
    )


def by_labels(pull: Pull) -> tuple[str, ...]:
    """The branches that the labels of a pull request name."""
    return branches_of(label.name for label in pull.labels)


def _labelled(event: Event, pulls: PullRequests, default_branch: str) -> list[BackportRequest]:
    if event.ref != f"refs/heads/{default_branch}":
        return []
    pushed = {commit.id for commit in event.commits[-_MOST_PUSHED:]} | {event.after}
    requests = {}
    for commit in sorted(pushed):
        for pull in pulls.of_commit(commit):
            branches = by_labels(pull)
            if pull.merged_at and pull.merge_commit_sha in pushed and branches:
                requests[pull.number] = BackportRequest(number=pull.number, branches=branches)
    return [requests[number] for number in sorted(requests)]


def _commanded(event: Event, pulls: PullRequests) -> BackportRequest | None:
    if event.action != "created" or event.comment is None or event.issue is None or event.issue.pull_request is None:
        return None
    command, number = parse_command(event.comment.body), event.issue.number
    if command is None:
        return None
    now = pulls.comment(event.comment.id)
    if now is None or now.number != number or now.body != event.comment.body or now.updated_at != now.created_at:
        what = "The comment was changed or deleted after it was written; write a new one."
        return BackportRequest(number=number, problem=what)
    if not pulls.is_writer(now.user):
        what = "Only people who may write to this repository can ask for a cherry-pick."
        return BackportRequest(number=number, problem=what)
    return BackportRequest(number=number, branches=command.branches, problem=command.problem, comment=now)
