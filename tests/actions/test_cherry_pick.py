"""cherry-pick as a process, against GitHub's API and git on loopback."""

import json
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest
import requests

from rehearsal.git_project import GitProject
from rehearsal.github import GitHub
from rehearsal.github.pull_sync import merged
from rehearsal.github.tokens import Kind
from rehearsal.gitserver import GitServer
from rehearsal.step import Result

NAME = "kubeflow/demo"
LINES = [f"line {number}" for number in range(30)]
HOSTILE = "Fix <!-- --> </details> @kubeflow/all `$(id)` [x](http://evil.example) | #1"


class Project:
    """The repository kubeflow/demo with two release branches, at a GitHub of its own."""

    def __init__(self, folder: Path, github: GitHub, server: GitServer, run: Callable[..., Result]) -> None:
        self.github = github
        self.server = server
        self.folder = folder
        self.origin = server.repository(NAME)
        self.git = GitProject(folder, self.origin, f"{server.url}/{NAME}")
        self.git.write("app.txt", "\n".join(LINES) + "\n")
        self.git.write("other.txt", "other\n")
        self.git.commit("app")
        for branch in ("release-1.4", "release-1.5"):
            self.git.switch(branch, "main")
            self.git.write(f"{branch}.txt", "own\n")
            self.git.commit(f"Cut {branch}")
        self.git.switch("main")
        self.git.push()
        github.add(NAME, self.origin)
        server.pushers = github.pusher
        every = {"contents": "write", "pull_requests": "write", "issues": "write", "workflows": "write"}
        self.owner = github.token(Kind.PERSONAL, "ann", **every)  # type: ignore[arg-type]
        self.token = github.token(contents="write", pull_requests="write", repository=NAME)
        self.roles = github.repository(NAME).roles
        self.roles["ann"] = "maintain"
        self._run = run

    def api(self, method: str, path: str, data: object = None, token: str = "") -> Any:
        """An answer of GitHub's API, asked as the owner."""
        headers = {"Authorization": f"Bearer {token or self.owner}"}
        with requests.Session() as session:
            session.trust_env = False
            url = f"{self.github.url}/repos/{NAME}{path}"
            answer = session.request(method, url, json=data, headers=headers, timeout=20)
        assert answer.status_code < 300, answer.text
        return answer.json() if answer.content else None

    def pull(self, *commits: dict[str, str], title: str = "Fix the app", labels: tuple[str, ...] = ()) -> int:
        """A pull request to main with these commits, given as files."""
        self.git.git("fetch", "--quiet", "origin")
        branch = f"fix-{len(self.github.repository(NAME).issues)}"
        self.git.switch(branch, "origin/main")
        for number, files in enumerate(commits, start=1):
            for path, text in files.items():
                self.git.write(path, text)
            self.git.commit(f"{title} {number}" if len(commits) > 1 else title)
        self.git.git("push", "--quiet", "origin", branch)
        made = self.api("POST", "/pulls", {"head": branch, "base": "main", "title": title, "body": ""})
        if labels:
            self.api("POST", f"/issues/{made['number']}/labels", {"labels": list(labels)})
        return int(made["number"])

    def merged(self, *commits: dict[str, str], method: str = "squash", **given: Any) -> int:
        """A pull request that was merged."""
        number = self.pull(*commits, **given)
        self.api("PUT", f"/pulls/{number}/merge", {"merge_method": method})
        return number

    def run(self, event: str = "workflow_dispatch", payload: object = None, **inputs: str) -> Result:
        """The action, run for an event with its payload."""
        file = self.folder / "event.json"
        file.write_text(json.dumps(payload or {}))
        env = {
            "GITHUB_API_URL": self.github.url,
            "GITHUB_SERVER_URL": self.server.url,
            "GITHUB_EVENT_NAME": event,
            "GITHUB_EVENT_PATH": str(file),
        }
        given = {"token": self.token, **{name.replace("_", "-"): value for name, value in inputs.items()}}
        return self._run("cherry_pick", given, env=env)

    def show(self, branch: str, file: str) -> str:
        return self.git.git("show", f"refs/heads/{branch}:{file}", cwd=self.origin)

    def message(self, branch: str) -> str:
        return self.git.git("log", "-1", "--format=%an: %B", f"refs/heads/{branch}", cwd=self.origin)

    def branches(self) -> list[str]:
        listed = self.git.git("for-each-ref", "--format=%(refname:short)", "refs/heads/", cwd=self.origin)
        return [name for name in listed.split() if name.startswith("cherry-pick")]

    def comments(self, number: int) -> list[str]:
        return [one["body"] for one in self.api("GET", f"/issues/{number}/comments")]


