"""What create-release-branch says of feature gates that are overdue, before the branch keeps them for its life."""

import pytest

from rehearsal.act.step import Result
from rehearsal.projects.github_project import CONFIG, GitHubProject

SOURCE = "pkg/features/gates.go"
OLD = '{Version: version.MustParse("1.1"), Default: false, PreRelease: featuregate.Alpha}'
TIMELY = '{Version: version.MustParse("1.4"), Default: false, PreRelease: featuregate.Alpha}'
PROMISED = f"{TIMELY}, // remove in 1.5"
OPEN = '{Version: version.MustParse("1.1"), Default: true, PreRelease: featuregate.GA}'
GATES = "feature-gates:\n  sources: [pkg/*/*.go]\n  limits: {alpha: 3, ga: 2}\n"


@pytest.fixture
def project(github_project: GitHubProject) -> GitHubProject:
    """A project that has released 1.1 to 1.4, and whose next version is 1.5."""
    github_project.write(".github/release-actions.yml", CONFIG + GATES)
    for minor in range(1, 4):
        github_project.version(f"1.{minor}.0")
        github_project.tag(f"v1.{minor}.0")
    github_project.go_on_from_1_4()
    return github_project


def cut(project: GitHubProject, *specs: str, **inputs: str) -> Result:
    """Cut the branch of 1.5 from a source with gates A, B, … of these specs."""
    gates = "".join(f"\t{name}: {{\n\t\t{spec},\n\t}},\n" for name, spec in zip("ABC", specs, strict=False))
    map_type = "map[featuregate.Feature]featuregate.VersionedSpecs"
    project.write(SOURCE, f"package features\n\nvar gates = {map_type}{{\n{gates}}}\n")
    project.commit("feat: gates")
    project.push()
    done = project.act("create_release_branch", None, version="1.5", follow_ups="", **inputs)
    assert done.code == 0, done.log
    return done


def warnings(done: Result) -> list[str]:
    return [one.message for one in done.annotations if one.title == "Overdue feature gates"]


@pytest.mark.parametrize(
    ("spec", "what"),
    [
        (OLD, "A is alpha since 1.1, 4 minor versions ago; the limit is 3."),
        (OPEN, "A is ga since 1.1, 4 minor versions ago; the limit is 2."),
        (PROMISED, "A was to be removed in 1.5; 1.5 is under development."),
    ],
)
def test_a_gate_that_is_overdue_is_named_and_the_branch_is_cut(project: GitHubProject, spec: str, what: str) -> None:
    done = cut(project, spec)
    [warning] = warnings(done)
    assert "`release-1.5` begins with feature gates that are overdue" in warning
    assert warning.endswith(f"{SOURCE}:5: {what}")
    assert what in done.summary
    assert project.refs()["refs/heads/release-1.5"] == project.git("rev-parse", "main")


def test_a_dry_run_names_all_of_them_and_those_in_time_are_not_named(project: GitHubProject) -> None:
    [warning] = warnings(cut(project, OLD, TIMELY, OPEN, dry_run="true"))
    assert [name for name in "ABC" if f": {name} is " in warning] == ["A", "C"]
    assert "refs/heads/release-1.5" not in project.refs()


def test_gates_in_time_are_no_warning(project: GitHubProject) -> None:
    done = cut(project, TIMELY)
    assert (warnings(done), "Overdue" in done.summary) == ([], False)


def test_a_project_that_configures_no_gates_is_not_searched(project: GitHubProject) -> None:
    project.write(".github/release-actions.yml", CONFIG)
    assert warnings(cut(project, OLD)) == []


def test_a_branch_that_is_there_is_not_judged_again(project: GitHubProject) -> None:
    cut(project, TIMELY)
    assert warnings(cut(project, OLD)) == []
