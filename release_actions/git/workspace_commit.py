"""Committing files that an action has changed, on a laptop or in a job. Nothing is ever pushed here."""

import os
from collections.abc import Sequence
from pathlib import Path

from release_actions.core.errors import Code, ReleaseError
from release_actions.git.checkout import read_checkout
from release_actions.git.checkout_git import git_of_checkout
from release_actions.git.person import parse_person


def require_committable(workspace: Path, author: str) -> None:
    """Raises E_CHECKOUT when the workspace is no checkout, and E_INPUT when the author is not `Name <mail>`."""
    parse_person(author)
    read_checkout(workspace)


def commit_files(workspace: Path, files: Sequence[str], message: str, author: str) -> str:
    """Commit these tracked files as they are now, and return the commit's id; whatever else is staged stays staged.

    `author` is `Name <mail>` and the committer as well. No hook and no filter of the checkout runs, nothing is signed.
    Raises E_GIT, and E_CHECKOUT for a file that is stored through a filter.
    """
    person = parse_person(author)
    git = git_of_checkout(
        workspace,
        {"commit.gpgSign": "false"},
        GIT_CEILING_DIRECTORIES=str(workspace.parent),
        GIT_AUTHOR_NAME=person.name,
        GIT_AUTHOR_EMAIL=person.email,
        GIT_COMMITTER_NAME=person.name,
        GIT_COMMITTER_EMAIL=person.email,
        GIT_EDITOR=os.devnull,
    )
    filtered = git.run("check-attr", "-z", "--stdin", "filter", stdin="".join(f"{name}\0" for name in files)).split(
        "\0"
    )
    for name, value in zip(filtered[0::3], filtered[2::3], strict=False):
        if value not in ("unspecified", "unset"):
            raise ReleaseError(
                Code.E_CHECKOUT,
                f"{name} is stored through the filter {value[:80]!a}, which is not run here.",
                next_step="Leave out the input `commit-message`, and commit the change with git.",
                file=name,
            )
    git.run("commit", "--quiet", "--no-verify", "--only", "--file=-", "--", *files, stdin=f"{message}\n")
    return read_checkout(workspace).commit