@pytest.fixture
def project(tmp_path: Path, github: GitHub, run_action: Callable[..., Result]) -> Iterator[Project]:
    with GitServer(tmp_path / "served") as server:
        yield Project(tmp_path, github, server, run_action)


def outcomes(done: Result) -> dict[tuple[str, str], str]:
    return {(one["change"], one["branch"]): one["outcome"] for one in json.loads(done.outputs["outcomes"])}


def fixed(at: int, text: str = "fixed") -> dict[str, str]:
    return {"app.txt": "\n".join([*LINES[:at], text, *LINES[at + 1 :]]) + "\n"}


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


def test_a_second_run_changes_nothing(project: Project) -> None:
    number = project.merged(fixed(3))
    first = project.run(pull_requests=str(number), branches="release-1.5")
    writes = len(project.github.writes)
    tips = project.git.git("for-each-ref", cwd=project.origin)
    second = project.run(pull_requests=str(number), branches="release-1.5")
    assert (first.code, second.code) == (0, 0)
    assert outcomes(second) == {(f"#{number}", "release-1.5"): "exists"}
    assert second.outputs["pull-requests"] == first.outputs["pull-requests"]
    assert project.git.git("for-each-ref", cwd=project.origin) == tips
    assert [call.operation for call in project.github.writes[writes:] if call.method == "POST"] == []


def test_a_run_that_ended_between_push_and_pull_request_is_finished(project: Project) -> None:
    number = project.merged(fixed(3))
    first = project.run(pull_requests=str(number), branches="release-1.5")
    [made] = json.loads(first.outputs["pull-requests"])
    del project.github.repository(NAME).issues[made]
    second = project.run(pull_requests=str(number), branches="release-1.5")
    assert outcomes(second) == {(f"#{number}", "release-1.5"): "created"}


@pytest.mark.parametrize("method", ["squash", "rebase", "merge"])
def test_the_way_of_merging_is_recognised(project: Project, method: str) -> None:
    number = project.merged(fixed(3, "a"), {"new.txt": "new\n"}, {"other.txt": "changed\n"}, method=method)
    done = project.run(pull_requests=str(number), branches="release-1.5")
    assert outcomes(done) == {(f"#{number}", "release-1.5"): "created"}, done.log
    branch = f"cherry-pick-{number}-to-release-1.5"
    assert project.show(branch, "new.txt") == "new"
    assert project.show(branch, "other.txt") == "changed"
    count = project.git.git("rev-list", "--count", f"release-1.5..{branch}", cwd=project.origin)
    assert count == ("3" if method == "rebase" else "1")
    assert "Release Manager: " in project.message(branch) or method == "squash"


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


@pytest.mark.parametrize("method", ["squash", "rebase", "merge"])
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


@pytest.mark.parametrize("method", ["squash", "rebase", "merge"])
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
        assert (done.code, done.error, project.branches()) == (1, "E_PICK", [])


def test_labels_of_what_a_push_merged(project: Project) -> None:
    labelled = project.merged(fixed(3), labels=("bug", "cherry-pick/release-1.5", "cherry-pick/main"))
    project.merged({"more.txt": "more\n"})
    tip = project.git.git("rev-parse", "main", cwd=project.origin)
    commits = project.git.git("rev-list", "main", "-2", cwd=project.origin).split()
    payload = {"ref": "refs/heads/main", "after": tip, "commits": [{"id": one} for one in commits]}
    done = project.run("push", payload)
    assert outcomes(done) == {(f"#{labelled}", "release-1.5"): "created", (f"#{labelled}", "main"): "no-branch"}
    assert (done.code, done.error) == (1, "E_PICK")


def test_a_push_elsewhere_or_without_labels_does_nothing(project: Project) -> None:
    project.merged(fixed(3))
    tip = project.git.git("rev-parse", "main", cwd=project.origin)
    for ref in ("refs/heads/main", "refs/heads/release-1.5"):
        done = project.run("push", {"ref": ref, "after": tip, "commits": [{"id": tip}]})
        assert (done.code, done.outputs["outcomes"]) == (0, "[]")


