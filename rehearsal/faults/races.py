"""Many publishers, each with another content of the same version, at the same moment."""

import threading
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from pathlib import Path

from rehearsal.act.step import Result
from rehearsal.faults.competing_content import move_tag, other_commit, other_content
from rehearsal.faults.project import CHART, CHARTS, IMAGE, INDEX_BRANCH, TAG, VERSION
from rehearsal.faults.release import Release
from rehearsal.faults.world import World
from release_actions.core.errors import Code

# The steps of the release that are done when the race begins.
_IMAGE_IS_THERE, _CHART_IS_THERE = 5, 6
_REFUSALS = {one.name for one in (Code.E_VERSION_EXISTS, Code.E_RELEASE_EXISTS, Code.E_BRANCH_MOVED, Code.E_TAG_MOVED)}

OCI, INDEX, RELEASE = "the chart's tag in OCI", "the index on its git branch", "the GitHub release"

Enter = Callable[[Release, int], Result | None]


@dataclass(frozen=True, slots=True)
class Race:
    """What came of the rounds of a race."""

    what: str
    racers: int
    rounds: int
    one_winner: int
    told: str

    @property
    def good(self) -> bool:
        """Whether exactly one racer won each round."""
        return self.one_winner == self.rounds


def race_all(world: World, racers: int, rounds: int) -> list[Race]:
    """Each commit point that a release has."""
    numbers = range(racers)
    commits = [other_commit(world, number) for number in numbers]
    contents = [other_content(world, number) for number in numbers]
    return [race(world, contents if what == RELEASE else commits, rounds, what) for what in COMMIT_POINTS]


def race(world: World, workspaces: list[Path], rounds: int, what: str) -> Race:
    """Rounds of a race at one commit point; each racer has a workspace.

    Those of charts are commits; in OCI the tag is at another one in each round.
    """
    stage, enter = COMMIT_POINTS[what]
    one_winner, refused, lost = 0, 0, 0
    for number in range(rounds):
        world.begin(stage)
        if what == OCI:
            move_tag(world, workspaces[number % len(workspaces)])
        results = _run_all(world.runners(*workspaces), enter)
        one_winner += sum(result.code == 0 for result in results) == 1
        refused += sum(result.error in _REFUSALS for result in results)
        lost += len(results) - 1
    return Race(what, len(workspaces), rounds, one_winner, f"{refused} of {lost}")


def _run_all(runners: list[Release], enter: Enter) -> list[Result]:
    together = threading.Barrier(len(runners))

    def run(numbered: tuple[int, Release]) -> Result | None:
        together.wait()
        return enter(numbered[1], numbered[0])

    with ThreadPoolExecutor(len(runners)) as pool:
        return [result for result in pool.map(run, enumerate(runners)) if result]


def _push_chart(runner: Release, _: int) -> Result | None:
    return runner.step("publish_chart", _chart(runner, CHARTS))


def _add_to_index(runner: Release, number: int) -> Result | None:
    """Each to a namespace of its own in OCI, and without a look at the tag, so that nothing but the index decides."""
    index = {"index-branch": INDEX_BRANCH, "index-url": "https://kubeflow.github.io/op", "token": runner.token}
    index["check-tag"] = "false"
    return runner.step("publish_chart", {**_chart(runner, f"{CHARTS}-{number}"), **index})


def _publish_release(runner: Release, _: int) -> Result | None:
    given = {"tag": TAG, "token": runner.token, "assets": "notes.txt", **runner.login}
    return runner.step("publish_release", {**given, "images": f"{IMAGE}:{TAG}", "charts": f"{CHART}:{VERSION}"})


def _chart(runner: Release, namespace: str) -> dict[str, str]:
    return {"tag": TAG, "chart": "charts/op", "registry": f"oci://{namespace}", **runner.login}


COMMIT_POINTS: dict[str, tuple[int, Enter]] = {
    OCI: (_IMAGE_IS_THERE, _push_chart),
    INDEX: (_IMAGE_IS_THERE, _add_to_index),
    RELEASE: (_CHART_IS_THERE, _publish_release),
}
"""Where it is decided which content a version has, with the step of the release before it.

OCI has no compare-and-swap, so the git tag decides there: each racer has a commit of its own, and it points to one. At
the others all contents are of one commit, and the branch or the release decides.
"""
