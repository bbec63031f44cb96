"""Pull requests (docs.github.com/rest/pulls)."""

from rehearsal.github.differences import diff_entries
from rehearsal.github.exchange import Answer, Request, answer, created, page
from rehearsal.github.issues import change_text_and_state, new_issue
from rehearsal.github.problems import ApiError, invalid, not_found
from rehearsal.github.pull_sync import follow, head_commit
from rehearsal.github.pull_views import commits_of, pull_view, short_pull_view
from rehearsal.github.routes import Routes
from rehearsal.github.state import Issue, Pull
from rehearsal.github.tokens import Kind
from rehearsal.github.views import commit_view

routes = Routes()

_REPOSITORY = "/repos/{owner}/{repo}"
_PULLS = f"{_REPOSITORY}/pulls"
_MOST_COMMITS = 250
_MOST_FILES = 3000


@routes.get(_PULLS, "pull_requests:read")
def list_pulls(request: Request) -> Answer:
    """Newest first. `head` is `owner:branch`."""
    query = request.query
    state, base, head = query.get("state", "open"), query.get("base"), query.get("head")
    shown = [
        issue
        for issue in _all(request)
        if issue.pull
        and state in ("all", issue.state)
        and base in (None, issue.pull.base_branch)
        and head in (None, f"{issue.pull.head_repository.partition('/')[0]}:{issue.pull.head_branch}")
    ]
    if query.get("direction", "desc" if query.get("sort", "created") == "created" else "asc") == "desc":
        shown.reverse()
    return page(request, [short_pull_view(request, issue) for issue in shown])


@routes.post(_PULLS, "pull_requests:write")
def create_pull(request: Request) -> Answer:
    fields, repository, world = request.fields, request.repository, request.world
    if request.token and request.token.kind is Kind.ACTIONS and not repository.actions_may_open_pulls:
        raise ApiError(403, "GitHub Actions is not permitted to create or approve pull requests.")
    base, (owner, _, branch) = fields.text("base"), fields.text("head").rpartition(":")
    title = fields.text("title")
    pull = Pull(
        id=world.new_id(),
        head_repository=_head_repository(request, owner),
        head_branch=branch,
        head_sha="",
        base_branch=base,
        base_sha=repository.git.commit(f"refs/heads/{base}") or "",
        draft=fields.flag_or("draft", default=False),
        maintainers_may_push=fields.flag_or("maintainer_can_modify", default=False),
    )
    if not pull.base_sha:
        raise invalid("PullRequest", "base", "invalid")
    head = head_commit(world, repository, pull)
    if head is None:
        raise invalid("PullRequest", "head", "invalid")
    if repository.git.is_ancestor(head, pull.base_sha):
        raise invalid("PullRequest", "head", "custom", f"No commits between {base} and {branch}")
    for issue in _all(request):
        other = issue.pull
        same = other and (other.head_repository, other.head_branch, other.base_branch) == (
            pull.head_repository,
            branch,
            base,
        )
        if same and issue.state == "open":
            message = f"A pull request already exists for {pull.head_repository.partition('/')[0]}:{branch}."
            raise invalid("PullRequest", "head", "custom", message)
    issue = new_issue(request, title, fields.text_or("body", "") or None)
    issue.pull = pull
    follow(world, repository, issue)
    request.emit("pull_request", "opened", number=issue.number)
    return created(pull_view(request, issue))


@routes.get(f"{_PULLS}/{{pull_number}}", "pull_requests:read")
def get_pull(request: Request) -> Answer:
    return answer(pull_view(request, existing_pull(request)[0]))


@routes.patch(f"{_PULLS}/{{pull_number}}", "pull_requests:write")
def update_pull(request: Request) -> Answer:
    issue, pull = existing_pull(request)
    base = request.fields.text_or("base", pull.base_branch)
    if request.repository.git.ref(f"refs/heads/{base}") is None:
        raise invalid("PullRequest", "base", "invalid")
    if pull.merged_at and request.fields.text_or("state", "closed") == "open":
        raise invalid("PullRequest", "state", "invalid", "A merged pull request cannot be reopened")
    change_text_and_state(request, issue)
    pull.base_branch = base
    pull.maintainers_may_push = request.fields.flag_or("maintainer_can_modify", default=pull.maintainers_may_push)
    issue.updated_at = request.world.now()
    follow(request.world, request.repository, issue)
    return answer(pull_view(request, issue))


@routes.get(f"{_PULLS}/{{pull_number}}/commits", "pull_requests:read")
def pull_commits(request: Request) -> Answer:
    """The first 250 and no more, whatever the page."""
    _, pull = existing_pull(request)
    shown = commits_of(request.repository, pull)[:_MOST_COMMITS]
    return page(request, [commit_view(request, request.repository, sha) for sha in shown])


@routes.get(f"{_PULLS}/{{pull_number}}/files", "pull_requests:read")
def pull_files(request: Request) -> Answer:
    _, pull = existing_pull(request)
    fork = request.repository.git.merge_base(pull.base_sha, pull.head_sha) or pull.base_sha
    return page(request, diff_entries(request, request.repository, fork, pull.head_sha)[:_MOST_FILES])


@routes.get(f"{_REPOSITORY}/commits/{{commit_sha}}/pulls", "pull_requests:read")
def pulls_of_commit(request: Request) -> Answer:
    """Those it was merged by, and open ones it is a commit of."""
    sha = request.repository.git.commit(request.place["commit_sha"])
    if sha is None:
        raise not_found()
    shown = [
        issue
        for issue in _all(request)
        if issue.pull
        and (issue.pull.merged_at is not None or issue.state == "open")
        and sha in (*issue.pull.merged_commits, *commits_of(request.repository, issue.pull))
    ]
    return page(request, [short_pull_view(request, issue) for issue in shown])


def existing_pull(request: Request) -> tuple[Issue, Pull]:
    """The pull request of the path, as its branches are now."""
    issue = request.repository.issues.get(request.number("pull_number"))
    if issue is None or issue.pull is None:
        raise not_found()
    follow(request.world, request.repository, issue)
    return issue, issue.pull


def _all(request: Request) -> list[Issue]:
    issues = list(request.repository.issues.values())
    for issue in issues:
        follow(request.world, request.repository, issue)
    return issues


def _head_repository(request: Request, owner: str) -> str:
    """The repository the head branch is in: this one, or that of the owner named before a colon."""
    own = request.repository.full_name
    if not owner or owner.lower() == own.partition("/")[0].lower():
        return own
    for repository in request.world.repositories.values():
        if repository.parent == own and repository.owner.login.lower() == owner.lower():
            return repository.full_name
    raise invalid("PullRequest", "head", "invalid")
