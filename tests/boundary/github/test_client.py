"""The client of GitHub's API against a GitHub on loopback that fails in every way it is known for."""

import socketserver
import threading
from collections.abc import Iterator
from http.server import BaseHTTPRequestHandler
from pathlib import Path

import msgspec
import pytest

from rehearsal.github import GitHub as Server
from rehearsal.github.exchange import Answer
from release_actions.core.errors import Code
from release_actions.github.assets import describe
from release_actions.github.client import GitHub
from release_actions.github.releases import Releases
from release_actions.github.response import RefusedError
from tests.boundary.github.faults import JSON, REPOSITORY, Faults, create, fails

SLOW_DOWN = b'{"message": "You have exceeded a secondary rate limit. Please wait a few minutes."}'


class Numbered(msgspec.Struct):
    """Anything with a number."""

    id: int


FAULTS = [
    pytest.param(Answer(500), id="500"),
    pytest.param(Answer(502, b"<html>Bad gateway</html>", {"Content-Type": "text/html"}), id="502 as HTML"),
    pytest.param(Answer(503, b'{"message": "Unavailable"}', JSON), id="503"),
    pytest.param(Answer(504), id="504"),
    pytest.param(ConnectionResetError(), id="reset"),
]


@pytest.mark.parametrize("fault", FAULTS)
def test_a_read_is_tried_again(
    fault: Answer | OSError, server: Server, releases: Releases, pauses: list[float]
) -> None:
    Faults(server, "GET", fault, fault, fault, fault)
    assert releases.tags() == ["v1.5.0"]
    assert len(pauses) == 4
    assert max(pauses) <= 8


def test_a_server_that_stays_down_is_one_clear_error(server: Server, releases: Releases, pauses: list[float]) -> None:
    Faults(server, "GET", *[Answer(502)] * 9)
    assert "502" in fails(Code.E_GITHUB_UNAVAILABLE, releases.tags).what
    assert len(pauses) == 4


@pytest.mark.parametrize("fault", FAULTS)
@pytest.mark.parametrize("after", [False, True], ids=["not done", "done, but the answer was lost"])
def test_a_release_is_created_once(fault: Answer | OSError, server: Server, releases: Releases, *, after: bool) -> None:
    Faults(server, "POST", fault, after=after)
    made = create(releases)
    assert list(server.repository(REPOSITORY).releases) == [made.id]


@pytest.mark.parametrize("garbled", [b"<html>Sign in</html>", b'{"id": 1, "tag_na', b"", b'{"id": "one"}'], ids=ascii)
def test_a_garbled_answer_is_looked_up_or_refused(garbled: bytes, server: Server, releases: Releases) -> None:
    Faults(server, "POST", Answer(201, garbled, JSON), after=True)
    made = create(releases)
    assert list(server.repository(REPOSITORY).releases) == [made.id]
    Faults(server, "GET", Answer(200, garbled, JSON))
    fails(Code.E_GITHUB_RESPONSE, releases.tags)


@pytest.mark.parametrize("fault", FAULTS)
@pytest.mark.parametrize("after", [False, True], ids=["not done", "done, but the answer was lost"])
def test_an_asset_is_uploaded_once(
    fault: Answer | OSError, server: Server, releases: Releases, tmp_path: Path, *, after: bool
) -> None:
    (tmp_path / "op.tgz").write_bytes(b"x" * 100_000)
    draft, file = create(releases), describe(tmp_path / "op.tgz")
    Faults(server, "POST", fault, after=after)
    asset = releases.upload(draft, file)
    assert [one.id for one in releases.assets(draft)] == [asset.id]
    assert asset.digest == file.digest


@pytest.mark.parametrize("fault", FAULTS)
@pytest.mark.parametrize("after", [False, True], ids=["not done", "done, but the answer was lost"])
def test_a_release_is_published_whatever_happens_to_the_answer(
    fault: Answer | OSError, server: Server, releases: Releases, *, after: bool
) -> None:
    draft = create(releases)
    Faults(server, "PATCH", fault, after=after)
    made = releases.publish(draft, prerelease=True, latest=False, commit="main")
    assert (made.id, made.tag_name, made.draft, made.prerelease) == (draft.id, "v1.5.0", False, True)
    there = server.repository(REPOSITORY).releases[draft.id]
    assert (there.tag, there.draft, there.prerelease, there.body) == ("v1.5.0", False, True, "mine")


