"""Which release branches live: tags decide. A branch whose version is far from all tags is named, and never chosen."""

from collections.abc import Collection, Iterable, Mapping, Sequence

import msgspec

from release_actions.core.errors import Code, ReleaseError
from release_actions.core.text import some
from release_actions.core.version import MinorVersion, Version
from release_actions.project.release_branch_names import branch_of, is_release_branch, release_branches

_SHOWN = 20


class ReleaseBranches(msgspec.Struct, frozen=True, kw_only=True):
    """The branches of a repository, by a pattern for the names of release branches; the newest come first.

    `live` are of a minor version that has a tag, or that may come next after one that has; before the first tag all
    are. `outliers` are the other release branches. `unlike` begin as release branches do, and are named otherwise.
    `first` is the branch that there has to be when none lives: that of the highest version.
    """

    pattern: str
    live: Mapping[MinorVersion, str]
    outliers: tuple[str, ...]
    unlike: tuple[str, ...]
    first: str

    @classmethod
    def of(cls, pattern: str, branches: Collection[str], versions: Iterable[Version]) -> "ReleaseBranches":
        """The branches, given the versions that have a tag; raises E_CONFIG as `require_both_parts`."""
        known = release_branches(pattern, branches)
        tagged = {one.minor_version for one in versions}
        first = branch_of(pattern, max(tagged, default=MinorVersion(0, 1)))
        live = {minor: branch for minor, branch in known.items() if not tagged or _follows(minor, tagged)}
        return cls(
            pattern=pattern,
            live=live,
            first=first,
            outliers=tuple(branch for minor, branch in known.items() if minor not in live),
            unlike=tuple(sorted(one for one in branches if _is_unlike(pattern, one))),
        )

    @property
    def known(self) -> Mapping[MinorVersion, str]:
        """All that are named like release branches."""
        return release_branches(self.pattern, (*self.live.values(), *self.outliers))

    def choose(self, named: str, started_on: str) -> str:
        """The branch that is named, else the one that the run was started on, else the newest that lives."""
        newest = next(iter(self.live.values()), self.first)
        return named or (started_on if started_on in self.known.values() else newest)

    def about_outliers(self, chosen: str) -> str:
        """A sentence that names the outliers where there are some, and says when one of them is chosen."""
        what = f"No tag is of the versions of these branches, or of those before them: {some(self.outliers, _SHOWN)}."
        return f"{what} {chosen} is taken all the same, as it is named." if chosen in self.outliers else what

    def not_chosen(self, chosen: Collection[str]) -> list[str]:
        """What is not looked at besides the chosen branches, one sentence for each reason."""
        left = [one for one in self.live.values() if one not in chosen]
        outliers = [one for one in self.outliers if one not in chosen]
        reasons = (
            ("no tag is of their versions or of those before them", outliers),
            ("they are not among the supported ones", left),
            (f"release branches are named like `{self.pattern}`", self.unlike),
        )
        return [f"Not looked at, as {why}: {some(names, _SHOWN)}." for why, names in reasons if names]


def chosen_branches(there: ReleaseBranches, names: Sequence[str], supported: int) -> Mapping[MinorVersion, str]:
    """The named release branches, else the newest live ones, as many as are supported.

    Raises E_BRANCH_MISSING, and E_INPUT when none are supported.
    """
    if supported < 1:
        raise ReleaseError(
            Code.E_INPUT,
            f"The input `supported` is {supported}, so that no branch is supported.",
            next_step="Write how many of the newest release branches get fixes, such as `supported: 2`.",
        )
    known = there.known
    for name in names:
        if name in there.unlike:
            raise ReleaseError(
                Code.E_BRANCH_MISSING,
                f"The branch {name[:100]!a} is there, but it is not named like a release branch, `{there.pattern}`.",
                next_step="Correct the input `supported-branches`, or `branch` in the configuration.",
            )
        if name not in known.values():
            raise ReleaseError(
                Code.E_BRANCH_MISSING,
                f"The release branch {name[:100]!a} does not exist; their names are like `{there.pattern}`.",
                next_step="Correct the input `supported-branches`.",
            )
    if names:
        return {minor: branch for minor, branch in known.items() if branch in names}
    return dict(list(there.live.items())[:supported])


def _follows(minor: MinorVersion, tagged: Collection[MinorVersion]) -> bool:
    """Whether a minor version has a tag, or the one before it has, which may be any of the major version before."""
    if minor in tagged:
        return True
    if minor.minor:
        return MinorVersion(minor.major, minor.minor - 1) in tagged
    return any(one.major == minor.major - 1 for one in tagged)


def _is_unlike(pattern: str, branch: str) -> bool:
    """Whether a branch begins as release branches do, goes on with a number, and is named otherwise."""
    start = pattern.partition("{")[0]
    rest = branch.removeprefix(start).removeprefix("v")
    return branch.startswith(start) and rest[:1].isdecimal() and not is_release_branch(pattern, branch)
