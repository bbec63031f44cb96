"""What is on a branch already and what is not: titles and equal lines are hints, the files decide."""

import json
import stat
from pathlib import Path
from typing import Any

import pytest

from rehearsal.base.programs import program
from tests.actions.cherry_pick.project import LINES, Project, fixed, outcomes

BRANCH = "release-1.5"


def pick(project: Project, number: int) -> dict[str, Any]:
    """What became of a pull request on the branch."""
    done = project.run(pull_requests=str(number), branches=BRANCH)
    [one] = json.loads(done.outputs["outcomes"])
    return dict(one)


def merge_pick(project: Project, number: int, *, delete: bool = True) -> int:
    """Pick a pull request and merge that; the pick's branch is deleted, as most projects let GitHub do."""
    made = int(pick(project, number)["pull-request"])
    project.api("PUT", f"/pulls/{made}/merge", {"merge_method": "squash"})
    if delete:
        project.git.git("push", "--quiet", "origin", f":refs/heads/cherry-pick-{number}-to-{BRANCH}")
    return made


def two(first: int, second: int) -> dict[str, str]:
    """The file with two lines fixed."""
    lines = list(LINES)
    lines[first], lines[second] = "fixed", "fixed as well"
    return {"app.txt": "\n".join(lines) + "\n"}


def revert(project: Project, message: str) -> str:
    """Take the branch's last commit back under a message, in which `{}` is that commit."""
    project.git.git("fetch", "--quiet", "origin")
    project.git.git("switch", "--quiet", "--detach", f"origin/{BRANCH}")
    last = project.git.git("rev-parse", "HEAD")
    project.git.git("revert", "--no-commit", "HEAD")
    made = project.git.commit(message.format(last))
    project.git.git("push", "--quiet", "origin", f"HEAD:refs/heads/{BRANCH}")
    return made


def test_the_second_of_two_with_one_title_is_picked(project: Project) -> None:
    merge_pick(project, project.merged(fixed(3), title="Fix a flaky reconcile"))
    second = project.merged(two(3, 20), title="Fix a flaky reconcile")
    assert pick(project, second)["outcome"] == "created"
    assert "fixed as well" in project.show(f"cherry-pick-{second}-to-{BRANCH}", "app.txt")


def test_the_same_lines_at_another_place_are_another_fix(project: Project) -> None:
    block = ["- name: demo", "  image: demo", "", ""]
    base = [*block, *LINES[:10], *block, *LINES[10:]]
    number = project.merged({"app.txt": "\n".join(base) + "\n"}, title="Two that are alike")
    merge_pick(project, number)
    base[2] = "  limits: small"
    merge_pick(project, project.merged({"app.txt": "\n".join(base) + "\n"}, title="Limit the first"))
    base[16] = "  limits: small"
    second = project.merged({"app.txt": "\n".join(base) + "\n"}, title="Limit the second")
    one = pick(project, second)
    assert one["outcome"] == "created"
    assert "The same lines stand at app.txt:3 already" in one["note"]


def test_other_indentation_is_picked(project: Project) -> None:
    text = "".join(f"  {line}\n" if at in (4, 5) else f"{line}\n" for at, line in enumerate(LINES))
    number = project.merged({"app.txt": text}, title="Indent")
    assert pick(project, number)["outcome"] == "created"


@pytest.mark.parametrize(
    "message",
    [
        f'Revert "[{BRANCH}] Fix the leak"\n\nThis reverts commit {{}}.',
        f'Revert "[{BRANCH}] Fix the leak"',
        "Go back to how it was",
    ],
    ids=["id", "title", "nothing"],
)
def test_what_was_taken_back_is_proposed_again(project: Project, message: str) -> None:
    number = project.merged(fixed(3), title="Fix the leak")
    merge_pick(project, number)
    assert pick(project, number)["outcome"] == "already-there"
    taken = revert(project, message)
    again = pick(project, number)
    assert again["outcome"] == "created"
    assert f"{taken[:12]} took that back" in again["note"]
    assert f"{taken[:12]} took that back" in project.api("GET", f"/pulls/{again['pull-request']}")["body"]


def test_a_revert_that_names_the_original_takes_the_pick_back(project: Project) -> None:
    number = project.merged(fixed(3), title="Fix the leak")
    merge_pick(project, number)
    original = project.api("GET", f"/pulls/{number}")["merge_commit_sha"]
    revert(
        project, f'Revert "Fix the leak"\n\nThis reverts commit {original}.\n\n(cherry picked from commit {"1" * 40})'
    )
    assert pick(project, number)["outcome"] == "created"


