"""A GitHub, or something before it, that answers what no program expects: always one clear error."""

import pytest

from rehearsal.github import GitHub as Server
from rehearsal.github.exchange import Answer
from release_actions.core.errors import Code
from release_actions.github.client import GitHub
from release_actions.github.releases import Releases
from tests.boundary.github.faults import JSON, Faults, create, fails

LIMITED = b'{"message": "API rate limit exceeded for installation."}'
DEEP = b"[" * 200_000


@pytest.mark.parametrize(
    "body", [DEEP, b'{"message": ' + DEEP, b'{"errors": [' * 50_000, b"\xff\xfe", b"NaN"], ids=range(5)
)
@pytest.mark.parametrize("status", [200, 404, 422])
def test_a_body_that_can_not_be_read(body: bytes, status: int, server: Server, releases: Releases) -> None:
    Faults(server, "POST", Answer(status, body, JSON))
    fails(Code.E_GITHUB_RESPONSE, lambda: create(releases))


@pytest.mark.parametrize(
    "headers",
    [
        {"Retry-After": "9" * 400},
        {"Retry-After": "Fri, 31 Dec 9999 23:59:59 -0100", "Date": "Thu, 01 Jan 2026 00:00:00 -0000"},
        {"X-RateLimit-Remaining": "0", "X-RateLimit-Reset": "9" * 18},
        {"X-RateLimit-Remaining": "0", "X-RateLimit-Reset": "9" * 400},
        {"X-RateLimit-Remaining": "0", "X-RateLimit-Reset": "1767225600", "Date": "Thu, 01 Jan 1970 00:00:00 -0000"},
    ],
    ids=range(5),
)
def test_a_pause_that_can_not_be_waited_for(headers: dict[str, str], server: Server, releases: Releases) -> None:
    Faults(server, "GET", *[Answer(403, LIMITED, {**JSON, **headers})] * 9)
    fails(Code.E_RATE_LIMIT, releases.tags)


def test_a_list_that_goes_on_is_an_error(server: Server, client: GitHub) -> None:
    more = {**JSON, "Link": '<https://api.github.com/?page=2>; rel="next"'}
    Faults(server, "GET", *[Answer(200, b"[{}]", more)] * 101)
    error = fails(Code.E_GITHUB_RESPONSE, lambda: client.read_all("releases", dict))
    assert "more entries at `releases` than the 10000" in error.what
    assert len(server.calls) == 100


@pytest.mark.parametrize(
    "place", ["http://[", "https://[::1", "https://a:99999999/", "https://\udcff/", "\\", "?"], ids=ascii
)
def test_a_redirect_to_no_address(place: str, server: Server, releases: Releases) -> None:
    location = place.encode("utf-8", "surrogateescape").decode("latin-1")
    Faults(server, "GET", Answer(301, b"", {**JSON, "Location": location}))
    fails(Code.E_GITHUB_RESPONSE, releases.tags)
