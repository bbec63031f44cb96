"""Who an issue or pull request is assigned to (docs.github.com/rest/issues/assignees)."""

from rehearsal.github.exchange import Answer, Request, created, no_content
from rehearsal.github.issue_views import issue_view
from rehearsal.github.issues import writable_issue
from rehearsal.github.problems import not_found
from rehearsal.github.routes import Routes
from rehearsal.github.state import AssignEvent

routes = Routes()

_REPOSITORY = "/repos/{owner}/{repo}"


@routes.get(f"{_REPOSITORY}/assignees/{{assignee}}", "issues|pull_requests:read")
def check_assignee(request: Request) -> Answer:
    if not _may_be_assigned(request, request.place["assignee"]):
        raise not_found()
    return no_content()


@routes.post(f"{_REPOSITORY}/issues/{{issue_number}}/assignees", "issues|pull_requests:write")
def add_assignees(request: Request) -> Answer:
    """Whoever can't be assigned is passed over in silence, as on GitHub."""
    issue, world = writable_issue(request), request.world
    for login in map(str, request.fields.items("assignees")):
        user = world.user(login)
        if _may_be_assigned(request, login) and user not in issue.assignees:
            issue.assignees.append(user)
            issue.assign_events.append(AssignEvent(world.new_id(), user, request.user, world.now()))
    return created(issue_view(request, issue))


def _may_be_assigned(request: Request, login: str) -> bool:
    """Here everybody who has a role in the repository."""
    return request.repository.roles.get(login, "none") != "none"
