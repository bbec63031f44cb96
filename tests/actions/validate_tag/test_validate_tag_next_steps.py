"""What validate-tag says to do next, done: it ends well, and no error comes twice."""

from collections.abc import Callable, Mapping

import msgspec
import pytest

from rehearsal.act.step import Result
from rehearsal.git.project import GitProject
from release_actions.core.version import Version
from release_actions.project.fix_commands import Places, cut
from tests.support.next_steps import Follower, followed

CONFIG = "charts: [{path: charts/demo}]\nplaces: [{file: VERSION}]\n"
Follow = Callable[..., tuple[list[str], Result]]


def write_places(project: GitProject, version: str) -> None:
    project.write(".github/release-actions.yml", CONFIG)
    project.write("charts/demo/Chart.yaml", f"apiVersion: v2\nname: demo\nversion: {version}\nappVersion: v{version}\n")
    project.write("VERSION", f"v{version}\n")


@pytest.fixture
def follow(project: GitProject, run_action: Callable[..., Result], follower: Follower) -> Follow:
    """`follow("v1.5.0", …)` runs the action for that tag, and for those that its errors say to cut instead."""

    def run(tag: str, at: str = "", **given: str) -> tuple[list[str], Result]:
        project.push()
        runs: list[str] = []

        def attempt(changed: Mapping[str, str], ref: str) -> Result:
            runs.append(ref.removeprefix("refs/tags/") or (runs[-1] if runs else tag))
            start = at if at and len(runs) == 1 else f"refs/tags/{runs[-1]}"
            workspace = project.checkout(start, f"workspace-{len(runs)}")
            inputs = {"tag": runs[-1], **{name.replace("_", "-"): value for name, value in given.items()}, **changed}
            return run_action("validate_tag", inputs, workspace=workspace)

        return follower.follow(project.origin, attempt)

    return run


@pytest.mark.parametrize(
    ("tags", "given", "becomes"),
    [
        ("v1.5.0-rc.1", {}, "v1.5.0-rc.2"),
        ("v1.5.0-rc.1 v1.5.0-rc.2", {}, "v1.5.0-rc.3"),
        ("v1.5.0", {}, "v1.5.1"),
        ("v1.5.0 v1.5.1-rc.0", {"require_candidate": "true"}, "v1.5.2-rc.0"),
        ("v1.5.0-rc.1", {"check_branch": "false"}, "v1.5.0-rc.2"),
        ("v1.5.0-rc.1", {"charts": "charts/demo", "places": "VERSION as bare", "image_tag": "bare"}, "v1.5.0-rc.2"),
    ],
    ids=["a candidate", "the next one is there", "a release", "candidates are required", "any branch", "by inputs"],
)
def test_stale_version_places(
    project: GitProject, follow: Follow, tags: str, given: dict[str, str], becomes: str
) -> None:
    write_places(project, "1.4.0")
    stale = project.commit("forgotten")
    for tag in tags.split():
        project.tag(tag, annotated=True)
    tag = tags.partition(" ")[0]
    last = followed(follow(tag, **given), "E_STALE_VERSION")
    assert last.outputs["tag"] == becomes
    assert project.git("rev-parse", f"{tag}^{{commit}}", cwd=project.origin) == stale
    tip = project.git("rev-parse", "release-1.5", cwd=project.origin)
    assert tip == (stale if "check_branch" in given else last.outputs["commit"])


def test_stale_places_that_are_right_at_the_tip_by_now(project: GitProject, follow: Follow) -> None:
    write_places(project, "1.4.0")
    project.commit("forgotten")
    project.tag("v1.5.0-rc.1")
    write_places(project, "1.5.0-rc.2")
    fixed = project.commit("corrected")
    last = followed(follow("v1.5.0-rc.1"), "E_STALE_VERSION")
    assert (last.outputs["tag"], last.outputs["commit"]) == ("v1.5.0-rc.2", fixed)


def test_commands_that_move_a_tag_of_which_nothing_is_published(
    project: GitProject, run_action: Callable[..., Result], follower: Follower
) -> None:
    write_places(project, "1.4.0")
    project.commit("forgotten")
    project.tag("v1.5.0", annotated=True)
    project.push()
    follower.copy(project.origin)
    places = Places(charts=["charts/demo"], places=["VERSION"])
    moved = cut(Version(1, 5, 0), "refs/heads/release-1.5", places, branch="release-1.5", moved=True)
    assert follower.take(msgspec.to_builtins(moved)) == ({}, "refs/tags/v1.5.0")
    workspace = project.checkout("refs/tags/v1.5.0")
    done = run_action("validate_tag", {"tag": "v1.5.0"}, workspace=workspace)
    assert done.code == 0, done.log


def test_a_release_without_candidate(project: GitProject, follow: Follow) -> None:
    write_places(project, "1.5.1")
    project.commit("Prepare v1.5.1")
    project.tag("v1.5.1")
    last = followed(follow("v1.5.1", require_candidate="true"), "E_NO_CANDIDATE")
    assert last.outputs["tag"] == "v1.5.2-rc.0"


def test_the_object_of_another_tag(project: GitProject, follow: Follow) -> None:
    write_places(project, "1.5.0-rc.1")
    project.commit("Prepare v1.5.0-rc.1")
    project.tag("v1.5.0-rc.1", annotated=True)
    project.git("update-ref", "refs/tags/v1.5.0", "refs/tags/v1.5.0-rc.1")
    last = followed(follow("v1.5.0"), "E_TAG_OBJECT")
    assert last.outputs["tag"] == "v1.5.1"


def test_a_tag_that_leads_to_no_commit(project: GitProject, follow: Follow) -> None:
    project.write("file", "content")
    project.commit("a file")
    project.tag("v1.5.0-rc.1", "HEAD:file", annotated=True)
    last = followed(follow("v1.5.0-rc.1", at="refs/heads/release-1.5"), "E_TAG_OBJECT")
    assert last.outputs["tag"] == "v1.5.0-rc.2"


def test_a_tag_that_leads_to_no_commit_where_no_branch_is_known(project: GitProject, follow: Follow) -> None:
    project.write("file", "content")
    project.commit("a file")
    project.tag("v1.5.0-rc.1", "HEAD^{tree}", annotated=True)
    codes, last = follow("v1.5.0-rc.1", at="refs/heads/release-1.5", check_branch="false")
    assert (codes, last.error) == ([], "E_TAG_OBJECT")


def test_a_missing_branch(project: GitProject, follow: Follow) -> None:
    write_places(project, "1.4.0")
    project.commit("a new minor version")
    project.tag("v1.6.0-rc.0", annotated=True)
    last = followed(follow("v1.6.0-rc.0"), "E_BRANCH_MISSING", "E_STALE_VERSION")
    assert last.outputs["tag"] == "v1.6.0-rc.1"


def test_the_release_of_a_candidate_has_the_object_of_another_tag(project: GitProject, follow: Follow) -> None:
    project.commit("later")
    project.tag("v1.5.0-rc.1", annotated=True)
    project.tag("inner", annotated=True)
    project.git("update-ref", "refs/tags/v1.5.0", "refs/tags/inner")
    followed(follow("v1.5.0-rc.1"))
