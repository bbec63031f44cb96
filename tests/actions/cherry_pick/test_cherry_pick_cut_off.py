"""cherry-pick that is cut off after any write: the next run completes it, and what it says of its writes is true."""

from signal import SIGINT, SIGKILL, SIGTERM, Signals

import pytest

from rehearsal.act.step import Job
from rehearsal.faults.picks import parts_of
from rehearsal.faults.sentence import false_claims
from tests.actions.cherry_pick.project import NAME, Project, fixed, outcomes
from tests.support.cut_off import Cutter

BRANCHES = ("release-1.4", "release-1.5")
PUSHES, CALLS = len(BRANCHES), 3 * len(BRANCHES) + 1
POINTS = [("push", number, SIGINT) for number in range(1, PUSHES + 1)]
POINTS += [("api", number, SIGINT) for number in range(1, CALLS + 1)]
POINTS += [("push", 1, SIGKILL), ("api", 1, SIGKILL), ("api", 2, SIGTERM), ("api", 4, SIGKILL)]


def everything(number: int, pulls: list[int]) -> set[str]:
    """All parts of the pick of a pull request."""
    return {
        f"comment on #{number}",
        *(f"{what} of #{pull}" for pull in pulls for what in ("labels", "assignees")),
        *(f"branch cherry-pick-{number}-to-{branch}" for branch in BRANCHES),
        *(f"pull request of #{number} to {branch}" for branch in BRANCHES),
    }


@pytest.mark.parametrize("cut", POINTS, ids=lambda cut: f"{cut[0]}-{cut[1]}-{cut[2].name}")
def test_the_next_run_completes_what_was_cut_off(project: Project, job: Job, cut: tuple[str, int, Signals]) -> None:
    number = project.merged(fixed(3))
    asked = {"pull-requests": str(number), "branches": " ".join(BRANCHES), "pull-request-labels": "backport\nbot"}
    before = parts_of(project.github, NAME, project.origin)
    done = Cutter(job, project.github, project.origin).run(
        "cherry_pick", {**asked, "token": project.token}, project.env, cut
    )
    there = parts_of(project.github, NAME, project.origin)
    if cut[2] is SIGKILL:
        assert done.code == -SIGKILL
    elif done.code:
        assert (done.code, done.error) == (130, "E_CANCELLED"), done.log + done.errors
        assert false_claims(done.result["error"]["published"], before, there) == []
    again = project.run(**{name.replace("-", "_"): text for name, text in asked.items()})
    assert again.code == 0, again.log + again.errors
    pulls = [one for one in project.github.repository(NAME).issues if one > number]
    assert parts_of(project.github, NAME, project.origin) == everything(number, pulls)
    for pull in pulls:
        labels = project.github.repository(NAME).issues[pull].labels
        assert [one.name for one in labels] == ["backport", "bot"]
        assert f"#{pull}" in project.comments(number)[0]
    writes, tips = len(project.github.writes), project.git.git("for-each-ref", cwd=project.origin)
    third = project.run(**{name.replace("-", "_"): text for name, text in asked.items()})
    assert set(outcomes(third).values()) == {"exists"}
    assert [f"{one.method} {one.path}" for one in project.github.writes[writes:]] == []
    assert project.git.git("for-each-ref", cwd=project.origin) == tips
