"""What holds answers against GitHub's description notices when they are not as described."""

from typing import Any

import pytest

from rehearsal.github import GitHub
from tests.support.openapi import Description

RELEASE = ("GET", "/repos/{owner}/{repo}/releases/latest")
CREATE = ("POST", "/repos/{owner}/{repo}/releases")


@pytest.fixture
def release(ask: Any) -> dict[str, Any]:
    made: dict[str, Any] = ask.ok("POST", "/repos/acme/operator/releases", {"tag_name": "v1.5.0"})
    return made


@pytest.mark.parametrize(
    ("change", "problem"),
    [
        ({"draft": "no"}, "$.draft: 'no' is not of type 'boolean'"),
        ({"draft": None}, "$.draft: None is not of type 'boolean'"),
        ({"author": {}}, "$.author: 'login' is a required property"),
        ({"created_at": "yesterday"}, "$.created_at: 'yesterday' is not a 'date-time'"),
        ({"url": "/releases/1"}, "$.url: '/releases/1' is not a 'uri'"),
        ({"assets": [1]}, "$.assets[0]: 1 is not of type 'object'"),
    ],
    ids=["type", "null", "missing", "time", "address", "list"],
)
def test_a_wrong_answer(
    change: dict[str, Any], problem: str, release: dict[str, Any], description: Description
) -> None:
    assert description.answer(*RELEASE, 200, release) == []
    assert description.answer(*RELEASE, 200, {**release, "published_at": None}) == [], "it may be null"
    assert problem in description.answer(*RELEASE, 200, {**release, **change})


@pytest.mark.parametrize(
    ("query", "data", "problem"),
    [
        ({}, {}, "$: 'tag_name' is a required property"),
        (
            {},
            {"tag_name": "v1", "make_latest": "yes"},
            "$.make_latest: 'yes' is not one of ['true', 'false', 'legacy']",
        ),
        ({"page": "1"}, {"tag_name": "v1"}, "no query parameter 'page'"),
    ],
    ids=["missing", "choice", "query"],
)
def test_a_wrong_request(query: dict[str, str], data: dict[str, str], problem: str, description: Description) -> None:
    assert description.request(*CREATE, {}, {"tag_name": "v1"}) == []
    assert description.request(*CREATE, query, data) == [problem]


def test_a_status_that_is_not_described(description: Description) -> None:
    assert description.answer(*RELEASE, 418, None) == ["status 418 is not described"]


def test_a_client_that_speaks_wrongly_fails(ask: Any, github: GitHub) -> None:
    with pytest.raises(AssertionError, match="POST /repos/"):
        ask("POST", "/repos/acme/operator/releases", {"tag_name": "v1", "make_latest": "yes"})
    assert github.writes == ()