def commented(project: Project, number: int, body: str, login: str = "ann") -> dict[str, Any]:
    token = project.github.token(Kind.PERSONAL, login, pull_requests="write", issues="write")
    made = project.api("POST", f"/issues/{number}/comments", {"body": body}, token)
    return {
        "action": "created",
        "issue": {"number": number, "pull_request": {"url": ""}},
        "comment": {"id": made["id"], "body": body},
    }


def test_a_comment_commands(project: Project) -> None:
    number = project.merged(fixed(3))
    done = project.run("issue_comment", commented(project, number, "/cherry-pick release-1.5 release-1.4\nthanks"))
    assert set(outcomes(done).values()) == {"created"}, done.log


@pytest.mark.parametrize("role", ["none", "read", "triage", "write", "maintain", "admin"])
def test_only_who_may_write_may_command(project: Project, role: Any) -> None:
    number = project.merged(fixed(3))
    payload = commented(project, number, "/cherry-pick release-1.5", "bob")
    project.roles["bob"] = role
    done = project.run("issue_comment", payload)
    allowed = role in ("write", "maintain", "admin")
    assert bool(project.branches()) == allowed
    assert done.code == (0 if allowed else 1)


@pytest.mark.parametrize("login", ["prow[bot]", "gone"])
def test_no_app_and_no_deleted_account_may_command(project: Project, login: str) -> None:
    number = project.merged(fixed(3))
    payload = commented(project, number, "/cherry-pick release-1.5", login)
    project.roles[login] = "admin"
    if login == "gone":
        del project.github.world.users[login]
    done = project.run("issue_comment", payload)
    assert (done.code, project.branches()) == (1, [])


def test_a_comment_that_was_edited_commands_nothing(project: Project) -> None:
    number = project.merged(fixed(3))
    payload = commented(project, number, "/cherry-pick release-1.5")
    project.api("PATCH", f"/issues/comments/{payload['comment']['id']}", {"body": "/cherry-pick release-1.4"})
    done = project.run("issue_comment", payload)
    assert (done.code, project.branches()) == (1, [])


@pytest.mark.parametrize(
    "change",
    [
        {"action": "edited"},
        {"action": "deleted"},
        {"issue": {"number": 1}},
        {"comment": {"id": 1, "body": "thanks"}},
    ],
    ids=["edited", "deleted", "issue", "chat"],
)
def test_other_comments_are_passed_over(project: Project, change: dict[str, Any]) -> None:
    number = project.merged(fixed(3))
    done = project.run("issue_comment", {**commented(project, number, "/cherry-pick release-1.5"), **change})
    assert (done.code, done.outputs["outcomes"], project.branches()) == (0, "[]", [])


def test_one_conflict_does_not_stop_the_others(project: Project) -> None:
    project.git.switch("release-1.5")
    project.git.write("app.txt", fixed(3, "their own")["app.txt"])
    project.git.commit("Own way")
    project.git.push()
    number = project.merged(fixed(3, "fixed <b>@all</b>"))
    done = project.run(pull_requests=str(number), branches="release-1.5 release-1.4 release-9.9 gh-pages")
    assert outcomes(done) == {
        (f"#{number}", "release-1.5"): "conflict",
        (f"#{number}", "release-1.4"): "created",
        (f"#{number}", "release-9.9"): "no-branch",
        (f"#{number}", "gh-pages"): "no-branch",
    }
    assert done.error == "E_PICK"
    [comment] = project.comments(number)
    for part in ("app.txt", "their own", "git cherry-pick -x", "release-9.9", f"cherry-pick-{number}-to-release-1.5"):
        assert part in comment
    assert project.branches() == [f"cherry-pick-{number}-to-release-1.4"]


def test_a_conflict_may_become_a_draft(project: Project) -> None:
    project.git.switch("release-1.5")
    project.git.write("app.txt", fixed(3, "their own")["app.txt"])
    project.git.commit("Own way")
    project.git.push()
    number = project.merged(fixed(3))
    done = project.run(pull_requests=str(number), branches="release-1.5", conflicts="draft")
    assert outcomes(done) == {(f"#{number}", "release-1.5"): "conflict"}
    [made] = json.loads(done.outputs["pull-requests"])
    assert project.api("GET", f"/pulls/{made}")["draft"] is True
    assert "<<<<<<<" in project.show(f"cherry-pick-{number}-to-release-1.5", "app.txt")


