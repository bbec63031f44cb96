"""Check runs and commit statuses (docs.github.com/rest/checks/runs, /commits/statuses)."""

from typing import Any

from rehearsal.github.commits import existing_commit
from rehearsal.github.exchange import Answer, Request, answer, created, page
from rehearsal.github.repository_views import repository_view
from rehearsal.github.routes import Routes
from rehearsal.github.views import node_id, user_view

routes = Routes()

_REPOSITORY = "/repos/{owner}/{repo}"


@routes.get(f"{_REPOSITORY}/commits/{{ref}}/check-runs", "checks:read")
def list_check_runs(request: Request) -> Answer:
    runs = request.repository.checks.get(existing_commit(request), [])
    wanted = request.query.get("check_name")
    return page(request, [run for run in runs if wanted in (None, run["name"])], wrap="check_runs")


@routes.post(f"{_REPOSITORY}/check-runs", "checks:write")
def create_check_run(request: Request) -> Answer:
    fields, links, name = request.fields, request.links, request.repository.full_name
    number, commit = request.world.new_id(), fields.text("head_sha")
    conclusion = fields.text_or("conclusion", "")
    status = fields.text_or("status", "completed" if conclusion else "queued")
    url = links.repository(name, "check-runs", number)
    shown = fields.object("output")
    run: dict[str, Any] = {
        "id": number,
        "node_id": node_id("CheckRun", number),
        "head_sha": commit,
        "external_id": fields.text_or("external_id", ""),
        "url": url,
        "html_url": links.page(name, "runs", number),
        "details_url": fields.text_or("details_url", links.page(name, "runs", number)),
        "status": status,
        "conclusion": conclusion or None,
        "started_at": fields.text_or("started_at", request.world.now()),
        "completed_at": fields.text_or("completed_at", request.world.now()) if status == "completed" else None,
        "output": {
            "title": shown.text_or("title", "") or None,
            "summary": shown.text_or("summary", "") or None,
            "text": shown.text_or("text", "") or None,
            "annotations_count": 0,
            "annotations_url": f"{url}/annotations",
        },
        "name": fields.text("name"),
        "check_suite": None,
        "app": None,
        "pull_requests": [],
    }
    request.repository.checks.setdefault(commit, []).append(run)
    return created(run)


@routes.get(f"{_REPOSITORY}/commits/{{ref}}/status", "statuses:read")
def combined_status(request: Request) -> Answer:
    """The newest status of each context; together they are as good as the worst."""
    commit = existing_commit(request)
    newest = {status["context"]: status for status in request.repository.statuses.get(commit, [])}
    states = {status["state"] for status in newest.values()}
    state = "failure" if states & {"failure", "error"} else "success" if states == {"success"} else "pending"
    url = request.links.repository(request.repository.full_name, "commits", commit)
    return answer(
        {
            "state": state,
            "statuses": [{key: status[key] for key in status if key != "creator"} for status in newest.values()],
            "sha": commit,
            "total_count": len(newest),
            "repository": repository_view(request, request.repository),
            "commit_url": url,
            "url": f"{url}/status",
        }
    )


@routes.post(f"{_REPOSITORY}/statuses/{{sha}}", "statuses:write")
def create_status(request: Request) -> Answer:
    fields, number, now = request.fields, request.world.new_id(), request.world.now()
    commit, user = existing_commit(request, "sha"), user_view(request, request.user)
    status: dict[str, Any] = {
        "id": number,
        "node_id": node_id("StatusContext", number),
        "url": request.links.repository(request.repository.full_name, "statuses", commit),
        "avatar_url": user["avatar_url"],
        "state": fields.one_of("state", ("error", "failure", "pending", "success")),
        "description": fields.text_or("description", "") or None,
        "target_url": fields.text_or("target_url", "") or None,
        "context": fields.text_or("context", "default"),
        "created_at": now,
        "updated_at": now,
        "creator": user,
    }
    request.repository.statuses.setdefault(commit, []).append(status)
    return created(status)
