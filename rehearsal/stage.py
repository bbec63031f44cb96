"""The project to release, on the stage's own github.com: its origin, and a release manager's clone of it."""

from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path

from rehearsal.errors import RehearsalError
from rehearsal.gitserver import GitServer
from rehearsal.programs import run


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
        """Puts a lightweight tag on the tip of a branch, here alone."""
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
    objects = source.git("rev-parse", "--path-format=absolute", "--git-path", "objects")
    (origin.path / "objects" / "info" / "alternates").write_text(f"{objects}\n")
    branches = _branches(source)
    refspecs = [f"+{ref}:refs/heads/{branch}" for branch, ref in branches.items()]
    absolute = source.git("rev-parse", "--absolute-git-dir")
    origin.git("fetch", "--quiet", "--no-tags", "--update-shallow", absolute, *refspecs, "+refs/tags/*:refs/tags/*")
    origin.git("symbolic-ref", "HEAD", f"refs/heads/{_default_branch(source, branches)}")
    return origin


class Clone:
    """A release manager's working clone of an origin, who commits, tags and pushes over https."""

    def __init__(self, origin: Origin, folder: Path, env: Mapping[str, str], token: str) -> None:
        self.folder = folder
        self._env = {
            **env,
            "GIT_AUTHOR_NAME": "Release Manager",
            "GIT_AUTHOR_EMAIL": "release-manager@example.com",
            "GIT_COMMITTER_NAME": "Release Manager",
            "GIT_COMMITTER_EMAIL": "release-manager@example.com",
        }
        url = origin.url.replace("https://", f"https://release-manager:{token}@")
        run(["git", "clone", "--quiet", "--", url, str(folder)], env=self._env)

    def git(self, *arguments: str) -> str:
        return run(["git", "-C", str(self.folder), *arguments], env=self._env).strip()

    def branch(self, name: str) -> None:
        """Goes to a branch, which is cut from where the clone is when it does not exist."""
        exists = self.git("for-each-ref", f"refs/heads/{name}", f"refs/remotes/origin/{name}")
        self.git("checkout", "--quiet", *([name] if exists else ["-b", name]))

    def commit(self, message: str) -> str:
        """Commits everything that changed, pushes the branch, returns the commit's id."""
        self.git("add", "--all")
        self.git("commit", "--quiet", f"--message={message}")
        self.git("push", "--quiet", "origin", "HEAD")
        return self.git("rev-parse", "HEAD")

    def tag(self, name: str) -> None:
        """Makes an annotated tag and pushes it."""
        self.git("tag", "--annotate", f"--message=Release {name}", "--end-of-options", name)
        self.git("push", "--quiet", "origin", f"refs/tags/{name}")


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
