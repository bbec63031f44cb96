"""A repository's pull requests at GitHub: what was merged and how it is labelled, new ones, and one comment on each.

Source: docs.github.com/rest, "Pulls", "Issues/comments", "Collaborators", "Commits".
"""

from collections.abc import Sequence
from typing import Final
from urllib.parse import urlsplit

import msgspec

from release_actions.github.client import GitHub

_MAY_WRITE = ("write", "admin")  # the role `maintain` has the permission `write`
_BOT = "Bot"
_PAGE = "100"


class User(msgspec.Struct, frozen=True):
    """An account; that of an app has the type `Bot`."""

    login: str
    type: str = "User"


class Label(msgspec.Struct, frozen=True):
    """A label of an issue or pull request."""

    name: str


class End(msgspec.Struct, frozen=True):
    """A branch by its short name, and its commit."""

    ref: str
    sha: str


class Milestone(msgspec.Struct, frozen=True):
    """A milestone by its number and its title; an event of a timeline has the title alone."""

    title: str
    number: int = 0


class Pull(msgspec.Struct, frozen=True):
    """A pull request. `merge_commit_sha` is what it was merged as; `commits` is how many it had, 0 in a list."""

    number: int
    title: str
    html_url: str
    state: str
    merged_at: str | None
    merge_commit_sha: str | None
    base: End
    head: End
    labels: tuple[Label, ...] = ()
    user: User | None = None
    assignees: tuple[User, ...] = ()
    milestone: Milestone | None = None
    commits: int = 0
    draft: bool = False


class Merge(msgspec.Struct, frozen=True):
    """Of an issue that is a pull request, when it was merged."""

    merged_at: str | None = None


class Labelled(msgspec.Struct, frozen=True):
    """A closed issue in a list by label; `pull_request` is there when it is one."""

    number: int
    title: str
    pull_request: Merge | None = None

    @property
    def merged_at(self) -> str:
        """When it was merged (ISO 8601, UTC); empty for what was not."""
        return (self.pull_request.merged_at or "") if self.pull_request else ""


class Comment(msgspec.Struct, frozen=True):
    """A comment on an issue or pull request; `user` is None when the account is gone."""

    id: int
    body: str
    user: User | None
    created_at: str
    updated_at: str
    issue_url: str
    html_url: str = ""

    @property
    def number(self) -> int:
        """The issue or pull request it is on."""
        return int(urlsplit(self.issue_url).path.rpartition("/")[2])


class IssueEvent(msgspec.Struct, frozen=True):
    """Something that happened to an issue or pull request; `actor` is None when the account is gone."""

    event: str = ""
    actor: User | None = None
    label: Label | None = None
    assignee: User | None = None
    milestone: Milestone | None = None


class _RepositoryFields(msgspec.Struct, frozen=True):
    default_branch: str


class _Comparison(msgspec.Struct, frozen=True):
    status: str


class _Permission(msgspec.Struct, frozen=True):
    permission: str


