"""Tokens, and what each may do ("Permissions required for GitHub Apps", "Automatic token authentication")."""

import secrets
import string
from collections.abc import Mapping
from dataclasses import dataclass
from enum import Enum
from typing import Literal

from rehearsal.github.problems import ApiError

Access = Literal["read", "write"]

# GitHub's "Repository permissions", as workflows spell them with `_` for `-`. Workflows can't ask for
# `workflows` and `administration`: no GITHUB_TOKEN has them.
PERMISSIONS = (
    "actions",
    "administration",
    "checks",
    "contents",
    "issues",
    "metadata",
    "packages",
    "pull_requests",
    "statuses",
    "workflows",
)
_NEVER_FOR_ACTIONS = ("administration", "workflows")
_ALPHABET = string.ascii_letters + string.digits


class Kind(Enum):
    """What made a token: a workflow run (GITHUB_TOKEN), a GitHub App, or a person."""

    ACTIONS = "actions"
    APP = "app"
    PERSONAL = "personal"

    @property
    def prefix(self) -> str:
        return "github_pat_" if self is Kind.PERSONAL else "ghs_"

    @property
    def refusal(self) -> str:
        holder = "personal access token" if self is Kind.PERSONAL else "integration"
        return f"Resource not accessible by {holder}"


@dataclass(frozen=True, slots=True)
class Token:
    """A token's secret, whose it is, and its permissions in `repository`, or in all of them when that is empty."""

    value: str
    kind: Kind
    login: str
    permissions: Mapping[str, Access]
    repository: str = ""

    def may(self, permission: str, access: Access, repository: str) -> bool:
        if self.repository and self.repository != repository:
            return False
        has = "read" if permission == "metadata" else self.permissions.get(permission)
        return has in ("write", access)


def new_token(kind: Kind, login: str, permissions: Mapping[str, Access], repository: str = "") -> Token:
    """A token with a random secret. Raises ValueError for a permission that such a token can't have."""
    for name in permissions:
        if name not in PERMISSIONS or (kind is Kind.ACTIONS and name in _NEVER_FOR_ACTIONS):
            raise ValueError(f"a {kind.name.lower()} token can't have the permission {name!r}")
    secret = "".join(secrets.choice(_ALPHABET) for _ in range(36))
    return Token(f"{kind.prefix}{secret}", kind, login, dict(permissions), repository)


@dataclass(frozen=True, slots=True)
class Need:
    """What an operation asks of a token: any one of these permissions, to this degree."""

    permissions: tuple[str, ...]
    access: Access

    def check(self, token: Token | None, repository: str, *, public: bool) -> None:
        """Raises the ApiError that GitHub answers when this token may not do it.

        Whatever a stranger may read in a public repository needs no permission; settings are not among it.
        """
        if public and self.access == "read" and "administration" not in self.permissions:
            return
        if token is None:
            raise ApiError(401, "Requires authentication") if public else ApiError(404, "Not Found")
        if any(token.may(permission, self.access, repository) for permission in self.permissions):
            return
        if not public and not token.may("metadata", "read", repository):
            raise ApiError(404, "Not Found")
        raise ApiError(403, token.kind.refusal, headers={"X-Accepted-GitHub-Permissions": self._accepted()})

    def _accepted(self) -> str:
        return "; ".join(f"{permission}={self.access}" for permission in self.permissions)


def need(text: str) -> Need:
    """Reads `contents:write` or `issues|pull_requests:write`."""
    names, _, access = text.partition(":")
    return Need(tuple(names.split("|")), "write" if access == "write" else "read")
