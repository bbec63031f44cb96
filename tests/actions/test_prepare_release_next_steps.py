"""What prepare-release says to do next, done: it ends well, and no error comes twice."""

from collections.abc import Callable, Mapping

import pytest

from rehearsal.act.step import Result
from rehearsal.projects.github_project import GitHubProject
from tests.support.next_steps import Follower, followed

Follow = Callable[..., tuple[list[str], Result]]


@pytest.fixture
def project(github_project: GitHubProject) -> GitHubProject:
    """A project with release branches 1.4, which has a release, and 1.5."""
    github_project.go_on_from_1_4()
    github_project.switch("release-1.5")
    return github_project


@pytest.fixture
def follow(project: GitHubProject, follower: Follower) -> Follow:
    """`follow(make="release", …)` makes a version, by what the errors say about it."""

    def run(**given: str) -> tuple[list[str], Result]:
        project.push()

        def attempt(changed: Mapping[str, str], ref: str) -> Result:
            assert ref == ""
            return project.run("prepare_release", None, **{"mode": "push", **given, **changed})

        return follower.follow(project.origin, attempt)

    return run


@pytest.mark.parametrize("make", ["release", "v1.5.0"])
@pytest.mark.parametrize("mode", ["push", "pull-request"])
def test_a_release_without_candidates(project: GitHubProject, follow: Follow, make: str, mode: str) -> None:
    last = followed(follow(make=make, mode=mode), "E_NO_CANDIDATE")
    assert last.outputs["tag"] == "v1.5.0-rc.0"
    assert "refs/tags/v1.5.0" not in project.refs()


@pytest.mark.parametrize("make", ["release", "v1.5.0"])
def test_a_reason_makes_a_release_without_candidates(project: GitHubProject, follow: Follow, make: str) -> None:
    last = followed(follow(make=make, override_reason="a leaked secret is out"))
    assert last.outputs["tag"] == "v1.5.0"
    assert "Override-Reason: a leaked secret is out" in project.served("cat-file", "tag", "v1.5.0").splitlines()


@pytest.mark.parametrize("make", ["candidate", "release", "v1.5.0-rc.4", "v1.5.0"])
def test_the_object_of_the_tag_before_has_another_name(project: GitHubProject, follow: Follow, make: str) -> None:
    project.tag("v1.5.0-rc1", annotated=True)
    project.git("update-ref", "refs/tags/v1.5.0-rc.1", "refs/tags/v1.5.0-rc1")
    if make not in {"release", "v1.5.0"}:
        project.fix("fix: a lease")
    last = followed(follow(make=make))
    assert last.outputs["previous-tag"] == "v1.5.0-rc.1"


@pytest.mark.parametrize("make", ["candidate", "v1.5.0-rc.1"])
def test_the_object_of_the_tag_that_is_there_has_another_name(
    project: GitHubProject, follow: Follow, make: str
) -> None:
    project.tag("v1.5.0-rc1", annotated=True)
    project.git("update-ref", "refs/tags/v1.5.0-rc.1", "refs/tags/v1.5.0-rc1")
    last = followed(follow(make=make), "E_TAG_OBJECT")
    assert last.outputs["tag"] == "v1.5.0-rc.2"


@pytest.mark.parametrize(("make", "becomes"), [("candidate", "v1.5.0-rc.1"), ("release", "v1.5.0")])
def test_the_tag_before_leads_to_no_commit(project: GitHubProject, follow: Follow, make: str, becomes: str) -> None:
    project.tag("v1.5.0-rc.0")
    if make == "candidate":
        project.fix("fix: a lease")
    project.tag("v1.5.0-rc.1", "HEAD^{tree}", annotated=True)
    last = followed(follow(make=make), "E_TAG_OBJECT")
    assert (last.outputs["tag"], last.outputs["previous-tag"]) == (becomes, "v1.5.0-rc.0")
    assert ("refs/tags/v1.5.0-rc.1" in project.refs()) == (make == "candidate")


def test_a_branch_that_was_not_cut_yet(project: GitHubProject, follow: Follow) -> None:
    project.tag("v1.5.0-rc.0")
    last = followed(follow(make="v1.6.0"), "E_BRANCH_MISSING", "E_NO_CANDIDATE")
    assert last.outputs["tag"] == "v1.6.0-rc.0"
    assert project.refs()["refs/heads/release-1.6"] == last.outputs["commit"]


def test_a_branch_that_was_deleted_after_its_release(project: GitHubProject, follow: Follow) -> None:
    project.git("branch", "--quiet", "-D", "release-1.4")
    last = followed(follow(make="v1.4.1"), "E_BRANCH_MISSING")
    assert last.outputs["tag"] == "v1.4.1"


@pytest.mark.parametrize("branch", ["release-7.7", "release-1.50", "release-0.5"])
def test_a_branch_that_may_be_a_slip_is_not_made(project: GitHubProject, follow: Follow, branch: str) -> None:
    project.push()
    before = project.refs()
    codes, last = follow(make="candidate", release_branch=branch)
    assert (codes, last.error) == ([], "E_BRANCH_MISSING")
    assert project.refs() == before
