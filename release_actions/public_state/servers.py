"""What the servers of a release say of its parts: registries, the branch with an index, GitHub.

Nothing is tried a second time. An answer that a part is not there counts only from a server that would show it.
"""

import tempfile
from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import Protocol

import msgspec

from release_actions.chart_repository import index
from release_actions.chart_repository.branch import IndexBranch
from release_actions.core.errors import ReleaseError
from release_actions.core.version import Version, spelled_version
from release_actions.git.checkout import read_checkout
from release_actions.git.remote import Remote
from release_actions.github.client import GitHub
from release_actions.github.releases import Release
from release_actions.oci.credentials import RegistryInputs, private_credentials, release_credentials
from release_actions.oci.reference import Reference
from release_actions.oci.registry import Lookup, Registry
from release_actions.public_state.sentence import Part, Presence
from release_actions.runner.context import Context
from release_actions.system.http import Transport
from release_actions.system.retry import RetryPolicy


class FailedRun(Protocol):
    """A run that asks: where it is, a folder that is private, whether it writes; `mask` hides a text in the log."""

    context: Context
    temp: Path
    dry_run: bool

    def mask(self, secret: str) -> None: ...


class Servers(msgspec.Struct, frozen=True, kw_only=True):
    """How the servers are asked: logins for registries, `token` for git and GitHub, and the seconds of one exchange.

    `repository` has the release, `OWNER/NAME`. Without `logins` registries are asked with those of the runner alone.
    """

    run: FailedRun
    token: str
    logins: RegistryInputs | None
    repository: str
    seconds: float

    @property
    def _policy(self) -> RetryPolicy:
        return RetryPolicy(attempts=1, longest_total=self.seconds)

    def of_registry(self, name: str, reference: Reference) -> Iterator[Part]:
        """An image or a chart under its tag."""
        (found,) = self._find(reference)
        if found.error is None:
            yield Part(name, Presence.THERE if found.digest else Presence.ABSENT, found.digest)

    def of_floating(self, name: str, floating: Reference, released: Reference) -> Iterator[Part]:
        """Whether a floating tag of an image points to what its version's tag points to."""
        both = self._find(floating, released)
        if not any(one.error for one in both):
            ours, theirs = (one.digest for one in both)
            yield Part(name, Presence.THERE, ours) if ours and ours == theirs else Part(name, Presence.ABSENT)

    def _find(self, *references: Reference) -> list[Lookup]:
        """References of one registry. Some show what is not there yet only to who may push it."""
        run, hosts = self.run, [references[0].registry]
        opened = (
            release_credentials(run.temp, hosts, self.logins, run.mask)
            if self.logins
            else private_credentials(run.temp, {})
        )
        with (
            opened as credentials,
            Registry(
                credentials.login,
                pushing=self.logins is not None and not run.dry_run,
                transport=Transport(policy=self._policy),
            ) as registry,
        ):
            return [registry.find(one) for one in references]

    def of_index(self, branch: str, charts: Sequence[tuple[str, str]], version: Version) -> Iterator[Part]:
        """The entries of charts, given by the names of part and chart, in a branch's index."""
        there = index.versions(IndexBranch(self._remote(), branch).read())
        for part, chart in charts:
            is_there = any(name == chart and spelled_version(said) == version for name, said in there)
            yield Part(part, Presence.THERE if is_there else Presence.ABSENT)

    def _remote(self) -> Remote:
        """The checkout's remote; in a job that checks nothing out, the repository of the run."""
        context, folder = self.run.context, Path(tempfile.mkdtemp(prefix="index-", dir=self.run.temp))
        server, token, policy = context.server_url, self.token, self._policy
        try:
            return Remote(read_checkout(context.workspace), folder, token=token, server_url=server, policy=policy)
        except ReleaseError:
            return Remote.of_repository(server, self.repository, folder, token=token, policy=policy)

    def of_github(self, name: str, tag: str) -> Iterator[Part]:
        """The release of a tag as everybody sees it, so that a draft is none."""
        with GitHub(self.run.context.api_url, self.repository, self.token, policy=self._policy) as github:
            if github.read(f"releases/tags/{tag}", Release):
                yield Part(name, Presence.THERE)
            elif github.read("", _PublicRepository):  # what a token may not see is answered as what is not there
                yield Part(name, Presence.ABSENT)


class _PublicRepository(msgspec.Struct, frozen=True):
    full_name: str
