"""Write `schema/release-actions.schema.json`, by which editors complete and check a project's configuration."""

import json
from pathlib import Path
from typing import Any

import msgspec

from release_actions.project.config import Config

FILE = Path(__file__).resolve().parent.parent / "schema" / "release-actions.schema.json"
_ADDRESS = "https://raw.githubusercontent.com/kubeflow/release-actions/main/schema/release-actions.schema.json"


def text() -> str:
    """The schema (JSON Schema, draft 2020-12), made from the types that decode the file."""
    made = msgspec.json.schema(Config)
    for part in made["$defs"].values():
        part["description"] = part["description"].partition("\n")[0]
    head: dict[str, Any] = {
        "$schema": "https://json-schema.org/draft/2020-12/schema",
        "$id": _ADDRESS,
        "title": "What a project releases with kubeflow/release-actions",
    }
    return json.dumps({**head, **made}, indent=2, ensure_ascii=False) + "\n"


if __name__ == "__main__":
    FILE.parent.mkdir(exist_ok=True)
    FILE.write_text(text(), encoding="utf-8")
