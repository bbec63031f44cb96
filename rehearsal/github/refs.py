"""Git references (docs.github.com/rest/git/refs)."""

from typing import Any

from rehearsal.github.bare import NOTHING, Ref
from rehearsal.github.exchange import Answer, Request, answer, created, no_content, page
from rehearsal.github.problems import ApiError, not_found, refused
from rehearsal.github.routes import Routes
from rehearsal.github.views import node_id
from rehearsal.github.writing import move_ref

routes = Routes()

_REPOSITORY = "/repos/{owner}/{repo}"


@routes.get(f"{_REPOSITORY}/git/ref/{{ref}}", "contents:read")
def get_ref(request: Request) -> Answer:
    return answer(_view(request, _existing(request)))


@routes.get(f"{_REPOSITORY}/git/matching-refs/{{ref}}", "contents:read")
def matching_refs(request: Request) -> Answer:
    refs = request.repository.git.refs(f"refs/{request.place['ref']}")
    return page(request, [_view(request, ref) for ref in refs])


@routes.post(f"{_REPOSITORY}/git/refs", "contents:write")
def create_ref(request: Request) -> Answer:
    git = request.repository.git
    name, sha = request.fields.text("ref"), request.fields.text("sha")
    if not name.startswith("refs/") or name.count("/") < 2:
        raise refused("Reference name must start with 'refs/' and have at least two slashes.")
    if not git.is_ref_name(name):
        raise refused("Reference name is not valid")
    kind = git.kind(sha)
    if kind is None or (name.startswith("refs/heads/") and kind != "commit"):
        raise refused("Object does not exist" if kind is None else "Reference update failed")
    move_ref(request, name, sha, NOTHING)
    return created(_view(request, Ref(name, sha, kind)))


@routes.patch(f"{_REPOSITORY}/git/refs/{{ref}}", "contents:write")
def update_ref(request: Request) -> Answer:
    git = request.repository.git
    sha = request.fields.text("sha")
    force = request.fields.flag_or("force", default=False)
    ref = git.ref(f"refs/{request.place['ref']}")
    if ref is None:
        raise refused("Reference does not exist")
    kind = git.kind(sha)
    if kind is None:
        raise refused("Object does not exist")
    if not force and not git.is_ancestor(ref.sha, sha):
        raise refused("Update is not a fast forward")
    move_ref(request, ref.name, sha, ref.sha)
    return answer(_view(request, Ref(ref.name, sha, kind)))


@routes.delete(f"{_REPOSITORY}/git/refs/{{ref}}", "contents:write")
def delete_ref(request: Request) -> Answer:
    ref = request.repository.git.ref(f"refs/{request.place['ref']}")
    if ref is None:
        raise refused("Reference does not exist")
    move_ref(request, ref.name, NOTHING, ref.sha)
    return no_content()


def _existing(request: Request) -> Ref:
    git = request.repository.git
    if not git.refs("refs/"):
        raise ApiError(409, "Git Repository is empty.")
    ref = git.ref(f"refs/{request.place['ref']}")
    if ref is None:
        raise not_found()
    return ref


def _view(request: Request, ref: Ref) -> dict[str, Any]:
    links, name = request.links, request.repository.full_name
    return {
        "ref": ref.name,
        "node_id": node_id("Ref", ref.name),
        "url": links.repository(name, "git", ref.name),
        "object": {"sha": ref.sha, "type": ref.kind, "url": links.repository(name, "git", f"{ref.kind}s", ref.sha)},
    }