class PullRequests:
    """The pull requests of the repository that `api` is for; every method raises what `GitHub` raises."""

    def __init__(self, api: GitHub) -> None:
        self.api: Final = api
        self._owner = api.repository.partition("/")[0]

    def default_branch(self) -> str:
        """The repository's default branch, by its short name; empty when the token may not see the repository."""
        found = self.api.read("", _RepositoryFields)
        return found.default_branch if found else ""

    def get(self, number: int) -> Pull | None:
        """A pull request by its number, None when there is none."""
        return self.api.read(f"pulls/{number}", Pull)

    def of_commit(self, commit: str) -> list[Pull]:
        """The pull request that brought a commit to the default branch, and open ones that have it."""
        return self.api.read_all(f"commits/{commit}/pulls", Pull)

    def from_branch(self, branch: str, base: str) -> list[Pull]:
        """Those from a branch of this repository to another one, open or not, the youngest first."""
        head = f"{self._owner}:{branch}"
        return self.api.read("pulls", list[Pull], state="all", head=head, base=base, per_page=_PAGE) or []

    def all_open(self) -> list[Pull]:
        """Every open pull request, drafts among them."""
        return self.api.read_all("pulls", Pull, state="open")

    def merged_with(self, label: str) -> list[Labelled]:
        """The merged pull requests that have a label, the youngest first."""
        return [one for one in self.api.read_all("issues", Labelled, state="closed", labels=label) if one.merged_at]

    def is_on(self, branch: str, commit: str) -> bool:
        """Whether a commit is on a branch, and not only in a fork or a pull request."""
        found = self.api.read(f"compare/{branch}...{commit}", _Comparison)
        return found is not None and found.status in ("behind", "identical")

    def may_write(self, login: str) -> bool:
        """Whether an account may write to the repository; being a member or a contributor does not say so."""
        found = self.api.read(f"collaborators/{login}/permission", _Permission)
        return found is not None and found.permission in _MAY_WRITE

    def is_writer(self, user: User | None) -> bool:
        """Whether this is a person who may write; an app is none, whatever it may do, nor an account that is gone."""
        return user is not None and user.type != _BOT and self.may_write(user.login)

    def open(self, branch: str, base: str, title: str, body: str, *, draft: bool) -> Pull:
        """The open pull request from a branch to another one, made when there is none."""
        data = {"head": branch, "base": base, "title": title, "body": body, "draft": draft}
        return self.api.write("POST", "pulls", data, Pull, lambda: self._open_one(branch, base))

    def add_labels(self, number: int, names: Sequence[str]) -> None:
        """Add labels to a pull request; those the repository does not know are made by GitHub."""
        path = f"issues/{number}/labels"

        def look() -> list[Label] | None:
            there = self.api.read_all(path, Label)
            return there if {one.lower() for one in names} <= {one.name.lower() for one in there} else None

        self.api.write("POST", path, {"labels": list(names)}, list[Label], look)

    def can_be_assigned(self, login: str) -> bool:
        """Whether GitHub lets pull requests be assigned to an account."""
        return self.api.has(f"assignees/{login}")

    def assign(self, number: int, logins: Sequence[str]) -> None:
        """Assign a pull request to more accounts; GitHub passes over those that can't be assigned."""

        def look() -> Pull | None:
            there = self.get(number)
            return there if there and set(logins) <= {one.login for one in there.assignees} else None

        self.api.write("POST", f"issues/{number}/assignees", {"assignees": list(logins)}, object, look)

    def open_milestones(self) -> list[Milestone]:
        """The milestones that are not closed."""
        return self.api.read_all("milestones", Milestone, state="open")

    def set_milestone(self, number: int, milestone: Milestone) -> None:
        """Put a pull request into a milestone."""

        def look() -> Pull | None:
            there = self.get(number)
            return there if there and there.milestone and there.milestone.number == milestone.number else None

        self.api.write("PATCH", f"issues/{number}", {"milestone": milestone.number}, object, look)

    def people_of(self, pull: Pull) -> list[str]:
        """The author of a pull request and those whom it is assigned to; apps are none."""
        people = [one for one in (pull.user, *pull.assignees) if one and one.type != _BOT]
        return list(dict.fromkeys(one.login for one in people))

    def comment(self, comment: int) -> Comment | None:
        """A comment by its id, as it is now."""
        return self.api.read(f"issues/comments/{comment}", Comment)

    def events(self, number: int) -> list[IssueEvent]:
        """What happened to an issue or pull request, oldest first."""
        return self.api.read_all(f"issues/{number}/timeline", IssueEvent)

    def marked_comments(self, number: int, marker: str) -> list[Comment]:
        """The comments that begin with a marker, oldest first, by apps and by people who may write."""
        found = [one for one in self.api.read_all(f"issues/{number}/comments", Comment) if one.body.startswith(marker)]
        writes = {one.user.login: one.user.type == _BOT or self.may_write(one.user.login) for one in found if one.user}
        return sorted((one for one in found if one.user and writes[one.user.login]), key=lambda one: one.id)

    def _open_one(self, branch: str, base: str) -> Pull | None:
        return next((one for one in self.from_branch(branch, base) if one.state == "open"), None)
