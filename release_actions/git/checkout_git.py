"""Git in a checkout whose own configuration names no program that is run."""

from pathlib import Path

from release_actions.git.program import Git

_FILTERS = r"^filter\..*\.[a-z]+$"


def git_of_checkout(workspace: Path, settings: dict[str, str] | None = None, **variables: str) -> Git:
    """Git that runs no hook, no monitor of files and no filter which the checkout's configuration names.

    It takes nothing from a remote. Raises E_PROGRAM.
    """
    given = {"safe.directory": str(workspace), **(settings or {})}
    alone = {"GIT_NO_LAZY_FETCH": "1", "GIT_LITERAL_PATHSPECS": "1", **variables}
    listed = Git(workspace, given, allowed="none", **alone).start(
        "config", "--null", "--name-only", "--get-regexp", _FILTERS
    )
    names = [name for name in listed.stdout.split("\0") if name]
    none = {name: "false" if name.endswith(".required") else "" for name in names}
    return Git(workspace, {**given, **none}, allowed="none", **alone)
