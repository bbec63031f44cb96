"""A chart repository on a branch such as `gh-pages`, published to by compare-and-swap.

The tip is fetched without its history and without its files but for the index; a commit on top of it is made from that
tip's tree without a checkout; a push brings it, which the server takes only if the tip is still the same. When it is
not, all starts again from the new tip, so that no publisher can remove another one's entry.
"""

import hashlib
from pathlib import Path

import msgspec

from release_actions.chart_repository import index
from release_actions.chart_repository.entry import IndexEntry
from release_actions.chart_repository.index import FILE, LIMIT, IndexLookup
from release_actions.core.errors import Code, ReleaseError
from release_actions.core.report import State
from release_actions.git.person import Person
from release_actions.git.push import Move, push, require_push
from release_actions.git.remote import Remote
from release_actions.git.tree_commit import commit_blobs, write_blob
from release_actions.system.retry import Retry, RetryPolicy

RACE = RetryPolicy(attempts=20, first_wait=0.25, longest_wait=15.0, longest_total=300.0)
"""Who publishes at the same time moves the branch again and again, each time for a moment alone."""

_NOBODY = Person("nobody", "nobody@localhost")
_MISSING = "couldn't find remote ref"


class Published(msgspec.Struct, frozen=True):
    """The commit at which the branch has the entry; `state` is the entry's before this run."""

    commit: str
    state: State
    tries: int


class _Tip(msgspec.Struct, frozen=True):
    """What is at the branch's end; without a branch, no commit and an empty index."""

    commit: str
    index: bytes


