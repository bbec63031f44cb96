"""Starting workflows (docs.github.com/rest/actions/workflows, /repos/repos "repository dispatch")."""

from rehearsal.github.bare import GitError
from rehearsal.github.exchange import Answer, Request, no_content
from rehearsal.github.problems import ApiError, not_found, refused
from rehearsal.github.routes import Routes

routes = Routes()

_WORKFLOWS = ".github/workflows"


@routes.post("/repos/{owner}/{repo}/actions/workflows/{workflow_id}/dispatches", "actions:write")
def dispatch_workflow(request: Request) -> Answer:
    """Tells of the event, which starts a workflow whoever asks. The workflow must be on the default branch."""
    git, fields, name = request.repository.git, request.fields, request.place["workflow_id"]
    file = f"{_WORKFLOWS}/{name}"
    try:
        git.run("cat-file", "-e", f"refs/heads/{git.default_branch}:{file}")
    except GitError:
        raise not_found() from None
    ref = fields.text("ref")
    full = next((each for each in (ref, f"refs/heads/{ref}", f"refs/tags/{ref}") if git.ref(each)), None)
    if full is None:
        raise refused(f"No ref found for: {ref}")
    inputs = fields.object("inputs").plain
    if not all(isinstance(value, (str, bool, int, float)) for value in inputs.values()):
        raise ApiError(422, "Unexpected inputs provided")
    shown = {key: str(value).lower() if isinstance(value, bool) else str(value) for key, value in inputs.items()}
    request.emit("workflow_dispatch", ref=full, workflow=file, inputs=shown)
    return no_content()


@routes.post("/repos/{owner}/{repo}/dispatches", "contents:write")
def dispatch_repository(request: Request) -> Answer:
    kind = request.fields.text("event_type")
    request.emit("repository_dispatch", kind, client_payload=request.fields.object("client_payload").plain)
    return no_content()
