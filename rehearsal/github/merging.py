"""Merging a pull request, in git and without a work tree (docs.github.com/rest/pulls/pulls, "Merge")."""

from rehearsal.github.exchange import Answer, Request, answer, no_content
from rehearsal.github.fields import Fields
from rehearsal.github.gitdata import author
from rehearsal.github.objects import Person, read_commit, write_commit
from rehearsal.github.problems import ApiError, not_found
from rehearsal.github.pull_sync import GITHUB, merged, merged_tree
from rehearsal.github.pull_views import commits_of
from rehearsal.github.pulls import existing_pull
from rehearsal.github.routes import Routes
from rehearsal.github.state import Issue, Pull
from rehearsal.github.writing import move_ref

routes = Routes()

_MERGE = "/repos/{owner}/{repo}/pulls/{pull_number}/merge"


@routes.get(_MERGE, "pull_requests:read")
def is_merged(request: Request) -> Answer:
    if existing_pull(request)[1].merged_at is None:
        raise not_found()
    return no_content()


@routes.put(_MERGE, "contents:write")
def merge_pull(request: Request) -> Answer:
    """By `merge`, `squash` or `rebase`. With `sha`, only while the head is that commit."""
    issue, pull = existing_pull(request)
    fields = request.fields if request.data is not None else Fields({})
    method = fields.one_of("merge_method", ("merge", "squash", "rebase"), "merge")
    if issue.state == "closed" or pull.draft or pull.merge_sha is None:
        raise ApiError(405, "Pull Request is not mergeable")
    if fields.text_or("sha", pull.head_sha) != pull.head_sha:
        raise ApiError(409, "Head branch was modified. Review and try the merge again.")
    branch, base = f"refs/heads/{pull.base_branch}", pull.base_sha
    made = {"merge": _merge, "squash": _squash, "rebase": _rebase}[method](request, issue, pull, fields)
    move_ref(request, branch, made, base, through_pull=True)
    pull.merged_commits = request.repository.git.lines("rev-list", f"{base}..{made}")
    pull.merged_by = request.user
    merged(request.world, issue, pull, made)
    request.emit("pull_request", "closed", number=issue.number, merged=True)
    return answer({"sha": made, "merged": True, "message": "Pull Request successfully merged"})


def _merge(request: Request, issue: Issue, pull: Pull, fields: Fields) -> str:
    owner = pull.head_repository.partition("/")[0]
    title = fields.text_or("commit_title", f"Merge pull request #{issue.number} from {owner}/{pull.head_branch}")
    message = fields.text_or("commit_message", issue.title)
    return _commit(request, pull, (pull.base_sha, pull.head_sha), f"{title}\n\n{message}")


def _squash(request: Request, issue: Issue, pull: Pull, fields: Fields) -> str:
    """One commit on the base, with the titles of all; of a single one, with its own message."""
    git = request.repository.git
    commits = [read_commit(git, sha) for sha in commits_of(request.repository, pull)]
    titles = "\n".join(f"* {commit.title}" for commit in commits)
    one = commits[0].message.partition("\n\n")[2] if len(commits) == 1 else titles
    title = fields.text_or(
        "commit_title", f"{commits[0].title if len(commits) == 1 else issue.title} (#{issue.number})"
    )
    return _commit(request, pull, (pull.base_sha,), f"{title}\n\n{fields.text_or('commit_message', one)}".rstrip())


def _commit(request: Request, pull: Pull, parents: tuple[str, ...], message: str) -> str:
    git = request.repository.git
    tree = merged_tree(git, pull.base_sha, pull.head_sha)
    if tree is None:
        raise ApiError(405, "Pull Request is not mergeable")
    committer = Person(*GITHUB, request.world.now())
    return write_commit(git, tree, parents, f"{message}\n", author=author(request, Fields({})), committer=committer)


def _rebase(request: Request, _issue: Issue, pull: Pull, _fields: Fields) -> str:
    """Each commit again, on top of the base; merges are left out."""
    git, tip = request.repository.git, pull.base_sha
    for sha in commits_of(request.repository, pull):
        commit = read_commit(git, sha)
        if len(commit.parents) != 1:
            continue
        # With the tip's tree and the commit's parent, the merge base is that parent: a cherry-pick.
        onto = read_commit(git, tip)
        beside = write_commit(git, onto.tree, commit.parents, "", author=onto.author, committer=onto.committer)
        tree = merged_tree(git, beside, sha)
        if tree is None:
            raise ApiError(405, "This branch can't be rebased")
        committer = Person(*GITHUB, request.world.now())
        tip = write_commit(git, tree, (tip,), f"{commit.message}\n", author=commit.author, committer=committer)
    return tip
