"""What people and rules do while cherry-pick runs: one clear outcome for each branch, and nothing half-done."""

from collections.abc import Callable

import pytest

from rehearsal.git.rules import Rule, set_rules
from rehearsal.github.calls import Call
from rehearsal.github.exchange import Answer
from tests.actions.cherry_pick.project import Project, fixed, outcomes

LABELS = "/repos/{owner}/{repo}/issues/{issue_number}/labels"
COMMENT = "/repos/{owner}/{repo}/issues/comments/{comment_id}"


def right_before(project: Project, call: str, act: Callable[[], object]) -> None:
    """Have something done once, right before GitHub executes a call of the action."""
    left = [act]

    def hook(one: Call, execute: Callable[[], Answer]) -> Answer:
        if f"{one.method} {one.operation}" == call and left:
            left.pop()()
        return execute()

    project.github.hook = hook


@pytest.mark.parametrize(
    ("way", "again"),
    [("closed", "exists"), ("merged", "already-there"), ("retargeted", "created")],
)
def test_a_pick_that_is_taken_on_before_it_has_its_labels(project: Project, way: str, again: str) -> None:
    """What was retargeted is another branch's now, so that the requested one gets a pull request of its own."""
    number = project.merged(fixed(3))
    asked = {"pull_requests": str(number), "branches": "release-1.5", "pull_request_labels": "backport"}
    made = f"/pulls/{number + 1}"
    acts: dict[str, Callable[[], object]] = {
        "closed": lambda: project.api("PATCH", made, {"state": "closed"}),
        "merged": lambda: project.api("PUT", f"{made}/merge", {"merge_method": "squash"}),
        "retargeted": lambda: project.api("PATCH", made, {"base": "release-1.4"}),
    }
    right_before(project, f"POST {LABELS}", acts[way])
    done = project.run(**asked)
    assert (done.code, outcomes(done)) == (0, {(f"#{number}", "release-1.5"): "created"}), done.log
    assert [one["name"] for one in project.api("GET", made)["labels"]] == ["backport"]
    second = project.run(**asked)
    assert (second.code, outcomes(second)) == (0, {(f"#{number}", "release-1.5"): again}), second.log
    writes = len(project.github.writes)
    assert (project.run(**asked).code, len(project.github.writes), len(project.comments(number))) == (0, writes, 1)


def test_a_comment_that_a_person_edits_right_before_it_is_written_says_it_all(project: Project) -> None:
    number = project.merged(fixed(3))
    project.run(pull_requests=str(number), branches="release-1.5")
    (there,) = project.api("GET", f"/issues/{number}/comments")
    edit = {"body": f"{there['body']}\nA word of a person."}
    right_before(project, f"PATCH {COMMENT}", lambda: project.api("PATCH", f"/issues/comments/{there['id']}", edit))
    done = project.run(pull_requests=str(number), branches="release-1.4")
    [body] = project.comments(number)
    assert (done.code, "release-1.4" in body, "release-1.5" in body, "of a person" in body) == (0, True, True, False)


def test_a_rule_for_names_of_branches_blocks_those_alone(project: Project) -> None:
    number = project.merged(fixed(3))
    set_rules(project.origin, [Rule(f"refs/heads/cherry-pick-{number}-to-release-1.5", ("creation",))])
    asked = {"pull_requests": str(number), "branches": "release-1.5 release-1.4"}
    done = project.run(**asked)
    expected = {(f"#{number}", "release-1.5"): "blocked", (f"#{number}", "release-1.4"): "created"}
    assert (done.code, done.error, outcomes(done)) == (1, "E_CHERRY_PICK", expected), done.log
    assert project.branches() == [f"cherry-pick-{number}-to-release-1.4"]
    set_rules(project.origin, [])
    done = project.run(**asked)
    assert (done.code, set(outcomes(done).values())) == (0, {"created", "exists"}), done.log
