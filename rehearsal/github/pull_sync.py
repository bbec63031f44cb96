"""Pull requests follow their branches: looked after whenever one is asked for."""

from rehearsal.github.bare import NOTHING, Bare, GitError
from rehearsal.github.objects import Person, write_commit
from rehearsal.github.state import Issue, Pull, Repository, World

GITHUB = ("GitHub", "noreply@github.com")


def follow(world: World, repository: Repository, issue: Issue) -> None:
    """Takes in what pushes did: new commits, a branch that is gone, commits that are merged already.

    Keeps `refs/pull/N/head` and, while both can be merged, `refs/pull/N/merge`, as GitHub does.
    """
    pull, git = issue.pull, repository.git
    if pull is None or issue.state == "closed":
        return
    head, base = head_commit(world, repository, pull), git.commit(f"refs/heads/{pull.base_branch}")
    if head is None or base is None:
        issue.state, issue.closed_at = "closed", world.now()
        return
    unchanged = (head, base) == (pull.head_sha, pull.base_sha)
    if unchanged and pull.merge_sha is not None:
        return
    pull.head_sha, pull.base_sha = head, base
    _set(git, f"refs/pull/{issue.number}/head", head)
    if git.is_ancestor(head, base):
        merged(world, issue, pull, base)
        return
    tree = merged_tree(git, base, head)
    pull.merge_sha = None
    if tree is not None:
        person = Person(*GITHUB, issue.created_at)
        pull.merge_sha = write_commit(
            git, tree, (base, head), f"Merge {head} into {base}", author=person, committer=person
        )
    _set(git, f"refs/pull/{issue.number}/merge", pull.merge_sha or NOTHING)


def head_commit(world: World, repository: Repository, pull: Pull) -> str | None:
    """The tip of the head branch, fetched when it is a fork's."""
    branch = f"refs/heads/{pull.head_branch}"
    if pull.head_repository == repository.full_name:
        ref = repository.git.ref(branch)
        return ref.sha if ref else None
    fork = world.repository(pull.head_repository)
    ref = fork.git.ref(branch) if fork else None
    if fork is None or ref is None:
        return None
    repository.git.run("fetch", "--quiet", "--no-tags", "--no-write-fetch-head", str(fork.git.path), ref.name)
    return ref.sha


def merged_tree(git: Bare, base: str, head: str) -> str | None:
    """The tree of a merge, or None for a conflict."""
    try:
        return git.text("merge-tree", "--write-tree", base, head).splitlines()[0]
    except GitError:
        return None


def merged(world: World, issue: Issue, pull: Pull, sha: str) -> None:
    now = world.now()
    issue.state, issue.closed_at, issue.updated_at = "closed", now, now
    pull.merged_at, pull.merge_sha = now, sha


def _set(git: Bare, name: str, sha: str) -> None:
    present = git.ref(name)
    old = present.sha if present else NOTHING
    if old != sha:
        git.move(name, sha, old)
