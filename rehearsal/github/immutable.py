"""Whether new releases become immutable (docs.github.com/rest/repos/repos, "immutable releases")."""

from rehearsal.github.exchange import Answer, Request, answer, no_content
from rehearsal.github.problems import not_found
from rehearsal.github.routes import Routes

routes = Routes()

_SETTING = "/repos/{owner}/{repo}/immutable-releases"


@routes.get(_SETTING, "administration:read")
def immutable_releases(request: Request) -> Answer:
    if not request.repository.immutable_releases:
        raise not_found()
    return answer({"enabled": True, "enforced_by_owner": False})


@routes.put(_SETTING, "administration:write")
def enable_immutable_releases(request: Request) -> Answer:
    request.repository.immutable_releases = True
    return no_content()


@routes.delete(_SETTING, "administration:write")
def disable_immutable_releases(request: Request) -> Answer:
    """What is immutable stays so."""
    request.repository.immutable_releases = False
    return no_content()
