"""The events that start a release, as GitHub describes them ("Webhook events and payloads")."""

from collections.abc import Mapping
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
