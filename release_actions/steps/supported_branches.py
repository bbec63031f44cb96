"""Which release branches are looked at."""

from collections.abc import Mapping, Sequence

from release_actions.core import markdown
from release_actions.core.version import MinorVersion, versions_of
from release_actions.git.remote import Refs, Remote
from release_actions.project.live_branches import ReleaseBranches, chosen_branches
from release_actions.project.read import read_default_config
from release_actions.runner.run import Run


def choose_branches(
    given: Sequence[str], newest: int, remote: Remote, refs: Refs, run: Run, *, default: str, config: str
) -> Mapping[MinorVersion, str]:
    """The given release branches, else the newest live ones; others are named.

    `config` is the path of the configuration on the default branch. Raises E_BRANCH_MISSING and E_INPUT.
    """
    pattern = read_default_config(remote, refs, default, config).branch
    there = ReleaseBranches.of(pattern, refs.branches, versions_of(refs.tags))
    chosen = chosen_branches(there, given, newest)
    for sentence in there.not_chosen(chosen.values()):
        run.info(sentence)
        run.summarize(f"{markdown.text(sentence)}\n")
    return chosen
