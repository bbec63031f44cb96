"""Every job of the release workflow and of the examples grants what the actions in it say they need, and no more."""

import re
from pathlib import Path
from typing import Any

import pytest
import yaml

from release_actions.runner.action_yml import read_action, with_defaults
from tools.permissions import Access, needed, read_permissions, strongest

ROOT = Path(__file__).resolve().parents[2]
RELEASE = ROOT / ".github" / "workflows" / "release.yml"
EXAMPLES = sorted([*ROOT.glob("examples/*.yml"), *ROOT.glob("examples/*/.github/workflows/*.yml")])
ACTIONS = sorted([ROOT / "action.yml", *ROOT.glob("actions/*/action.yml"), *ROOT.glob("sync-chart/action.yml")])

OURS = re.compile(r"(?:\$|kubeflow/release-actions)(?:/(?P<path>[\w/-]+))?(?:@v1)?")
CALLED = "kubeflow/release-actions/.github/workflows/release.yml@v1"
OTHERS: dict[str, dict[str, Access]] = {
    "actions/cache": {},
    "actions/checkout": {"contents": "read"},
    "actions/download-artifact": {},
    "actions/upload-artifact": {},
}
# The chart is in its registry by then, so that the action has nothing to push there.
LESS = {"publish-index": {"packages": "read"}}


def jobs() -> list[Any]:
    found = []
    for path in (RELEASE, *EXAMPLES):
        for name, job in yaml.safe_load(path.read_text())["jobs"].items():
            found.append(pytest.param(name, job, id=f"{path.relative_to(ROOT)}: {name}"))
    return found


@pytest.mark.parametrize("path", ACTIONS, ids=lambda path: str(path.parent.relative_to(ROOT)))
def test_an_action_says_its_permissions(path: Path) -> None:
    said, inputs = read_permissions(path), read_action(path).inputs
    assert list(said) == sorted(said, key=lambda one: (one.name, one.access))
    assert {condition.input for one in said for condition in one.conditions} <= set(inputs)


@pytest.mark.parametrize(("name", "job"), jobs())
def test_a_job_grants_what_its_actions_need(name: str, job: dict[str, Any]) -> None:
    assert job["permissions"] == {**wanted(job), **LESS.get(name, {})}


def wanted(job: dict[str, Any]) -> dict[str, Access]:
    """All that the actions of a job need, or the jobs of the workflow that it calls."""
    if "uses" in job:
        assert job["uses"] == CALLED
        called = yaml.safe_load(RELEASE.read_text())["jobs"].values()
        return strongest(one for each in called for one in each["permissions"].items())
    used = [of_step(step) for step in job["steps"] if "uses" in step]
    return strongest(one for permissions in used for one in permissions.items())


def of_step(step: dict[str, Any]) -> dict[str, Access]:
    name = step["uses"].partition("@")[0]
    ours = OURS.fullmatch(step["uses"])
    if ours is None:
        return OTHERS[name]
    file = ROOT / (ours["path"] or "") / "action.yml"
    given = {key: str(value).lower() if isinstance(value, bool) else str(value) for key, value in step["with"].items()}
    return needed(read_permissions(file), with_defaults(read_action(file), given))


def test_the_table_of_the_release_is_what_its_jobs_grant() -> None:
    rows = re.findall(r"^\| ([a-z-]+) \| (`[a-z-]+: .*?) \|", (ROOT / "docs" / "release.md").read_text(), re.MULTILINE)
    told = {name: dict(re.findall(r"`([a-z-]+): (read|write)`", granted)) for name, granted in rows}
    assert told == {name: job["permissions"] for name, job in yaml.safe_load(RELEASE.read_text())["jobs"].items()}


@pytest.mark.parametrize(
    ("inputs", "access"),
    [
        pytest.param({}, "", id="nothing is given"),
        pytest.param({"ghcr-token": "${{ github.token }}"}, "write", id="only known in the run"),
        pytest.param({"ghcr-token": "t", "dry-run": "false"}, "write", id="false is not given"),
        pytest.param({"ghcr-token": "t", "dry-run": "true"}, "read", id="not with it"),
        pytest.param({"ghcr-token": "t", "dry-run": "${{ inputs.dry-run }}"}, "write", id="perhaps not with it"),
        pytest.param({"follow-ups": "b c"}, "write", id="one of its words"),
        pytest.param({"follow-ups": "c"}, "", id="none of its words"),
    ],
)
def test_what_a_condition_means(inputs: dict[str, str], access: str, tmp_path: Path) -> None:
    said = """\
# Permissions of the job:
#   packages: read # with ghcr-token: to read
#   packages: write # with ghcr-token, without dry-run: to push
#   packages: write # with follow-ups a|b: to make them
name: x
"""
    (tmp_path / "action.yml").write_text(said)
    assert needed(read_permissions(tmp_path / "action.yml"), inputs).get("packages", "") == access


@pytest.mark.parametrize(
    "comment",
    [
        pytest.param("", id="no comment"),
        pytest.param("# Permissions of the job:\n", id="no permission"),
        pytest.param("# Permissions of the job: none\n#   contents: read # to read\n", id="none and one"),
        pytest.param("# Permissions of the job:\n#   contents: read\n", id="no reason"),
        pytest.param("# Permissions of the job:\n#   content: read # to read\n", id="no such permission"),
        pytest.param("# Permissions of the job:\n#   contents: admin # to read\n", id="no such access"),
        pytest.param("# Permissions of the job:\n#   contents: read # with luck, sometimes: to read\n", id="when?"),
        pytest.param("# Permissions of the job: none\n# Permissions of the job: none\n", id="twice"),
    ],
)
def test_what_an_action_can_not_say(comment: str, tmp_path: Path) -> None:
    (tmp_path / "action.yml").write_text(f"{comment}name: x\n")
    with pytest.raises(ValueError, match=r"ermission|condition"):
        read_permissions(tmp_path / "action.yml")
