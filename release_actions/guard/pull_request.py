"""Which pull request brought a commit to a branch, with its labels and its description, as GitHub has it now."""

from release_actions.github.client import GitHub
from release_actions.github.pull_requests import Pull
from release_actions.guard.rules import PullRequestInfo


class Described(Pull, frozen=True):
    """A pull request with its description, None where there is none."""

    body: str | None = None


def pull_request(api: GitHub, number: int) -> Described | None:
    """A pull request by its number, None when there is none; raises what `GitHub` raises."""
    return api.read(f"pulls/{number}", Described)


def pull_request_of(api: GitHub, commit: str, branch: str) -> PullRequestInfo:
    """The request that was merged to a branch as or with a commit; an empty one for a commit that was pushed."""
    pulls = (one for one in api.read_all(f"commits/{commit}/pulls", Described) if one.merged_at)
    return next((request_of(one) for one in pulls if one.base.ref == branch), PullRequestInfo())


def request_of(pull: Described) -> PullRequestInfo:
    """What a pull request says of its commits."""
    labels = tuple(label.name for label in pull.labels)
    return PullRequestInfo(number=pull.number, title=pull.title, body=pull.body or "", labels=labels)
