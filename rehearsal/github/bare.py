"""A bare repository, read and written by git itself: the API keeps no copy of what git knows."""

import os
import re
import subprocess
import tempfile
from dataclasses import dataclass
from pathlib import Path

from rehearsal.base.programs import program

NOTHING = "0" * 40
EMPTY_TREE = "4b825dc642cb6eb9a060e54bf8d69288fbee4904"


# A name as of a ref: none of the operators of gitrevisions(7) is in it.
_NAME = re.compile(r"(?!.*(?:@\{|\.\.))[^\x00-\x20\x7f~^:?*\[\\]+")
_ID = re.compile(r"[0-9a-f]{4,40}")


class GitError(Exception):
    """git said no; the text is what it said."""


@dataclass(frozen=True, slots=True)
class Ref:
    """A full ref name and the object it names; `kind` is `commit`, `tag`, `tree` or `blob`."""

    name: str
    sha: str
    kind: str

    @property
    def short(self) -> str:
        return self.name.split("/", 2)[2]


class Bare:
    """The repository at `path`. Names given to it are never taken for options."""

    def __init__(self, path: Path) -> None:
        self.path = path

    def run(self, *arguments: str, stdin: bytes = b"", env: dict[str, str] | None = None) -> bytes:
        """What git writes to stdout. Raises GitError when it fails."""
        if any("\0" in argument for argument in arguments):
            raise GitError("a null byte in an argument")
        done = subprocess.run(
            [program("git"), "--git-dir", str(self.path), *arguments],
            input=stdin,
            env={**_environment(), **(env or {})},
            capture_output=True,
            check=False,
        )
        if done.returncode != 0:
            raise GitError(done.stderr.decode(errors="replace").strip() or f"git {arguments[0]} failed")
        return done.stdout

    def text(self, *arguments: str, stdin: bytes = b"", env: dict[str, str] | None = None) -> str:
        return self.run(*arguments, stdin=stdin, env=env).decode(errors="replace").strip()

    def lines(self, *arguments: str) -> list[str]:
        text = self.text(*arguments)
        return text.split("\n") if text else []

    def succeeds(self, *arguments: str) -> bool:
        try:
            self.run(*arguments)
        except GitError:
            return False
        return True

    @property
    def default_branch(self) -> str:
        return self.text("symbolic-ref", "HEAD").removeprefix("refs/heads/")

    def refs(self, prefix: str) -> list[Ref]:
        """All refs that begin with this text, as `refs/tags/v1`, in git's order."""
        listed = self.lines("for-each-ref", "--format=%(refname) %(objectname) %(objecttype)")
        return [Ref(*line.split(" ")) for line in listed if line.startswith(prefix)]

    def ref(self, name: str) -> Ref | None:
        """The ref of exactly this full name."""
        return next((ref for ref in self.refs(name) if ref.name == name), None)

    def commit(self, name: str) -> str | None:
        """The commit that a branch, a tag, a full ref or an id leads to."""
        if not _NAME.fullmatch(name):
            return None
        candidates = [f"refs/heads/{name}", f"refs/tags/{name}"]
        if _ID.fullmatch(name) or name == "HEAD" or name.startswith("refs/"):
            candidates.append(name)
        return next(filter(None, map(self._peel, candidates)), None)

    def _peel(self, name: str) -> str | None:
        try:
            return self.text("rev-parse", "--verify", "--quiet", "--end-of-options", f"{name}^{{commit}}")
        except GitError:
            return None

    def kind(self, sha: str) -> str | None:
        """The type of the object with this full id."""
        if len(sha) != len(NOTHING) or set(sha) - set("0123456789abcdef"):
            return None
        try:
            return self.text("cat-file", "-t", sha)
        except GitError:
            return None

    def is_ancestor(self, ancestor: str, of: str) -> bool:
        return self.succeeds("merge-base", "--is-ancestor", ancestor, of)

    def merge_base(self, one: str, other: str) -> str | None:
        try:
            return self.text("merge-base", one, other)
        except GitError:
            return None

    def is_ref_name(self, name: str) -> bool:
        return self.succeeds("check-ref-format", name)

    def move(self, name: str, new: str, old: str) -> None:
        """Sets a ref from `old` to `new`; NOTHING stands for its absence. Raises GitError when it is not at `old`."""
        change = f"delete {name}\0{old}\0" if new == NOTHING else f"update {name}\0{new}\0{old}\0"
        self.run("update-ref", "-z", "--stdin", stdin=change.encode())

    def edited_tree(self, base: str, lines: list[str]) -> str:
        """The tree `base`, or an empty one, changed by lines as `git update-index --index-info` takes them."""
        with tempfile.TemporaryDirectory(dir=self.path) as folder:
            index = {"GIT_INDEX_FILE": f"{folder}/index"}
            self.run("read-tree", *([base] if base else ["--empty"]), env=index)
            changes = "".join(f"{line}\0" for line in lines)
            self.run("update-index", "--add", "-z", "--index-info", stdin=changes.encode(), env=index)
            return self.text("write-tree", env=index)

    def store(self, kind: str, content: bytes) -> str:
        """Writes an object and returns its id. Raises GitError when it is not a well-formed one."""
        return self.text("hash-object", "-t", kind, "-w", "--stdin", stdin=content)


def _environment() -> dict[str, str]:
    return {"PATH": os.environ["PATH"], "GIT_CONFIG_NOSYSTEM": "1", "GIT_CONFIG_GLOBAL": os.devnull, "LC_ALL": "C"}