def test_a_later_run_edits_the_comment(project: Project) -> None:
    number = project.merged(fixed(3))
    for branch in ("release-1.5", "release-1.4", "release-1.5"):
        project.run(pull_requests=str(number), branches=branch)
    [comment] = project.comments(number)
    assert comment.count("`release-1.5`") == comment.count("`release-1.4`") == 1


def test_a_forged_comment_of_a_stranger_is_left_alone(project: Project) -> None:
    number = project.merged(fixed(3))
    commented(project, number, "<!-- release-actions cherry-pick W10= -->", "mallory")
    project.run(pull_requests=str(number), branches="release-1.5")
    assert len(project.comments(number)) == 2


@pytest.mark.parametrize("way", ["squash", "rebase", "merge"])
def test_what_was_merged_is_there_already(project: Project, way: str) -> None:
    number = project.merged(fixed(3))
    done = project.run(pull_requests=str(number), branches="release-1.5")
    [made] = json.loads(done.outputs["pull-requests"])
    project.api("PUT", f"/pulls/{made}/merge", {"merge_method": way})
    again = project.run(pull_requests=str(number), branches="release-1.5")
    assert outcomes(again) == {(f"#{number}", "release-1.5"): "already-there"}
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


def test_a_persons_commits_are_never_touched(project: Project) -> None:
    number = project.merged(fixed(3))
    branch = f"cherry-pick-{number}-to-release-1.5"
    project.git.switch(branch, "release-1.5")
    project.git.write("app.txt", fixed(5)["app.txt"])
    mine = project.git.commit("My own work")
    project.git.git("push", "--quiet", "origin", branch)
    done = project.run(pull_requests=str(number), branches="release-1.5")
    assert outcomes(done) == {(f"#{number}", "release-1.5"): "blocked"}
    assert project.git.git("rev-parse", branch, cwd=project.origin) == mine


def test_a_commit_by_its_id(project: Project) -> None:
    number = project.merged(fixed(3))
    commit = project.api("GET", f"/pulls/{number}")["merge_commit_sha"]
    done = project.run(commits=commit, branches="release-1.5", sign_off="true", committer="Bot <bot@example.org>")
    assert outcomes(done) == {(commit[:12], "release-1.5"): "created"}
    assert project.message(f"cherry-pick-{commit[:12]}-to-release-1.5").endswith("Signed-off-by: Bot <bot@example.org>")


def test_a_workflow_file_is_blocked_for_a_token_that_may_not(project: Project) -> None:
    number = project.merged({".github/workflows/ci.yml": "on: push\n"})
    done = project.run(pull_requests=str(number), branches="release-1.5")
    assert outcomes(done) == {(f"#{number}", "release-1.5"): "blocked"}
    assert "workflow" in project.comments(number)[0]
    assert project.branches() == []


def test_a_token_without_permission_is_told_of(project: Project) -> None:
    number = project.merged(fixed(3))
    project.token = project.github.token(contents="read", pull_requests="write")
    done = project.run(pull_requests=str(number), branches="release-1.5")
    assert outcomes(done) == {(f"#{number}", "release-1.5"): "no-permission"}
    project.token = project.github.token(contents="write", pull_requests="read")
    done = project.run(pull_requests=str(number), branches="release-1.5")
    assert outcomes(done) == {(f"#{number}", "release-1.5"): "no-permission"}
    assert done.code == 1


def test_what_is_not_merged_is_not_picked(project: Project) -> None:
    waiting, closed = project.pull(fixed(3)), project.pull(fixed(5))
    project.api("PATCH", f"/pulls/{closed}", {"state": "closed"})
    done = project.run(pull_requests=f"{waiting} {closed} 4711", branches="release-1.5")
    assert (done.code, done.error, done.outputs["outcomes"], project.branches()) == (1, "E_PICK", "[]", [])
    assert "not merged yet" in project.comments(waiting)[0]
    assert "without being merged" in project.comments(closed)[0]


def test_a_commit_of_a_pull_request_only_is_not_picked(project: Project) -> None:
    number = project.pull(fixed(3))
    commit = project.api("GET", f"/pulls/{number}")["head"]["sha"]
    done = project.run(commits=commit, branches="release-1.5")
    assert (done.error, project.branches()) == ("E_PICK", [])


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


def test_an_event_that_says_nothing_is_an_error(project: Project) -> None:
    assert project.run("schedule").error == "E_EVENT"
    assert project.run(pull_requests="12x").error == "E_INPUT"
    assert project.run(commits="-f", branches="release-1.5").error == "E_PICK"
