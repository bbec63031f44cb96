"""Which minor version a checkout is for, and which release comes before it."""

import pytest

from release_actions.compatibility.feature_gates import read_gates
from release_actions.compatibility.gate_version import release_before, under_development
from release_actions.core.errors import Code, ReleaseError
from release_actions.core.version import versions_of

PATTERN = "release-{major}.{minor}"


def version(given: str = "", ref: str = "refs/heads/main", branches: str = "", tags: str = "v1.5.0") -> tuple[int, int]:
    source = 'var g = map[Feature]VersionedSpecs{A: {{Version: version.MustParse("0.7"), Default: true}}}'
    return under_development(
        given,
        ref,
        pattern=PATTERN,
        branches=branches.split(),
        releases=versions_of(tags.split()),
        gates=read_gates({"a.go": source}).gates,
    )


@pytest.mark.parametrize(
    ("found", "minor"),
    [
        (version("1.9"), (1, 9)),
        (version("v1.9.3"), (1, 9)),
        (version(ref="refs/heads/release-1.3"), (1, 3)),
        (version(ref="refs/tags/v1.4.2"), (1, 4)),
        (version(ref="refs/tags/v1.4.2-rc.1"), (1, 4)),
        (version(ref="refs/tags/other"), (1, 6)),
        (version(ref="refs/pull/3/merge"), (1, 6)),
        (version(ref=""), (1, 6)),
        (version(), (1, 6)),
        (version(tags="v1.9.0 v1.10.1 v1.2.0"), (1, 11)),
        (version(branches="release-1.5 release-1.4"), (1, 6)),
        (version(branches="release-1.6"), (1, 7)),
        (version(branches="release-2.0"), (2, 1)),
        (version(branches="release-7.1 release-1.9"), (1, 6)),
        (version(tags=""), (0, 7)),
    ],
)
def test_the_version_under_development(found: tuple[int, int], minor: tuple[int, int]) -> None:
    assert found == minor


@pytest.mark.parametrize("given", ["1", "next", "1.5x", "1..5", "٣.٤"])
def test_what_is_not_a_minor_version_is_refused(given: str) -> None:
    with pytest.raises(ReleaseError) as raised:
        version(given)
    assert raised.value.code is Code.E_INPUT


@pytest.mark.parametrize(
    ("given", "minor", "tag"),
    [
        ("", (1, 6), "v1.5.1"),
        ("", (1, 5), "v1.4.0"),
        ("", (1, 4), ""),
        ("", (2, 0), "v1.5.1"),
        ("v1.4.0", (1, 6), "v1.4.0"),
        ("v1.6.0-rc.0", (1, 6), "v1.6.0-rc.0"),
    ],
)
def test_the_release_before(given: str, minor: tuple[int, int], tag: str) -> None:
    tags = ["v1.4.0", "v1.5.0", "v1.5.1", "v1.6.0-rc.0"]
    releases = [one for one in versions_of(tags) if not one.is_candidate]
    assert release_before(given, minor, releases, tags) == tag


@pytest.mark.parametrize(("given", "code"), [("v9.9.9", Code.E_TAG_MISSING), ("chart-1.5", Code.E_TAG_GRAMMAR)])
def test_a_release_that_can_not_be_compared(given: str, code: Code) -> None:
    with pytest.raises(ReleaseError) as raised:
        release_before(given, (1, 6), [], ["v1.5.0", "chart-1.5"])
    assert raised.value.code is code
