"""The next step after a tag that can't be released. Tags are never moved, so that it is another tag."""

import contextlib
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

from release_actions.core.errors import Code, ReleaseError
from release_actions.core.version import Version, following, versions_of
from release_actions.git.program import read_checkout
from release_actions.git.remote import Refs, Remote
from release_actions.project.fix_commands import Places, cut, push_on

_NEXT_STEPS = {
    Code.E_STALE_VERSION: "Correct the version places {where} and cut `{next}` there; `{tag}` stays where it is.",
    Code.E_CHART_DEPENDENCY: "{step} Do so {where}, and cut `{next}` there; `{tag}` stays where it is.",
    Code.E_TAG_OBJECT: "Cut the next version, `{next}`, {where}; `{tag}` stays what it is.",
    Code.E_NO_CANDIDATE: "Cut `{next}` {where} and try it first, or set `require-candidate: false`.",
}


@dataclass(frozen=True, slots=True, kw_only=True)
class NextTag:
    """A tag to release, what is checked out for it, and what is to be known to cut another one.

    `branch` is its release branch, empty where the tag may be anywhere. `folder` is new and private.
    """

    version: Version
    branch: str
    places: Places
    workspace: Path
    folder: Path
    token: str
    server_url: str
    needs_candidate: bool = False

    @contextlib.contextmanager
    def advise(self) -> Iterator[None]:
        """Add the commands to an error that needs another commit: those that make it and, where it has to, tag it.

        An error stays as it is where the remote can't be asked.
        """
        try:
            yield
        except ReleaseError as error:
            needs_commit = error.code is not Code.E_CHART_DEPENDENCY or error.commands
            if error.code in _NEXT_STEPS and needs_commit:
                with contextlib.suppress(ReleaseError):
                    checkout = read_checkout(self.workspace)
                    remote = Remote(checkout, self.folder, token=self.token, server_url=self.server_url)
                    self._add(error, checkout.commit, remote.refs(lambda _: None))  # what is odd was said before
            raise

    def _add(self, error: ReleaseError, commit: str, refs: Refs) -> None:
        tag = self.version.tag
        if error.code is not Code.E_TAG_OBJECT and refs.commits.get(tag) != commit:
            # A pull request, or a branch: nothing has that tag yet.
            fixes = error.commands or self.places.set_to(self.version)
            error.commands = push_on(*fixes)
            return
        branch = self.branch if self.branch in refs.branches else ""
        following_tag = following(self.version, versions_of(refs.tags), as_candidate=self.needs_candidate)
        where = f"on `{branch}`" if branch else f"on top of `{tag}`"
        step = _NEXT_STEPS[error.code].format(where=where, next=following_tag.tag, tag=tag, step=error.next_step)
        error.next_step = step
        if branch or error.code is not Code.E_TAG_OBJECT:
            start = f"refs/heads/{branch}" if branch else f"refs/tags/{tag}"
            error.commands = cut(following_tag, start, self.places, branch=branch, fixes=error.commands)