@pytest.mark.parametrize("fault", FAULTS)
@pytest.mark.parametrize("after", [False, True], ids=["not done", "done, but the answer was lost"])
def test_a_draft_is_deleted_once(fault: Answer | OSError, server: Server, releases: Releases, *, after: bool) -> None:
    draft = create(releases)
    Faults(server, "DELETE", fault, after=after)
    releases.delete(draft)
    assert server.repository(REPOSITORY).releases == {}


@pytest.mark.parametrize(
    ("fault", "waited"),
    [
        pytest.param(Answer(403, SLOW_DOWN, {**JSON, "Retry-After": "7"}), 7, id="403, told"),
        pytest.param(Answer(429, SLOW_DOWN, {**JSON, "Retry-After": "7"}), 7, id="429, told"),
        pytest.param(Answer(403, b'{"message": "Forbidden"}', {**JSON, "Retry-After": "7"}), 7, id="403, header alone"),
        pytest.param(Answer(403, SLOW_DOWN, JSON), 60, id="403"),
        pytest.param(Answer(429, SLOW_DOWN, JSON), 60, id="429"),
    ],
)
@pytest.mark.parametrize("method", ["GET", "POST"])
def test_the_secondary_limit_is_waited_for(method: str, fault: Answer, waited: float, server: Server) -> None:
    Faults(server, method, fault)
    pauses: list[float] = []
    with GitHub(server.url, REPOSITORY, server.token(contents="write"), pause=pauses.append) as client:
        made = create(Releases(client))
        assert [one.id for one in Releases(client).of("v1.5.0")] == [made.id]
    assert pauses == [waited]


def test_without_being_told_the_wait_doubles_and_ends(server: Server, releases: Releases, pauses: list[float]) -> None:
    Faults(server, "GET", *[Answer(429, SLOW_DOWN, JSON)] * 9)
    fails(Code.E_RATE_LIMIT, releases.tags)
    assert pauses == [60, 120, 240]


def test_nobody_waits_for_more_than_five_minutes(server: Server, releases: Releases, pauses: list[float]) -> None:
    Faults(server, "GET", Answer(429, SLOW_DOWN, {**JSON, "Retry-After": "301"}))
    assert "301 seconds" in fails(Code.E_RATE_LIMIT, releases.tags).next_step
    assert pauses == []


def test_the_primary_limit_is_waited_for_by_the_servers_clock(server: Server, releases: Releases) -> None:
    """The server's clock is ten years behind; the reset is two minutes later by it."""
    headers = {
        "Date": "Mon, 01 Jan 2016 00:00:00 GMT",
        "X-RateLimit-Remaining": "0",
        "X-RateLimit-Reset": str(1451606400 + 120),
    }
    exceeded = b'{"message": "API rate limit exceeded for installation."}'
    Faults(server, "GET", Answer(403, exceeded, {**JSON, **headers}))
    pauses: list[float] = []
    with GitHub(server.url, REPOSITORY, server.token(contents="write"), pause=pauses.append) as client:
        assert Releases(client).tags() == ["v1.5.0"]
    assert pauses == [121]
    late = {**headers, "X-RateLimit-Reset": str(1451606400 + 3000)}
    Faults(server, "GET", Answer(403, exceeded, {**JSON, **late}))
    assert "00:50:00 UTC" in fails(Code.E_RATE_LIMIT, releases.tags).next_step


def test_many_writes_keep_a_second_apart(releases: Releases, pauses: list[float]) -> None:
    for number in range(20):
        create(releases, str(number))
    assert pauses == []
    create(releases, "one more")
    (pause,) = pauses
    assert 0 < pause <= 1


def test_a_refusal_is_not_repeated(server: Server, releases: Releases) -> None:
    Faults(server, "POST", Answer(422, b'{"message": "Validation Failed", "errors": ["no such tag"]}', JSON))
    with pytest.raises(RefusedError, match="Validation Failed: no such tag"):
        create(releases)
    assert [call.method for call in server.calls].count("POST") == 1


def test_somebody_elses_asset_of_the_same_content_is_ours(releases: Releases, tmp_path: Path) -> None:
    (tmp_path / "op.tgz").write_bytes(b"package")
    draft, file = create(releases), describe(tmp_path / "op.tgz")
    first = releases.upload(draft, file)
    assert releases.upload(draft, file) == first


