"""backport-report as a process: which fix is where, by a history with real picks and GitHub's pull requests."""

import json
from pathlib import Path
from typing import Any

import pytest
import requests

from rehearsal.act.step import Job, Result
from rehearsal.github.tokens import Kind
from rehearsal.projects.github_project import GitHubProject

HOSTILE = "fix: <script>alert(1)</script> @kubeflow/all [x](https://example.org) ::error::no `|` </table> #1"


class Ledger:
    """A project with fixes in files of their own, on main and on release-1.4 and release-1.5."""

    def __init__(self, project: GitHubProject) -> None:
        self.project = project
        every = {"contents": "write", "pull_requests": "write", "issues": "write"}
        self._owner = project.github.token(Kind.PERSONAL, "ann", **every)  # type: ignore[arg-type]
        project.repository.roles["ann"] = "maintain"
        for number in range(4):
            project.write(f"app{number}.go", "".join(f"line {line}\n" for line in range(30)))
        project.commit("feat: the app")
        project.git("branch", "release-1.4")

    def cut(self, branch: str) -> None:
        self.project.git("branch", branch, "main")

    def fix(self, title: str, *, at: int = 3, file: int = 0, on: str = "main") -> str:
        """A fix of one line on a branch."""
        self.project.switch(on)
        path = f"app{file}.go"
        text = (self.project.tree / path).read_text()
        self.project.write(path, text.replace(f"line {at}\n", f"line {at}, fixed\n"))
        return self.project.commit(title)

    def pick(self, commit: str, branch: str, title: str = "", *, trailer: bool = True) -> str:
        """A pick, under another title where that is given."""
        self.project.switch(branch)
        self.project.git("cherry-pick", *(["-x"] if trailer else []), commit)
        if title:
            self.project.git("commit", "--quiet", "--amend", "--message", title)
        return self.project.git("rev-parse", "HEAD")

    def api(self, method: str, path: str, data: object) -> Any:
        with requests.Session() as session:
            session.trust_env = False
            url = f"{self.project.github.url}/repos/{self.project.name}{path}"
            told = {"Authorization": f"Bearer {self._owner}"}
            answer = session.request(method, url, json=data, headers=told, timeout=20)
        assert answer.status_code < 300, answer.text
        return answer.json()

    def merged(self, title: str, *labels: str, at: int, file: int = 0) -> int:
        """A merged pull request with labels."""
        self.project.switch("main")
        self.project.switch(f"topic-{at}-{file}")
        self.fix(title, at=at, file=file, on=f"topic-{at}-{file}")
        self.project.push()
        asked = {"head": f"topic-{at}-{file}", "base": "main", "title": title, "body": ""}
        number = int(self.api("POST", "/pulls", asked)["number"])
        self.api("POST", f"/issues/{number}/labels", {"labels": list(labels)})
        self.api("PUT", f"/pulls/{number}/merge", {"merge_method": "squash"})
        self.project.switch("main")
        self.project.pull()
        return number

    def report(self, **inputs: str) -> Result:
        """The report of a run, which has written nothing to the repository."""
        self.project.push()
        before, writes = self.project.refs(), len(self.project.github.writes)
        done = self.project.run("backport_report", None, **inputs)
        assert done.code == 0, done.log + done.errors
        assert (self.project.refs(), len(self.project.github.writes)) == (before, writes)
        return done

    def states(self, **inputs: str) -> dict[str, tuple[str, ...]]:
        """What there is of each fix, on the newest branch first."""
        told = json.loads(self.report(**inputs).outputs["report"])
        return {one["title"]: tuple(shown(cell) for cell in one["cells"]) for one in told}


def shown(cell: dict[str, Any]) -> str:
    return " ".join([str(cell["state"]), *(sign for sign in ("regression", "asked") if cell[sign])])


@pytest.fixture
def ledger(github_project: GitHubProject) -> Ledger:
    return Ledger(github_project)


def test_picks_are_found_by_trailer_content_and_title(ledger: Ledger) -> None:
    ledger.cut("release-1.5")
    one, two, three = (ledger.fix(f"fix: {name} (#{at})", at=at) for name, at in (("a", 3), ("b", 12), ("c", 21)))
    ledger.pick(one, "release-1.5", f"Another title\n\n(cherry picked from commit {one})")
    ledger.pick(two, "release-1.5", "Yet another title", trailer=False)
    named = ledger.pick(three, "release-1.5", "[release-1.5] fix: c (#31)", trailer=False)
    done = ledger.report()
    told = {one["commit"]: one for one in json.loads(done.outputs["report"])}
    assert list(told) == [three, two, one]
    assert [one["number"] for one in told.values()] == [21, 12, 3]
    notes = [one["cells"][0]["note"] for one in told.values()]
    assert notes[0] == f"{named[:12]} has its title, and picking it changes nothing."
    assert notes[1] == "Picking it changes nothing: the branch has all of it."
    assert notes[2].endswith(" says that it was picked from it, and picking it changes nothing.")
    assert {shown(cell) for one in told.values() for cell in one["cells"]} == {"there", "missing"}
    assert (done.outputs["missing"], done.outputs["regressions"]) == ("3", "0")


