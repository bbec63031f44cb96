"""The fields of a request's JSON body, each of the type that GitHub's description gives it."""

from typing import Any

from rehearsal.github.problems import ApiError

_NAMES = {str: "string", bool: "boolean", int: "integer", list: "array", dict: "object"}


class Fields:
    """A JSON object. A field of the wrong type, or a required one that is missing, is a 422."""

    def __init__(self, data: object) -> None:
        if not isinstance(data, dict):
            raise _wrong(f"{data!r} is not an object.")
        self._data: dict[str, Any] = data

    def __contains__(self, name: str) -> bool:
        return self._data.get(name) is not None

    def has(self, name: str) -> bool:
        """Whether the field was given, be it as null."""
        return name in self._data

    def text(self, name: str) -> str:
        """A required string."""
        return str(self._required(name, str))

    def text_or(self, name: str, default: str) -> str:
        return str(self._optional(name, str, default))

    def flag_or(self, name: str, *, default: bool) -> bool:
        return bool(self._optional(name, bool, default))

    def number(self, name: str) -> int:
        return int(self._required(name, int))

    def items(self, name: str) -> list[Any]:
        return list(self._optional(name, list, []))

    def object(self, name: str) -> "Fields":
        """An object of fields; an empty one when it was not given."""
        return Fields(dict(self._optional(name, dict, {})))

    def one_of(self, name: str, choices: tuple[str, ...], default: str | None = None) -> str:
        """One of these strings; required without a default."""
        value = self.text(name) if default is None else self.text_or(name, default)
        if value not in choices and value != default:
            raise _wrong(f"For 'properties/{name}', \"{value}\" is not a possible value. Must be one of: {choices}.")
        return value

    @property
    def plain(self) -> dict[str, Any]:
        return dict(self._data)

    def _required(self, name: str, kind: type) -> Any:
        if self._data.get(name) is None:
            raise _wrong(f'"{name}" wasn\'t supplied.')
        return self._optional(name, kind, None)

    def _optional(self, name: str, kind: type, default: Any) -> Any:
        value = self._data.get(name)
        if value is None:
            return default
        if not isinstance(value, kind) or (kind is int and isinstance(value, bool)):
            raise _wrong(f"For 'properties/{name}', {value!r} is not of type {_NAMES[kind]}.")
        return value


def _wrong(what: str) -> ApiError:
    return ApiError(422, f"Invalid request.\n\n{what}")
