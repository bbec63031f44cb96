"""What an action may use of the servers that a release goes to."""

from release_actions.core.secret import WithSecrets
from release_actions.core.version import Version
from release_actions.oci.credentials import RegistryInputs
from release_actions.public_state.ask import PublicState
from release_actions.public_state.parts import NO_PARTS, ReleaseParts
from release_actions.runner.run import Run


class Access(WithSecrets, frozen=True, kw_only=True):
    """Logins of registries, the job's token, and whether the git tag is asked for before each write.

    `parts` are those of the whole release, of which a failure says what is public, where a step before has named them.
    """

    logins: RegistryInputs
    token: str
    check_tag: bool = False
    parts: ReleaseParts = NO_PARTS


def ask_public(
    version: Version, access: Access, run: Run, own: ReleaseParts = NO_PARTS, *, repository: str = ""
) -> PublicState:
    """Let a failure of the run say what is public of all parts that are known: `own` and those of `access`.

    Where none is known, it says nothing. `repository` has the release where it is not the one of the run.
    """
    parts = access.parts | own
    public = PublicState(run, version, access.token, access.logins, parts, repository=repository)
    if parts != NO_PARTS:
        run.ask_public = public.sentence
    return public
