"""What comes next on a release branch."""

import pytest

from release_actions.core.errors import Code, ReleaseError
from release_actions.core.version import MinorVersion, Version, tag_version, versions_of
from release_actions.prepare.next_version import (
    Kind,
    Step,
    development_version,
    follow,
    last_candidate,
    made_before,
    next_minor_version,
    next_version,
)

MINOR = MinorVersion(1, 5)


def versions(text: str) -> list[Version]:
    return versions_of(text.split())


def version(tag: str) -> Version:
    found = tag_version(tag)
    assert found
    return found


@pytest.mark.parametrize(
    ("kind", "tags", "wanted", "after"),
    [
        ("candidate", "", "v1.5.0-rc.0", ""),
        ("candidate", "v1.4.0 v1.6.0-rc.0 v2.0.0", "v1.5.0-rc.0", ""),
        ("candidate", "v1.4.0-rc.1 v1.4.0", "v1.5.0-rc.1", ""),
        ("candidate", "v1.3.0-rc.1 v1.4.0-rc.0 v1.4.0-rc.1", "v1.5.0-rc.0", ""),
        ("candidate", "v1.4.0-rc.1 v1.5.0", "v1.5.1-rc.1", "v1.5.0"),
        ("candidate", "v1.4.0-rc.1 v1.4.1-rc.3", "v1.5.0-rc.1", ""),
        ("candidate", "v1.4.0-rc.1 v1.5.0-rc.0", "v1.5.0-rc.1", "v1.5.0-rc.0"),
        ("candidate", "v1.5.0-rc.0", "v1.5.0-rc.1", "v1.5.0-rc.0"),
        ("candidate", "v1.5.0-rc.9 v1.5.0-rc.10 v1.5.0-rc.2", "v1.5.0-rc.11", "v1.5.0-rc.10"),
        ("candidate", "v1.5.0-rc.0 v1.5.0", "v1.5.1-rc.0", "v1.5.0"),
        ("candidate", "v1.5.0 v1.5.1-rc.0", "v1.5.1-rc.1", "v1.5.1-rc.0"),
        ("candidate", "v1.5.9 v1.5.10", "v1.5.11-rc.0", "v1.5.10"),
        ("release", "", "v1.5.0", ""),
        ("release", "v1.4.0-rc.0", "v1.5.0", ""),
        ("release", "v1.5.0-rc.0 v1.5.0-rc.1", "v1.5.0", "v1.5.0-rc.1"),
        ("release", "v1.5.0 v1.5.1-rc.0", "v1.5.1", "v1.5.1-rc.0"),
        ("patch", "v1.5.0-rc.0 v1.5.0", "v1.5.1", "v1.5.0"),
        ("patch", "v1.5.0 v1.5.1-rc.0", "v1.5.1", "v1.5.1-rc.0"),
        ("patch", "v1.5.9 v1.5.10 v1.6.3", "v1.5.11", "v1.5.10"),
    ],
)
def test_the_next_version(kind: Kind, tags: str, wanted: str, after: str) -> None:
    found = next_version(kind, MINOR, versions(tags))
    assert found.version.tag == wanted
    assert (found.after.tag if found.after else "") == after
    assert found.why.endswith(".")


@pytest.mark.parametrize(
    ("kind", "tags", "code"),
    [
        ("release", "v1.5.0-rc.0 v1.5.0", Code.E_VERSION_ORDER),
        ("patch", "", Code.E_VERSION_ORDER),
        ("patch", "v1.4.0 v1.5.0-rc.0", Code.E_VERSION_ORDER),
    ],
)
def test_no_next_version(kind: Kind, tags: str, code: Code) -> None:
    with pytest.raises(ReleaseError) as raised:
        next_version(kind, MINOR, versions(tags))
    assert raised.value.code is code


