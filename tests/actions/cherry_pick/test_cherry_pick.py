"""cherry-pick as a process, against GitHub's API and git on loopback: what is picked, and that it is picked once."""

import json

import pytest

from rehearsal.github.pull_sync import merged
from tests.actions.cherry_pick.project import LINES, NAME, Project, fixed, outcomes

HOSTILE = "Fix <!-- --> </details> @kubeflow/all `$(id)` [x](http://evil.example) | #1"


def test_a_squashed_pull_request_goes_to_every_branch(project: Project) -> None:
    number = project.merged(fixed(3), title="Fix the app")
    done = project.run(pull_requests=str(number), branches="release-1.5, release-1.4", pull_request_labels="backport")
    assert done.code == 0, done.log + done.errors
    assert outcomes(done) == {(f"#{number}", f"release-1.{minor}"): "created" for minor in (4, 5)}
    merged = project.api("GET", f"/pulls/{number}")["merge_commit_sha"]
    for minor, made in zip((5, 4), json.loads(done.outputs["pull-requests"]), strict=True):
        pull = project.api("GET", f"/pulls/{made}")
        assert pull["title"] == f"[release-1.{minor}] Fix the app"
        assert (pull["base"]["ref"], pull["head"]["ref"]) == (
            f"release-1.{minor}",
            f"cherry-pick-{number}-to-release-1.{minor}",
        )
        assert f"#{number}" in pull["body"]
        assert f"(cherry picked from commit {merged})" in pull["body"]
        assert [label["name"] for label in pull["labels"]] == ["backport"]
        assert "fixed" in project.show(pull["head"]["ref"], "app.txt")
        assert project.show(pull["head"]["ref"], f"release-1.{minor}.txt") == "own"
        assert f"(cherry picked from commit {merged})" in project.message(pull["head"]["ref"])
    [comment] = project.comments(number)
    assert comment.startswith("<!-- release-actions cherry-pick ")
    assert "release-1.4" in comment
    assert "release-1.5" in comment


def test_a_second_run_changes_nothing_and_opens_nothing_that_was_closed(project: Project) -> None:
    """The branches of the inputs are meant, whatever the labels say."""
    number = project.merged(fixed(3), labels=("cherry-pick/release-1.4",))
    first = project.run(pull_requests=str(number), branches="release-1.5")
    writes, [made] = len(project.github.writes), json.loads(first.outputs["pull-requests"])
    tips = project.git.git("for-each-ref", cwd=project.origin)
    second = project.run(pull_requests=str(number), branches="release-1.5")
    assert (first.code, second.code) == (0, 0)
    assert outcomes(second) == {(f"#{number}", "release-1.5"): "exists"}
    assert second.outputs["pull-requests"] == first.outputs["pull-requests"]
    assert project.git.git("for-each-ref", cwd=project.origin) == tips
    project.api("PATCH", f"/pulls/{made}", {"state": "closed"})
    third = project.run(pull_requests=str(number), branches="release-1.5")
    [row] = json.loads(third.outputs["outcomes"])
    assert (third.code, row["outcome"], row["pull-request"]) == (0, "exists", made)
    assert row["note"].startswith("It was closed")
    assert [call.operation for call in project.github.writes[writes:] if call.method == "POST"] == []


def test_a_run_that_ended_between_push_and_pull_request_is_finished(project: Project) -> None:
    number = project.merged(fixed(3))
    first = project.run(pull_requests=str(number), branches="release-1.5")
    [made] = json.loads(first.outputs["pull-requests"])
    del project.github.repository(NAME).issues[made]
    second = project.run(pull_requests=str(number), branches="release-1.5")
    assert outcomes(second) == {(f"#{number}", "release-1.5"): "created"}


METHODS = ("squash", "rebase", "merge")


