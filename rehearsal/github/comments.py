"""Comments on issues and pull requests (docs.github.com/rest/issues/comments)."""

from rehearsal.github.exchange import Answer, Request, answer, created, no_content, page
from rehearsal.github.issue_views import comment_view
from rehearsal.github.issues import existing_issue, writable_issue
from rehearsal.github.problems import invalid, not_found
from rehearsal.github.routes import Routes
from rehearsal.github.state import Comment
from rehearsal.github.tokens import need

routes = Routes()

_ISSUES = "/repos/{owner}/{repo}/issues"
_READ, _WRITE = "issues|pull_requests:read", "issues|pull_requests:write"
_LONGEST = 65_536


@routes.get(f"{_ISSUES}/{{issue_number}}/comments", _READ)
def list_comments(request: Request) -> Answer:
    """Oldest first."""
    number = existing_issue(request).number
    shown = [each for each in request.repository.comments.values() if each.issue == number]
    return page(request, [comment_view(request, each) for each in shown])


@routes.post(f"{_ISSUES}/{{issue_number}}/comments", _WRITE)
def create_comment(request: Request) -> Answer:
    issue, now = writable_issue(request), request.world.now()
    comment = Comment(request.world.new_id(), issue.number, _body(request), request.user, now, now)
    request.repository.comments[comment.id] = comment
    request.emit("issue_comment", "created", number=issue.number, comment=comment.id)
    return created(comment_view(request, comment))


@routes.get(f"{_ISSUES}/comments/{{comment_id}}", _READ)
def get_comment(request: Request) -> Answer:
    return answer(comment_view(request, _existing(request)))


@routes.patch(f"{_ISSUES}/comments/{{comment_id}}", _WRITE)
def update_comment(request: Request) -> Answer:
    comment = _writable(request)
    comment.body, comment.updated_at = _body(request), request.world.now()
    request.emit("issue_comment", "edited", number=comment.issue, comment=comment.id)
    return answer(comment_view(request, comment))


@routes.delete(f"{_ISSUES}/comments/{{comment_id}}", _WRITE)
def delete_comment(request: Request) -> Answer:
    del request.repository.comments[_writable(request).id]
    return no_content()


def _existing(request: Request) -> Comment:
    found = request.repository.comments.get(request.number("comment_id"))
    if found is None:
        raise not_found()
    return found


def _writable(request: Request) -> Comment:
    comment = _existing(request)
    if request.repository.issues[comment.issue].pull is None:
        request.require(need("issues:write"))
    return comment


def _body(request: Request) -> str:
    body = request.fields.text("body")
    if not body.strip():
        raise invalid("IssueComment", "body", "missing_field")
    if len(body) > _LONGEST:
        raise invalid("IssueComment", "body", "custom", f"Body is too long (maximum is {_LONGEST} characters)")
    return body
