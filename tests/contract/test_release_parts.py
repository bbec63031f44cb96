"""Every step of the release workflows that can fail with parts of a release public is handed what all its parts are."""

from pathlib import Path
from typing import Any

import pytest
import yaml

from release_actions.runner.action_yml import read_action

ROOT = Path(__file__).resolve().parents[2]
WORKFLOWS = sorted(ROOT.glob(".github/workflows/*.yml"))


def steps() -> list[Any]:
    """The steps with actions of ours that take the parts."""
    found = []
    for path in WORKFLOWS:
        for name, job in yaml.safe_load(path.read_text())["jobs"].items():
            for step in job.get("steps", []):
                action = step.get("uses", "").removeprefix("$/")
                if action.startswith("actions/") and (ROOT / action / "action.yml").is_file():
                    declared = read_action(ROOT / action / "action.yml").inputs
                    if "release-parts" in declared:
                        found.append(pytest.param(step, id=f"{path.name}: {name}: {step['name']}"))
    return found


@pytest.mark.parametrize("step", steps())
def test_a_publishing_step_is_handed_the_parts_of_the_release(step: dict[str, Any]) -> None:
    given = step["with"].get("release-parts", "")
    assert given in ("${{ needs.validate.outputs.release-parts }}", "${{ inputs.release-parts }}")


def test_all_kinds_of_them_are_looked_at() -> None:
    kinds = {one.values[0]["uses"].rpartition("/")[2] for one in steps()}
    publishing = {"build-push-image", "publish-chart", "publish-release", "move-floating-tags"}
    assert kinds == {"preflight", *publishing}