def test_each_way_of_merging_is_recognised_and_what_is_there_in_part_is_completed(project: Project) -> None:
    lines, numbers = list(LINES), {}
    for at, method in enumerate(METHODS):
        lines[8 * at] = method
        own = [{f"{method}.txt": f"{number}\n"} for number in (1, 2, 3)]
        commits = own[0], {**own[1], "app.txt": "\n".join(lines) + "\n"}, own[2]
        numbers[method] = project.merged(*commits, method=method, title=f"Change by {method}")
    project.git.git("fetch", "--quiet", "origin")
    first = project.git.git("log", "--format=%H", "--grep=^Change by rebase 1$", "origin/main")
    project.git.switch("release-1.4")
    project.git.git("cherry-pick", "-x", first)
    project.git.git("push", "--quiet", "origin", "release-1.4")
    asked = {"pull_requests": " ".join(map(str, numbers.values())), "branches": "release-1.5 release-1.4"}
    done = project.run(pull_requests=asked["pull_requests"], branches=asked["branches"])
    assert outcomes(done) == {
        (f"#{number}", f"release-1.{minor}"): "created" for number in numbers.values() for minor in (4, 5)
    }, done.log
    for (change, target), made in zip(outcomes(done), json.loads(done.outputs["pull-requests"]), strict=True):
        [method] = [one for one, number in numbers.items() if change == f"#{number}"]
        body, branch = project.api("GET", f"/pulls/{made}")["body"], f"cherry-pick-{change[1:]}-to-{target}"
        assert project.show(branch, f"{method}.txt") == "3"
        assert method in project.show(branch, "app.txt").split()
        picked = 1 if method != "rebase" else 2 if target == "release-1.4" else 3
        assert project.git.git("rev-list", "--count", f"{target}..{branch}", cwd=project.origin) == str(picked)
        listed = [line for line in body.splitlines() if line.startswith("- ") and " is left out: " not in line]
        assert len(listed) == picked
        assert "Release Manager: " in project.message(branch) or method == "squash"
    again = project.run(pull_requests=asked["pull_requests"], branches=asked["branches"])
    as_before = [{**one, "outcome": "exists"} for one in json.loads(done.outputs["outcomes"])]
    assert (again.code, json.loads(again.outputs["outcomes"])) == (0, as_before), again.log


MANY = 251  # the API lists 250 of a pull request's commits


def steps(branch: str, start: str, committer: str) -> str:
    """Many commits for git-fast-import(1), with the same authors, dates and messages on every branch."""
    made = []
    for number in range(MANY):
        told = f"Step {number}"
        made += [f"commit refs/heads/{branch}", f"author Bob <bob@example.org> {1_760_000_000 + number} +0200"]
        made += [f"committer {committer} {1_761_000_000 + number} +0000", f"data {len(told)}", told]
        made += [f"from {start}"] if number == 0 else []
        made += [f"M 100644 inline steps/{number}.txt", "data 1", "x"]
    return "\n".join(made) + "\n"


@pytest.mark.parametrize("method", METHODS)
def test_more_commits_than_the_api_lists(project: Project, method: str) -> None:
    start = project.git.git("rev-parse", "main", cwd=project.origin)
    project.git.git("fast-import", "--quiet", cwd=project.origin, stdin=steps("many", start, "Bob <bob@example.org>"))
    number = project.api("POST", "/pulls", {"head": "many", "base": "main", "title": "Many steps", "body": ""})[
        "number"
    ]
    assert len(project.api("GET", f"/pulls/{number}/commits?per_page=100&page=3")) == 50
    project.merged({"meanwhile.txt": "x\n"})
    if method == "rebase":  # what GitHub does there, in one process
        onto = project.git.git("rev-parse", "main", cwd=project.origin)
        rebased = steps("main", onto, "GitHub <noreply@github.com>")
        project.git.git("fast-import", "--quiet", cwd=project.origin, stdin=rebased)
        issue = project.github.repository(NAME).issues[number]
        assert issue.pull
        issue.pull.merged_commits = project.git.git("rev-list", f"{onto}..main", cwd=project.origin).split()
        merged(project.github.world, issue, issue.pull, issue.pull.merged_commits[0])
    else:
        project.api("PUT", f"/pulls/{number}/merge", {"merge_method": method})
    done = project.run(pull_requests=str(number), branches="release-1.5")
    assert outcomes(done) == {(f"#{number}", "release-1.5"): "created"}, done.log
    branch = f"cherry-pick-{number}-to-release-1.5"
    files = project.git.git("ls-tree", "-r", "--name-only", branch, cwd=project.origin).split()
    assert len([one for one in files if one.startswith("steps/")]) == MANY
    assert "meanwhile.txt" not in files
    count = project.git.git("rev-list", "--count", f"release-1.5..{branch}", cwd=project.origin)
    assert count == (str(MANY) if method == "rebase" else "1")


def from_fork(project: Project, *commits: dict[str, str]) -> int:
    """A pull request from somebody's fork with these commits, given as files."""
    fork = project.folder / "fork.git"
    project.git.git("clone", "--quiet", "--bare", str(project.origin), str(fork))
    project.github.add("bob/demo", fork, parent=NAME)
    project.git.switch("fix", "origin/main")
    for files in commits:
        for path, text in files.items():
            project.git.write(path, text)
        project.git.commit("Fix the app")
    project.git.git("push", "--quiet", str(fork), "fix")
    made = project.api("POST", "/pulls", {"head": "bob:fix", "base": "main", "title": "Fix the app", "body": ""})
    return int(made["number"])


