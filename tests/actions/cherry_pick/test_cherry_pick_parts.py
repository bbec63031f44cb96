"""The parts of a cherry-pick, each for itself: what is there stays, what was taken away by a person stays away."""

import json
from collections.abc import Callable

import pytest

from rehearsal.faults.picks import parts_of
from rehearsal.faults.sentence import false_claims
from rehearsal.github.calls import Call
from rehearsal.github.exchange import Answer
from tests.actions.cherry_pick.project import NAME, Project, fixed, outcomes

COMMENTS = "/repos/{owner}/{repo}/issues/{issue_number}/comments"
LABELS = "/repos/{owner}/{repo}/issues/{issue_number}/labels"
COMMENT = "/repos/{owner}/{repo}/issues/comments/{comment_id}"


def picked(project: Project, **inputs: str) -> int:
    """A merged pull request that was picked to release-1.5."""
    number = project.merged(fixed(3))
    assert project.run(pull_requests=str(number), branches="release-1.5", **inputs).code == 0
    return number


def test_a_label_that_was_removed_again_is_not_set_again(project: Project) -> None:
    number = picked(project, pull_request_labels="backport\nkind/fix")
    project.api("DELETE", f"/issues/{number + 1}/labels/backport")
    writes = len(project.github.writes)
    done = project.run(pull_requests=str(number), branches="release-1.5", pull_request_labels="Backport\nkind/fix\nnew")
    assert done.code == 0
    assert [label["name"] for label in project.api("GET", f"/pulls/{number + 1}")["labels"]] == ["kind/fix", "new"]
    assert len(project.github.writes) == writes + 1


def test_labels_are_copied_by_pattern_and_one_that_was_removed_stays_away(project: Project) -> None:
    """A rule of the project takes one off again, which is what a person may do too."""
    number = project.merged(fixed(3), labels=("Kind/Bug", "area/[x]", "size/XL", "cherry-pick/release-1.5"))
    labels = {"pull_request_labels": "backport\nkind/bug", "copy_labels": "kind/*\narea/*\nSIZE/*"}
    asked = {"pull_requests": str(number), **labels}
    copied = {"backport", "kind/bug", "area/[x]", "size/xl"}
    assert project.run(**asked).code == 0
    assert {one["name"].lower() for one in project.api("GET", f"/pulls/{number + 1}")["labels"]} == copied
    project.api("DELETE", f"/issues/{number + 1}/labels/size%2FXL")
    writes = len(project.github.writes)
    assert project.run(**asked).code == 0
    left = {one["name"].lower() for one in project.api("GET", f"/pulls/{number + 1}")["labels"]}
    assert (left, len(project.github.writes)) == (copied - {"size/xl"}, writes)


def test_a_pick_is_put_into_the_milestone_of_its_branchs_next_version_once(project: Project) -> None:
    """The first one has a closed milestone of its own, so that it gets the branch's; a person takes it off again."""
    for tag, branch in (("v1.4.0", "release-1.4"), ("v1.4.1-rc.0", "release-1.4"), ("v1.5.0-rc.0", "release-1.5")):
        project.git.git("update-ref", f"refs/tags/{tag}", f"refs/heads/{branch}", cwd=project.origin)
    for title in ("v1.4", "v1.4.0", "v1.5", "v1.5.0", "v1.4.1"):
        project.api("POST", "/milestones", {"title": title, "state": "closed" if title == "v1.4.1" else "open"})
    number = project.merged(fixed(3))
    asked = {"pull_requests": str(number), "branches": "release-1.4 release-1.5", "milestone": "true"}
    assert project.run(**asked).code == 0
    picks = [project.github.repository(NAME).issues[number + at] for at in (1, 2)]
    assert {one.pull.base_branch: one.milestone.title for one in picks if one.pull and one.milestone} == {
        "release-1.4": "v1.4",
        "release-1.5": "v1.5.0",
    }
    project.api("PATCH", f"/issues/{number + 1}", {"milestone": None})
    writes = len(project.github.writes)
    assert project.run(**asked).code == 0
    assert (picks[0].milestone, len(project.github.writes)) == (None, writes)


def test_a_milestone_that_is_gone_when_it_is_set_is_noted_and_the_next_run_has_another(project: Project) -> None:
    for title in ("v1.5.0", "v1.5"):
        project.api("POST", "/milestones", {"title": title})
    number = project.merged(fixed(3))
    asked = {"pull_requests": str(number), "branches": "release-1.5", "milestone": "true"}

    def delete(call: Call, execute: Callable[[], Answer]) -> Answer:
        if call.method == "PATCH":
            project.github.repository(NAME).milestones.pop(1, None)
        return execute()

    project.github.hook = delete
    done = project.run(**asked)
    assert (done.code, outcomes(done)) == (1, {(f"#{number}", "release-1.5"): "failed"}), done.log
    assert f"#{number + 1} may lack labels, assignees or a milestone." in done.log
    done = project.run(**asked)
    assert (done.code, outcomes(done)) == (0, {(f"#{number}", "release-1.5"): "exists"}), done.log
    there = project.github.repository(NAME).issues[number + 1].milestone
    assert there is not None
    assert there.title == "v1.5"


