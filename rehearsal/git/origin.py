"""The project to release, as the repository that it would be on github.com."""

import shutil
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path

from rehearsal.base.errors import RehearsalError
from rehearsal.base.programs import run
from rehearsal.git.server import GitServer

_SHARED = ("objects", "shallow")


@dataclass(frozen=True, slots=True)
class Origin:
    """A bare repository that the git server shows as `https://github.com/{name}`."""

    name: str
    path: Path

    @property
    def url(self) -> str:
        return f"https://github.com/{self.name}"

    @property
    def default_branch(self) -> str:
        return self.git("symbolic-ref", "--short", "HEAD")

    def git(self, *arguments: str) -> str:
        return run(["git", "-C", str(self.path), *arguments]).strip()

    def resolve(self, ref: str) -> str | None:
        """The id of the object a full ref points to, or None when there is no such ref."""
        return self.git("for-each-ref", "--format=%(objectname)", f"{ref}") or None

    def commit(self, ref: str) -> str:
        """The commit a full ref points to, through an annotated tag as well.

        Raises RehearsalError when there is none.
        """
        return self.git("rev-parse", "--verify", "--quiet", "--end-of-options", f"{ref}^{{commit}}")

    def newest_tags(self) -> list[str]:
        """A few tags, the newest first."""
        return self.git(
            "for-each-ref", "--sort=-creatordate", "--count=5", "--format=%(refname:lstrip=2)", "refs/tags/"
        ).split()

    def create_tag(self, tag: str, branch: str) -> None:
        """Puts a lightweight tag on the tip of a branch, here alone.

        Raises RehearsalError when git allows no such name, there is no such branch, or the tag is there.
        """
        try:
            self.git("check-ref-format", f"refs/tags/{tag}")
        except RehearsalError as error:
            raise RehearsalError(f"{tag!r} is not a valid name for a tag") from error
        if self.resolve(f"refs/heads/{branch}") is None:
            raise RehearsalError(f"{self.name} has no branch {branch!r} to create the tag on")
        self.git("update-ref", "--end-of-options", f"refs/tags/{tag}", self.commit(f"refs/heads/{branch}"), "")


def stage(project: Path, server: GitServer, name: str) -> Origin:
    """Makes the origin as GitHub would have it once everything in a local repository had been pushed.

    Branches that exist only as `origin`'s are there as well; a local branch counts where it is ahead. What is not
    committed is not there.

    Raises RehearsalError when the path is not the top folder of a git repository.
    """
    try:
        inside = run(["git", "-C", str(project), "rev-parse", "--show-prefix"]).strip()
    except RehearsalError as error:
        raise RehearsalError(f"{project} is not a git repository: {error}") from error
    if inside:
        raise RehearsalError(f"{project} is a folder inside a git repository: give the repository's top folder")
    source = Origin(name, project)
    origin = Origin(name, server.repository(name))
    # Nothing is copied: the origin borrows the objects of the project.
    objects, shallow = (Path(source.git("rev-parse", "--path-format=absolute", "--git-path", part)) for part in _SHARED)
    (origin.path / "objects" / "info" / "alternates").write_text(f"{objects}\n")
    if shallow.exists():
        shutil.copy(shallow, origin.path)  # where its history ends, which no fetch tells of objects that are there
    branches = _branches(source)
    refspecs = [f"+{ref}:refs/heads/{branch}" for branch, ref in branches.items()]
    absolute = source.git("rev-parse", "--absolute-git-dir")
    origin.git("fetch", "--quiet", "--no-tags", absolute, *refspecs, "+refs/tags/*:refs/tags/*")
    origin.git("symbolic-ref", "HEAD", f"refs/heads/{_default_branch(source, branches)}")
    return origin


def _branches(source: Origin) -> dict[str, str]:
    """For each branch the full ref of a local repository that has its tip."""
    remote, local = "refs/remotes/origin/", "refs/heads/"
    refs = source.git("for-each-ref", "--format=%(refname)", local, remote).splitlines()
    branches = {ref.removeprefix(local): ref for ref in refs if ref.startswith(local)}
    for ref in refs:
        branch = ref.removeprefix(remote)
        if not ref.startswith(remote) or branch == "HEAD":
            continue
        if branch not in branches or source.git("rev-list", "--max-count=1", f"{ref}..{branches[branch]}") == "":
            branches[branch] = ref
    if not branches:
        raise RehearsalError(f"{source.path} has no commit on any branch")
    return branches


def _default_branch(source: Origin, branches: Mapping[str, str]) -> str:
    head = source.git("for-each-ref", "--format=%(symref:lstrip=3)", "refs/remotes/origin/HEAD")
    candidates = [head, "main", "master", source.git("branch", "--show-current"), *branches]
    return next(branch for branch in candidates if branch in branches)
