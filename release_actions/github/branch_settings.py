"""What a new release branch has beside its commits: a label for cherry-picks, a milestone, and protection.

Source: GitHub's REST API, "Labels", "Milestones", "Repository rules".
"""

import json
from typing import Any

import msgspec

from release_actions.core import markdown
from release_actions.core.errors import Code, ReleaseError
from release_actions.core.report import State
from release_actions.github.client import GitHub

_COLOR = "0e8a16"


class Setting(msgspec.Struct, frozen=True, kw_only=True):
    """One thing of a branch: `kind` and `name` as the report shows them, and what the API is given to create it.

    `path` is where all of its kind are, `key` is the field that names it.
    """

    kind: str
    name: str
    path: str
    key: str
    fields: dict[str, Any]


class Seen(msgspec.Struct, frozen=True):
    """What is there of a setting, with its page, and in which way another one of that name differs."""

    state: State
    link: str = ""
    note: str = ""


class _Entry(msgspec.Struct, frozen=True):
    """A label, a milestone or a ruleset of a list, as far as they are alike."""

    id: int
    name: str = ""
    title: str = ""
    html_url: str = ""


class _Ruleset(msgspec.Struct, frozen=True):
    enforcement: str
    rules: tuple[dict[str, Any], ...] = ()
    conditions: dict[str, Any] = {}


class _Branch(msgspec.Struct, frozen=True):
    protected: bool


def is_protected(github: GitHub, branch: str) -> bool:
    """Whether a branch has rules, as far as the token may read; which of them bind this run, GitHub does not say."""
    found = github.read(f"branches/{branch}", _Branch)
    return found is not None and found.protected


def label(name: str, branch: str) -> Setting:
    """The label that requests a cherry-pick to a branch."""
    fields = {"name": name, "color": _COLOR, "description": f"To be cherry-picked to {branch}"}
    return Setting(kind="label", name=name, path="labels", key="name", fields=fields)


def milestone(title: str) -> Setting:
    """The milestone of a minor version."""
    return Setting(kind="milestone", name=title, path="milestones", key="title", fields={"title": title})


def ruleset(branch: str) -> Setting:
    """The protection of a branch: no deletion, no force-push, and changes only by reviewed pull requests."""
    reviews = {
        "required_approving_review_count": 1,
        "dismiss_stale_reviews_on_push": False,
        "require_code_owner_review": False,
        "require_last_push_approval": False,
        "required_review_thread_resolution": False,
    }
    fields = {
        "name": branch,
        "target": "branch",
        "enforcement": "active",
        "conditions": {"ref_name": {"include": [f"refs/heads/{branch}"], "exclude": []}},
        "rules": [
            {"type": "deletion"},
            {"type": "non_fast_forward"},
            {"type": "pull_request", "parameters": reviews},
        ],
    }
    return Setting(kind="ruleset", name=branch, path="rulesets", key="name", fields=fields)


def see(github: GitHub, setting: Setting) -> Seen:
    """What is there of a setting. Only a ruleset can be in conflict; the names of labels differ in more than case."""
    found = _find(github, setting)
    if found is None:
        return Seen(State.ABSENT)
    if setting.kind != "ruleset":
        return Seen(State.SAME, found.html_url)
    there = github.read(f"rulesets/{found.id}", _Ruleset)
    if there is None:
        return Seen(State.CONFLICT, note="a ruleset of that name is there that the token may not read")
    missing = _missing(there, setting)
    return Seen(State.CONFLICT, note=f"it lacks {', '.join(missing)}") if missing else Seen(State.SAME)


def create(github: GitHub, setting: Setting) -> str:
    """Create a setting, and return the address of its page; raises E_GITHUB_PERMISSION."""
    return github.write("POST", setting.path, setting.fields, _Entry, lambda: _find(github, setting)).html_url


def conflict(setting: Setting, branch: str, seen: Seen) -> ReleaseError:
    """The E_BRANCH_EXISTS error of a setting that is there and is another one."""
    return ReleaseError(
        Code.E_BRANCH_EXISTS,
        f"The {setting.kind} `{setting.name}` of `{branch}` exists and is another one: {seen.note}.",
        next_step="Change it by hand, or leave it out of the input `follow-ups`.",
    )


def by_hand(ruleset: Setting, repository: str) -> str:
    """How someone who may sets a ruleset."""
    text = markdown.block(json.dumps(ruleset.fields, indent=2), "json")
    command = markdown.block(f"gh api --method POST repos/{repository}/rulesets --input ruleset.json", "sh")
    return f"The branch is not protected yet. As an administrator, import this as a ruleset:\n\n{text}\n{command}"


def is_not_allowed(error: ReleaseError) -> bool:
    """Whether the token may not do it; of what it may not even see, GitHub says that it isn't there."""
    return error.code is Code.E_GITHUB_PERMISSION or getattr(error, "status", 0) == 404


def _find(github: GitHub, setting: Setting) -> _Entry | None:
    query = {"state": "all"} if setting.kind == "milestone" else {}
    for one in github.read_all(setting.path, _Entry, **query):
        if getattr(one, setting.key).lower() == setting.name.lower():
            return one
    return None


def _missing(there: _Ruleset, setting: Setting) -> list[str]:
    """What a ruleset does not have of the one that would be made; more than that is no difference."""
    types = {rule.get("type") for rule in there.rules}
    missing = [f"the rule {rule['type']}" for rule in setting.fields["rules"] if rule["type"] not in types]
    refs = there.conditions.get("ref_name", {}).get("include", [])
    if setting.fields["conditions"]["ref_name"]["include"][0] not in refs:
        missing.append("the branch itself")
    return [*missing, *([] if there.enforcement == "active" else ["its enforcement"])]
