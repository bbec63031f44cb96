"""What an action may use of the servers that a release goes to."""

from release_actions.core.secret import WithSecrets
from release_actions.oci.credentials import RegistryInputs


class Access(WithSecrets, frozen=True, kw_only=True):
    """Logins of registries, the job's token, and whether the git tag is asked for before each write."""

    logins: RegistryInputs
    token: str
    check_tag: bool = False
