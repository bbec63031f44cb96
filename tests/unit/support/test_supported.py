"""Which release branches are supported, by the policy of a project or without one."""

from datetime import date

import pytest

from release_actions.core.errors import Code, ReleaseError
from release_actions.core.version import parse_tag, versions_of
from release_actions.project.live_branches import ReleaseBranches
from release_actions.project.support_settings import Support
from release_actions.support.policy import DatedRelease, rows
from release_actions.support.supported import Supported

DAYS = {"v1.2.0": "2025-05-01", "v1.3.0": "2025-08-31", "v1.4.0": "2025-12-01", "v1.5.0": "2026-04-01"}
BRANCHES = "release-1.2 release-1.3 release-1.4 release-1.5 release-1.6 release-7.1"


def supported(policy: Support | None, branches: str = BRANCHES, today: date = date(2026, 6, 15)) -> Supported:
    there = ReleaseBranches.of("release-{major}.{minor}", branches.split(), versions_of(DAYS))
    releases = [DatedRelease(parse_tag(tag), date.fromisoformat(day)) for tag, day in DAYS.items()]
    return Supported(there, None if policy is None else tuple(rows(policy, releases, today)))


@pytest.mark.parametrize(
    ("policy", "expected"),
    [
        (None, "release-1.6 release-1.5"),
        (Support(newest=2), "release-1.6 release-1.5 release-1.4"),
        (Support(newest=1, lts=("1.3",)), "release-1.6 release-1.5 release-1.3"),
        (Support(newest=0, months=12), "release-1.6 release-1.5 release-1.4 release-1.3"),
    ],
    ids=str,
)
def test_the_policy_decides_and_what_is_to_come_is_supported(policy: Support | None, expected: str) -> None:
    found = supported(policy)
    assert " ".join(found.branches.values()) == expected
    assert found.named(["main", "supported", "release-1.5"]) == ("main", *expected.split())


def test_what_is_given_wins() -> None:
    found = supported(Support(newest=1))
    assert list(found.choose((), "3").values()) == ["release-1.6", "release-1.5", "release-1.4"]
    assert list(found.choose(("release-1.2",), "").values()) == ["release-1.2"]
    assert found.choose((), "") == found.branches


@pytest.mark.parametrize("number", ["many", "-1", "2.0", "²", "99999"])
def test_a_number_is_a_number(number: str) -> None:
    with pytest.raises(ReleaseError) as raised:
        supported(None).choose((), number)
    assert raised.value.code is Code.E_INPUT


@pytest.mark.parametrize(
    ("branch", "since"), [("release-1.3", " since 2026-04-01."), ("release-1.5", ""), ("release-1.6", ""), ("main", "")]
)
def test_a_branch_that_has_ended_is_said_to(branch: str, since: str) -> None:
    about = supported(Support(newest=2)).about_end(branch)
    assert about.endswith(since) if since else not about
    assert supported(None).about_end(branch) == ""


def test_a_supported_version_without_a_branch_is_named() -> None:
    found = supported(Support(newest=2, lts=("1.2",)), "release-1.5 release-1.3")
    assert found.missing == [
        "1.4 is supported, and its release branch release-1.4 is not there.",
        "1.2 is supported, and its release branch release-1.2 is not there.",
    ]
    assert supported(Support(newest=2), "main").missing == [], "the project has no release branches"


def test_a_policy_that_supports_no_branch_is_one_clear_error() -> None:
    found = supported(Support(newest=0, months=1), "release-1.5 release-1.4")
    with pytest.raises(ReleaseError, match=r"the newest minor version, 1.5, has ended on 2026-05-01") as raised:
        assert found.branches
    assert raised.value.code is Code.E_CONFIG
    assert dict(supported(Support(newest=0, months=1), "main").branches) == {}


def test_a_supported_version_whose_branch_alone_is_missing_is_one_clear_error() -> None:
    with pytest.raises(ReleaseError, match=r"1.5 is supported, and its release branch release-1.5 is not") as raised:
        assert supported(Support(newest=1), "release-1.4").branches
    assert raised.value.code is Code.E_BRANCH_MISSING
