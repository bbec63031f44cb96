"""The published schema of the configuration file is the one that the code decodes by."""

import json
from typing import Any

import msgspec

from release_actions.project.config import Config
from tools import schema


def test_the_schema_is_fresh() -> None:
    assert schema.FILE.read_text(encoding="utf-8") == schema.text(), "run `python -m tools.schema`"


def test_every_key_is_described() -> None:
    parts: dict[str, Any] = json.loads(schema.text())["$defs"]
    keys = {f"{part}.{key}": value for part in parts for key, value in parts[part].get("properties", {}).items()}
    assert [name for name, value in keys.items() if not value.get("description", "").endswith(".")] == []


def test_no_part_takes_unknown_keys() -> None:
    parts: dict[str, Any] = json.loads(schema.text())["$defs"]
    assert [name for name, part in parts.items() if part.get("type") == "object" and part["additionalProperties"]] == []
    assert set(parts["Config"]["properties"]) == {field.encode_name for field in msgspec.structs.fields(Config)}
