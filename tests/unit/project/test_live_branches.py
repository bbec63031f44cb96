"""Which release branches live: the tags decide, and what is not chosen is named."""

import pytest

from release_actions.core.errors import Code, ReleaseError
from release_actions.core.version import versions_of
from release_actions.project.live_branches import ReleaseBranches, chosen_branches

PATTERN = "release-{major}.{minor}"


def branches(names: str, tags: str, pattern: str = PATTERN) -> ReleaseBranches:
    return ReleaseBranches.of(pattern, names.split(), versions_of(tags.split()))


@pytest.mark.parametrize(
    ("names", "tags", "live", "outliers"),
    [
        pytest.param(
            "release-6.0 release-7.1 release-0.12", "v0.12.0", "release-0.12", "release-7.1 release-6.0", id="slips"
        ),
        pytest.param("release-0.12 release-0.13", "v0.12.0", "release-0.13 release-0.12", "", id="just cut"),
        pytest.param("release-0.12 release-0.14", "v0.12.0", "release-0.12", "release-0.14", id="one too far"),
        pytest.param("release-1.0 release-0.9", "v0.9.3", "release-1.0 release-0.9", "", id="next major"),
        pytest.param("release-2.0 release-1.6", "v1.5.0 v2.0.0-rc.0", "release-2.0 release-1.6", "", id="two lines"),
        pytest.param("release-2.1 release-0.9", "v0.9.3", "release-0.9", "release-2.1", id="not of the next major"),
        pytest.param("release-0.3 release-0.5", "v0.5.0 v0.4.0-rc.0", "release-0.5", "release-0.3", id="given up"),
        pytest.param("release-7.1 release-0.1", "", "release-7.1 release-0.1", "", id="no tags"),
        pytest.param("main release-1.5", "v1.5.0 chart-9.9.9", "release-1.5", "", id="other tags"),
    ],
)
def test_tags_decide_which_branches_live(names: str, tags: str, live: str, outliers: str) -> None:
    found = branches(names, tags)
    assert (" ".join(found.live.values()), " ".join(found.outliers)) == (live, outliers)
    for name in outliers.split():
        assert f"{name} is taken all the same" in found.about_outliers(name)
    assert outliers.replace(" ", ", ") in found.about_outliers("release-0.12")
    assert "all the same" not in found.about_outliers("release-0.12")


@pytest.mark.parametrize(
    ("names", "pattern", "unlike"),
    [
        ("release-2.5.1 release-2.5 release-notes main", PATTERN, "release-2.5.1"),
        ("release-v1.5.x release-1.5", PATTERN, "release-v1.5.x"),
        ("release-01.5 cherry-pick-1-to-release-1.5", PATTERN, "release-01.5"),
        ("1.5 1.5.x v2 gh-pages", "{major}.{minor}", "1.5.x v2"),
        ("releases/1.5 releases/1/5", "releases/{major}/{minor}", "releases/1.5"),
    ],
)
def test_branches_that_look_like_release_branches_are_named(names: str, pattern: str, unlike: str) -> None:
    found = branches(names, "v1.5.0 v2.5.0", pattern)
    assert " ".join(found.unlike) == unlike
    assert unlike.split(maxsplit=1)[0] in " ".join(found.not_chosen(found.live.values()))


def test_what_is_not_chosen_is_named_once_each() -> None:
    found = branches("release-7.1 release-1.3 release-1.4 release-1.5 release-1.5.1", "v1.3.0 v1.4.0 v1.5.0")
    outlier, older, unlike = found.not_chosen(["release-1.5"])
    assert "release-7.1" in outlier
    assert "release-1.4, release-1.3" in older
    assert "release-1.5.1" in unlike
    numbers = range(60)
    many = branches(" ".join(f"release-1.{one}" for one in numbers), " ".join(f"v1.{one}.0" for one in numbers))
    (older,) = many.not_chosen(["release-1.59"])
    assert older.count("release-1.") == 20
    assert "39 more" in older


def test_the_newest_live_branches_are_chosen_and_a_name_chooses_any() -> None:
    found = branches("release-7.1 release-1.4 release-1.5 release-1.6", "v1.4.0 v1.5.0")
    assert list(chosen_branches(found, (), 2).values()) == ["release-1.6", "release-1.5"]
    assert list(chosen_branches(found, ("release-1.4", "release-7.1"), 2).values()) == ["release-7.1", "release-1.4"]


@pytest.mark.parametrize(
    ("named", "started_on", "tags", "chosen"),
    [
        ("", "main", "v1.4.0 v1.5.0", "release-1.6"),
        ("", "release-1.4", "v1.4.0 v1.5.0", "release-1.4"),
        ("release-7.1", "release-1.4", "v1.4.0 v1.5.0", "release-7.1"),
        ("", "main", "v3.0.0", "release-3.0"),
        ("", "main", "", "release-7.1"),
    ],
)
def test_the_branch_to_release_from(named: str, started_on: str, tags: str, chosen: str) -> None:
    assert branches("release-7.1 release-1.4 release-1.6", tags).choose(named, started_on) == chosen


def test_the_first_branch_of_a_project_without_any() -> None:
    assert branches("main", "").choose("", "main") == "release-0.1"


@pytest.mark.parametrize(
    ("name", "supported", "code", "said"),
    [
        ("release-1.9", 1, Code.E_BRANCH_MISSING, "does not exist"),
        ("release-1.5.1", 1, Code.E_BRANCH_MISSING, "is there, but it is not named like"),
        ("", 0, Code.E_INPUT, "`supported` is 0"),
    ],
)
def test_what_cannot_be_chosen(name: str, supported: int, code: Code, said: str) -> None:
    found = branches("release-1.5 release-1.5.1", "v1.5.0")
    with pytest.raises(ReleaseError) as caught:
        chosen_branches(found, (name,) if name else (), supported)
    assert caught.value.code is code
    assert said in caught.value.what
