"""guard-release-branch as a process, against GitHub's API and git on loopback."""

import json
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from rehearsal.act.step import Result
from rehearsal.github.calls import Call
from rehearsal.github.exchange import Answer
from rehearsal.github.tokens import Kind
from rehearsal.projects.github_project import GitHubProject
from rehearsal.run.maintainer import Manager

LABEL = "release-branch-exception"
VALUES = "image:\n  tag: v1.5.0\nreplicas: 1\n"
MAIN = "\n".join(f"// line {number}" for number in range(30)) + "\n"


@pytest.fixture
def project(github_project: GitHubProject) -> GitHubProject:
    """release-1.5 has its first version; later changes of main and of the branch are the test's."""
    github_project.write("charts/demo/values.yaml", VALUES)
    github_project.write("app.go", MAIN)
    github_project.version("1.5.0")
    github_project.git("branch", "release-1.5")
    github_project.tag("v1.5.0", annotated=True)
    return github_project


def api(project: GitHubProject, method: str, path: str, data: object = None, token: str = "") -> Any:
    return Manager(project.github.url, project.name, token or project.token).ask(method, path, data)


def changed(project: GitHubProject, branch: str, path: str, text: str, message: str) -> str:
    """A commit on a branch."""
    project.switch(branch)
    project.write(path, text)
    return project.commit(message)


def fixed(at: int, text: str = "// fixed") -> str:
    lines = MAIN.splitlines()
    return "\n".join([*lines[:at], text, *lines[at + 1 :]]) + "\n"


def picked(project: GitHubProject, commit: str, *how: str) -> str:
    """A commit, picked to release-1.5 as people do it."""
    project.switch("release-1.5")
    project.git("cherry-pick", *how, commit)
    return project.git("rev-parse", "HEAD")


def scanned(project: GitHubProject, **inputs: str) -> Result:
    """The guard's look at the whole of release-1.5; it has written nothing."""
    project.push()
    before = project.refs()
    done = project.act("guard_release_branch", None, **{"guarded_branch": "release-1.5", **inputs})
    assert (project.refs(), project.github.writes) == (before, ())
    return done


def commits(done: Result) -> list[dict[str, Any]]:
    decoded: list[dict[str, Any]] = json.loads(done.outputs["commits"])
    return decoded


def test_a_branch_of_picked_fixes_belongs(project: GitHubProject) -> None:
    by_trailer = changed(project, "main", "app.go", fixed(3), "fix: a lease (#1)")
    by_content = changed(project, "main", "app.go", fixed(3).replace("line 20", "line 20 too"), "fix: another (#2)")
    changed(project, "main", "later.go", "package later\n", "feat: later")
    picked(project, by_trailer, "-x")
    picked(project, by_content)
    project.git("commit", "--quiet", "--amend", "--message", "[release-1.5] Something else (#3)")
    project.version("1.5.1")
    done = scanned(project)
    assert done.code == 0, done.log
    release, content, trailer = commits(done)
    assert (release["classes"], release["origin"]) == (["release"], None)
    assert trailer["origin"] == {"commit": by_trailer, "by": "trailer"}
    assert content["origin"] == {"commit": by_content, "by": "content"}
    assert (done.outputs["belongs"], done.annotations) == ("true", [])


def test_what_does_not_belong_is_named_with_file_and_line(project: GitHubProject) -> None:
    feature = changed(project, "main", "charts/demo/values.yaml", VALUES + "queue: {}\n", "fix: a default")
    picked(project, feature, "-x")
    changed(project, "release-1.5", "app.go", fixed(4), "Handle a nil spec")
    done = scanned(project)
    assert (done.code, done.error, done.outputs["belongs"]) == (1, "E_BRANCH_POLICY", "false")
    alone, key = commits(done)
    assert alone["problems"] == ["It is not on main."]
    assert [(one["class"], one["file"], one["line"]) for one in key["findings"]] == [
        ("values-key", "charts/demo/values.yaml", 4)
    ]
    assert ("error", "charts/demo/values.yaml", 4) in [(one.level, one.file, one.line) for one in done.annotations]
    assert "What does not belong" in done.summary


