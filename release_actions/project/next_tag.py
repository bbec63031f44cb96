"""The next step after a tag that can't be released: another tag, or the same one moved where nothing is public."""

import contextlib
from collections.abc import Callable, Iterator
from pathlib import Path

import msgspec

from release_actions.core.commands import Command
from release_actions.core.errors import Code, ReleaseError
from release_actions.core.version import Version, following, versions_of
from release_actions.git.checkout import read_checkout
from release_actions.git.remote import Remote
from release_actions.project.fix_commands import Places, cut, push_on
from release_actions.project.release_branch_names import branch_of
from release_actions.runner.context import Context

_NEXT_STEPS = {
    Code.E_STALE_VERSION: "Correct the version places {where} and cut `{next}` there; `{tag}` stays where it is.",
    Code.E_CHART_DEPENDENCY: "{step} Do so {where}, and cut `{next}` there; `{tag}` stays where it is.",
    Code.E_TAG_OBJECT: "Cut the next version, `{next}`, {where}; `{tag}` stays what it is.",
    Code.E_NO_CANDIDATE: "Cut `{next}` {where} and try it first, or set `require-candidate: false`.",
}
_MOVED = {
    Code.E_STALE_VERSION: "Correct the version places {where} and move `{tag}` there, as nothing of it is public.",
    Code.E_CHART_DEPENDENCY: "{step} Do so {where}, and move `{tag}` there, as nothing of it is public.",
}
"""The step where the tag's commit is wrong and nobody can have the version yet."""


class NextTag(msgspec.Struct, frozen=True, kw_only=True):
    """A tag to release, what is checked out for it, and what is to be known to cut another one.

    `pattern` is that of its release branch, empty where the tag may be anywhere. `folder` is new and private. Where
    nothing `is_tagged`, the remote is not asked. `is_unpublished` says whether it is certain that nothing of the
    version is public.
    """

    version: Version
    pattern: str
    places: Places
    context: Context
    folder: Path
    token: str
    needs_candidate: bool = False
    is_tagged: bool = True
    is_unpublished: Callable[[], bool] = lambda: False

    @contextlib.contextmanager
    def advise(self) -> Iterator[None]:
        """Add the commands to an error that needs another commit: those that make it, and cut a tag of it.

        Where the tag does not point to what is checked out, as in a pull request, they push to the branch that is
        worked on instead. An error has no commands where the remote can't be asked.
        """
        try:
            yield
        except ReleaseError as error:
            if error.code in _NEXT_STEPS and (error.commands or error.code is not Code.E_CHART_DEPENDENCY):
                fixes, error.commands = error.commands, ()
                with contextlib.suppress(ReleaseError):
                    self._add(error, fixes)
            raise

    def _add(self, error: ReleaseError, fixes: tuple[Command, ...]) -> None:
        checkout = read_checkout(self.context.workspace)
        tag, refs = self.version.tag, None
        if self.is_tagged:
            remote = Remote(checkout, self.folder, token=self.token, server_url=self.context.server_url)
            refs = remote.refs(lambda _: None)  # a name that is left out can't be this release's
        if refs is None or (error.code is not Code.E_TAG_OBJECT and refs.commits.get(tag) != checkout.commit):
            error.commands = push_on(*(fixes or self.places.set_to(self.version)))
            return
        release = branch_of(self.pattern, self.version.minor_version) if self.pattern else ""
        branch = release if release in refs.branches else ""
        moved = error.code in _MOVED and self.is_unpublished()
        another = following(self.version, versions_of(refs.tags), as_candidate=self.needs_candidate)
        another = self.version if moved else another
        steps = _MOVED if moved else _NEXT_STEPS
        where = f"on `{branch}`" if branch else f"on top of `{tag}`"
        step = error.next_step
        error.next_step = steps[error.code].format(where=where, next=another.tag, tag=tag, step=step)
        if branch or error.code is not Code.E_TAG_OBJECT:
            start = f"refs/heads/{branch}" if branch else f"refs/tags/{tag}"
            error.commands = cut(another, start, self.places, branch=branch, moved=moved, fixes=fixes)
