"""Which release branches get fixes, as the project's policy says; where it has none, the newest ones."""

from collections.abc import Mapping, Sequence
from typing import Final

import msgspec

from release_actions.core.errors import Code, ReleaseError
from release_actions.core.version import MinorVersion
from release_actions.project.live_branches import ReleaseBranches, chosen_branches
from release_actions.project.release_branch_names import branch_of, minor_of
from release_actions.support.policy import SupportRow, SupportState

WORD: Final = "supported"
"""What may be written for the names of all supported branches."""

_NEWEST: Final = 2


class Supported(msgspec.Struct, frozen=True):
    """The release branches of a repository, and its support matrix; without a policy there is none."""

    there: ReleaseBranches
    rows: tuple[SupportRow, ...] | None = None

    def choose(self, names: Sequence[str], number: str) -> Mapping[MinorVersion, str]:
        """The named branches, else the newest live ones, as many as a given number says, else the supported ones.

        Raises E_INPUT and E_BRANCH_MISSING as `chosen_branches`, and E_CONFIG when none is supported.
        """
        if names or number:
            return chosen_branches(self.there, names, _count(number) if not names else 1)
        return self.branches

    @property
    def branches(self) -> Mapping[MinorVersion, str]:
        """The branches of supported minor versions, and of those that come after all releases; the newest first.

        When the repository has release branches and none of them is supported, raises E_BRANCH_MISSING where another
        one is, else E_CONFIG.
        """
        if self.rows is None:
            return chosen_branches(self.there, (), _NEWEST)
        ended = {row.minor for row in self.rows if row.state is SupportState.ENDED}
        released = {row.minor for row in self.rows}
        found = {
            minor: branch
            for minor, branch in self.there.live.items()
            if minor not in ended and (minor in released or not released or minor > max(released))
        }
        if self.there.live and not found:
            newest = self.rows[0]
            if self.missing:
                raise ReleaseError(
                    Code.E_BRANCH_MISSING,
                    self.missing[0],
                    next_step="Push it from the newest tag of that version, or name branches by the input "
                    "`supported-branches`.",
                )
            raise ReleaseError(
                Code.E_CONFIG,
                "The policy under `support` in the configuration supports no release branch: the newest minor version, "
                f"{newest.minor}, has ended{f' on {newest.end}' if newest.end else ''}.",
                next_step="Extend the policy, or name branches by the input `supported-branches`.",
            )
        return found

    @property
    def missing(self) -> list[str]:
        """A sentence about each supported minor version without its branch, in a project that has release branches."""
        return [
            f"{row.minor} is supported, and its release branch {branch_of(self.there.pattern, row.minor)} is not there."
            for row in self.rows or ()
            if self.there.known and row.state is not SupportState.ENDED and row.minor not in self.there.known
        ]

    def about_end(self, branch: str) -> str:
        """A sentence about a branch whose minor version is not supported any more; empty for any other one."""
        minor = minor_of(self.there.pattern, branch)
        row = next((one for one in self.rows or () if one.minor == minor), None)
        if row is None or row.state is not SupportState.ENDED:
            return ""
        since = f" since {row.end}" if row.end else ""
        return f"{branch} gets no fixes any more: the policy of the project does not support {row.minor}{since}."

    def named(self, names: Sequence[str]) -> tuple[str, ...]:
        """Names of branches, in which the word `supported` stands for all supported ones."""
        parts = (tuple(self.branches.values()) if name == WORD else (name,) for name in names)
        return tuple(dict.fromkeys(name for part in parts for name in part))


def _count(number: str) -> int:
    if not number.isdecimal() or not number.isascii() or len(number) > 4:
        raise ReleaseError(
            Code.E_INPUT,
            f"The input `supported` is {number[:40]!a}, which is not a number.",
            next_step="Write how many of the newest release branches get fixes, or leave it to the configuration.",
        )
    return int(number)