@pytest.mark.parametrize("method", METHODS)
def test_what_was_merged_from_a_fork_that_is_gone_is_picked(project: Project, method: str) -> None:
    number = from_fork(project, fixed(3), {"new.txt": "new\n"})
    project.merged({"meanwhile.txt": "x\n"})
    project.api("PUT", f"/pulls/{number}/merge", {"merge_method": method})
    del project.github.world.repositories["bob/demo"]
    done = project.run(pull_requests=str(number), branches="release-1.5")
    assert outcomes(done) == {(f"#{number}", "release-1.5"): "created"}, done.log
    branch = f"cherry-pick-{number}-to-release-1.5"
    assert project.show(branch, "new.txt") == "new"
    assert "fixed" in project.show(branch, "app.txt")


def test_what_waits_in_a_fork_is_not_picked(project: Project) -> None:
    number = from_fork(project, fixed(3))
    commit = project.api("GET", f"/pulls/{number}")["head"]["sha"]
    for asked in ({"pull_requests": str(number)}, {"commits": commit}):
        done = project.run(branches="release-1.5", **asked)
        assert (done.code, done.error, project.branches()) == (1, "E_CHERRY_PICK", [])


def test_a_later_run_edits_the_comment(project: Project) -> None:
    number = project.merged(fixed(3))
    for branch in ("release-1.5", "release-1.4", "release-1.5"):
        project.run(pull_requests=str(number), branches=branch)
    [comment] = project.comments(number)
    assert comment.count("`release-1.5`") == comment.count("`release-1.4`") == 1


def test_what_was_merged_in_any_way_is_there_already(project: Project) -> None:
    numbers = [project.merged({f"{method}.txt": "new\n"}, title=f"Pick by {method}") for method in METHODS]
    asked = " ".join(map(str, numbers))
    done = project.run(pull_requests=asked, branches="release-1.5")
    for made, method in zip(json.loads(done.outputs["pull-requests"]), METHODS, strict=True):
        project.api("PUT", f"/pulls/{made}/merge", {"merge_method": method})
    again = project.run(pull_requests=asked, branches="release-1.5")
    assert outcomes(again) == {(f"#{number}", "release-1.5"): "already-there" for number in numbers}
    assert again.code == 0


def test_what_is_there_by_other_commits_is_empty(project: Project) -> None:
    project.git.switch("release-1.5")
    project.git.write("app.txt", fixed(3)["app.txt"])
    project.git.write("unrelated.txt", "x\n")
    project.git.commit("Many things")
    project.git.push()
    number = project.merged(fixed(3))
    done = project.run(pull_requests=str(number), branches="release-1.5")
    assert outcomes(done) == {(f"#{number}", "release-1.5"): "empty"}


def test_a_commit_by_its_full_id_whatever_else_is_asked_for(project: Project) -> None:
    number = project.merged(fixed(3))
    commit = project.api("GET", f"/pulls/{number}")["merge_commit_sha"]
    done = project.run(
        commits=f"{commit[:12]} {commit}",
        branches="release-1.5",
        sign_off="true",
        committer="Bot <bot@example.org>",
    )
    assert outcomes(done) == {(commit[:12], "release-1.5"): "created"}
    assert project.message(f"cherry-pick-{commit[:12]}-to-release-1.5").endswith("Signed-off-by: Bot <bot@example.org>")
    assert f"'{commit[:12]}' is not the full id of a commit on `main`." in done.log


def test_hostile_words_stay_words(project: Project) -> None:
    number = project.merged(fixed(3), title=HOSTILE)
    done = project.run(pull_requests=str(number), branches="release-1.5")
    [made] = json.loads(done.outputs["pull-requests"])
    told = project.api("GET", f"/pulls/{made}")["body"] + project.comments(number)[0].partition("\n")[2]
    assert "@kubeflow" not in told
    assert "</details> " not in told
    assert "[x](" not in told


def test_a_dry_run_writes_nothing(project: Project) -> None:
    number = project.merged(fixed(3))
    before = len(project.github.writes), project.git.git("for-each-ref", cwd=project.origin)
    done = project.run(pull_requests=str(number), branches="release-1.5 release-1.4", dry_run="true")
    assert set(outcomes(done).values()) == {"created"}
    assert (len(project.github.writes), project.git.git("for-each-ref", cwd=project.origin)) == before
