"""Which release branches are looked at."""

from collections.abc import Mapping, Sequence

from release_actions.core import markdown
from release_actions.core.secret import WithSecrets
from release_actions.core.version import MinorVersion
from release_actions.git.remote import Refs, Remote
from release_actions.project.read import read_default_config
from release_actions.runner.run import Run
from release_actions.support.read import read_supported


class BranchesRequest(WithSecrets, frozen=True, kw_only=True):
    """Branches by name, else the newest ones by number (empty: the supported ones).

    `config` is the path of the configuration on the branch `default`.
    """

    names: Sequence[str]
    number: str
    default: str
    config: str
    token: str


def choose_branches(request: BranchesRequest, remote: Remote, refs: Refs, run: Run) -> Mapping[MinorVersion, str]:
    """The requested release branches, else the supported ones; others are named.

    Raises E_BRANCH_MISSING, E_INPUT and E_CONFIG.
    """
    context, folder = run.context, run.temp / "support.git"
    config = read_default_config(remote, refs, request.default, request.config)
    supported = read_supported(
        lambda: Remote.of_repository(context.server_url, context.repository, folder, token=request.token), refs, config
    )
    chosen = supported.choose(request.names, request.number)
    for sentence in (*supported.there.not_chosen(chosen.values()), *supported.missing):
        run.info(sentence)
        run.summarize(f"{markdown.text(sentence)}\n")
    return chosen
