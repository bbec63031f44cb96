"""Issues and milestones (docs.github.com/rest/issues)."""

from collections.abc import Sequence
from typing import Any

from rehearsal.github.exchange import Answer, Request, answer, created, page
from rehearsal.github.fields import Fields
from rehearsal.github.issue_views import issue_view, milestone_view
from rehearsal.github.problems import invalid, not_found
from rehearsal.github.routes import Routes
from rehearsal.github.state import Issue, Label, LabelEvent, Milestone, MilestoneEvent, Repository
from rehearsal.github.tokens import need

routes = Routes()

_REPOSITORY = "/repos/{owner}/{repo}"


@routes.get(f"{_REPOSITORY}/issues", "issues:read")
def list_issues(request: Request) -> Answer:
    """Newest first; pull requests are among them."""
    state, labels = request.query.get("state", "open"), set(filter(None, request.query.get("labels", "").split(",")))
    creator = request.query.get("creator")
    shown = [
        issue
        for issue in request.repository.issues.values()
        if state in ("all", issue.state)
        and labels <= {label.name for label in issue.labels}
        and creator in (None, issue.author.login)
    ]
    return page(request, [issue_view(request, issue) for issue in reversed(shown)])


@routes.post(f"{_REPOSITORY}/issues", "issues:write")
def create_issue(request: Request) -> Answer:
    issue = new_issue(request, request.fields.text("title"), request.fields.text_or("body", "") or None)
    _take(request, issue)
    request.emit("issues", "opened", number=issue.number)
    return created(issue_view(request, issue))


@routes.get(f"{_REPOSITORY}/issues/{{issue_number}}", "issues|pull_requests:read")
def get_issue(request: Request) -> Answer:
    return answer(issue_view(request, existing_issue(request)))


@routes.patch(f"{_REPOSITORY}/issues/{{issue_number}}", "issues|pull_requests:write")
def update_issue(request: Request) -> Answer:
    issue = writable_issue(request)
    change_text_and_state(request, issue)
    _take(request, issue)
    return answer(issue_view(request, issue))


@routes.get(f"{_REPOSITORY}/milestones", "issues|pull_requests:read")
def list_milestones(request: Request) -> Answer:
    state = request.query.get("state", "open")
    shown = [each for each in request.repository.milestones.values() if state in ("all", each.state)]
    return page(request, [milestone_view(request, each) for each in shown])


@routes.post(f"{_REPOSITORY}/milestones", "issues|pull_requests:write")
def create_milestone(request: Request) -> Answer:
    fields, milestones = request.fields, request.repository.milestones
    title = fields.text("title")
    if any(each.title == title for each in milestones.values()):
        raise invalid("Milestone", "title", "already_exists")
    milestone = Milestone(
        id=request.world.new_id(),
        number=len(milestones) + 1,
        title=title,
        description=fields.text_or("description", "") or None,
        state=fields.one_of("state", ("open", "closed"), "open"),
        due_on=fields.text_or("due_on", "") or None,
        creator=request.user,
        created_at=request.world.now(),
    )
    milestones[milestone.number] = milestone
    return created(milestone_view(request, milestone))


def new_issue(request: Request, title: str, body: str | None) -> Issue:
    """The next issue of the repository; pull requests are numbered with the issues."""
    _check_text(title, body)
    now, issues = request.world.now(), request.repository.issues
    issue = Issue(request.world.new_id(), len(issues) + 1, title, body, request.user, now, now)
    issues[issue.number] = issue
    return issue


def existing_issue(request: Request) -> Issue:
    found = request.repository.issues.get(request.number("issue_number"))
    if found is None:
        raise not_found()
    return found


def writable_issue(request: Request) -> Issue:
    """The issue of the path; one that is no pull request needs the permission for issues itself."""
    issue = existing_issue(request)
    if issue.pull is None:
        request.require(need("issues:write"))
    issue.updated_at = request.world.now()
    return issue


def change_text_and_state(request: Request, issue: Issue) -> None:
    fields = request.fields
    state = fields.one_of("state", ("open", "closed"), issue.state)
    issue.title = fields.text_or("title", issue.title)
    if fields.has("body"):
        issue.body = fields.text_or("body", "") or None
    _check_text(issue.title, issue.body)
    if state != issue.state:
        issue.state, issue.closed_at = state, request.world.now() if state == "closed" else None
        action = "closed" if state == "closed" else "reopened"
        request.emit("pull_request" if issue.pull else "issues", action, number=issue.number)


def label_names(given: Sequence[Any]) -> list[str]:
    """Labels are given by name, or as objects that have one."""
    return [Fields(entry).text("name") if isinstance(entry, dict) else str(entry) for entry in given]


def named_labels(request: Request, names: Sequence[str]) -> list[Label]:
    """The labels of these names, made when they are new."""
    labels = request.repository.labels
    for name in names:
        if name.lower() not in labels:
            labels[name.lower()] = Label(request.world.new_id(), name, "ededed", None)
    return [labels[name] for name in dict.fromkeys(name.lower() for name in names)]


def relabel(request: Request, issue: Issue, labels: list[Label]) -> None:
    """Give an issue other labels, and note who did so."""
    changes = [("unlabeled", one) for one in issue.labels if one not in labels]
    changes += [("labeled", one) for one in labels if one not in issue.labels]
    world, user = request.world, request.user
    for kind, label in changes:
        issue.label_events.append(LabelEvent(world.new_id(), kind, label.name, label.color, user, world.now()))
    issue.labels = labels


def _take(request: Request, issue: Issue) -> None:
    fields = request.fields
    if fields.has("labels"):
        relabel(request, issue, named_labels(request, label_names(fields.items("labels"))))
    if fields.has("milestone"):
        chosen = _milestone(request.repository, fields.number("milestone")) if "milestone" in fields else None
        _put_into(request, issue, chosen)
    if fields.has("assignees"):
        issue.assignees = [request.world.user(str(login)) for login in fields.items("assignees")]


def _put_into(request: Request, issue: Issue, milestone: Milestone | None) -> None:
    """Put an issue into a milestone, or out of its own, and note who did so."""
    world, changes = request.world, [("demilestoned", issue.milestone), ("milestoned", milestone)]
    for kind, one in changes if issue.milestone is not milestone else ():
        if one:
            issue.milestone_events.append(MilestoneEvent(world.new_id(), kind, one.title, request.user, world.now()))
    issue.milestone = milestone


def _check_text(title: str, body: str | None) -> None:
    for name, text, longest in (("title", title, 256), ("body", body or "", 65_536)):
        if len(text) > longest:
            raise invalid("Issue", name, "custom", f"{name} is too long (maximum is {longest} characters)")


def _milestone(repository: Repository, number: int) -> Milestone:
    found = repository.milestones.get(number)
    if found is None:
        raise invalid("Issue", "milestone", "invalid")
    return found