def test_a_fix_that_got_lost_in_a_newer_branch(ledger: Ledger) -> None:
    before = ledger.fix("fix: before the cut", at=3)
    ledger.cut("release-1.5")
    after = ledger.fix("fix: after the cut", at=12)
    for commit in (before, after):
        ledger.pick(commit, "release-1.4")
    ledger.fix("fix: here alone", at=21, on="release-1.4")
    done = ledger.report()
    told = {one["title"]: one for one in json.loads(done.outputs["report"])}
    assert {title: tuple(map(shown, one["cells"])) for title, one in told.items()} == {
        "fix: after the cut": ("missing regression", "there"),
        "fix: here alone": ("missing regression", "there"),
        "fix: before the cut": ("not-needed", "there"),
    }
    assert [one["on-default"] for one in told.values()] == [True, False, True]
    assert done.outputs["regressions"] == "2"
    assert [one.title for one in done.annotations] == ["Lost fixes"]
    assert "in release-1.4 but not in release-1.5" in done.summary


def test_what_was_reverted_is_not_there(ledger: Ledger) -> None:
    ledger.cut("release-1.5")
    fix = ledger.fix("fix: a", at=3)
    for branch in ("release-1.4", "release-1.5"):
        ledger.pick(fix, branch)
    ledger.project.git("revert", "--no-edit", "HEAD")
    assert ledger.states() == {"fix: a": ("missing-taken-back regression", "there")}
    ledger.project.switch("main")
    ledger.project.git("revert", "--no-edit", fix)
    assert ledger.states()["fix: a"] == ("not-needed", "reverted-on-default")


def test_a_fix_whose_lines_main_replaced_since(ledger: Ledger) -> None:
    ledger.cut("release-1.5")
    ledger.cut("release-1.6")
    fix = ledger.fix("fix: a", at=3)
    for branch in ("release-1.4", "release-1.5"):
        ledger.pick(fix, branch)
    fixed = "line 3, as it has to be\n"
    newer = replace(ledger, "main", "line 3, fixed\n", fixed, "fix: a for good")
    told = json.loads(ledger.report(supported="3").outputs["report"])
    assert [tuple(map(shown, one["cells"])) for one in told] == [
        ("missing regression", "superseded-on-default", "superseded-on-default")
    ]
    notes = [cell["note"] for cell in told[0]["cells"]]
    assert all(f"main replaced its lines since, beginning with {newer[:12]}" in one for one in notes)
    ledger.pick(newer, "release-1.5")
    title = f"fix: a for good\n\n(cherry picked from commit {newer})"
    replace(ledger, "release-1.6", "line 3\n", fixed, title)
    assert ledger.states(supported="3") == {
        "fix: a for good": ("there", "there", "missing"),
        "fix: a": ("not-needed", "there-changed-since", "superseded-on-default"),
    }


def replace(ledger: Ledger, branch: str, before: str, after: str, title: str) -> str:
    ledger.project.switch(branch)
    text = (ledger.project.tree / "app0.go").read_text()
    ledger.project.write("app0.go", text.replace(before, after))
    return ledger.project.commit(title)


@pytest.mark.parametrize("message", ['Revert "fix: a"', 'Revert "fix: a"\n\nThis reverts commit {}.', "Go back"])
def test_a_pick_that_was_taken_back_is_missing_however_that_is_said(ledger: Ledger, message: str) -> None:
    ledger.cut("release-1.5")
    fix = ledger.fix("fix: a", at=3)
    for branch in ("release-1.4", "release-1.5"):
        ledger.pick(fix, branch)
    ledger.project.git("revert", "--no-commit", "HEAD")
    taken = ledger.project.commit(message.format(fix))
    done = ledger.report()
    cells = [one["cells"] for one in json.loads(done.outputs["report"]) if one["title"] == "fix: a"]
    [[newer, older]] = cells
    assert (shown(newer), shown(older)) == ("missing-taken-back regression", "there")
    assert newer["note"].endswith(f"but {taken[:12]} took that back.")
    assert "took that back" in done.summary


def test_two_fixes_with_one_title_are_two_rows(ledger: Ledger) -> None:
    ledger.cut("release-1.5")
    one = ledger.fix("fix: a flaky reconcile (#3)", at=3)
    ledger.fix("fix: a flaky reconcile (#9)", at=20)
    ledger.pick(one, "release-1.5")
    told = {fix["number"]: tuple(map(shown, fix["cells"])) for fix in json.loads(ledger.report().outputs["report"])}
    assert told == {3: ("there", "missing"), 9: ("missing", "missing")}


