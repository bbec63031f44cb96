"""How issues, labels, milestones and comments look."""

from typing import Any

from rehearsal.github.exchange import Request
from rehearsal.github.state import AssignEvent, Comment, Issue, Label, LabelEvent, Milestone, MilestoneEvent, User
from rehearsal.github.views import node_id, user_view

Json = dict[str, Any]

_ASSOCIATIONS = {"admin": "OWNER", "maintain": "MEMBER", "write": "MEMBER", "triage": "MEMBER"}


def label_view(request: Request, label: Label) -> Json:
    return {
        "id": label.id,
        "node_id": node_id("Label", label.id),
        "url": request.links.repository(request.repository.full_name, "labels", label.name),
        "name": label.name,
        "color": label.color,
        "default": False,
        "description": label.description,
    }


def event_view(request: Request, event: LabelEvent | AssignEvent | MilestoneEvent) -> Json:
    """An entry of a timeline."""
    if isinstance(event, LabelEvent):
        kind, node = event.kind, "LabeledEvent" if event.kind == "labeled" else "UnlabeledEvent"
        about: Json = {"label": {"name": event.label, "color": event.color}}
    elif isinstance(event, MilestoneEvent):
        kind, node = event.kind, "MilestonedEvent" if event.kind == "milestoned" else "DemilestonedEvent"
        about = {"milestone": {"title": event.title}}
    else:
        kind, node, about = "assigned", "AssignedEvent", {"assignee": user_view(request, event.assignee)}
    return {
        "id": event.id,
        "node_id": node_id(node, event.id),
        "url": request.links.repository(request.repository.full_name, "issues", "events", event.id),
        "actor": user_view(request, event.actor),
        "event": kind,
        "commit_id": None,
        "commit_url": None,
        "created_at": event.created_at,
        **about,
        "performed_via_github_app": None,
    }


def milestone_view(request: Request, milestone: Milestone) -> Json:
    links, name = request.links, request.repository.full_name
    url = links.repository(name, "milestones", milestone.number)
    issues = [issue for issue in request.repository.issues.values() if issue.milestone is milestone]
    return {
        "url": url,
        "html_url": links.page(name, "milestone", milestone.number),
        "labels_url": f"{url}/labels",
        "id": milestone.id,
        "node_id": node_id("Milestone", milestone.id),
        "number": milestone.number,
        "title": milestone.title,
        "description": milestone.description,
        "creator": user_view(request, milestone.creator),
        "open_issues": sum(issue.state == "open" for issue in issues),
        "closed_issues": sum(issue.state == "closed" for issue in issues),
        "state": milestone.state,
        "created_at": milestone.created_at,
        "updated_at": milestone.created_at,
        "due_on": milestone.due_on,
        "closed_at": None if milestone.state == "open" else milestone.created_at,
    }


def comment_view(request: Request, comment: Comment) -> Json:
    links, name = request.links, request.repository.full_name
    issue = request.repository.issues[comment.issue]
    page = links.page(name, "pull" if issue.pull else "issues", issue.number)
    return {
        "id": comment.id,
        "node_id": node_id("IssueComment", comment.id),
        "url": links.repository(name, "issues", "comments", comment.id),
        "html_url": f"{page}#issuecomment-{comment.id}",
        "issue_url": links.repository(name, "issues", issue.number),
        "body": comment.body,
        "user": user_view(request, comment.author),
        "created_at": comment.created_at,
        "updated_at": comment.updated_at,
        "author_association": association(request, comment.author),
        "performed_via_github_app": None,
    }


def issue_view(request: Request, issue: Issue) -> Json:
    """An `issue`; a pull request is one, too."""
    links, name = request.links, request.repository.full_name
    url = links.repository(name, "issues", issue.number)
    view = {
        **common_view(request, issue),
        "id": issue.id,
        "node_id": node_id("Issue", issue.id),
        "url": url,
        "repository_url": links.repository(name),
        "labels_url": f"{url}/labels{{/name}}",
        "comments_url": f"{url}/comments",
        "events_url": f"{url}/events",
        "html_url": links.page(name, "pull" if issue.pull else "issues", issue.number),
        "comments": sum(comment.issue == issue.number for comment in request.repository.comments.values()),
        "performed_via_github_app": None,
    }
    if issue.pull is not None:
        html = links.page(name, "pull", issue.number)
        view["pull_request"] = {
            "url": links.repository(name, "pulls", issue.number),
            "html_url": html,
            "diff_url": f"{html}.diff",
            "patch_url": f"{html}.patch",
            "merged_at": issue.pull.merged_at,
        }
    return view


def common_view(request: Request, issue: Issue) -> Json:
    """What an issue and a pull request tell alike."""
    assignees = [user_view(request, user) for user in issue.assignees]
    return {
        "number": issue.number,
        "state": issue.state,
        "locked": False,
        "active_lock_reason": None,
        "title": issue.title,
        "body": issue.body,
        "user": user_view(request, issue.author),
        "labels": [label_view(request, label) for label in issue.labels],
        "milestone": milestone_view(request, issue.milestone) if issue.milestone else None,
        "assignee": assignees[0] if assignees else None,
        "assignees": assignees,
        "created_at": issue.created_at,
        "updated_at": issue.updated_at,
        "closed_at": issue.closed_at,
        "author_association": association(request, issue.author),
    }


def association(request: Request, user: User) -> str:
    """What GitHub calls an author; it doesn't tell who may write."""
    return _ASSOCIATIONS.get(request.repository.roles.get(user.login, "none"), "NONE")
