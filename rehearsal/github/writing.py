"""Changing refs by the API: under the same rules as a push, and never over someone else's change."""

from rehearsal.git.rules import Pusher, Refusal, Update, refusal
from rehearsal.github.bare import NOTHING, GitError
from rehearsal.github.exchange import Request
from rehearsal.github.problems import ApiError
from rehearsal.github.state import Repository
from rehearsal.github.tokens import Kind


def pusher(request: Request) -> Pusher:
    """Who a request is for the rules on refs."""
    token = request.token
    return Pusher(
        login=token.login if token else "",
        app=token is None or token.kind is not Kind.PERSONAL,
        workflows=request.may("workflows:write"),
    )


def move_ref(request: Request, name: str, new: str, old: str, *, through_pull: bool = False) -> None:
    """Sets a full ref from `old` to `new`, NOTHING standing for its absence, and tells of the push.

    A merged pull request has gone `through_pull`: rules on the branch don't stand against it.
    Raises the ApiError 422 when a rule forbids it or the ref is elsewhere by now.
    """
    repository = request.repository
    rules = [] if through_pull else repository.rules
    refused = refusal(repository.git.text, rules, pusher(request), Update(name, old, new))
    if refused is not None:
        raise _error(request, refused)
    try:
        repository.git.move(name, new, old)
    except GitError:
        message = "Reference already exists" if old == NOTHING else "Reference cannot be updated"
        raise ApiError(422, message) from None
    request.emit("push", ref=name, before=old, after=new)


def _error(request: Request, refused: Refusal) -> ApiError:
    if not refused.rule:
        return ApiError(403, (request.token.kind if request.token else Kind.APP).refusal)
    if "protected branch" in refused.reason:
        return ApiError(422, refused.rule)
    return ApiError(422, f"Repository rule violations found\n\n{refused.rule}\n\n")


def touches_workflows(repository: Repository, commit: str) -> bool:
    """Whether a commit has workflow files that differ from, or are not on, the default branch."""
    git = repository.git
    default = git.commit(git.default_branch)
    if default is None:
        return False
    changed = git.text("diff-tree", "-r", "--name-only", "--diff-filter=d", default, commit, "--", ".github/workflows/")
    return bool(changed)