def test_report_only_tells_and_never_fails(project: GitHubProject) -> None:
    changed(project, "release-1.5", "charts/demo/values.yaml", VALUES.replace("1\n", "2\n"), "fix: replicas")
    done = scanned(project, report_only="true")
    assert (done.code, done.outputs["belongs"]) == (0, "false")
    assert [(one.level, one.line) for one in done.annotations] == [("warning", 3)]


def test_a_trailer_is_not_believed(project: GitHubProject) -> None:
    other = changed(project, "main", "other.go", "package other\n", "fix: other")
    changed(project, "release-1.5", "app.go", fixed(5), f"fix: sly\n\n(cherry picked from commit {other})")
    changed(project, "release-1.5", "app.go", fixed(6), f"fix: lost\n\n(cherry picked from commit {'1' * 40})")
    done = scanned(project)
    assert done.error == "E_BRANCH_POLICY"
    assert all(one["problems"][0].startswith("It says it was picked from") for one in commits(done))


def test_picks_of_pull_requests_by_number(project: GitHubProject) -> None:
    changed(project, "main", "app.go", fixed(3), "fix: a lease (#11)")
    second = changed(project, "main", "app.go", fixed(3).replace("line 20", "line 20 too"), "fix: a loop (#12)")
    changed(project, "main", "other.go", "package other\n", "fix: other (#13)")
    both = fixed(3, "// fixed otherwise").replace("line 20", "line 20 too")
    changed(project, "release-1.5", "app.go", both, "Automated cherry pick of #12 #11 on release-1.5 (#14)")
    changed(project, "release-1.5", "app.go", both + "\n", "Cherry-pick #13 (#15)")
    other, numbered = commits(scanned(project))
    assert (numbered["belongs"], numbered["origin"]) == (True, {"commit": second, "by": "number"})
    assert (other["belongs"], other["origin"]) == (False, None)


def test_a_feature_that_was_reverted_is_none(project: GitHubProject) -> None:
    changed(project, "release-1.5", "charts/demo/values.yaml", VALUES + "queue: {}\n", "feat: a queue")
    project.git("revert", "--no-edit", "HEAD")
    assert scanned(project).code == 0
    bad = changed(project, "release-1.5", "charts/demo/values.yaml", VALUES + "pool: {}\n", "feat: a pool")
    changed(project, "release-1.5", "README.md", "x\n", f"docs: a word\n\nThis reverts commit {bad}.")
    assert scanned(project).error == "E_BRANCH_POLICY"


def test_what_only_a_merge_has_is_seen(project: GitHubProject) -> None:
    changed(project, "main", "app.go", fixed(3), "fix: a lease")
    project.switch("release-1.5")
    project.git("merge", "--quiet", "--no-ff", "--no-commit", "main")
    project.write("charts/demo/values.yaml", VALUES + "queue: {}\n")
    project.commit("Merge branch 'main'")
    merge, fix = commits(done := scanned(project))
    assert (done.error, fix["belongs"], fix["origin"]["by"]) == ("E_BRANCH_POLICY", True, "history")
    assert [one["class"] for one in merge["findings"]] == ["values-key"]


def test_since_a_given_place(project: GitHubProject) -> None:
    bad = changed(project, "release-1.5", "app.go", fixed(5), "feat: own")
    project.tag("v1.5.1")
    changed(project, "release-1.5", "README.md", "x\n", "docs: a word")
    assert len(commits(scanned(project))) == 2
    for since in ("v1.5.1", bad):
        done = scanned(project, guarded_since=since)
        assert (done.code, len(commits(done))) == (0, 1)


