"""What a commit's checks say: check runs and commit statuses, as a branch protection reads them.

Source: GitHub's REST API, "Check runs" and "Commit statuses".
"""

from collections.abc import Sequence
from fnmatch import fnmatchcase

import msgspec

from release_actions.core.failures import Failures
from release_actions.github.client import GitHub

_GREEN = ("success", "neutral", "skipped")
_PER_PAGE = 100
_MOST_PAGES = 50


class Checks(msgspec.Struct, frozen=True):
    """The names of a commit's checks that failed and of those that have not ended; `count` is all of them."""

    count: int
    red: tuple[str, ...]
    running: tuple[str, ...]


class _Run(msgspec.Struct, frozen=True):
    id: int
    name: str
    status: str
    conclusion: str | None = None


class _Runs(msgspec.Struct, frozen=True):
    total_count: int
    check_runs: tuple[_Run, ...]


class _Status(msgspec.Struct, frozen=True):
    context: str
    state: str


class _Combined(msgspec.Struct, frozen=True):
    statuses: tuple[_Status, ...]


def read_checks(github: GitHub, commit: str, ignored: Sequence[str]) -> Checks:
    """The checks of a commit but for those that an ignored pattern fits; raises E_GITHUB_PERMISSION.

    Of check runs with the same name the newest counts: what failed and was run again has not failed.
    """
    states: dict[str, str] = {}
    failures = Failures()
    with failures.keep():
        for one in sorted(_runs(github, commit), key=lambda run: run.id):
            states[one.name] = (one.conclusion or "") if one.status == "completed" else "pending"
    with failures.keep():
        statuses = github.read(f"commits/{commit}/status", _Combined, per_page=str(_PER_PAGE))
        states |= {one.context: one.state for one in statuses.statuses} if statuses else {}
    failures.check()
    counted = {name: state for name, state in states.items() if not any(fnmatchcase(name, one) for one in ignored)}
    return Checks(
        count=len(counted),
        red=tuple(sorted(name for name, state in counted.items() if state not in (*_GREEN, "pending"))),
        running=tuple(sorted(name for name, state in counted.items() if state == "pending")),
    )


def _runs(github: GitHub, commit: str) -> list[_Run]:
    found: list[_Run] = []
    for number in range(1, _MOST_PAGES + 1):
        answer = github.read(f"commits/{commit}/check-runs", _Runs, per_page=str(_PER_PAGE), page=str(number))
        if answer is None or not answer.check_runs:
            break
        found += answer.check_runs
        if len(found) >= answer.total_count:
            break
    return found
