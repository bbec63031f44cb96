"""Whether a login may push to a repository, without pushing: an upload is begun and cancelled.

Source: OCI distribution specification 1.1, "Pushing a blob in chunks" (POST begins an upload, 202) and "Cancel". What
begins has no name and no content, and a registry forgets it.
"""

from collections.abc import Callable
from enum import Enum

from release_actions.core.errors import Code, ReleaseError
from release_actions.core.urls import base_url, redirect_target
from release_actions.oci.auth import Authorizer
from release_actions.oci.credentials import Login
from release_actions.oci.reference import Reference
from release_actions.system.http import HttpResponse, Request, Transport

_LIMIT = 1024 * 1024
_BEGUN, _REFUSED = 202, (401, 403)


class PushRight(Enum):
    """What a registry answers: yes, no, or something that says neither."""

    YES = "yes"
    NO = "no"
    UNKNOWN = "unknown"


def ask(transport: Transport, login: Callable[[str], Login | None], reference: Reference) -> PushRight:
    """Whether uploads to the repository of a reference may begin; whatever goes wrong on the way is unknown."""
    authorizer = Authorizer(transport, login, "pull,push")
    url = f"{base_url(reference.registry)}/v2/{reference.repository}/blobs/uploads/"
    try:
        answer = transport.send(Request(url, {}, _LIMIT, "POST"))
        if answer.status == 401:
            answer = transport.send(Request(url, authorizer.answer(answer, reference), _LIMIT, "POST"))
    except ReleaseError as error:
        return PushRight.NO if error.code is Code.E_REGISTRY_LOGIN else PushRight.UNKNOWN
    if answer.status in _REFUSED:
        return PushRight.NO
    if answer.status != _BEGUN:
        return PushRight.UNKNOWN
    _cancel(transport, authorizer, url, answer, reference)
    return PushRight.YES


def _cancel(transport: Transport, authorizer: Authorizer, url: str, begun: HttpResponse, reference: Reference) -> None:
    """Cancel what was begun, where the registry can; an upload that stays is forgotten by itself."""
    try:
        place = redirect_target(url, begun.headers.get("Location", ""))
        if place.startswith(f"{base_url(reference.registry)}/"):
            transport.send(Request(place, authorizer.headers(reference), _LIMIT, "DELETE"))
    except ReleaseError:
        return