def test_a_merge_and_its_commits_are_one_row(ledger: Ledger) -> None:
    """Fixes of two release branches alone, merged by merge commits, the second a pick of the first."""
    ledger.cut("release-1.5")
    ledger.project.switch("fix", "release-1.4")
    made = ledger.fix("fix: of old clients", at=3, on="fix")
    ledger.project.switch("release-1.4")
    ledger.project.git(
        "merge", "--quiet", "--no-ff", "-m", "Merge pull request #5 from x/y\n\nfix: of old clients", "fix"
    )
    ledger.project.switch("fix-again", "release-1.5")
    ledger.project.git("cherry-pick", "-x", made)
    ledger.project.switch("release-1.5")
    title = "Merge pull request #6 from x/z\n\n[release-1.5] fix: of old clients"
    ledger.project.git("merge", "--quiet", "--no-ff", "-m", title, "fix-again")
    [(_, cells)] = ledger.states().items()
    assert cells == ("there", "there")


def test_labels_and_what_cherry_pick_made_of_them(ledger: Ledger) -> None:
    ledger.cut("release-1.5")
    ledger.fix("feat: goes its own way", at=12, on="release-1.4")
    ledger.project.write("app0.go", "all anew\n")
    ledger.project.commit("feat: all anew")
    number = ledger.merged("fix: asked for", "cherry-pick/release-1.5", "cherry-pick/release-1.4", at=3)
    ledger.merged("fix: of no release", "bug", at=12, file=1)
    title = "fix: asked for"
    assert ledger.states()[title] == ("missing asked", "conflict asked")
    picked = ledger.project.run("cherry_pick", None, pull_requests=str(number))
    assert "conflict" in picked.outputs["outcomes"], picked.log
    states = ledger.states()
    assert states[title] == ("pending asked", "conflict asked")
    assert "fix: of no release" not in states


def test_only_what_is_for_users_is_a_fix(ledger: Ledger) -> None:
    ledger.cut("release-1.5")
    ledger.fix("docs: a word", at=3, on="release-1.5")
    ledger.project.version("1.5.0")
    assert ledger.states() == {}


def test_the_files_have_everything_and_a_second_run_replaces_them(ledger: Ledger, job: Job) -> None:
    ledger.cut("release-1.5")
    ledger.pick(ledger.fix(HOSTILE), "release-1.4")
    for _ in range(2):
        done = ledger.report(page="report.html", json="report.json")
    told = json.loads((job.workspace / "report.json").read_text())
    assert told["branches"] == ["release-1.5", "release-1.4"]
    assert told["fixes"] == json.loads(done.outputs["report"])
    page = (job.workspace / "report.html").read_text()
    assert "<script" not in page
    assert "&lt;script&gt;" in page
    for sign in (" <script", "@kubeflow", "](https://"):
        assert sign not in done.summary
    assert [one.level for one in done.annotations] == ["warning"]


@pytest.mark.parametrize(
    "content", [None, b"", b"[]", b'{"x": 1}', b"\xff"], ids=["none", "empty", "list", "odd", "bytes"]
)
def test_what_was_computed_is_kept(ledger: Ledger, job: Job, content: bytes | None) -> None:
    ledger.cut("release-1.5")
    ledger.pick(ledger.fix("fix: a"), "release-1.4", "Other words", trailer=False)
    cache = job.workspace / "cache" / "backports.json"
    if content is not None:
        cache.parent.mkdir(parents=True)
        cache.write_bytes(content)
    first = ledger.report(cache="cache")
    kept = cache.read_bytes()
    assert json.loads(kept)
    second = ledger.report(cache="cache")
    assert second.outputs["report"] == first.outputs["report"]
    assert cache.read_bytes() == kept


@pytest.mark.parametrize(
    ("inputs", "code"),
    [
        ({"supported": "0"}, "E_INPUT"),
        ({"supported_branches": "main"}, "E_BRANCH_MISSING"),
        ({"page": "../report.html"}, "E_PATH"),
        ({"page": "nowhere/report.html"}, "E_PATH"),
        ({"json": "."}, "E_PATH"),
    ],
)
def test_what_can_not_be_reported(ledger: Ledger, inputs: dict[str, str], code: str) -> None:
    ledger.cut("release-1.5")
    ledger.project.push()
    done = ledger.project.run("backport_report", None, **inputs)
    assert (done.code, done.error) == (1, code), done.log


def test_a_link_is_not_written_through(ledger: Ledger, job: Job, tmp_path: Path) -> None:
    target = tmp_path / "elsewhere"
    target.write_text("kept")
    (job.workspace / "report.html").symlink_to(target)
    ledger.project.push()
    done = ledger.project.run("backport_report", None, page="report.html")
    assert (done.error, target.read_text()) == ("E_PATH", "kept")


def test_a_project_without_release_branches(github_project: GitHubProject) -> None:
    github_project.push()
    done = github_project.run("backport_report", None)
    assert (done.code, done.outputs["report"]) == (0, "[]"), done.log
