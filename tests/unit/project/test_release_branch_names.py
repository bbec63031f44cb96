"""Names of release branches: made by a pattern, and read by it."""

import pytest

from release_actions.core.errors import Code, ReleaseError
from release_actions.core.version import MinorVersion
from release_actions.project.release_branch_names import branch_of, is_release_branch, minor_of, release_branches

PATTERN = "release-{major}.{minor}"


@pytest.mark.parametrize(
    ("pattern", "branch", "minor"),
    [
        (PATTERN, "release-1.5", MinorVersion(1, 5)),
        (PATTERN, "release-10.0", MinorVersion(10, 0)),
        (PATTERN, "release-01.5", None),
        (PATTERN, "release-1.5.1", None),
        (PATTERN, "xrelease-1.5", None),
        (PATTERN, "release-1x5", None),
        (PATTERN, "release-1.5\n", None),
        (PATTERN, "release-\u0661.\u0665", None),
        (PATTERN, "release-1.1234567", None),
        ("v{major}.{minor}-branch", "v1.5-branch", MinorVersion(1, 5)),
        ("{minor}/{major}", "5/1", MinorVersion(1, 5)),
    ],
)
def test_the_minor_version_of_a_branch(pattern: str, branch: str, minor: MinorVersion | None) -> None:
    assert minor_of(pattern, branch) == minor
    assert is_release_branch(pattern, branch) == (minor is not None)
    if minor:
        assert branch_of(pattern, minor) == branch


@pytest.mark.parametrize("pattern", ["main", "release-{major}", "{major}.{minor}.{minor}", "-{major}.{minor}", ""])
def test_a_pattern_that_tells_no_minor_version(pattern: str) -> None:
    with pytest.raises(ReleaseError) as raised:
        minor_of(pattern, "release-1.5")
    assert raised.value.code is Code.E_CONFIG
    with pytest.raises(ReleaseError):
        release_branches(pattern, [])


@pytest.mark.parametrize(
    ("pattern", "branch", "is_one"),
    [
        ("release-{major}", "release-1", True),
        ("release-{major}", "release-1.5", False),
        ("{major}/{major}.{minor}", "1/1.5", True),
        ("{major}/{major}.{minor}", "2/1.5", False),
        ("stable", "stable", True),
        ("stable", "stable-1", False),
        ("r.{minor}", "rx5", False),
        ("", "main", False),
    ],
)
def test_a_pattern_that_lacks_a_part_or_repeats_one(pattern: str, branch: str, *, is_one: bool) -> None:
    assert is_release_branch(pattern, branch) is is_one


def test_release_branches_newest_first() -> None:
    branches = ["main", "release-1.9", "release-1.10", "gh-pages", "release-0.2"]
    assert list(release_branches(PATTERN, branches).values()) == ["release-1.10", "release-1.9", "release-0.2"]


@pytest.mark.parametrize(
    ("pattern", "branch"), [("releases/{major}/{minor}", "releases/1/5"), ("main", "main"), ("{major}.x", "1.x")]
)
def test_the_branch_of_a_minor_version(pattern: str, branch: str) -> None:
    assert branch_of(pattern, MinorVersion(1, 5)) == branch


@pytest.mark.parametrize(
    "pattern",
    [
        *(
            "",
            "-{major}",
            "a..b",
            "a b",
            "a\n",
            "{patch}",
            "release-*",
            "+main",
            "main:other",
            "a//b",
            "/a",
            "a/",
            "a/-b",
        ),
        *("main.lock", "main.", "$(id)", "\u0440elease-{major}", "{major}@{minor}", "HEAD^", "a~1", "a\\b"),
    ],
)
def test_patterns_that_make_no_branch_name(pattern: str) -> None:
    with pytest.raises(ReleaseError) as caught:
        branch_of(pattern, MinorVersion(1, 5))
    assert caught.value.code is Code.E_CONFIG
