"""Committing files that an action has changed, on a laptop or in a job. Nothing is ever pushed here."""

import os
from collections.abc import Sequence
from pathlib import Path

from release_actions.git.checkout import read_checkout
from release_actions.git.person import parse_person
from release_actions.git.program import Git


def require_committable(workspace: Path, author: str) -> None:
    """Raises E_CHECKOUT when the workspace is no checkout, and E_INPUT when the author is not `Name <mail>`."""
    parse_person(author)
    read_checkout(workspace)


def commit_files(workspace: Path, files: Sequence[str], message: str, author: str) -> str:
    """Commit these tracked files as they are now, and return the commit's id; whatever else is staged stays staged.

    `author` is `Name <mail>` and the committer as well. The repository's hooks don't run and nothing is signed.
    Raises E_GIT.
    """
    person = parse_person(author)
    git = Git(
        workspace,
        {"safe.directory": str(workspace), "commit.gpgSign": "false"},
        allowed="none",
        GIT_CEILING_DIRECTORIES=str(workspace.parent),
        GIT_LITERAL_PATHSPECS="1",
        GIT_AUTHOR_NAME=person.name,
        GIT_AUTHOR_EMAIL=person.email,
        GIT_COMMITTER_NAME=person.name,
        GIT_COMMITTER_EMAIL=person.email,
        GIT_EDITOR=os.devnull,
    )
    git.run("commit", "--quiet", "--no-verify", "--only", "--file=-", "--", *files, stdin=f"{message}\n")
    return read_checkout(workspace).commit
