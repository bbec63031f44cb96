"""From the strings a workflow gives to the typed inputs of an action.

Composite actions get every input as a string, and `required:` is not enforced for them, so the `Inputs` type of
each entry script is what checks. Defaults stand in `action.yml` alone and are filled in before this.
"""

import difflib
import re
from collections.abc import Mapping
from typing import Annotated, Any, TypeVar

import msgspec

from release_actions.core.errors import Code, ReleaseError

Lines = Annotated[tuple[str, ...], msgspec.Meta(extra={"split": "lines"})]
"""A list input: one item a line; blank lines are passed over, white space around an item is dropped."""

Words = Annotated[tuple[str, ...], msgspec.Meta(extra={"split": "words"})]
"""A list input whose items hold no comma or space: separated by lines, commas or spaces."""

Secret = Annotated[str, msgspec.Meta(extra={"secret": True})]
"""An input that must never be shown; the runner masks it before anything else happens."""

T = TypeVar("T")

_NOT_TEXT = re.compile("[\0\ud800-\udfff]")
_BOOLEANS = {"true": True, "True": True, "TRUE": True, "false": False, "False": False, "FALSE": False}


class Inputs(msgspec.Struct, frozen=True, kw_only=True, rename="kebab", forbid_unknown_fields=True):
    """The base of every action's inputs: one field an input, its name with underscores, and no defaults."""


def decode(given: Mapping[str, str], kind: type[T]) -> T:
    """The typed inputs; raises E_INPUT that names the input."""
    fields = {field.encode_name: field for field in msgspec.structs.fields(kind)}  # type: ignore[arg-type]
    for name in given:
        if name not in fields:
            raise ReleaseError(
                Code.E_INPUT, f"There is no input {name!a}.", next_step=f"Remove it{_nearest(name, list(fields))}."
            )
    for name in fields:
        if name not in given:
            raise ReleaseError(
                Code.E_INPUT, f"The input `{name}` is missing.", next_step=f"Give `{name}` under `with:`."
            )
    values = {name: _value(name, given[name], field.type) for name, field in fields.items()}
    try:
        return msgspec.convert(values, kind, strict=False)
    except msgspec.ValidationError as error:
        raise ReleaseError(
            Code.E_INPUT, f"An input has a wrong value: {error}.", next_step="Correct it under `with:` and run again."
        ) from error


def secrets(inputs: msgspec.Struct) -> list[str]:
    """The values of all secret inputs, blank ones left out."""
    marked = [field.name for field in msgspec.structs.fields(inputs) if _extra(field.type).get("secret")]
    return [value for name in marked if (value := getattr(inputs, name))]


def _value(name: str, text: str, kind: Any) -> Any:
    if _NOT_TEXT.search(text):
        raise ReleaseError(
            Code.E_INPUT,
            f"The input `{name}` has a NUL character or is not UTF-8.",
            next_step="Write it again as plain text.",
        )
    split = _extra(kind).get("split")
    if split == "words":
        return tuple(text.replace(",", " ").split())
    if split == "lines":
        return tuple(line.strip() for line in text.split("\n") if line.strip())
    if kind is bool:
        if text.strip() not in _BOOLEANS:
            raise ReleaseError(
                Code.E_INPUT,
                f"The input `{name}` is {text!a}, neither true nor false.",
                next_step=f"Write `{name}: true` or `{name}: false`.",
            )
        return _BOOLEANS[text.strip()]
    return text.strip()


def _extra(kind: Any) -> dict[str, Any]:
    for meta in getattr(kind, "__metadata__", ()):
        if isinstance(meta, msgspec.Meta) and meta.extra:
            return meta.extra
    return {}


def _nearest(name: str, known: list[str]) -> str:
    close = difflib.get_close_matches(name, known, n=1)
    return f", or write `{close[0]}`" if close else f"; the inputs are: {', '.join(known)}"