def test_a_persons_pull_request_gets_no_labels(project: Project) -> None:
    """A person has pushed to the branch, so that it is not the action's any more."""
    number = picked(project)
    branch = f"cherry-pick-{number}-to-release-1.5"
    project.git.git("fetch", "--quiet", "origin")
    project.git.switch("mine", f"origin/{branch}")
    project.git.write("app.txt", "by hand\n")
    project.git.commit("By hand")
    project.git.git("push", "--quiet", "origin", f"HEAD:{branch}")
    done = project.run(pull_requests=str(number), branches="release-1.5", pull_request_labels="backport")
    assert outcomes(done) == {(f"#{number}", "release-1.5"): "exists"}
    assert project.api("GET", f"/pulls/{number + 1}")["labels"] == []


def test_author_and_assignees_are_assigned_once_as_far_as_they_can_be(project: Project) -> None:
    """Bob has a role, Eve has none; a person takes the author off again."""
    number = project.merged(fixed(3))
    project.roles["bob"] = "read"
    original = project.github.repository(NAME).issues[number]
    original.assignees = [project.github.world.user(login) for login in ("bob", "eve", "dependabot[bot]")]
    asked = {"pull_requests": str(number), "branches": "release-1.5"}
    assert project.run(**asked).code == 0
    made = project.github.repository(NAME).issues[number + 1]
    assert [one.login for one in made.assignees] == ["ann", "bob"]
    made.assignees.pop(0)
    writes = len(project.github.writes)
    assert project.run(**asked).code == 0
    assert ([one.login for one in made.assignees], len(project.github.writes)) == (["bob"], writes)
    project.run(**{**asked, "branches": "release-1.4", "assign": "false"})
    assert project.github.repository(NAME).issues[number + 2].assignees == []


@pytest.mark.parametrize("refused", [f"POST {LABELS}", f"POST {COMMENTS}"])
def test_what_github_refuses_fails_the_run_and_what_was_written_is_said(project: Project, refused: str) -> None:
    number = project.merged(fixed(3))
    before = parts_of(project.github, NAME, project.origin)
    asked = {"pull_requests": str(number), "branches": "release-1.5", "pull_request_labels": "backport"}

    def refuse(call: Call, execute: Callable[[], Answer]) -> Answer:
        if f"{call.method} {call.operation}" == refused:
            return Answer(403, json.dumps({"message": "Locked"}).encode())
        return execute()

    project.github.hook = refuse
    done = project.run(**asked)
    there = parts_of(project.github, NAME, project.origin)
    assert (done.code, done.error) == (1, "E_CHERRY_PICK"), done.log
    published = done.result["error"]["published"]
    assert false_claims(published, before, there) == []
    assert "Unknown" not in published
    assert "Locked" in done.log
    project.github.hook = lambda _, execute: execute()
    assert project.run(**asked).code == 0
    assert len(parts_of(project.github, NAME, project.origin) - there) >= 1


def test_a_comment_that_is_deleted_right_before_it_is_edited_is_written_again(project: Project) -> None:
    number = picked(project)

    def delete(call: Call, execute: Callable[[], Answer]) -> Answer:
        if f"{call.method} {call.operation}" == f"PATCH {COMMENT}":
            project.github.repository(NAME).comments.clear()
        return execute()

    project.github.hook = delete
    done = project.run(pull_requests=str(number), branches="release-1.4")
    assert done.code == 0, done.log
    assert len(project.comments(number)) == 1


def test_of_several_comments_of_ours_the_first_stays_with_what_all_say(project: Project) -> None:
    """As a run leaves them that was killed right after it wrote one too many."""
    number = picked(project)
    comments = project.github.repository(NAME).comments
    project.run(pull_requests=str(number), branches="release-1.4")
    (kept,) = [one for one in comments.values() if one.issue == number]
    both = kept.body
    comments.clear()
    project.run(pull_requests=str(number), branches="release-1.5")
    (first,) = comments.values()
    comments[first.id + 1000] = type(first)(
        first.id + 1000, number, both, first.author, first.created_at, first.updated_at
    )
    done = project.run(pull_requests=str(number), branches="release-1.5")
    assert done.code == 0
    (left,) = comments.values()
    assert (left.id, "release-1.4" in left.body, "release-1.5" in left.body) == (first.id, True, True)


def test_the_bump_of_a_submodule_leaves_a_quiet_log(project: Project) -> None:
    """The commit that the submodule is at is in another repository, so that git can't fetch it."""
    for branch, commit in (("main", "1" * 40), ("release-1.5", "1" * 40), ("bump", "2" * 40)):
        project.git.switch(branch)
        project.git.git("update-index", "--add", "--cacheinfo", f"160000,{commit},sub")
        project.git.git("commit", "--quiet", "--message", f"Put the submodule to {commit[:7]}")
        project.git.git("push", "--quiet", "origin", branch)
        if branch == "release-1.5":
            project.git.switch("main")
    number = project.api("POST", "/pulls", {"head": "bump", "base": "main", "title": "Bump", "body": ""})["number"]
    project.api("PUT", f"/pulls/{number}/merge", {"merge_method": "squash"})
    done = project.run(pull_requests=str(number), branches="release-1.5")
    assert outcomes(done) == {(f"#{number}", "release-1.5"): "created"}, done.log
    assert "fatal:" not in done.log + done.errors
    assert "2" * 40 in project.git.git("ls-tree", f"cherry-pick-{number}-to-release-1.5", "sub", cwd=project.origin)
