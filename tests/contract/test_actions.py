"""Every action keeps the shape that all actions share, and says what its script does."""

import json
import os
import re
import shutil
import subprocess
import types
from pathlib import Path
from typing import Any

import msgspec
import pytest
import yaml

from release_actions.runner import inputs, outputs
from release_actions.runner.action_yml import action_path
from scripts import run
from tools.permissions import read_permissions

ROOT = Path(__file__).resolve().parents[2]
SCRIPTS = sorted(path.stem for path in (ROOT / "scripts").glob("*.py") if path.stem != "run")
ACTIONS = sorted([ROOT / "action.yml", *ROOT.glob("actions/*/action.yml"), *ROOT.glob("sync-chart/action.yml")])
PARTS = ["name", "description", "author", "branding", "inputs", "outputs", "runs"]
KEBAB = re.compile(r"[a-z0-9]+(-[a-z0-9]+)*")

# Inputs of which each action says in its own words what they are for it, and those with another default somewhere.
OWN_WORDS = {
    "tag",
    "token",
    "commit",
    "images",
    "image-tag",
    "places",
    "platforms",
    "chart",
    "charts",
    "registry",
    "dry-run",
    "version",
    "since",
}
OWN_DEFAULT = {"check", "image-tag", "platforms", "chart", "registry"}


def read(path: Path) -> dict[str, Any]:
    metadata: dict[str, Any] = yaml.safe_load(path.read_text(encoding="utf-8"))
    return metadata


def short(path: Path) -> str:
    return str(path.parent.relative_to(ROOT))


def script_of(path: Path) -> str:
    command: str = read(path)["runs"]["steps"][0]["run"]
    return command.rpartition(" ")[2]


def module_of(path: Path) -> types.ModuleType:
    return run.load(script_of(path))


each_action = pytest.mark.parametrize("path", ACTIONS, ids=short)


def test_every_script_has_its_action() -> None:
    assert [name for name in SCRIPTS if not action_path(ROOT, name).is_file()] == []
    assert {script_of(path) for path in ACTIONS} == set(SCRIPTS)


@each_action
def test_the_parts_stand_in_the_order_in_which_they_are_read(path: Path) -> None:
    metadata = read(path)
    assert list(metadata) == PARTS
    assert metadata["author"] == "Kubeflow"
    assert "\n" not in metadata["description"].strip()
    assert len(metadata["description"]) <= 200


@each_action
def test_the_one_step_hands_all_inputs_to_the_script(path: Path) -> None:
    up = "../" * len(path.parent.relative_to(ROOT).parts)
    start = f'exec python3 -I "$GITHUB_ACTION_PATH/{up}scripts/run.py" {script_of(path)}'
    runs = read(path)["runs"]
    [step] = runs.pop("steps")
    assert runs == {"using": "composite"}
    assert step.pop("name")
    assert step == {"id": "run", "shell": "bash", "env": {"INPUTS": "${{ toJSON(inputs) }}"}, "run": start}
    assert (path.parent / up / "scripts" / "run.py").resolve() == ROOT / "scripts" / "run.py"


@each_action
def test_inputs_are_the_fields_of_inputs(path: Path) -> None:
    fields = {field.encode_name: field for field in msgspec.structs.fields(module_of(path).Inputs)}
    declared = read(path)["inputs"]
    assert sorted(declared) == sorted(fields)
    assert [name for name, field in fields.items() if not field.required] == [], "defaults stand in action.yml alone"


@each_action
def test_the_defaults_of_action_yml_are_of_the_right_type(path: Path) -> None:
    given = {name: one.get("default", "x") for name, one in read(path)["inputs"].items()}
    kind: type[inputs.Inputs] = module_of(path).Inputs
    assert isinstance(inputs.decode(given, kind), kind)


@each_action
def test_each_input_is_described_and_required_or_has_a_default(path: Path) -> None:
    for name, one in read(path)["inputs"].items():
        assert KEBAB.fullmatch(name)
        assert_described(name, one["description"])
        assert set(one) <= {"description", "required", "default"}
        assert (one.get("required") is True) != ("default" in one), name
        assert isinstance(one.get("default", ""), str), f"{name}: write the default in quotes"


@each_action
def test_passwords_are_secrets(path: Path) -> None:
    module = module_of(path)
    named = {name for name in read(path)["inputs"] if re.search("password|token|signing-key", name)}
    fields = msgspec.structs.fields(module.Inputs)
    marked = {field.encode_name for field in fields if field.type == inputs.Secret}
    assert marked == named


@each_action
def test_outputs_are_the_fields_of_outputs_and_the_result(path: Path) -> None:
    module = module_of(path)
    assert issubclass(module.Outputs, outputs.Outputs)
    declared = read(path)["outputs"]
    assert list(declared) == [*(field.encode_name for field in msgspec.structs.fields(module.Outputs)), "result"]
    for name, one in declared.items():
        assert KEBAB.fullmatch(name)
        assert_described(name, one.pop("description"))
        assert one == {"value": f"${{{{ steps.run.outputs.{name} }}}}"}


def assert_described(name: str, text: str) -> None:
    assert re.fullmatch(r"[A-Z`].*[.:]", text.strip()), f"{name}: a description is one line of whole sentences"


def test_every_action_that_writes_has_a_dry_run_which_is_off() -> None:
    declared = {path: read(path)["inputs"].get("dry-run", {}).get("default") for path in ACTIONS}
    writing = {path for path in ACTIONS if any(one.access == "write" for one in read_permissions(path))}
    writing |= {
        path for path in ACTIONS if "sync-chart" in short(path)
    }  # files alone, for which no permission is needed
    assert len(writing) > 5
    assert {declared[path] for path in writing} == {"false"}
    assert set(declared.values()) == {None, "false"}


def test_inputs_of_one_name_mean_the_same() -> None:
    texts: dict[str, dict[tuple[str, Any], str]] = {}
    for path in ACTIONS:
        for name, one in read(path)["inputs"].items():
            text = "" if name in OWN_WORDS else one["description"]
            default = "" if name in OWN_DEFAULT else one.get("default")
            texts.setdefault(name, {})[text, default] = short(path)
    differing = {name: meanings for name, meanings in texts.items() if len(meanings) > 1}
    assert differing == {}


def test_actionlint_accepts_every_action(tmp_path: Path) -> None:
    steps = [{"uses": f"./{short(path)}", **required(path)} for path in ACTIONS]
    workflow = {"on": "push", "jobs": {"all": {"runs-on": "ubuntu-24.04", "steps": steps}}}
    for path in ACTIONS:
        copy = tmp_path / path.relative_to(ROOT)
        copy.parent.mkdir(parents=True, exist_ok=True)
        copy.write_text(path.read_text())
    file = tmp_path / ".github" / "workflows" / "all.yml"
    file.parent.mkdir(parents=True)
    file.write_text(json.dumps(workflow))
    subprocess.run(["git", "init", "--quiet", str(tmp_path)], check=True)
    actionlint = shutil.which("actionlint", path=f"{ROOT / '.tools/bin'}:{os.environ['PATH']}")
    assert actionlint
    command = [actionlint, "-shellcheck=", "-pyflakes=", str(file)]
    done = subprocess.run(command, cwd=tmp_path, capture_output=True, text=True, check=False)
    assert done.stdout + done.stderr == ""


def required(path: Path) -> dict[str, dict[str, str]]:
    values = {name: "x" for name, one in read(path)["inputs"].items() if one.get("required")}
    return {"with": values} if values else {}
