"""A project's repository for tests of tags: a work tree, its bare origin, and what a checkout step leaves."""

import os
import subprocess
from pathlib import Path

_FIRST_DAY = 1_750_000_000


class GitProject:
    """A work tree in `tree` with a bare `origin` that is served at `url`.

    Every commit and every tag object is a minute later than the one before, so that dates are the same in every run.
    """

    def __init__(self, folder: Path, origin: Path, url: str) -> None:
        self.folder = folder
        self.origin = origin
        self.url = url
        self.tree = folder / "tree"
        self._minutes = 0
        self.git("init", "--quiet", "--initial-branch=main", str(self.tree), cwd=folder)
        self.git("remote", "add", "origin", str(origin))
        self.commit("start")

    def git(self, *arguments: str, cwd: Path | None = None, stdin: str = "") -> str:
        """Run git in the work tree, free of this machine's configuration, and return what it wrote."""
        self._minutes += 1
        date = f"{_FIRST_DAY + 60 * self._minutes} +0000"
        who = {"NAME": "Release Manager", "EMAIL": "manager@example.org", "DATE": date}
        environment = {
            "PATH": os.environ["PATH"],
            "GIT_CONFIG_NOSYSTEM": "1",
            "GIT_CONFIG_GLOBAL": os.devnull,
            **{f"GIT_{role}_{key}": value for role in ("AUTHOR", "COMMITTER") for key, value in who.items()},
        }
        done = subprocess.run(
            ["git", *arguments],
            cwd=cwd or self.tree,
            env=environment,
            input=stdin,
            text=True,
            capture_output=True,
            check=False,
        )
        assert done.returncode == 0, done.stderr
        return done.stdout.strip()

    def write(self, path: str, text: str) -> None:
        """Write a file into the work tree; the next commit has it."""
        file = self.tree / path
        file.parent.mkdir(parents=True, exist_ok=True)
        file.write_text(text, encoding="utf-8")

    def commit(self, message: str) -> str:
        """Commit the work tree and return the commit's id."""
        self.git("add", "--all")
        self.git("commit", "--quiet", "--allow-empty", "--message", message)
        return self.git("rev-parse", "HEAD")

    def switch(self, branch: str, start: str = "HEAD") -> None:
        """Go on working on a branch, made from `start` when it is new."""
        known = self.git("branch", "--list", branch)
        self.git("switch", "--quiet", *([branch] if known else ["--create", branch, start]))

    def tag(self, name: str, target: str = "HEAD", *, annotated: bool = False) -> None:
        """Tag a commit; an annotated tag has a date of its own."""
        message = ["--annotate", "--message", f"Release {name}"] if annotated else []
        self.git("tag", *message, name, target)

    def push(self) -> None:
        """Bring every branch and tag to the origin, moved ones too."""
        self.git("push", "--quiet", "--force", "origin", "refs/heads/*:refs/heads/*", "refs/tags/*:refs/tags/*")

    def checkout(self, ref: str, name: str = "workspace") -> Path:
        """A fresh depth-1 checkout of a full ref or commit, as actions/checkout makes it (without a login)."""
        workspace = self.folder / name
        self.git("init", "--quiet", str(workspace), cwd=self.folder)
        self.git("remote", "add", "origin", self.url, cwd=workspace)
        wanted = f"+{ref}:{ref}" if ref.startswith("refs/tags/") else ref
        self.git("fetch", "--quiet", "--no-tags", "--depth=1", "origin", wanted, cwd=workspace)
        start = ref if ref.startswith("refs/tags/") else "FETCH_HEAD"
        self.git("checkout", "--quiet", "--force", "--detach", start, cwd=workspace)
        return workspace
