"""Asks every server of a release, side by side and once, what exists under the release's version.

It is asked when a run has failed already. So it raises nothing and ends at its deadline: who does not answer by then,
or refuses to, leaves its part unknown.
"""

import contextlib
import importlib
import threading
import time
from collections.abc import Iterable, Iterator
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING, Any

from release_actions.chart.places import read_charts
from release_actions.core.errors import Code, ReleaseError
from release_actions.core.version import Version
from release_actions.oci.reference import Reference, parse_reference
from release_actions.project.config import Config
from release_actions.project.matrix import chart_references, image_references
from release_actions.public_state.parts import ReleaseParts
from release_actions.public_state.sentence import Part, is_nothing, sentence
from release_actions.system.workspace import WorkspaceFiles

if TYPE_CHECKING:
    from release_actions.oci.credentials import RegistryInputs
    from release_actions.public_state.servers import FailedRun, Servers

LONGEST = 20.0
"""How many seconds all questions may take together."""

# A run that is cancelled gets 10 seconds in all from the runner.
_LONGEST_OF_CANCELLED = 5.0
# Of the time that there is; what ends by itself leaves no process behind.
_OF_ONE_EXCHANGE = 0.75


class PublicState:
    """What is public of a release, as it was when it was first asked for; see `Servers` for token and logins."""

    def __init__(
        self,
        run: "FailedRun",
        version: Version,
        token: str,
        logins: "RegistryInputs | None",
        parts: ReleaseParts,
        *,
        repository: str = "",
    ) -> None:
        self._version = version
        self._images, self._charts, self._floating = (
            sorted(one, key=str) for one in (parts.images, parts.charts, parts.floating)
        )
        self._index_branch = parts.index_branch
        self._servers = partial(
            _servers, run=run, token=token, logins=logins, repository=repository or run.context.repository
        )
        self._parts: list[Part] = []

    def sentence(self, code: Code) -> str:
        """The sentence for a failure with a code."""
        return sentence(self._version, self.ask(_LONGEST_OF_CANCELLED if code is Code.E_CANCELLED else LONGEST))

    def is_nothing(self) -> bool:
        """Whether it is certain that nothing is public; never where no image is known, as images come first."""
        return bool(self._images) and is_nothing(self.ask(LONGEST))

    def ask(self, seconds: float) -> list[Part]:
        """All parts, after at most this many seconds; asked once, and the same ever after."""
        if not self._parts:
            deadline = time.monotonic() + seconds
            questions = list(self._questions(self._servers(seconds=seconds * _OF_ONE_EXCHANGE)))
            answers = {name: Part(name) for names, _ in questions for name in names}
            # No process waits for a daemon that hangs.
            threads = [threading.Thread(target=_keep, args=(ask, answers), daemon=True) for _, ask in questions]
            with contextlib.suppress(KeyboardInterrupt):  # the error of the run is shown all the same
                for one in threads:
                    one.start()
                for one in threads:
                    one.join(max(0.0, deadline - time.monotonic()))
            self._parts = list(answers.values())
        return self._parts

    def _questions(self, servers: "Servers") -> Iterator[tuple[list[str], Iterable[Part]]]:
        """What is asked, with the names of the parts that it is about; each is answered when its parts are read."""
        for kind, references in (("image", self._images), ("chart", self._charts)):
            for one in references:
                yield [f"{kind} {one}"], servers.of_registry(f"{kind} {one}", one)
        for image, one in self._of_floating():
            name = f"floating tag {one} at {self._version.tag}"
            yield [name], servers.of_floating(name, one, image)
        branch, version = self._index_branch, self._version
        charts = [one.repository.rpartition("/")[2] for one in self._charts]
        entries = [(f"index entry {branch}: {chart} {version.bare}", chart) for chart in charts]
        if branch and entries:
            yield [part for part, _ in entries], servers.of_index(branch, entries, version)
        release = f"GitHub release {version.tag}"
        yield [release], servers.of_github(release, version.tag)

    def _of_floating(self) -> Iterator[tuple[Reference, Reference]]:
        return ((image, one) for one in self._floating for image in self._images if image.name == one.name)


def _keep(parts: Iterable[Part], answers: dict[str, Part]) -> None:
    with contextlib.suppress(Exception):  # whatever fails here has not been answered
        for one in parts:
            answers[one.name] = one


def of_workspace(config: Config, version: Version, registry: str, workspace: Path) -> ReleaseParts:
    """The images and charts of a project that is checked out; what can't be read is left out.

    `registry` is for charts that name none of their own.
    """
    images: list[str] = []
    charts: list[str] = []
    with contextlib.suppress(ReleaseError):
        images = image_references(config, version)
        names = [one.name for one in read_charts(WorkspaceFiles(workspace), [one.path for one in config.charts])]
        charts = chart_references(config, registry, version, names)
    return ReleaseParts(images=frozenset(map(parse_reference, images)), charts=frozenset(map(parse_reference, charts)))


def _servers(**given: Any) -> "Servers":
    """The clients of all servers. They are loaded for a failure alone, as a run like validate-tag's needs none."""
    made: Servers = importlib.import_module("release_actions.public_state.servers").Servers(**given)
    return made
