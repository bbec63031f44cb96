"""The events that start workflows, as GitHub describes them ("Webhook events and payloads")."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

_NOTHING = "0" * 40


@dataclass(frozen=True, slots=True)
class Event:
    """What started a run: `ref` is a full ref and `commit` the id that GITHUB_SHA has."""

    name: str
    ref: str
    commit: str
    payload: Mapping[str, Any]


def tag_push(*, repository: str, tag: str, commit: str, tag_object: str, default_branch: str, actor: str) -> Event:
    """A tag was pushed. For an annotated tag `tag_object` is the tag's own id, else the commit's."""
    ref = f"refs/tags/{tag}"
    payload = {
        "ref": ref,
        "before": _NOTHING,
        "after": tag_object,
        "created": True,
        "deleted": False,
        "forced": False,
        "base_ref": None,
        "commits": [],
        "head_commit": {"id": commit, "distinct": True},
        "pusher": {"name": actor},
        **_common(repository, default_branch, actor),
    }
    return Event("push", ref, commit, payload)


def dispatch(
    *, repository: str, ref: str, commit: str, inputs: Mapping[str, str], default_branch: str, actor: str
) -> Event:
    """The workflow was started by hand on a branch or tag, given as a full ref."""
    payload = {"ref": ref, "inputs": dict(inputs), **_common(repository, default_branch, actor)}
    return Event("workflow_dispatch", ref, commit, payload)


def branch_push(
    *, repository: str, branch: str, before: str, commits: Sequence[str], default_branch: str, actor: str
) -> Event:
    """These commits, the oldest first and at least one, were pushed to a branch, or merged."""
    ref = f"refs/heads/{branch}"
    payload = {
        "ref": ref,
        "before": before,
        "after": commits[-1],
        "created": False,
        "deleted": False,
        "forced": False,
        "base_ref": None,
        "commits": [{"id": one, "distinct": True} for one in commits],
        "head_commit": {"id": commits[-1], "distinct": True},
        "pusher": {"name": actor},
        **_common(repository, default_branch, actor),
    }
    return Event("push", ref, commits[-1], payload)


def pull_request(
    *, repository: str, number: int, action: str, pull: Mapping[str, Any], default_branch: str, actor: str
) -> Event:
    """Something happened to a pull request, which is given as the API shows it; the run is of what a merge gives."""
    payload = {
        "action": action,
        "number": number,
        "pull_request": dict(pull),
        **_common(repository, default_branch, actor),
    }
    return Event("pull_request", f"refs/pull/{number}/merge", pull["merge_commit_sha"], payload)


def _common(repository: str, default_branch: str, actor: str) -> dict[str, Any]:
    owner, _, name = repository.partition("/")
    return {
        "repository": {
            "name": name,
            "full_name": repository,
            "owner": {"login": owner, "name": owner, "type": "Organization"},
            "private": False,
            "default_branch": default_branch,
            "html_url": f"https://github.com/{repository}",
            "clone_url": f"https://github.com/{repository}.git",
            "url": f"https://github.com/{repository}",
        },
        "sender": {"login": actor, "type": "User"},
    }
