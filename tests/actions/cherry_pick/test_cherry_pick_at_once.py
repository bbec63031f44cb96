"""Several runs of cherry-pick at once: what another run has made is the same, and one comment is left."""

import json
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from threading import Barrier

import pytest

from rehearsal.act.step import Job, Result
from rehearsal.faults.picks import parts_of
from rehearsal.git.rules import Pusher
from rehearsal.github.calls import Call
from rehearsal.github.exchange import Answer
from tests.actions.cherry_pick.project import NAME, Project, fixed, outcomes

RUNS = 3
LONGEST = 60.0
_ISSUE = "/repos/{owner}/{repo}/issues/{issue_number}"
HELD = ("POST /repos/{owner}/{repo}/pulls", f"POST {_ISSUE}/labels", f"POST {_ISSUE}/comments")


@pytest.mark.parametrize("held", ["git", *HELD])
def test_runs_at_once_end_as_one(project: Project, tmp_path: Path, package_cache: Path, held: str) -> None:
    """All runs are let go at once when the last of them is about to make this call for the first time."""
    number = project.merged(fixed(3))
    barrier, arrived = Barrier(RUNS), list[object]()
    pushers = project.server.pushers

    def hold(call: Call, execute: Callable[[], Answer]) -> Answer:
        if f"{call.method} {call.operation}" == held and len(arrived) < RUNS:
            arrived.append(call)
            barrier.wait(LONGEST)
        return execute()

    def hold_push(password: str, name: str) -> Pusher | None:
        if held == "git" and len(arrived) < RUNS:
            arrived.append(name)
            barrier.wait(LONGEST)
        return pushers(password, name)

    project.github.hook, project.server.pushers = hold, hold_push
    inputs = {"pull-requests": str(number), "branches": "release-1.5", "pull-request-labels": "backport"}

    def run(job: Job) -> Result:
        return job.run("cherry_pick", {**inputs, "token": project.token}, env=project.env)

    with ThreadPoolExecutor(RUNS) as workers:
        ended = list(workers.map(run, [Job(tmp_path / f"racer-{one}", package_cache) for one in range(RUNS)]))
    assert [one.code for one in ended] == [0] * RUNS, "\n".join(one.log for one in ended)
    assert set().union(*(set(outcomes(one).values()) for one in ended)) <= {"created", "exists"}
    assert len(arrived) == RUNS
    assert parts_of(project.github, NAME, project.origin) == {
        f"branch cherry-pick-{number}-to-release-1.5",
        f"pull request of #{number} to release-1.5",
        f"labels of #{number + 1}",
        f"assignees of #{number + 1}",
        f"comment on #{number}",
    }
    assert f"#{number + 1}" in project.comments(number)[0]


def test_what_another_run_picked_onto_an_older_tip_is_used(project: Project) -> None:
    """The other run pushes right before this one does; the release branch has moved on since it began."""
    number = project.merged(fixed(3))
    branch, pushers = f"cherry-pick-{number}-to-release-1.5", project.server.pushers
    first = project.run(pull_requests=str(number), branches="release-1.5")
    (made,) = json.loads(first.outputs["pull-requests"])
    other = project.git.git("rev-parse", branch, cwd=project.origin)
    del project.github.repository(NAME).issues[made]
    project.git.git("update-ref", "-d", f"refs/heads/{branch}", cwd=project.origin)
    project.git.switch("release-1.5")
    project.git.write("meanwhile.txt", "x\n")
    project.git.commit("Meanwhile")
    project.git.git("push", "--quiet", "origin", "release-1.5")

    def appear(password: str, name: str) -> Pusher | None:
        project.git.git("update-ref", f"refs/heads/{branch}", other, cwd=project.origin)
        return pushers(password, name)

    project.server.pushers = appear
    done = project.run(pull_requests=str(number), branches="release-1.5")
    assert (done.code, outcomes(done)) == (0, {(f"#{number}", "release-1.5"): "created"}), done.log
    assert project.git.git("rev-parse", branch, cwd=project.origin) == other
