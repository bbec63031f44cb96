"""Which commits a release branch, or a pull request to one, is judged by."""

import msgspec

from release_actions.core.errors import Code, ReleaseError
from release_actions.core.version import versions_of
from release_actions.git.commits import Commit, read_history, read_since
from release_actions.git.remote import Refs, Remote
from release_actions.github.client import GitHub
from release_actions.guard.pull_request import Described, pull_request
from release_actions.project.release_branch_names import minor_of

_MOST_COMMITS = 1_000


class GuardScope(msgspec.Struct, frozen=True):
    """The release branch, the pull request to it if it is about one, and the commits in question, youngest first.

    `unguarded` says why there is nothing to guard.
    """

    branch: str
    pull: Described | None
    commits: tuple[Commit, ...]
    unguarded: str = ""


class RepositoryHistory(msgspec.Struct, frozen=True):
    """A project's repository, its default branch fetched, and the pattern that its release branches are named by."""

    remote: Remote
    refs: Refs
    default: str
    pattern: str

    def of_pull(self, number: int, api: GitHub) -> GuardScope:
        """The commits that a pull request brings to its branch as it is now; none when that is no release branch.

        Raises E_INPUT and E_BRANCH_MISSING.
        """
        pull = pull_request(api, number)
        if pull is None:
            raise ReleaseError(Code.E_INPUT, f"There is no pull request #{number}.", next_step="Correct its number.")
        branch = pull.base.ref
        if minor_of(self.pattern, branch) is None:
            why = f"The pull request is to {branch}, and release branches are named like {self.pattern}"
            return GuardScope(branch, None, (), f"{why}, so there is nothing to guard.")
        require_branch(self.refs, branch, "Make the pull request to a branch that is there.")
        head = f"refs/pull/{number}/head"
        self.remote.fetch(f"refs/heads/{branch}", head)
        return GuardScope(branch, pull, self._since(self.refs.branches[branch], head))

    def of_branch(self, branch: str, since: str) -> GuardScope:
        """The commits of a branch since its first version tag, since a given one or, without any, since it was cut.

        Raises E_INPUT and E_BRANCH_MISSING.
        """
        minor = minor_of(self.pattern, branch)
        if minor is None:
            raise ReleaseError(
                Code.E_INPUT,
                f"{branch[:100]!a} is not named like a release branch, {self.pattern}.",
                next_step="Start the run by `pull_request`, or give the input `guarded-branch`.",
            )
        require_branch(self.refs, branch, "Correct the input `guarded-branch`.")
        self.remote.fetch(f"refs/heads/{branch}")
        tip = self.refs.branches[branch]
        history = set(self.remote.git.run("rev-list", tip).split())
        if since:
            start = self.refs.commits.get(since, since.lower())
            if start not in history:
                raise ReleaseError(
                    Code.E_INPUT,
                    f"{since[:100]!a} is neither a tag nor a commit on {branch}.",
                    next_step="Correct the input `guarded-since`.",
                )
        else:
            tags = (self.refs.commits[one.tag] for one in versions_of(self.refs.tags) if one.minor_version == minor)
            first, cut = next((one for one in tags if one in history), ""), self._cut(tip)
            # A first candidate may have been made before the branch was cut, and what lies between is no branch's own.
            start = first if first and not (cut and self.remote.is_ancestor(first, cut)) else cut
        return GuardScope(branch, None, self._since(start, tip))

    def _cut(self, tip: str) -> str:
        """The commit of the default branch that a branch began at; what is merged later does not count."""
        on_default = set(self.remote.git.run("rev-list", self.refs.branches[self.default]).split())
        own = self.remote.git.run("rev-list", "--first-parent", tip).split()
        return next((one for one in own if one in on_default), "")

    def _since(self, start: str, tip: str) -> tuple[Commit, ...]:
        found = read_since(self.remote.git, start, tip) if start else read_history(self.remote.git, tip)
        if len(found) > _MOST_COMMITS:
            raise ReleaseError(
                Code.E_INPUT,
                f"These are {len(found)} commits, and at most {_MOST_COMMITS} are looked at.",
                next_step="Give the input `guarded-since` a younger tag.",
            )
        return tuple(found)


def require_branch(refs: Refs, branch: str, next_step: str) -> None:
    """Raises E_BRANCH_MISSING when the remote has no such branch."""
    if branch not in refs.branches:
        raise ReleaseError(Code.E_BRANCH_MISSING, f"There is no branch {branch[:100]!a}.", next_step=next_step)