@pytest.mark.parametrize(
    ("kind", "tags", "at_the_tip", "made"),
    [
        ("candidate", "v1.5.0-rc.0", "v1.5.0-rc.0", "v1.5.0-rc.0"),
        ("candidate", "v1.5.0-rc.0 v1.5.0-rc.1", "v1.5.0-rc.0", ""),
        ("candidate", "v1.5.0-rc.0", "v1.4.0", ""),
        ("release", "v1.5.0-rc.0", "v1.5.0-rc.0", ""),
        ("release", "v1.5.0-rc.0 v1.5.0", "v1.5.0-rc.0 v1.5.0", "v1.5.0"),
        ("patch", "v1.5.0 v1.5.1", "v1.5.1", "v1.5.1"),
        ("patch", "v1.5.0", "", ""),
        ("candidate", "", "", ""),
    ],
)
def test_what_a_run_before_has_made(kind: Kind, tags: str, at_the_tip: str, made: str) -> None:
    found = made_before(kind, MINOR, versions(tags), versions(at_the_tip))
    assert (found.version.tag if found else "") == made


def test_a_candidate_of_what_is_released_already() -> None:
    with pytest.raises(ReleaseError, match=r"Nothing was merged since `v1\.5\.0`") as raised:
        made_before("candidate", MINOR, versions("v1.5.0"), versions("v1.5.0"))
    assert "v1.5.1-rc.0" in raised.value.next_step


@pytest.mark.parametrize(
    ("tag", "tags", "after"),
    [
        ("v1.5.0-rc.0", "v1.4.0", ""),
        ("v1.5.0", "v1.5.0-rc.0 v1.5.1 v1.6.0", "v1.5.0-rc.0"),
        ("v1.5.2", "v1.5.0 v1.5.1", "v1.5.1"),
        ("v1.5.1", "v1.5.0 v1.5.1", "v1.5.0"),
    ],
)
def test_a_version_by_its_name(tag: str, tags: str, after: str) -> None:
    found = follow(version(tag), versions(tags))
    assert (found.version.tag, found.after.tag if found.after else "") == (tag, after)


def test_a_candidate_after_its_release_by_its_name() -> None:
    with pytest.raises(ReleaseError, match="released already"):
        follow(version("v1.5.0-rc.3"), versions("v1.5.0"))


@pytest.mark.parametrize(
    ("step", "tags", "minor"),
    [
        ("minor", "v1.4.0", (1, 5)),
        ("minor", "v1.4.0 v1.5.0-rc.0", (1, 6)),
        ("minor", "v1.9.0 v1.10.0 chart-3.0.0", (1, 11)),
        ("major", "v1.4.0 v0.9.0", (2, 0)),
    ],
)
def test_the_next_minor_version(step: Step, tags: str, minor: tuple[int, int]) -> None:
    assert next_minor_version(step, versions(tags)) == minor


def test_no_tag_to_count_from() -> None:
    with pytest.raises(ReleaseError, match="no version yet"):
        next_minor_version("minor", [])


@pytest.mark.parametrize(
    ("tag", "tags", "wanted"),
    [
        ("v1.5.0", "v1.5.0-rc.1 v1.5.0-rc.10 v1.5.1-rc.0", "v1.5.0-rc.10"),
        ("v1.5.1", "v1.5.0-rc.1", ""),
        ("v1.5.0-rc.2", "v1.5.0-rc.1", ""),
    ],
)
def test_the_candidate_that_a_release_is_compared_with(tag: str, tags: str, wanted: str) -> None:
    found = last_candidate(version(tag), versions(tags))
    assert (found.tag if found else "") == wanted


@pytest.mark.parametrize(("tags", "wanted"), [("v1.5.0-rc.0", "v1.6.0-rc.0"), ("v1.4.0-rc.1 v1.4.0", "v1.6.0-rc.1")])
def test_the_development_version_after_a_branch_is_cut(tags: str, wanted: str) -> None:
    assert development_version(MINOR, versions(tags)).tag == wanted