def test_what_was_there_when_the_branch_was_cut_is_not_its_own(project: GitHubProject) -> None:
    project.switch("main")
    project.tag("v1.6.0-rc.0")
    changed(project, "main", "charts/demo/values.yaml", VALUES + "queue: {}\n", "feat: a queue")
    project.switch("release-1.6", "main")
    changed(project, "release-1.6", "README.md", "x\n", "docs: a word")
    changed(project, "main", "later.go", "package later\n", "feat: later")
    [word] = commits(scanned(project, guarded_branch="release-1.6"))
    assert word["title"] == "docs: a word"
    project.switch("release-1.6")
    project.git("merge", "--quiet", "--no-edit", "main")
    done = scanned(project, guarded_branch="release-1.6")
    assert (done.error, [one["title"] for one in commits(done) if not one["belongs"]]) == (
        "E_BRANCH_POLICY",
        ["feat: later"],
    )


def test_a_branch_without_versions_is_looked_through_since_its_cut(project: GitHubProject) -> None:
    project.switch("release-1.6", "main")
    changed(project, "release-1.6", "app.go", fixed(5), "feat: own")
    assert len(commits(scanned(project, guarded_branch="release-1.6"))) == 1


def opened(project: GitHubProject, base: str = "release-1.5", **described: str) -> int:
    """A pull request with a new values key that is on main."""
    commit = changed(project, "main", "charts/demo/values.yaml", VALUES + "queue: {}\n", "fix: a default")
    project.switch("pick", "release-1.5")
    project.git("cherry-pick", "-x", commit)
    project.push()
    data = {"head": "pick", "base": base, "title": "[release-1.5] fix: a default", "body": "", **described}
    return int(api(project, "POST", "/pulls", data)["number"])


def on_pull(project: GitHubProject, number: int, folder: Path) -> Result:
    """The guard, started by the pull request."""
    event = folder / "event.json"
    event.write_text(json.dumps({"action": "opened", "number": number}))
    env = {
        "GITHUB_EVENT_NAME": "pull_request",
        "GITHUB_EVENT_PATH": str(event),
        "GITHUB_REF": f"refs/pull/{number}/merge",
    }
    return project.run("guard_release_branch", env)


def person(project: GitHubProject, login: str, role: Any) -> str:
    """A token of somebody's with this role; an app's has a name that ends with `[bot]`."""
    project.repository.roles[login] = role
    kind = Kind.APP if login.endswith("[bot]") else Kind.PERSONAL
    return project.github.token(kind, login, issues="write", pull_requests="write")


def label(project: GitHubProject, number: int, login: str, role: Any) -> None:
    """Set the label for an exception in somebody's name."""
    api(project, "POST", f"/issues/{number}/labels", {"labels": [LABEL]}, person(project, login, role))


def test_a_pull_request_and_its_exception(project: GitHubProject, tmp_path: Path) -> None:
    number = opened(project, body=f"Because.\n\n{LABEL}: the fix needs <b>it</b>")
    done = on_pull(project, number, tmp_path)
    assert (done.code, done.error) == (1, "E_BRANCH_POLICY"), done.log
    label(project, number, "ann", "write")
    done = on_pull(project, number, tmp_path)
    assert done.code == 0, done.log
    [exception] = json.loads(done.outputs["exceptions"])
    assert (exception["pull-request"], exception["reason"]) == (number, "the fix needs <b>it</b>")
    assert "Exceptions, for the release notes" in done.summary
    assert "<b>" not in done.summary.replace("\\<b", "")
    api(project, "PUT", f"/pulls/{number}/merge", {"merge_method": "squash"})
    project.git("fetch", "--quiet", "origin")
    project.switch("release-1.5")
    project.git("merge", "--quiet", "--ff-only", "origin/release-1.5")
    assert project.run("guard_release_branch", None, guarded_branch="release-1.5").code == 0


