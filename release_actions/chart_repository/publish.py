"""A chart repository on a git branch as one more place where a chart is published, beside its OCI registry."""

import re
from pathlib import Path

from release_actions.chart_repository import index
from release_actions.chart_repository.branch import IndexBranch
from release_actions.chart_repository.entry import IndexEntry, entry_of
from release_actions.core.errors import Code, ReleaseError
from release_actions.core.report import Artefact, Report, State
from release_actions.git.person import Person

_URL = re.compile(r"https://[A-Za-z0-9.-]+(:[0-9]+)?(/[A-Za-z0-9._~%+-]+)*/?")
# GitHub's own name for what workflows commit.
_BOT = Person("github-actions[bot]", "41898282+github-actions[bot]@users.noreply.github.com")


class ChartRepository:
    """The branch with the index, and the address that its packages have; `time` is the commit's, in seconds since 1970.

    With `with_package` the branch gets the package file too; else `url` is where it is already, or will be.
    """

    def __init__(self, index_branch: IndexBranch, *, branch: str, url: str, with_package: bool, time: int) -> None:
        if not _URL.fullmatch(url):
            raise ReleaseError(
                Code.E_INPUT,
                f"The input `index-url` is {url[:200]!a}, not the address of a folder with packages.",
                next_step="Give it such as `https://kubeflow.github.io/operator`.",
            )
        self._index = index_branch
        self._branch = branch
        self._url = url.rstrip("/")
        self._with_package = with_package
        self._time = time

    def observe(self, package: Path, report: Report) -> Artefact:
        """What the index has of this version, recorded in the report; raises E_VERSION_EXISTS and E_INDEX."""
        entry = self._entry(package)
        found = self._index.find(entry)
        name = f"{self._branch}: {entry.name} {entry.version}"
        artefact = report.plan("index entry", name, entry.version, found.state, digest=f"sha256:{entry.digest}")
        if found.state is State.CONFLICT:
            raise index.conflict(entry, found)
        return artefact

    def publish(self, package: Path, planned: Artefact, report: Report) -> None:
        """Add the entry unless it is there; raises what `IndexBranch.publish` raises."""
        if planned.state is State.SAME:
            return
        report.failed(planned)  # until the index was read again, nobody knows
        entry = self._entry(package)
        published = self._index.publish(entry, _BOT, package=package if self._with_package else None)
        report.done(planned, digest=f"sha256:{entry.digest}", note=f"commit {published.commit}")

    def _entry(self, package: Path) -> IndexEntry:
        return entry_of(package.read_bytes(), urls=[f"{self._url}/{package.name}"], created=self._time)
