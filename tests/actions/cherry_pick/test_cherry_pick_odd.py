"""cherry-pick as a process where the server has less than all, or a history is odd: one clear row or problem each."""

import json

from tests.actions.cherry_pick.project import Project, fixed, outcomes

BRANCH = "release-1.5"


def end_history(project: Project, *commits: str) -> None:
    """Make the server's repository shallow: its history ends at these commits and at the release branches."""
    names = [*commits, "release-1.4", BRANCH]
    ids = [project.git.git("rev-parse", name, cwd=project.origin) for name in names]
    (project.origin / "shallow").write_text("".join(f"{one}\n" for one in ids))


def merge_commit(project: Project, number: int) -> str:
    return str(project.api("GET", f"/pulls/{number}")["merge_commit_sha"])


def test_a_server_whose_history_ends_below_a_change(project: Project) -> None:
    number = project.merged(fixed(3))
    end_history(project, f"{merge_commit(project, number)}^")
    done = project.run(pull_requests=str(number), branches=BRANCH)
    assert (done.code, outcomes(done)) == (0, {(f"#{number}", BRANCH): "created"})


def test_a_server_whose_history_ends_at_a_change_stops_no_other_one(project: Project) -> None:
    first, second = project.merged(fixed(3)), project.merged({"other.txt": "another\n"}, title="Another")
    lost = merge_commit(project, first)
    end_history(project, lost)
    done = project.run(pull_requests=f"{first} {second}", branches=BRANCH)
    assert (done.code, done.error, outcomes(done)) == (1, "E_CHERRY_PICK", {(f"#{second}", BRANCH): "created"})
    assert [f"The parent of {lost} is not on the server" in one for one in project.comments(first)] == [True]


def test_a_pick_that_is_a_merge_of_200_parents(project: Project) -> None:
    number = project.merged(fixed(3), title="Fix the app")
    origin, git = project.origin, project.git.git
    start = git("rev-parse", BRANCH, cwd=origin)
    who = "committer Bob <bob@example.org> 1750000000 +0000"
    stream = [f"commit refs/heads/side{at}\n{who}\ndata 4\nside\nfrom {start}\n\n" for at in range(199)]
    merges = "".join(f"merge refs/heads/side{at}\n" for at in range(199))
    title, text = f"[{BRANCH}] Fix the app", fixed(3)["app.txt"]
    stream.append(f"commit refs/heads/{BRANCH}\nmark :1\n{who}\ndata {len(title)}\n{title}\nfrom {start}\n{merges}")
    stream.append(f"M 100644 inline app.txt\ndata {len(text)}\n{text}\n")
    git("fast-import", "--quiet", cwd=origin, stdin="".join(stream))
    assert len(git("rev-list", "--parents", "-1", BRANCH, cwd=origin).split()) == 201
    done = project.run(pull_requests=str(number), branches=BRANCH)
    [one] = json.loads(done.outputs["outcomes"])
    made = git("rev-parse", BRANCH, cwd=origin)
    assert (one["outcome"], one["note"]) == (
        "already-there",
        f"{made[:12]} has its title, and picking it changes nothing.",
    )