@pytest.mark.parametrize(
    ("login", "role", "counts"),
    [
        ("bob", "none", False),
        ("bob", "read", False),
        ("bob", "triage", False),
        ("bob", "write", True),
        ("bob", "maintain", True),
        ("bob", "admin", True),
        ("github-actions[bot]", "write", False),
        ("prow[bot]", "admin", False),
    ],
)
@pytest.mark.parametrize("private", [False, True], ids=["public", "private"])
def test_only_who_may_write_may_make_an_exception(
    project: GitHubProject, tmp_path: Path, login: str, role: Any, *, counts: bool, private: bool
) -> None:
    project.repository.private = private
    number = opened(project, body=f"{LABEL}: it is needed")
    label(project, number, login, role)
    done = on_pull(project, number, tmp_path)
    assert (done.code, json.loads(done.outputs["belongs"])) == (int(not counts), counts), done.log
    problems = [one for judged in commits(done) for one in judged["problems"]]
    assert any(f"was set by {login}, and counts only" in one for one in problems) != counts


def without_actor(call: Call, execute: Callable[[], Answer]) -> Answer:
    """The account that has set the label is gone from the events."""
    answer = execute()
    if not call.operation.endswith("/timeline"):
        return answer
    return Answer(answer.status, json.dumps([{**one, "actor": None} for one in json.loads(answer.body)]).encode())


def without_events(call: Call, execute: Callable[[], Answer]) -> Answer:
    """The events are not to be seen."""
    return Answer(404, b'{"message": "Not Found"}') if call.operation.endswith("/timeline") else execute()


@pytest.mark.parametrize("answers", [without_actor, without_events])
def test_a_label_that_nobody_is_known_to_have_set_does_not_count(
    project: GitHubProject, tmp_path: Path, answers: Callable[[Call, Callable[[], Answer]], Answer]
) -> None:
    number = opened(project, body=f"{LABEL}: it is needed")
    label(project, number, "bob", "admin")
    project.github.hook = answers
    done = on_pull(project, number, tmp_path)
    assert done.error == "E_BRANCH_POLICY", done.log
    assert "was set by an unknown account" in done.log


def test_the_label_of_a_deleted_account_does_not_count(project: GitHubProject, tmp_path: Path) -> None:
    number = opened(project, body=f"{LABEL}: it is needed")
    label(project, number, "bob", "admin")
    del project.github.world.users["bob"]
    assert on_pull(project, number, tmp_path).error == "E_BRANCH_POLICY"


@pytest.mark.parametrize(("last", "counts"), [("triage", False), ("write", True)])
def test_the_last_one_who_set_a_label_counts(
    project: GitHubProject, tmp_path: Path, last: str, *, counts: bool
) -> None:
    number = opened(project, body=f"{LABEL}: it is needed")
    first = {"triage": "write", "write": "triage"}[last]
    label(project, number, "ann", first)
    api(project, "DELETE", f"/issues/{number}/labels/{LABEL}")
    api(project, "POST", f"/issues/{number}/labels", {"labels": ["kind/bug"]}, person(project, "cleo", "admin"))
    label(project, number, "bob", last)
    assert on_pull(project, number, tmp_path).code == int(not counts)


def test_reading_pull_requests_is_enough_to_see_who_set_the_label(project: GitHubProject, tmp_path: Path) -> None:
    project.repository.private = True
    number = opened(project, body=f"{LABEL}: it is needed")
    label(project, number, "ann", "admin")
    project.token = project.github.token(contents="read", pull_requests="read")
    done = on_pull(project, number, tmp_path)
    assert done.code == 0, done.log


def test_the_rules_are_those_of_the_default_branch(project: GitHubProject, tmp_path: Path) -> None:
    number = opened(project)
    changed(project, "pick", ".github/release-actions.yml", "guard: {allow: [fix, values-key]}\n", "ci: more")
    project.push()
    assert on_pull(project, number, tmp_path).error == "E_BRANCH_POLICY"
    changed(project, "main", ".github/release-actions.yml", "guard: {allow: [fix, docs, values-key]}\n", "ci: more")
    project.push()
    assert on_pull(project, number, tmp_path).code == 0


