"""What backport-report keeps between runs: after a push it merges again only what the push can have to do with."""

import os
import stat
from pathlib import Path

from rehearsal.base.programs import program
from rehearsal.projects.github_project import GitHubProject
from tests.actions.test_backport_report import Ledger

GIT = """#!/bin/sh
if [ "$1" = merge-tree ]; then tee -a {log} | {git} "$@"; else exec {git} "$@"; fi
"""


def test_after_a_push_only_what_it_touches_is_merged_again(github_project: GitHubProject, tmp_path: Path) -> None:
    ledger, tools, log = Ledger(github_project), tmp_path / "tools", tmp_path / "merges.log"
    tools.mkdir()
    (tools / "git").write_text(GIT.format(log=log, git=program("git")))
    (tools / "git").chmod(stat.S_IRWXU)
    env = {"PATH": f"{tools}:{os.environ['PATH']}"}
    ledger.cut("release-1.5")
    for file in range(4):  # so that no file is as it was before a fix, or behind it
        ledger.fix("docs: a word", at=25, file=file, on="release-1.5")
    fixes = [ledger.fix(f"fix: file {file}", at=3, file=file) for file in range(4)]
    for fix in fixes:
        ledger.pick(fix, "release-1.4")

    def report(**inputs: str) -> tuple[str, int]:
        github_project.push()
        log.write_text("")
        done = github_project.run("backport_report", env, **inputs)
        assert done.code == 0, done.log
        return done.outputs["report"], len(log.read_text().splitlines())

    first, merges = report(cache="cache")
    assert merges >= 4
    assert report(cache="cache") == (first, 0)
    ledger.fix("docs: another word", at=28, file=2, on="release-1.5")
    again, fewer = report(cache="cache")
    whole, every = report()
    assert (again, fewer) == (whole, 1)
    assert every >= 4
    ledger.pick(fixes[1], "release-1.5")
    assert report(cache="cache")[0] == report()[0]
    github_project.git("mv", "app3.go", "moved.go")
    github_project.commit("docs: another name")
    assert report(cache="cache")[0] == report()[0]
    ledger.pick(fixes[3], "release-1.5", "fix: by another name", trailer=False)  # touches moved.go alone
    assert report(cache="cache")[0] == report()[0]