class IndexBranch:
    """The branch of a remote that has a chart repository's index at its root; raises E_INPUT for an impossible name."""

    def __init__(self, remote: Remote, branch: str, policy: RetryPolicy = RACE) -> None:
        self._policy = policy
        self._remote = remote
        self._git = remote.git
        self._ref = f"refs/heads/{branch}"
        if not self._git.start("check-ref-format", self._ref).ok:
            raise ReleaseError(
                Code.E_INPUT,
                f"{branch!a} can't be a branch's name.",
                next_step="Give the input `index-branch`, such as `gh-pages`.",
            )

    def find(self, entry: IndexEntry) -> IndexLookup:
        """What the branch's index has of this version; raises E_INDEX and E_REMOTE_UNAVAILABLE."""
        return index.find(self._tip().index, entry)

    def read(self) -> bytes:
        """The index, an empty one without a branch; raises E_INDEX and E_REMOTE_UNAVAILABLE."""
        return self._tip().index

    def require_push(self) -> None:
        """Ask the remote to take a push to the branch, and push nothing; raises what `git.push.require_push` raises."""
        tip = self._fetch_tip() or commit_blobs(self._remote, "", {}, "An empty branch", author=_NOBODY, time=0)
        require_push(self._remote, self._ref, tip)

    def publish(self, entry: IndexEntry, author: Person, *, package: Path | None = None) -> Published:
        """Bring the entry to the branch, and the package file as well when the branch is to have it.

        It is the branch's next commit, or the first one of a new branch. Raises E_INDEX, E_VERSION_EXISTS,
        E_BRANCH_PROTECTED, E_REMOTE_UNAVAILABLE, and E_TIMEOUT when others are faster each time.
        """
        seen: set[tuple[str, str]] = set()
        retry = Retry(self._remote.pause, self._policy)
        while True:
            tip = self._tip()
            found = index.find(tip.index, entry)
            if found.state is State.CONFLICT:
                raise index.conflict(entry, found)
            if found.state is State.SAME:
                # Ours from a try whose answer was lost, or from a run before this one.
                self._verify(entry, seen, tip)
                return Published(tip.commit, State.ABSENT if retry.failed else State.SAME, retry.failed)
            seen |= index.versions(tip.index)
            commit = self._commit(tip, entry, author, package)
            try:
                push(self._remote, Move(self._ref, commit, tip.commit))
            except ReleaseError as error:
                if error.code is not Code.E_BRANCH_MOVED:
                    raise
                if not retry.wait():
                    raise self._too_slow(error, retry.failed) from error
                continue
            # Most often the tip is our commit still, whose id vouches for all that is in it.
            if self._fetch_tip() != commit:
                self._verify(entry, seen, self._tip())
            return Published(commit, State.ABSENT, retry.failed + 1)

    def _tip(self) -> _Tip:
        commit = self._fetch_tip()
        blob = self._blob(commit, FILE) if commit else None
        if blob is None:
            return _Tip(commit, index.EMPTY)
        self._fetch("--filter=blob:none", what=blob)
        return _Tip(commit, self._content(blob))

    def _fetch_tip(self) -> str:
        """The commit at the branch's end, with its trees; empty when there is no such branch."""
        try:
            self._fetch("--depth=1", "--filter=blob:none", what=f"+{self._ref}:{self._ref}")
        except ReleaseError as error:
            if any(_MISSING in line for line in error.details):
                return ""
            raise
        return self._git.run("rev-parse", "--verify", "--end-of-options", f"{self._ref}^{{commit}}").strip()

    def _fetch(self, *how: str, what: str) -> None:
        quiet = ("--quiet", "--no-tags", "--no-write-fetch-head", "--no-recurse-submodules")
        self._remote.ask("-c", "fetch.negotiationAlgorithm=noop", "fetch", *quiet, *how, "--", "origin", what)

    def _blob(self, commit: str, name: str) -> str | None:
        """The id of a plain file at the root; raises E_INDEX when something else has its name."""
        listed = self._git.run("ls-tree", "-z", commit, "--", name)
        if not listed:
            return None
        mode, kind, blob = listed.partition("\t")[0].split(" ")
        if kind != "blob" or not mode.startswith("100"):
            raise self._bad(f"{name!a} is no plain file")
        return blob

    def _content(self, blob: str) -> bytes:
        if int(self._git.run("cat-file", "-s", blob)) > LIMIT:
            raise self._bad(f"{FILE} has more than {LIMIT} bytes")
        content = self._git.run("cat-file", "blob", blob).encode()
        # What is no UTF-8 was replaced when git's output was read.
        algorithm = "sha256" if len(blob) == 64 else "sha1"
        if hashlib.new(algorithm, b"blob %d\0" % len(content) + content, usedforsecurity=False).hexdigest() != blob:
            raise self._bad(f"{FILE} is not UTF-8")
        return content

    def _commit(self, tip: _Tip, entry: IndexEntry, author: Person, package: Path | None) -> str:
        """A commit that adds the entry to the tip; the same one whenever it is made."""
        text = index.add(tip.index, entry, generated=entry.created).decode()
        files = {FILE: write_blob(self._git, text)}
        if package is not None:
            files[package.name] = write_blob(self._git, package)
            there = self._blob(tip.commit, package.name) if tip.commit else None
            if there not in {None, files[package.name]}:
                raise ReleaseError(
                    Code.E_VERSION_EXISTS,
                    f"The branch {self._ref} has another {package.name} already, which its index does not mention.",
                    next_step="Cut the next version; a published package is never overwritten.",
                    details=(f"there: git blob {there}", f"here:  git blob {files[package.name]}"),
                )
        message = f"Add {entry.name} {entry.version}"
        return commit_blobs(self._remote, tip.commit, files, message, author=author, time=entry.created)

    def _verify(self, entry: IndexEntry, seen: set[tuple[str, str]], tip: _Tip) -> None:
        """Raises E_INDEX unless the branch has our entry and every one that was seen before."""
        state = index.find(tip.index, entry).state
        lost = {*seen, (entry.name, entry.version)} - index.versions(tip.index)
        if state is not State.SAME or lost:
            names = ", ".join(f"{name} {version}" for name, version in sorted(lost)[:10]) or f"{entry.name}'s digest"
            raise self._bad(f"after the push, {FILE} has lost {names}")

    def _bad(self, what: str) -> ReleaseError:
        return ReleaseError(
            Code.E_INDEX,
            f"The branch {self._ref}: {what}.",
            next_step="Find out in that branch's history who wrote it, fix it, and run the job again.",
        )

    def _too_slow(self, error: ReleaseError, tries: int) -> ReleaseError:
        return ReleaseError(
            Code.E_TIMEOUT,
            f"The branch {self._ref} was moved by others in each of {tries} tries.",
            next_step="Run the job again when fewer others publish there.",
            details=(error.what,),
        )
