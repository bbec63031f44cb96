"""Commits that change some files of a fetched commit, made in the private repository of a remote without a checkout.

The commit's other files are named by its trees alone; they are never fetched.
"""

from collections.abc import Mapping
from pathlib import Path

from release_actions.git.person import Person
from release_actions.git.program import Git
from release_actions.git.remote import Remote

_NEW_FILE = "100644"


def write_blob(git: Git, content: str | Path) -> str:
    """The id of a text, or of a file's bytes, which are in the repository then."""
    if isinstance(content, Path):
        return git.run("hash-object", "-w", "--no-filters", "--", str(content)).strip()
    return git.run("hash-object", "-w", "--stdin", stdin=content).strip()


def commit_blobs(
    remote: Remote, parent: str, blobs: Mapping[str, str], message: str, *, author: Person, time: int
) -> str:
    """The commit that puts blobs at paths on top of a fetched commit, or of nothing; the same one on every run.

    A file that is there keeps its mode. `time` is in seconds since 1970. Raises E_GIT and E_REMOTE_UNAVAILABLE.
    """
    git = remote.git
    remote.ask("read-tree", parent or "--empty")
    entries = (f"{_mode(remote, parent, path)} {blob}\t{path}\0" for path, blob in blobs.items())
    git.run("update-index", "--add", "-z", "--index-info", stdin="".join(entries))
    tree = git.run("write-tree", "--missing-ok").strip()
    on = f"parent {parent}\n" if parent else ""
    who = f"{author} {time} +0000"
    commit = f"tree {tree}\n{on}author {who}\ncommitter {who}\n\n{message}\n"
    return git.run("hash-object", "-t", "commit", "-w", "--stdin", stdin=commit).strip()


def _mode(remote: Remote, parent: str, path: str) -> str:
    listed = remote.ask("ls-tree", "-z", "--full-tree", parent, "--", path) if parent else ""
    return listed.partition(" ")[0] or _NEW_FILE
