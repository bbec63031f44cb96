"""A tag with several faults: validate-tag names all of them in one run."""

from rehearsal.git.project import GitProject
from tests.actions.validate_tag.validation import Validate

STALE = "apiVersion: v2\nname: op\nversion: 1.4.0\n"


def test_a_stale_chart_off_the_branch_without_a_candidate(project: GitProject, validate: Validate) -> None:
    project.switch("topic", "main")
    project.write("charts/op/Chart.yaml", STALE)
    project.commit("v1.5.3")
    project.tag("v1.5.3")
    done = validate("v1.5.3", charts="charts/op", require_candidate="true")

    assert (done.code, done.error) == (1, "E_NOT_ON_BRANCH")
    for said in ("E_NOT_ON_BRANCH: The commit", "E_NO_CANDIDATE: `v1.5.3` had no", "E_STALE_VERSION: 1 version place"):
        assert said in done.log


def test_a_candidate_after_its_release_whose_branch_is_missing(project: GitProject, validate: Validate) -> None:
    project.commit("v1.6.0")
    project.tag("v1.6.0", annotated=True)
    project.commit("later")
    project.tag("v1.6.0-rc.1", annotated=True)
    done = validate("v1.6.0-rc.1")

    assert (done.code, done.error) == (1, "E_BRANCH_MISSING")
    assert "E_VERSION_ORDER: `v1.6.0-rc.1` is a candidate for `v1.6.0`, which is released already" in done.log


def test_a_missing_branch_and_stale_places(project: GitProject, validate: Validate) -> None:
    project.write("VERSION", "v1.6.0\n")
    project.commit("v1.7.0")
    project.tag("v1.7.0")
    done = validate("v1.7.0", places="VERSION")

    assert "E_BRANCH_MISSING: " in done.log
    assert [one.file for one in done.annotations if one.code == "E_STALE_VERSION"] == ["VERSION"]
