"""A repository without its default branch is told in one way, whichever action looks for its configuration there."""

from rehearsal.projects.github_project import GitHubProject

ACTIONS = {
    "create_release_branch": {"version": "1.5"},
    "prepare_release": {"make": "candidate"},
    "unreleased": {},
    "backport_report": {},
    "guard_release_branch": {"guarded_branch": "release-1.5"},
    "cherry_pick": {"commits": "f" * 40, "branches": "release-1.5"},
}


def test_the_default_branch_is_not_there(github_project: GitHubProject) -> None:
    project = github_project
    project.git("branch", "release-1.5")
    project.push()
    project.served("update-ref", "-d", "refs/heads/main")
    refs, said = project.refs(), set()
    for action, inputs in ACTIONS.items():
        done = project.run(action, None, **inputs)
        assert (done.code, done.error) == (1, "E_BRANCH_MISSING"), done.log
        said.add((done.result["error"]["what"], done.result["error"]["next"]))
    assert len(said) == 1, said
    assert project.url in next(iter(said))[0]
    assert (project.refs(), project.github.writes) == (refs, ())
