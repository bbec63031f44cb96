"""A working copy in the hands of a release manager, who branches, commits, tags and pushes."""

import os
from collections.abc import Mapping
from pathlib import Path

from rehearsal.base.programs import run

_MANAGER = {
    f"GIT_{role}_{field}": value
    for role in ("AUTHOR", "COMMITTER")
    for field, value in (("NAME", "Release Manager"), ("EMAIL", "release-manager@example.com"))
}


class WorkTree:
    """A git working copy; `env` is the environment git runs in, this process's own by default."""

    def __init__(self, folder: Path, env: Mapping[str, str] | None = None) -> None:
        self.folder = folder
        self._env = {**(os.environ if env is None else env), **_MANAGER}

    @classmethod
    def create(cls, folder: Path, files: Mapping[str, str]) -> "WorkTree":
        """Makes a new repository with one commit, on main, of these files and those that the folder has."""
        tree = cls(folder)
        tree.write(files)
        tree.git("init", "--quiet", "--initial-branch=main")
        tree.commit("Begin")
        return tree

    @classmethod
    def clone(cls, url: str, folder: Path, env: Mapping[str, str]) -> "WorkTree":
        run(["git", "clone", "--quiet", "--", url, str(folder)], env=env)
        return cls(folder, env)

    def git(self, *arguments: str) -> str:
        return run(["git", "-C", str(self.folder), *arguments], env=self._env).strip()

    def write(self, files: Mapping[str, str]) -> None:
        """Writes files, given by their paths in the repository."""
        for name, text in files.items():
            path = self.folder / name
            path.parent.mkdir(parents=True, exist_ok=True)
            path.write_text(text)

    def branch(self, name: str) -> None:
        """Goes to a branch, which is cut from where the working copy is when there is none of that name."""
        exists = self.git("for-each-ref", f"refs/heads/{name}", f"refs/remotes/origin/{name}")
        self.git("checkout", "--quiet", *([name] if exists else ["-b", name]))

    def commit(self, message: str) -> str:
        """Commits everything that changed and returns the commit's id."""
        self.git("add", "--all")
        self.git("commit", "--quiet", f"--message={message}")
        return self.git("rev-parse", "HEAD")

    def tag(self, name: str, *, annotated: bool = True) -> None:
        options = ["--annotate", f"--message=Release {name}"] if annotated else []
        self.git("tag", *options, "--end-of-options", name)

    def push(self, *tags: str) -> None:
        """Pushes the branch that is checked out, and these tags."""
        self.git("push", "--quiet", "origin", "HEAD", *(f"refs/tags/{tag}" for tag in tags))
