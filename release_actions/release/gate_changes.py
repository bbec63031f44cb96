"""What a release changes of the project's feature gates, as the section of its description, from two tags of git."""

from collections.abc import Callable
from pathlib import Path
from typing import Final

import msgspec

from release_actions.compatibility.gate import Declared
from release_actions.compatibility.gate_before import read_before
from release_actions.compatibility.gate_pages import section, steps
from release_actions.core.errors import Code, ReleaseError
from release_actions.core.version import Version, previous
from release_actions.git.commit_files import CommitFiles
from release_actions.git.partial_clone import PartialClone
from release_actions.git.remote import Remote
from release_actions.project.config import FeatureGates
from release_actions.project.read import read_config
from release_actions.runner.context import Context

_ALL: Final = ("**",)


class GateChanges(msgspec.Struct, frozen=True, kw_only=True):
    """Where to read the feature gates of a repository's tags; `folder` is private, `config` is a path.

    `warn` gets why there is no section where the configuration can't be read, as the notes alone stop no release.
    """

    context: Context
    folder: Path
    token: str
    config: str
    warn: Callable[[str], None]

    def section(self, version: Version, commit: str, versions: tuple[Version, ...]) -> str:
        """What the commit of a version changes since the newest release below it, never since a candidate.

        Empty where nothing changed, before the second release, and for a project whose configuration has no
        `feature-gates`. Raises E_REMOTE_UNAVAILABLE.
        """
        before = previous(version, [one for one in versions if not one.is_candidate])
        if before is None:
            return ""
        url, name = self.context.server_url, self.context.repository
        remote = Remote.of_repository(url, name, self.folder / "gates.git", token=self.token)
        older = remote.find(f"refs/tags/{before.tag}").commits.get(before.tag, "")
        PartialClone(remote, self.folder / "gates").fetch_commits([commit], depth=1)
        settings = self._settings(remote, commit)
        if settings == FeatureGates() or not older:
            return ""
        new = self._read(remote, commit, settings)
        old = self._read(remote, older, settings)
        return section(steps(old, new, (version.major, version.minor)))

    def _settings(self, remote: Remote, commit: str) -> FeatureGates:
        try:
            return read_config(CommitFiles(remote, commit), self.config).feature_gates
        except ReleaseError as error:
            if error.code is Code.E_REMOTE_UNAVAILABLE:
                raise
            self.warn(f"The notes say nothing of feature gates, as {self.config} can't be read: {error.what}")
            return FeatureGates()

    def _read(self, remote: Remote, commit: str, settings: FeatureGates) -> Declared:
        """The gates of a commit; of all its Go files where none fits the patterns, as files move between releases."""
        folder = self.folder / "gates"
        found = read_before(remote, folder, commit, (), settings.sources or _ALL)
        return found or read_before(remote, folder, commit, (), _ALL) or Declared((), ())