@pytest.fixture
def elsewhere() -> Iterator[tuple[str, list[dict[str, str]]]]:
    """Another server, and the headers of all requests that it got."""
    heard: list[dict[str, str]] = []

    class Handler(BaseHTTPRequestHandler):
        def do_GET(self) -> None:
            heard.append({name.lower(): value for name, value in self.headers.items()})
            self.send_response(200)
            self.send_header("Content-Length", "2")
            self.end_headers()
            self.wfile.write(b"{}")

        do_POST = do_PATCH = do_GET

        def log_message(self, *_: object) -> None:
            """Nothing is logged."""

    with socketserver.ThreadingTCPServer(("127.0.0.1", 0), Handler) as listening:
        thread = threading.Thread(target=listening.serve_forever)
        thread.start()
        yield f"http://localhost:{listening.server_address[1]}", heard
        listening.shutdown()
        thread.join()


@pytest.mark.parametrize("status", [301, 302, 307, 308])
@pytest.mark.parametrize("method", ["GET", "POST"])
def test_no_redirect_is_followed(
    method: str, status: int, server: Server, releases: Releases, elsewhere: tuple[str, list[dict[str, str]]]
) -> None:
    address, heard = elsewhere
    Faults(server, method, Answer(status, b'{"message": "Moved"}', {**JSON, "Location": f"{address}/repos"}))
    fails(Code.E_GITHUB_RESPONSE, releases.tags if method == "GET" else lambda: create(releases))
    assert heard == []


def test_an_assets_content_is_read_from_storage_without_the_token(releases: Releases, tmp_path: Path) -> None:
    """The storage of the rehearsal refuses a request that has one."""
    (tmp_path / "op.tgz").write_bytes(b"package")
    asset = releases.upload(create(releases), describe(tmp_path / "op.tgz"))
    assert releases.content(asset, 7) == b"package"
    fails(Code.E_GITHUB_RESPONSE, lambda: releases.content(asset, 6))


@pytest.mark.parametrize("address", ["file:///etc/passwd", "http://example.com/x", "//", ""], ids=ascii)
def test_content_is_read_from_no_odd_place(address: str, server: Server, releases: Releases, tmp_path: Path) -> None:
    (tmp_path / "op.tgz").write_bytes(b"package")
    asset = releases.upload(create(releases), describe(tmp_path / "op.tgz"))
    Faults(server, "GET", Answer(302, b"", {"Location": address}))
    fails(Code.E_GITHUB_RESPONSE, lambda: releases.content(asset, 7))


def test_lists_are_read_to_their_last_page(server: Server, client: GitHub) -> None:
    """The address that the server gives for the next page is no place for a token; only that there is one counts."""
    more = {**JSON, "Link": '<https://elsewhere.example/?page=2>; rel="next", <https://elsewhere.example>; rel="last"'}
    numbers = range(1, 8)
    Faults(server, "GET", *(Answer(200, b'[{"id": %d}]' % page, more if page < 7 else JSON) for page in numbers))
    assert [one.id for one in client.read_all("releases", Numbered)] == [*numbers]
    assert [call.path.partition("?")[2] for call in server.calls] == [f"page={page}&per_page=100" for page in numbers]


@pytest.mark.parametrize(
    ("url", "repository"),
    [
        ("http://api.github.com", REPOSITORY),
        ("ftp://api.github.com", REPOSITORY),
        ("api.github.com", REPOSITORY),
        ("https://api.github.com", ""),
        ("https://api.github.com", "../x"),
        ("https://api.github.com", "a/b/c"),
    ],
)
def test_a_token_goes_to_no_odd_place(url: str, repository: str) -> None:
    fails(Code.E_INPUT, lambda: GitHub(url, repository, "t0ken"))


def test_a_bad_token_is_told_apart(server: Server) -> None:
    with GitHub(server.url, REPOSITORY, "ghp_nonsense") as client:
        fails(Code.E_GITHUB_PERMISSION, Releases(client).tags)


@pytest.mark.parametrize(
    ("accepted", "said"),
    [
        ("contents=write", "the permission `contents: write`, or"),
        ("issues=write; pull_requests=write", "the permission `issues: write` or `pull-requests: write`, or"),
        ("contents=write,workflows=write", "the permission `contents: write` and `workflows: write`, or"),
    ],
)
def test_a_missing_permission_is_named_as_workflows_spell_it(
    accepted: str, said: str, server: Server, client: GitHub
) -> None:
    Faults(server, "GET", Answer(403, b'{"message": "No"}', {**JSON, "X-Accepted-GitHub-Permissions": accepted}))
    error = fails(Code.E_GITHUB_PERMISSION, lambda: client.read("releases/1", Numbered))
    assert "(No)" in error.what
    assert said in error.next_step


def test_what_is_not_there_is_none(client: GitHub) -> None:
    assert client.read("releases/1", Numbered) is None
    assert client.read_all("releases/1/assets", Numbered) == []
