"""Whether the label that makes an exception was set by somebody who may write to the repository.

On GitHub the role `triage` is enough to set a label ("Repository roles for an organization"), and apps set labels by
rules of their own. So it counts only from a person, who may write now; who set it is told by the issue's timeline.
"""

from release_actions.github.client import GitHub
from release_actions.github.pull_requests import IssueEvent, PullRequests, User


def objection(api: GitHub, number: int, label: str) -> str:
    """Why a label of a pull request does not count, in one sentence; empty when it does."""
    pulls = PullRequests(api)
    setter = _setter(pulls.events(number), label)
    if pulls.is_writer(setter):
        return ""
    who = setter.login if setter else "an unknown account"
    return f"The label {label} was set by {who}, and counts only from a person who may write to this repository."


def _setter(events: list[IssueEvent], label: str) -> User | None:
    """Who has set a label that is there; events come oldest first, and label names differ by more than case."""
    changes = [one for one in events if one.label and one.label.name.lower() == label.lower()]
    changes = [one for one in changes if one.event in ("labeled", "unlabeled")]
    return changes[-1].actor if changes and changes[-1].event == "labeled" else None
