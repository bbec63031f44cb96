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
from release_actions.core.version import Version, spelled_version
from release_actions.git.checkout import read_checkout
from release_actions.git.remote import Remote
from release_actions.github.client import GitHub
from release_actions.github.releases import Release
from release_actions.oci.credentials import RegistryInputs, private_credentials, release_credentials
from release_actions.oci.reference import Reference
from release_actions.oci.registry import Registry
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

    Without `logins` registries are asked with those of the runner alone.
    """

    run: FailedRun
    token: str
    logins: RegistryInputs | None
    seconds: float

    @property
    def _policy(self) -> RetryPolicy:
        return RetryPolicy(attempts=1, longest_total=self.seconds)

    def of_registry(self, name: str, reference: Reference) -> Iterator[Part]:
        """An image or a chart under its tag. Some registries show what is not there yet only to who may push it."""
        run, hosts = self.run, [reference.registry]
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
            found = registry.find(reference)
        if found.error is None:
            yield Part(name, Presence.THERE if found.digest else Presence.ABSENT, found.digest)

    def of_index(self, branch: str, charts: Sequence[tuple[str, str]], version: Version) -> Iterator[Part]:
        """The entries of charts, given by the names of part and chart, in a branch's index."""
        remote = Remote(
            read_checkout(self.run.context.workspace),
            Path(tempfile.mkdtemp(prefix="index-", dir=self.run.temp)),
            token=self.token,
            server_url=self.run.context.server_url,
            policy=self._policy,
        )
        there = index.versions(IndexBranch(remote, branch).read())
        for part, chart in charts:
            is_there = any(name == chart and spelled_version(said) == version for name, said in there)
            yield Part(part, Presence.THERE if is_there else Presence.ABSENT)

    def of_github(self, name: str, tag: str) -> Iterator[Part]:
        """The release of a tag as everybody sees it, so that a draft is none."""
        context = self.run.context
        with GitHub(context.api_url, context.repository, self.token, policy=self._policy) as github:
            if github.read(f"releases/tags/{tag}", Release):
                yield Part(name, Presence.THERE)
            elif github.read("", _Repository):  # what a token may not see is answered as what is not there
                yield Part(name, Presence.ABSENT)


class _Repository(msgspec.Struct, frozen=True):
    full_name: str
