"""GitHub's published description of its REST API, to hold requests and answers against.

Its schemas are those of OpenAPI 3.0: JSON Schema draft 4 with `nullable`.
"""

import json
import re
from collections.abc import Iterator
from datetime import datetime
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

from jsonschema import Draft4Validator, FormatChecker, ValidationError, validators
from referencing import Registry
from referencing.jsonschema import DRAFT4

FILE = Path(__file__).resolve().parents[2] / ".tools" / "openapi" / "api.github.com.json"

_BASE = "urn:github"


class Description:
    """What the description says about one request and its answer; every method returns what is wrong."""

    def __init__(self) -> None:
        if not FILE.exists():
            raise FileNotFoundError(f"{FILE} is missing: run `make tools`")
        self._document = json.loads(FILE.read_text())
        self._registry = Registry().with_resource(_BASE, DRAFT4.create_resource(self._document))

    def knows(self, method: str, template: str) -> bool:
        return method.lower() in self._document["paths"].get(template, {})

    def fields(self, method: str, template: str) -> list[str]:
        """The fields of the JSON body."""
        body = self._get(["paths", template, method.lower()]).get("requestBody", {})
        schema = body.get("content", {}).get("application/json", {}).get("schema", {})
        forms = [schema, *schema.get("oneOf", [])]
        return sorted({name for form in forms for name in form.get("properties", {})})

    def request(self, method: str, template: str, query: dict[str, str], data: object) -> list[str]:
        """Query parameters that are not known, and a JSON body that is not of the described form."""
        at = ["paths", template, method.lower()]
        known = {self._resolve(entry)["name"] for entry in self._get(at).get("parameters", [])}
        problems = [f"no query parameter {name!r}" for name in query if name not in known]
        content = self._get(at).get("requestBody", {}).get("content", {})
        if "application/json" in content:
            problems += self._validate([*at, "requestBody", "content", "application/json", "schema"], data)
        elif data is not None:
            problems.append("no body is described")
        return problems

    def answer(self, method: str, template: str, status: int, data: object) -> list[str]:
        """A status that is not described for this operation, and a JSON body that is not of its form."""
        at = ["paths", template, method.lower(), "responses"]
        if str(status) not in self._get(at):
            return [f"status {status} is not described"]
        at = self._follow([*at, str(status)])
        content = self._get(at).get("content", {})
        if "application/json" in content:
            return self._validate([*at, "content", "application/json", "schema"], data)
        return [] if data is None or status >= 400 else ["no body is described"]

    def error(self, data: object) -> list[str]:
        """Errors that any operation can answer with are described once for all."""
        return self._validate(["components", "schemas", "basic-error"], data)

    def _get(self, at: list[str]) -> Any:
        found: Any = self._document
        for name in at:
            found = found[name]
        return found

    def _follow(self, at: list[str]) -> list[str]:
        reference = self._get(at).get("$ref")
        return reference.removeprefix("#/").split("/") if reference else at

    def _resolve(self, entry: dict[str, Any]) -> dict[str, Any]:
        found: dict[str, Any] = self._get(entry["$ref"].removeprefix("#/").split("/")) if "$ref" in entry else entry
        return found

    def _validate(self, at: list[str], data: object) -> list[str]:
        pointer = "/".join(name.replace("~", "~0").replace("/", "~1") for name in at)
        schema = {"$ref": f"{_BASE}#/{pointer.replace('{', '%7B').replace('}', '%7D')}"}
        validator = _Validator(schema, registry=self._registry, format_checker=_FORMATS)
        return [f"{error.json_path}: {error.message[:300]}" for error in validator.iter_errors(data)]


def _or_null(keyword: str) -> Any:
    check = Draft4Validator.VALIDATORS[keyword]

    def validate(validator: Any, value: Any, instance: Any, schema: Any) -> Iterator[ValidationError]:
        if instance is not None or not schema.get("nullable"):
            yield from check(validator, value, instance, schema) or ()

    return validate


_Validator = validators.create(
    meta_schema=Draft4Validator.META_SCHEMA,
    validators={
        **Draft4Validator.VALIDATORS,
        **{keyword: _or_null(keyword) for keyword in ("type", "enum", "allOf", "anyOf", "oneOf")},
    },
    type_checker=Draft4Validator.TYPE_CHECKER,
)
_FORMATS = FormatChecker(formats=())


@_FORMATS.checks("date-time", raises=ValueError)
def _is_moment(text: object) -> bool:
    return not isinstance(text, str) or bool(datetime.strptime(text, "%Y-%m-%dT%H:%M:%S%z"))


@_FORMATS.checks("uri")
def _is_address(text: object) -> bool:
    return not isinstance(text, str) or bool(urlsplit(text).scheme and not re.search(r"[\s{}]", text))
