"""Reads workflow files: what starts them, what they use, and what their jobs may do."""

import re
from pathlib import Path
from typing import Any

import yaml

_USES = re.compile(r"""^\s*(?:-\s+)?["']?uses["']?\s*:\s*["']?([^\s"'#]+)""", re.MULTILINE)
_RUNS_ON = re.compile(
    r"""\b(?:runs-on|runner|os)["']?\s*:\s*["']?([A-Za-z0-9][A-Za-z0-9._-]*)["']?\s*(?:#.*)?$""", re.MULTILINE
)
_SECRETS = re.compile(r"\bsecrets\.([A-Za-z_][A-Za-z0-9_-]*)")


def used_actions(text: str) -> set[str]:
    """The `owner/name[/path]@ref` values of every `uses:` in a workflow or an action."""
    return {uses for uses in _USES.findall(text) if "@" in uses and not uses.startswith(("./", "$/", "docker://"))}


def used_secrets(text: str) -> set[str]:
    """The names of the secrets that a workflow asks for."""
    return {name.upper() for name in _SECRETS.findall(text)} - {"GITHUB_TOKEN"}


def runner_labels(text: str) -> set[str]:
    """The labels of runners that stand in a workflow as plain words."""
    return set(_RUNS_ON.findall(text))


def reacts_to_tag(text: str, tag: str) -> bool:
    """Whether pushing the tag starts this workflow.

    The rules are GitHub's: "Workflow syntax", sections `on.push.<branches|tags>` and `paths`.
    """
    return _reacts_to_push(text, "tags", tag, other="branches")


def reacts_to_branch(text: str, branch: str) -> bool:
    """Whether pushing to the branch starts this workflow, whatever paths it asks for."""
    return _reacts_to_push(text, "branches", branch, other="tags")


def reacts_to_pull_request(text: str, action: str, base: str) -> bool:
    """Whether this is started when the action (`opened`, `labeled`, …) happens to a pull request to the base branch.

    The rules are GitHub's: "Events that trigger workflows", section `pull_request`.
    """
    trigger = _triggers(text).get("pull_request", _ABSENT)
    if trigger is _ABSENT:
        return False
    filters = trigger if isinstance(trigger, dict) else {}
    types = _list(filters.get("types")) or ["opened", "synchronize", "reopened"]
    return action in types and _takes(filters, "branches", base)


def reacts_to_dispatch(text: str) -> bool:
    """Whether the workflow can be started by hand."""
    return "workflow_dispatch" in _triggers(text)


def matches(patterns: list[str], name: str) -> bool:
    """Whether a list of filter patterns takes a name: the last one that matches decides."""
    taken = False
    for pattern in patterns:
        wanted = not pattern.startswith("!")
        if re.fullmatch(_expression(pattern.removeprefix("!")), name):
            taken = wanted
    return taken


def permissions(text: str) -> dict[str, str] | None:
    """What the jobs of a workflow may do (`contents: write`), each permission as the job that has the most of it.

    None when one of them says nothing, so that the repository's settings count ("Workflow syntax", `permissions`).
    """
    workflow = _read(text)
    jobs = workflow.get("jobs")
    most: dict[str, str] = {}
    for job in jobs.values() if isinstance(jobs, dict) else ():
        granted = job.get("permissions", workflow.get("permissions")) if isinstance(job, dict) else None
        if not isinstance(granted, dict):
            return None
        for name, access in granted.items():
            most[name] = "write" if "write" in (access, most.get(name)) else access
    return most


def find(folder: Path) -> list[Path]:
    """The workflow files of a checked-out repository."""
    return sorted(path for path in (folder / ".github" / "workflows").glob("*.y*ml") if path.is_file())


def find_uses(folder: Path) -> list[Path]:
    """All files of a repository in which a `uses:` can stand: its workflows, and actions wherever they are."""
    return [*find(folder), *sorted(folder.rglob("action.y*ml"))]


_ABSENT = object()


def _reacts_to_push(text: str, kind: str, name: str, *, other: str) -> bool:
    push = _triggers(text).get("push", _ABSENT)
    if push is _ABSENT:
        return False
    filters = push if isinstance(push, dict) else {}
    if {kind, f"{kind}-ignore"} & filters.keys():
        return _takes(filters, kind, name)
    return not {other, f"{other}-ignore"} & filters.keys()


def _takes(filters: dict[str, Any], kind: str, name: str) -> bool:
    if kind in filters:
        return matches(_list(filters[kind]), name)
    return not matches(_list(filters.get(f"{kind}-ignore")), name)


def _triggers(text: str) -> dict[str, Any]:
    workflow = _read(text)
    # In YAML 1.1 the word `on` is the value true.
    on = workflow.get(True, workflow.get("on"))
    if isinstance(on, dict):
        return on
    return dict.fromkeys(_list(on))


def _read(text: str) -> dict[Any, Any]:
    try:
        workflow = yaml.safe_load(text)
    except yaml.YAMLError:
        return {}
    return workflow if isinstance(workflow, dict) else {}


def _list(value: Any) -> list[str]:
    return [value] if isinstance(value, str) else list(value or [])


def _expression(pattern: str) -> str:
    """A filter pattern as a regular expression ("Workflow syntax", section "Filter pattern cheat sheet")."""
    parts = re.split(r"(\*\*|\*|\?|\+|\[[^\]]*\]|\\.)", pattern)
    special = {"**": ".*", "*": "[^/]*", "?": "?", "+": "+"}
    expression = ""
    for part in filter(None, parts):
        if part in special:
            expression += special[part]
        elif part.startswith(("[", "\\")) and len(part) > 1:
            expression += part
        else:
            # What a following `?` or `+` repeats is the last character alone.
            expression += re.escape(part)
    return expression