def test_a_pull_request_is_picked_with_all_its_commits(project: Project) -> None:
    """One of them has the title of a commit that is on the branch, and does something else."""
    project.git.switch(BRANCH)
    project.git.write("app.txt", two(10, 11)["app.txt"])
    project.git.commit("Fix the app 1")
    project.git.push()
    number = project.merged(fixed(3), {"new.txt": "new\n"}, method="rebase")
    done = project.run(pull_requests=str(number), branches=BRANCH)
    assert outcomes(done) == {(f"#{number}", BRANCH): "created"}
    branch = f"cherry-pick-{number}-to-{BRANCH}"
    assert project.git.git("rev-list", "--count", f"{BRANCH}..{branch}", cwd=project.origin) == "2"
    assert "fixed" in project.show(branch, "app.txt").split("\n")[3]


def test_a_commit_that_is_there_is_left_out_and_listed_with_the_one_that_has_it(project: Project) -> None:
    number = project.merged(fixed(3), {"new.txt": "new\n"}, method="rebase")
    last = project.api("GET", f"/pulls/{number}")["merge_commit_sha"]
    first = project.git.git("rev-parse", f"{last}^", cwd=project.origin)
    project.git.git("fetch", "--quiet", "origin")
    project.git.switch(BRANCH)
    project.git.git("cherry-pick", "-x", first)
    there = project.git.git("rev-parse", "HEAD")
    project.git.git("push", "--quiet", "origin", BRANCH)
    one = pick(project, number)
    assert one["outcome"] == "created"
    body = project.api("GET", f"/pulls/{one['pull-request']}")["body"]
    assert f"(cherry picked from commit {last})" in body
    assert f"(cherry picked from commit {first})" not in body
    assert f"`{first[:12]}` is left out: {there[:12]} says that it was picked from it" in body


def test_a_merged_pick_whose_branch_is_still_there(project: Project) -> None:
    number = project.merged(fixed(3))
    made = merge_pick(project, number, delete=False)
    assert pick(project, number)["outcome"] == "already-there"
    revert(project, "Go back")
    again = pick(project, number)
    assert (again["outcome"], again["pull-request"]) == ("blocked", made)
    assert "It was merged, and the branch lacks it again" in again["note"]


def test_a_fix_that_main_took_back_is_proposed_with_a_word_on_it(project: Project) -> None:
    number = project.merged(fixed(3), title="Fix the leak")
    taken = project.merged({"app.txt": "\n".join(LINES) + "\n"}, title=f'Revert "Fix the leak (#{number})"')
    undone = project.api("GET", f"/pulls/{taken}")["merge_commit_sha"]
    one = pick(project, number)
    assert one["outcome"] == "created"
    assert f"main took it back with {undone[:12]}" in one["note"]


def test_a_file_that_the_branch_never_had_needs_no_fix(project: Project) -> None:
    project.merged({"later.txt": "a\nb\nc\n"}, title="Something new")
    number = project.merged({"later.txt": "a\nfixed\nc\n"}, title="Fix it")
    one = pick(project, number)
    assert (one["outcome"], one["note"]) == ("not-needed", "The branch never had the code that it changes: later.txt.")


def test_many_picks_read_each_history_once(project: Project, tmp_path: Path) -> None:
    log, wrapper = tmp_path / "git.log", tmp_path / "tools" / "git"
    wrapper.parent.mkdir()
    wrapper.write_text(f'#!/bin/sh\nprintf "%s\\n" "$*" >> {log}\nexec {program("git")} "$@"\n')
    wrapper.chmod(wrapper.stat().st_mode | stat.S_IXUSR)
    branches = [f"release-1.{minor}" for minor in (2, 3, 4, 5)]
    for branch in branches[:2]:
        project.git.git("branch", branch, "release-1.4")
    project.git.push()
    numbers = [project.merged({f"file{at}.txt": "x\n"}, title=f"Fix {at}") for at in range(4)]
    wanted = " ".join(map(str, numbers))
    project.tools = wrapper.parent
    done = project.run(pull_requests=wanted, branches=" ".join(branches))
    commands = log.read_text().splitlines()
    assert set(outcomes(done).values()) == {"created"}
    assert len(outcomes(done)) == 16
    assert len([one for one in commands if "--topo-order" in one]) <= 2 * (len(branches) + 1)
    assert len([one for one in commands if one.startswith("diff-tree")]) < len(outcomes(done))
    assert len(commands) < 120
