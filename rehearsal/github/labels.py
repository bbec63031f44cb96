"""Labels, of a repository and of its issues (docs.github.com/rest/issues/labels)."""

import re

from rehearsal.github.exchange import Answer, Request, answer, created, no_content, page
from rehearsal.github.issue_views import event_view, label_view
from rehearsal.github.issues import existing_issue, label_names, named_labels, relabel, writable_issue
from rehearsal.github.problems import invalid, not_found, refused
from rehearsal.github.routes import Routes
from rehearsal.github.state import AssignEvent, Label, LabelEvent, MilestoneEvent

routes = Routes()

_REPOSITORY = "/repos/{owner}/{repo}"
_OF_ISSUE = f"{_REPOSITORY}/issues/{{issue_number}}/labels"
_READ, _WRITE = "issues|pull_requests:read", "issues|pull_requests:write"


@routes.get(f"{_REPOSITORY}/labels", _READ)
def list_labels(request: Request) -> Answer:
    return page(request, [label_view(request, label) for label in request.repository.labels.values()])


@routes.post(f"{_REPOSITORY}/labels", _WRITE)
def create_label(request: Request) -> Answer:
    fields = request.fields
    name = fields.text("name")
    _check_name(request, name, None)
    label = Label(
        request.world.new_id(),
        name,
        _color(fields.text_or("color", "ededed")),
        fields.text_or("description", "") or None,
    )
    request.repository.labels[name.lower()] = label
    return created(label_view(request, label))


@routes.get(f"{_REPOSITORY}/labels/{{name}}", _READ)
def get_label(request: Request) -> Answer:
    return answer(label_view(request, _existing(request)))


@routes.patch(f"{_REPOSITORY}/labels/{{name}}", _WRITE)
def update_label(request: Request) -> Answer:
    label, fields, labels = _existing(request), request.fields, request.repository.labels
    name = fields.text_or("new_name", label.name)
    color = _color(fields.text_or("color", label.color))
    _check_name(request, name, label)
    del labels[label.name.lower()]
    label.name, label.color = name, color
    label.description = fields.text_or("description", label.description or "") or None
    labels[name.lower()] = label
    return answer(label_view(request, label))


@routes.delete(f"{_REPOSITORY}/labels/{{name}}", _WRITE)
def delete_label(request: Request) -> Answer:
    label = _existing(request)
    del request.repository.labels[label.name.lower()]
    for issue in request.repository.issues.values():
        relabel(request, issue, [each for each in issue.labels if each is not label])
    return no_content()


@routes.get(_OF_ISSUE, _READ)
def labels_of_issue(request: Request) -> Answer:
    return page(request, [label_view(request, label) for label in existing_issue(request).labels])


@routes.post(_OF_ISSUE, _WRITE)
def add_labels(request: Request) -> Answer:
    return _set_labels(request, keep=True)


@routes.put(_OF_ISSUE, _WRITE)
def set_labels(request: Request) -> Answer:
    return _set_labels(request, keep=False)


@routes.delete(f"{_OF_ISSUE}/{{name}}", _WRITE)
def remove_label(request: Request) -> Answer:
    issue = writable_issue(request)
    kept = [label for label in issue.labels if label.name.lower() != request.place["name"].lower()]
    if len(kept) == len(issue.labels):
        raise not_found()
    relabel(request, issue, kept)
    return answer([label_view(request, label) for label in kept])


@routes.get(f"{_REPOSITORY}/issues/{{issue_number}}/timeline", "issues|pull_requests:read")
def list_events(request: Request) -> Answer:
    """What happened to an issue, oldest first; here of labels, assignees and milestones."""
    issue = existing_issue(request)
    events: list[LabelEvent | AssignEvent | MilestoneEvent] = [
        *issue.label_events,
        *issue.assign_events,
        *issue.milestone_events,
    ]
    return page(request, [event_view(request, event) for event in sorted(events, key=lambda event: event.id)])


def _set_labels(request: Request, *, keep: bool) -> Answer:
    """Labels that don't exist are made, as on GitHub. The list may be the whole body."""
    issue = writable_issue(request)
    given = request.data if isinstance(request.data, list) else request.fields.items("labels")
    added = named_labels(request, label_names(given))
    before = issue.labels if keep else []
    relabel(request, issue, before + [label for label in added if label not in before])
    request.emit("pull_request" if issue.pull else "issues", "labeled", number=issue.number)
    return answer([label_view(request, label) for label in issue.labels])


def _existing(request: Request) -> Label:
    found = request.repository.labels.get(request.place["name"].lower())
    if found is None:
        raise not_found()
    return found


def _check_name(request: Request, name: str, own: Label | None) -> None:
    if request.repository.labels.get(name.lower()) not in (None, own):
        raise invalid("Label", "name", "already_exists")
    if not name.strip():
        raise refused("Label name can't be blank")


def _color(text: str) -> str:
    if not re.fullmatch(r"[0-9a-fA-F]{6}", text):
        raise invalid("Label", "color", "invalid")
    return text.lower()
