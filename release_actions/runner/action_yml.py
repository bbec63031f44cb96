"""What an `action.yml` says: the one place where an action's inputs, defaults and outputs stand."""

from pathlib import Path

import msgspec
import yaml


class Input(msgspec.Struct, frozen=True):
    """One input; `default` is None where a caller has to give a value."""

    description: str
    required: bool = False
    default: str | None = None


class Output(msgspec.Struct, frozen=True):
    """One output and the expression that a composite action maps it from."""

    description: str
    value: str


class ActionMetadata(msgspec.Struct, frozen=True):
    """The parts of an action's metadata that code and documentation are derived from."""

    name: str
    description: str
    inputs: dict[str, Input]
    outputs: dict[str, Output]


def action_path(root: Path, script: str) -> Path:
    """Where the metadata of an entry script is: the root's for `release`, else `actions/<name>/action.yml`."""
    return root / "action.yml" if script == "release" else root / "actions" / script.replace("_", "-") / "action.yml"


def read_action(path: Path) -> ActionMetadata:
    """The metadata of one of our own actions."""
    return msgspec.convert(yaml.safe_load(path.read_text(encoding="utf-8")), ActionMetadata)


def with_defaults(metadata: ActionMetadata, given: dict[str, str]) -> dict[str, str]:
    """The inputs given, and the defaults of those that were not.

    Actions gives an empty text for an input that is not set, so an empty text for a required input is no input. Nor is
    it an answer to true or false: `dry-run: ${{ inputs.dry-run }}` is empty when a tag started the run. A default that
    is an expression (`${{ github.token }}`) is Actions' to fill in, and empty elsewhere.
    """
    defaults = {
        name: "" if one.default.startswith("${{") else one.default
        for name, one in metadata.inputs.items()
        if one.default is not None
    }
    unset = {name for name, text in given.items() if not text.strip() and _needs_text(metadata.inputs.get(name))}
    return {**defaults, **{name: text for name, text in given.items() if name not in unset}}


def _needs_text(one: Input | None) -> bool:
    return one is not None and (one.required or one.default in ("true", "false"))
