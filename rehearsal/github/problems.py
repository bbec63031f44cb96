"""The errors of the API, in the form GitHub gives them ("Troubleshooting the REST API")."""

import json
from collections.abc import Mapping
from typing import Any

_DOCUMENTATION = "https://docs.github.com/rest"


class ApiError(Exception):
    """An answer that is not the one asked for; `errors` are the entries of a 422."""

    def __init__(
        self,
        status: int,
        message: str,
        errors: tuple[Mapping[str, Any] | str, ...] = (),
        headers: Mapping[str, str] | None = None,
    ) -> None:
        super().__init__(message)
        self.status = status
        self.message = message
        self.errors = errors
        self.headers = dict(headers or {})

    @property
    def body(self) -> bytes:
        content: dict[str, Any] = {"message": self.message}
        if self.errors:
            content["errors"] = list(self.errors)
        return json.dumps({**content, "documentation_url": _DOCUMENTATION, "status": str(self.status)}).encode()


def not_found() -> ApiError:
    """There is no such thing, or the token may not know that there is."""
    return ApiError(404, "Not Found")


def invalid(resource: str, field: str, code: str, message: str = "") -> ApiError:
    """One field of the request, or all of it, can't be used; `code` is `missing`, `invalid`, `custom`, and so on."""
    entry = {"resource": resource, "code": code, "field": field, "message": message}
    return ApiError(422, "Validation Failed", ({name: value for name, value in entry.items() if value},))


def refused(message: str) -> ApiError:
    """The request is well-formed and yet can't be done."""
    return ApiError(422, message)
