"""Which minor versions are supported, and until when: by their number, by their age, or by name, as a project decides.

A minor version begins with its first release, not with a candidate. It is supported while one of the rules says so.
"""

import calendar
from collections.abc import Iterable, Sequence
from datetime import date
from enum import Enum, unique
from itertools import groupby, pairwise

import msgspec

from release_actions.core.errors import Code, ReleaseError
from release_actions.core.version import MinorVersion, Version
from release_actions.project.support_settings import Support
from release_actions.support.facts import Facts


@unique
class SupportState(str, Enum):
    """Whether a minor version gets fixes, and why."""

    SUPPORTED = "supported"
    LONG_TERM = "long-term support"
    ENDED = "ended"


class DatedRelease(msgspec.Struct, frozen=True, order=True):
    """A release and the day of its tag, in UTC."""

    version: Version
    day: date


class SupportRow(msgspec.Struct, frozen=True, kw_only=True):
    """A minor version: its first and its newest release, its state, and the end of its support where that is known.

    The end of the newest versions is the day of a release that does not exist yet: `until` is then that minor version.
    `facts` are those of the newest release; `unreleased` is how many commits its branch has beyond that, where known.
    """

    minor: MinorVersion
    first: DatedRelease
    newest: DatedRelease
    state: SupportState
    end: date | None = None
    until: str = ""
    facts: Facts = Facts()
    unreleased: int | None = None


def rows(policy: Support, releases: Iterable[DatedRelease], today: date) -> list[SupportRow]:
    """All minor versions with a release, the newest first. Raises E_CONFIG for a policy that supports none."""
    if not (policy.newest or policy.months or policy.until_next or policy.lts):
        raise ReleaseError(
            Code.E_CONFIG,
            "The configuration supports no minor version: `support` has no `newest`, `months`, `until-next` or `lts`.",
            next_step="Write how many of the newest minor versions get fixes, such as `newest: 2`.",
        )
    known = sorted(one for one in releases if not one.version.is_candidate)
    minors = [list(group) for _, group in groupby(known, key=lambda one: one.version.minor_version)]
    _require_known(policy.lts, minors)
    return [_row(policy, minors, number, today) for number in reversed(range(len(minors)))]


def _row(policy: Support, minors: Sequence[Sequence[DatedRelease]], number: int, today: date) -> SupportRow:
    releases = minors[number]
    minor = releases[0].version.minor_version
    end, until = _end(policy, minors, number)
    state = SupportState.SUPPORTED if until or (end is not None and today < end) else SupportState.ENDED
    if str(minor) in policy.lts:
        state, end, until = SupportState.LONG_TERM, None, ""
    return SupportRow(minor=minor, first=releases[0], newest=releases[-1], state=state, end=end, until=until)


def _end(policy: Support, minors: Sequence[Sequence[DatedRelease]], number: int) -> tuple[date | None, str]:
    """The first day without support: the latest one of all rules; or the version whose release ends it."""
    first = minors[number][0]
    days = [_later(first.day, policy.months)] if policy.months else []
    steps = [_steps([one[0].version.minor_version for one in minors[number:]])] if policy.until_next else []
    rules = [(policy.newest, list(range(len(minors) - number)))] if policy.newest else []
    rules += [(policy.until_next, one) for one in steps]
    left = []
    for wanted, away in rules:
        after = next((minors[number + at][0] for at, step in enumerate(away) if step >= wanted), None)
        if after is None:
            left.append(wanted - away[-1])
        else:
            days.append(after.day)
    if left:
        newest = minors[-1][0].version
        return None, f"{newest.major}.{newest.minor + max(left)}"
    return max(days, default=None), ""


def _steps(minors: Sequence[MinorVersion]) -> list[int]:
    """How many numbers each minor version is after the first one; a new major version comes after the last there is."""
    found = [0]
    for before, after in pairwise(minors):
        found.append(found[-1] + (after.minor - before.minor if after.major == before.major else after.minor + 1))
    return found


def _later(day: date, months: int) -> date:
    """The same day so many months later, or the last one of that month; at most the last day that there is."""
    year, month = divmod(day.year * 12 + day.month - 1 + months, 12)
    if year > date.max.year:
        return date.max
    return date(year, month + 1, min(day.day, calendar.monthrange(year, month + 1)[1]))


def _require_known(names: Iterable[str], minors: Sequence[Sequence[DatedRelease]]) -> None:
    known = {str(one[0].version.minor_version) for one in minors}
    for name in names:
        if name not in known:
            raise ReleaseError(
                Code.E_CONFIG,
                f"The configuration has {name[:40]!a} under `lts`, and no release is of that minor version.",
                next_step="Write it as `1.4`, with a version that is released; or remove it.",
            )
