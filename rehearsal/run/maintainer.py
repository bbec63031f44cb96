"""A release manager on a repository's pages on GitHub: who opens, labels, reopens and merges pull requests."""

from collections.abc import Sequence
from typing import Any, Literal

import requests

from rehearsal.base.errors import RehearsalError

Method = Literal["merge", "squash", "rebase"]

_SECONDS = 60


class Manager:
    """Somebody with a token that may write to a repository OWNER/NAME; `api` is GitHub's API."""

    def __init__(self, api: str, repository: str, token: str) -> None:
        self._base = f"{api}/repos/{repository}"
        self._token = token

    def pull(self, number: int) -> dict[str, Any]:
        """A pull request as the API shows it."""
        found: dict[str, Any] = self.ask("GET", f"/pulls/{number}")
        return found

    def open_pulls(self, base: str) -> list[dict[str, Any]]:
        """The open pull requests to a branch, the oldest first."""
        found: list[dict[str, Any]] = self.ask("GET", f"/pulls?state=open&base={base}&direction=asc&per_page=100")
        return found

    def open(self, head: str, base: str, title: str, labels: Sequence[str] = ()) -> int:
        """Opens a pull request from one branch to another, and returns its number."""
        number: int = self.ask("POST", "/pulls", {"head": head, "base": base, "title": title, "body": ""})["number"]
        if labels:
            self.ask("POST", f"/issues/{number}/labels", {"labels": list(labels)})
        return number

    def reopen(self, number: int) -> None:
        """Closes and reopens a pull request, as for one that a workflow has opened, so that workflows start for it."""
        self.close(number)
        self.ask("PATCH", f"/pulls/{number}", {"state": "open"})

    def close(self, number: int) -> None:
        self.ask("PATCH", f"/pulls/{number}", {"state": "closed"})

    def merge(self, number: int, method: Method = "squash") -> None:
        self.ask("PUT", f"/pulls/{number}/merge", {"merge_method": method})

    def ask(self, method: str, path: str, data: object = None) -> Any:
        """What the API answers, None for nothing; paths are below the repository, as `/pulls/12`.

        This machine's own proxy settings don't count. Raises RehearsalError for a refusal.
        """
        with requests.Session() as session:
            session.trust_env = False
            headers = {"Authorization": f"Bearer {self._token}"}
            answer = session.request(method, f"{self._base}{path}", json=data, headers=headers, timeout=_SECONDS)
        if answer.status_code >= 300:
            raise RehearsalError(f"{method} {path}: GitHub answers {answer.status_code}: {answer.text}")
        return answer.json() if answer.content else None
