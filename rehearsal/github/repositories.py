"""Repositories, their users, and the API itself (docs.github.com/rest/repos, /users, /meta, /rate-limit)."""

from typing import Any

from rehearsal.github.exchange import Answer, Request, answer
from rehearsal.github.problems import ApiError, not_found
from rehearsal.github.repository_views import repository_view
from rehearsal.github.routes import Routes
from rehearsal.github.state import User
from rehearsal.github.tokens import Kind
from rehearsal.github.views import user_view

routes = Routes()

# The `permission` of old knows four degrees; `role_name` tells all.
_PERMISSIONS = {"maintain": "write", "triage": "read"}
_DEGREES = ("none", "read", "triage", "write", "maintain", "admin")


@routes.get("/repos/{owner}/{repo}", "metadata:read")
def get_repository(request: Request) -> Answer:
    return answer(repository_view(request, request.repository))


@routes.get("/repos/{owner}/{repo}/collaborators/{username}/permission", "metadata:read")
def get_permission(request: Request) -> Answer:
    """Everyone may read a public repository; a name without an account is not found."""
    repository = request.repository
    if request.token is None:
        raise ApiError(401, "Requires authentication")
    user = request.world.users.get(request.place["username"].lower())
    if user is None:
        raise not_found()
    role = repository.roles.get(user.login, "none" if repository.private else "read")
    degree = _DEGREES.index(role)
    names = ("pull", "triage", "push", "maintain", "admin")
    may = {name: degree >= needed for needed, name in enumerate(names, start=1)}
    account = {**user_view(request, user), "permissions": may, "role_name": role}
    return answer({"permission": _PERMISSIONS.get(role, role), "role_name": role, "user": account})


@routes.get("/user")
def get_me(request: Request) -> Answer:
    """Whose token it is; one that belongs to an app is no user's."""
    if request.token is not None and request.token.kind is not Kind.PERSONAL:
        raise ApiError(403, request.token.kind.refusal)
    return answer(_account(request, request.user))


@routes.get("/users/{username}")
def get_user(request: Request) -> Answer:
    user = request.world.users.get(request.place["username"].lower())
    if user is None:
        raise not_found()
    return answer(_account(request, user))


@routes.get("/rate_limit")
def rate_limit(request: Request) -> Answer:
    """Asking costs nothing."""
    window = request.limits.window(request.token)
    core = {
        "limit": window.limit,
        "remaining": window.remaining,
        "used": window.limit - window.remaining,
        "reset": window.reset,
    }
    return answer({"resources": {"core": core, "search": core}, "rate": core})


@routes.get("/meta")
def meta(_: Request) -> Answer:
    return answer({"verifiable_password_authentication": False})


@routes.get("/")
def root(request: Request) -> Answer:
    """The addresses a client can find its way from; those of what is not served here are left out."""
    api = request.links.api
    return answer(
        {
            "current_user_url": f"{api}/user",
            "rate_limit_url": f"{api}/rate_limit",
            "repository_url": f"{api}/repos/{{owner}}/{{repo}}",
            "user_url": f"{api}/users/{{user}}",
        }
    )


def _account(request: Request, user: User) -> dict[str, Any]:
    nothing = dict.fromkeys(("name", "company", "blog", "location", "email", "hireable", "bio"))
    counts = dict.fromkeys(("public_repos", "public_gists", "followers", "following"), 0)
    since = {"created_at": "2026-01-01T00:00:00Z", "updated_at": "2026-01-01T00:00:00Z"}
    return {**user_view(request, user), **nothing, **counts, **since}
