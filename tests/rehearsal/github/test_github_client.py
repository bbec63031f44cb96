"""PyGithub, a client that shares nothing with the actions, finds GitHub here."""

from pathlib import Path
from typing import Any

import pytest
from github import Auth, Github, GithubException, UnknownObjectException
from github.Repository import Repository

from rehearsal.base.programs import run
from rehearsal.github import GitHub

UNHURRIED: Any = {"retry": None, "seconds_between_requests": 0, "seconds_between_writes": 0}


@pytest.fixture
def repository(ask: Any, github: GitHub) -> Repository:
    client = Github(auth=Auth.Token(ask.token), base_url=github.url, **UNHURRIED)
    return client.get_repo("acme/operator")


def test_a_release_goes_out(repository: Repository, tmp_path: Path) -> None:
    chart = tmp_path / "operator-1.6.0.tgz"
    chart.write_bytes(b"chart")
    draft = repository.create_git_release("v1.6.0", "1.6.0", "Notes", draft=True, target_commitish="main")
    asset = draft.upload_asset(str(chart), label="The chart", content_type="application/gzip")
    assert (asset.name, asset.size, asset.state) == ("operator-1.6.0.tgz", 5, "uploaded")
    with pytest.raises(UnknownObjectException):
        repository.get_release("v1.6.0")
    published = draft.update_release("1.6.0", "Notes", draft=False, make_latest="true")
    assert (repository.get_latest_release().id, published.draft) == (draft.id, False)
    assert repository.get_git_ref("tags/v1.6.0").object.sha == repository.get_branch("main").commit.sha
    with pytest.raises(GithubException, match="already_exists") as second:
        draft.upload_asset(str(chart))
    assert second.value.status == 422


def test_a_backport_is_proposed(repository: Repository, origin: Path) -> None:
    run(["git", "-C", str(origin), "update-ref", "refs/heads/fix", "refs/heads/main"])
    pull = repository.create_pull("release-1.5", "fix", title="[release-1.5] Second", body="Backport")
    pull.add_to_labels("cherry-pick/release-1.5")
    comment = pull.create_issue_comment("Done")
    comment.edit("Done, edited")
    assert [each.body for each in pull.get_issue_comments()] == ["Done, edited"]
    assert [label.name for label in repository.get_pull(pull.number).labels] == ["cherry-pick/release-1.5"]
    assert [each.commit.message for each in pull.get_commits()] == ["Second"]
    assert pull.merge(merge_method="squash").merged
    assert [each.number for each in repository.get_commit("release-1.5").get_pulls()] == [pull.number]


def test_all_pages_are_read(repository: Repository) -> None:
    for number in range(35):
        repository.create_label(f"label {number}", "00ff00")
    assert [label.name for label in repository.get_labels()] == [f"label {number}" for number in range(35)]
    assert repository.get_labels().totalCount == 35


def test_a_missing_permission_is_an_error(ask: Any, github: GitHub) -> None:
    token = github.token(contents="read")
    client = Github(auth=Auth.Token(token), base_url=github.url, **UNHURRIED)
    with pytest.raises(GithubException, match="Resource not accessible by integration") as refused:
        client.get_repo("acme/operator").create_git_ref("refs/heads/x", "0" * 40)
    assert (refused.value.status, ask.github.writes) == (403, ())