def test_a_pull_request_to_another_branch_is_nobodys_business(project: GitHubProject, tmp_path: Path) -> None:
    number = opened(project, base="main")
    done = on_pull(project, number, tmp_path)
    assert (done.code, commits(done)) == (0, [])


@pytest.mark.parametrize(
    ("inputs", "code"),
    [
        ({"guarded_pull_request": "99"}, "E_INPUT"),
        ({"guarded_pull_request": "--all"}, "E_INPUT"),
        ({"guarded_pull_request": "٣"}, "E_INPUT"),
        ({"guarded_branch": "main"}, "E_INPUT"),
        ({"guarded_branch": "release-9.9"}, "E_BRANCH_MISSING"),
        ({"guarded_branch": "--upload-pack=x"}, "E_INPUT"),
        ({"guarded_branch": "release-1.5", "guarded_since": "v9.9.9"}, "E_INPUT"),
        ({"guarded_branch": "release-1.5", "guarded_since": "--all"}, "E_INPUT"),
        ({"guarded_branch": "release-1.5", "config": "none.yml"}, "E_PATH"),
        ({}, "E_INPUT"),
    ],
)
def test_what_can_not_be_guarded(project: GitHubProject, inputs: dict[str, str], code: str) -> None:
    done = project.act("guard_release_branch", None, **inputs)
    assert (done.code, done.error) == (1, code), done.log


def test_titles_are_anybodys(project: GitHubProject) -> None:
    title = "feat: <img src=x> @kubeflow/all [x](https://example.org) ::error::no `|` #1"
    changed(project, "release-1.5", "app.go", fixed(2), title)
    done = scanned(project)
    assert [one.level for one in done.annotations] == ["error", "error"]
    for sign in (" <img", "@kubeflow", "x](https://"):
        assert sign not in done.summary


def test_the_second_of_two_fixes_with_one_title_is_not_on_main(project: GitHubProject) -> None:
    changed(project, "main", "app.go", fixed(3), "fix: a flaky reconcile (#1)")
    changed(
        project, "release-1.5", "app.go", fixed(20, "// fixed as well"), "[release-1.5] fix: a flaky reconcile (#2)"
    )
    done = scanned(project)
    assert done.error == "E_BRANCH_POLICY"
    assert commits(done)[0]["problems"] == ["It is not on main."]


def test_a_pick_is_found_however_old_its_original_is(project: GitHubProject) -> None:
    """A squash has the date of its merge, so a pick without a trailer may seem older or much younger."""
    commit = changed(project, "main", "app.go", fixed(3), "fix: a lease (#1)")
    for number in range(3):
        changed(project, "main", "later.go", f"package later // {number}\n", f"feat: later {number}")
    project.switch("release-1.5")
    project.git("cherry-pick", commit)
    late = "1900000000 +0000"
    project.git("commit", "--quiet", "--amend", "--message", "[release-1.5] Other words (#9)", "--date", late)
    [pick] = commits(scanned(project))
    assert (pick["belongs"], pick["origin"]) == (True, {"commit": commit, "by": "content"})


@pytest.mark.parametrize("message", ['Revert "fix: a lease (#1)"', "Go back\n\nThis reverts commit {}."])
def test_a_fix_that_main_took_back_is_not_on_main(project: GitHubProject, message: str) -> None:
    commit = changed(project, "main", "app.go", fixed(3), "fix: a lease (#1)")
    taken = changed(project, "main", "app.go", MAIN, message.format(commit[:10]))
    picked(project, commit, "-x")
    done = scanned(project)
    assert done.error == "E_BRANCH_POLICY"
    assert commits(done)[0]["problems"] == [f"It was on main, which took it back with {taken[:12]}."]


def test_a_fix_that_main_has_changed_since_was_on_main(project: GitHubProject) -> None:
    commit = changed(project, "main", "app.go", fixed(3), "fix: a lease (#1)")
    changed(project, "main", "app.go", fixed(3, "// fixed better"), "fix: a lease, better (#2)")
    picked(project, commit, "-x")
    assert scanned(project).code == 0
