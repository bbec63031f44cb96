"""The tag grammar, the spellings of a version, and what the other tags say about it."""

import pytest
import semver
from hypothesis import given
from hypothesis import strategies as st

from release_actions.core.errors import Code, ReleaseError
from release_actions.core.version import (
    Spelling,
    Version,
    following,
    is_latest,
    missing_before,
    parse_minor_version,
    parse_tag,
    previous,
    spelled_version,
    tag_version,
    versions_of,
)

NUMBERS = st.integers(min_value=0, max_value=999_999)
VERSIONS = st.builds(Version, NUMBERS, NUMBERS, NUMBERS, st.none() | NUMBERS)

# Tags of kubeflow/spark-operator: three schemes in one repository, and things that only look like versions.
REAL_TAGS = [
    *("spark-operator-chart-1.4.6", "spark-operator-chart-2.0.0-rc.0", "v1beta2-1.6.2-3.5.0"),
    *("v1beta2-1.3.8-3.1.1", "v1alpha1-0.5-2.4.0"),
    *("v2.0.0", "v2.0.0-rc.0", "v2.0.1", "v2.0.2", "v2.1.0"),
    *("v2.1.0-rc.0", "v2.1.1", "v2.1.1-rc.0", "v2.2.0", "v2.2.0-rc.0"),
    *("v2.3.0-rc.0", "v2.3.0-rc.1", "v2.3.0", "v2.4.0-rc.0"),
    *("latest", "v2", "v2.4", "v2.4.0-beta.1"),
    *("V2.9.0", "chart-1.2.3", "release-2.3"),
]


@pytest.mark.parametrize(
    ("tag", "version"),
    [
        ("v1.5.0", Version(1, 5, 0)),
        ("v1.5.0-rc.0", Version(1, 5, 0, 0)),
        ("v0.0.0", Version(0, 0, 0)),
        ("v10.20.30-rc.40", Version(10, 20, 30, 40)),
        ("v999999.0.0", Version(999_999, 0, 0)),
    ],
)
def test_the_grammar_takes_releases_and_candidates(tag: str, version: Version) -> None:
    assert parse_tag(tag) == version
    assert str(version) == tag


HOSTILE = {
    "empty": "",
    "no v": "1.5.0",
    "two v": "vv1.5.0",
    "capital v": "V1.5.0",
    "two numbers": "v1.5",
    "four numbers": "v1.5.0.0",
    "leading zero": "v1.05.0",
    "leading zero of a candidate": "v1.5.0-rc.00",
    "candidate without dot": "v1.5.0-rc0",
    "candidate without number": "v1.5.0-rc.",
    "capital candidate": "v1.5.0-RC.0",
    "other prerelease": "v1.5.0-beta.1",
    "build metadata": "v1.5.0+build",
    "sign": "v1.-5.0",
    "seven digits": "v1000000.0.0",
    "underscore": "v1_0.5.0",
    "newline at the end": "v1.5.0\n",
    "newline before a second tag": "v1.5.0\nv1.6.0",
    "carriage return": "v1.5.0\r",
    "NUL": "v1.5.0\0",
    "space": " v1.5.0 ",
    "Arabic digit": "v1.\u0665.0",
    "full-width digits": "v\uff11.5.0",
    "superscript": "v1.5.0\u00b2",
    "right-to-left override": "v1.5.0\u202e",
    "zero-width space": "v1.5\u200b.0",
    "Cyrillic letter": "v1.5.0-r\u0441.0",
    "command": "v1.5.0$(id)",
    "backticks": "v1.5.0`id`",
    "next command": "v1.5.0;id",
    "pipe": "v1.5.0|id",
    "variable": "v1.5.0${IFS}",
    "quotes": "v1.5.0\"'",
    "workflow command": "v1.5.0\n::set-output name=tag::v6.6.6",
    "option": "--upload-pack=x",
    "short option": "-v1",
    "path": "../../v1.5.0",
    "full ref": "refs/tags/v1.5.0",
    "branch": "refs/heads/main",
    "HEAD": "HEAD",
    "300 characters": "v" + "1" * 299,
    "300 characters of a candidate": "v1.5.0-rc." + "9" * 290,
    "older scheme": "v1beta2-1.6.2-3.5.0",
    "chart": "spark-operator-chart-1.4.6",
}


@pytest.mark.parametrize("tag", HOSTILE.values(), ids=HOSTILE.keys())
def test_any_other_tag_is_refused_in_words_that_can_be_printed(tag: str) -> None:
    assert tag_version(tag) is None
    with pytest.raises(ReleaseError) as caught:
        parse_tag(tag)
    error = caught.value
    assert error.code is Code.E_TAG_GRAMMAR
    said = error.what + error.next_step
    assert said.replace("…", "").isascii()
    assert said.isprintable()
    assert len(said) < 300


@pytest.mark.parametrize(
    ("tag", "meant"),
    [
        ("1.5.0", "v1.5.0"),
        ("V1.5.0", "v1.5.0"),
        ("v1.5.0-rc0", "v1.5.0-rc.0"),
        ("v1.5.0rc1", "v1.5.0-rc.1"),
        ("v1.5.0.rc2", "v1.5.0-rc.2"),
        ("v1.5.0-RC.3", "v1.5.0-rc.3"),
        (" v1.5.0\n", "v1.5.0"),
        ("refs/tags/v1.5.0", "v1.5.0"),
    ],
)
def test_the_usual_slips_get_a_hint(tag: str, meant: str) -> None:
    with pytest.raises(ReleaseError) as caught:
        parse_tag(tag)
    assert f"Did you mean `{meant}`?" in caught.value.next_step


@pytest.mark.parametrize("tag", ["", "v", "main", "v1.5", "1.5.0-beta.1", "v1.5.0-rc", "operator-1.5.0", "v01.5.0"])
def test_a_tag_that_is_near_to_none_gets_an_example_and_no_hint(tag: str) -> None:
    with pytest.raises(ReleaseError) as caught:
        parse_tag(tag)
    assert "Use a tag such as `v" in caught.value.next_step
    assert "Did you mean" not in caught.value.next_step


@given(st.text(max_size=40))
def test_no_text_is_taken_but_the_tag_it_means(text: str) -> None:
    version = tag_version(text)
    assert version is None or version.tag == text


@pytest.mark.parametrize(
    ("version", "tag", "bare", "pep440", "badge"),
    [
        (Version(1, 5, 0, 0), "v1.5.0-rc.0", "1.5.0-rc.0", "1.5.0rc0", "1.5.0--rc.0"),
        (Version(1, 5, 0), "v1.5.0", "1.5.0", "1.5.0", "1.5.0"),
    ],
)
def test_spellings(version: Version, tag: str, bare: str, pep440: str, badge: str) -> None:
    assert [version.spelled(spelling) for spelling in Spelling] == [tag, bare, pep440, badge]


@given(VERSIONS)
def test_every_spelling_reads_back_as_the_version_it_came_from(version: Version) -> None:
    assert parse_tag(version.tag) == version
    assert [spelled_version(version.spelled(spelling)) for spelling in Spelling] == [version] * 4


@pytest.mark.parametrize(
    "text", ["1.10", "1.5.0-beta.1", "1.5.0rc01", "v1.5.0\n", "1.5.0---rc.0", "latest", "", "vv1.5.0"]
)
def test_what_is_no_spelling_of_a_version(text: str) -> None:
    assert spelled_version(text) is None


def test_order_of_candidates_releases_and_patches() -> None:
    in_order = [
        "v0.9.0",
        "v1.5.0-rc.0",
        "v1.5.0-rc.2",
        "v1.5.0-rc.10",
        "v1.5.0",
        "v1.5.1-rc.0",
        "v1.5.1",
        "v1.10.0",
        "v2.0.0",
    ]
    assert [version.tag for version in versions_of(reversed(in_order))] == in_order


NEAR = st.integers(min_value=0, max_value=2)


@given(*[VERSIONS | st.builds(Version, NEAR, NEAR, NEAR, st.none() | NEAR)] * 2)
def test_order_is_total_and_semantic_versionings(one: Version, other: Version) -> None:
    assert [one < other, one == other, one > other].count(True) == 1
    assert (one < other) == (semver.Version.parse(one.bare) < semver.Version.parse(other.bare))


def test_unrelated_tags_are_passed_over() -> None:
    assert [version.tag for version in versions_of(REAL_TAGS)] == [
        *("v2.0.0-rc.0", "v2.0.0", "v2.0.1", "v2.0.2", "v2.1.0-rc.0", "v2.1.0", "v2.1.1-rc.0", "v2.1.1"),
        *("v2.2.0-rc.0", "v2.2.0", "v2.3.0-rc.0", "v2.3.0-rc.1", "v2.3.0", "v2.4.0-rc.0"),
    ]


@pytest.mark.parametrize(
    ("tag", "before"),
    [
        ("v2.0.0-rc.0", None),
        ("v2.0.0", None),
        ("v2.0.1", "v2.0.0"),
        ("v2.3.0-rc.0", "v2.2.0"),
        ("v2.3.0-rc.1", "v2.3.0-rc.0"),
        ("v2.3.0-rc.7", "v2.3.0-rc.1"),
        ("v2.3.0", "v2.2.0"),
        ("v2.4.0-rc.0", "v2.3.0"),
        ("v2.4.0", "v2.3.0"),
        ("v2.0.3", "v2.0.2"),
        ("v2.1.2-rc.0", "v2.1.1"),
        ("v3.0.0", "v2.3.0"),
        ("v1.0.0", None),
    ],
)
def test_what_a_version_is_compared_with(tag: str, before: str | None) -> None:
    found = previous(parse_tag(tag), versions_of(REAL_TAGS))
    assert (found and found.tag) == before


@pytest.mark.parametrize(
    ("tag", "existing", "before"),
    [
        ("v1.5.0", "v1.4.0 v1.5.0-rc.0 v1.5.0-rc.1", "v1.4.0"),
        ("v1.5.0", "v1.5.0-rc.0", None),
        ("v1.5.0", "v1.4.0 v1.5.0 v1.5.1 v1.6.0", "v1.4.0"),
        ("v1.5.0-rc.1", "v1.4.9 v1.5.0-rc.0 v1.5.0-rc.1 v1.5.0-rc.2 v1.5.0", "v1.5.0-rc.0"),
        ("v1.6.0-rc.0", "v1.5.0 v1.5.1-rc.0 v1.6.0-rc.0", "v1.5.0"),
        ("v1.5.1-rc.1", "v1.5.0-rc.3 v1.5.0 v1.5.1-rc.0 v1.6.0-rc.0", "v1.5.1-rc.0"),
        ("v1.5.1-rc.0", "v1.5.0-rc.3", None),
    ],
)
def test_neither_itself_nor_what_is_above_it_nor_another_versions_candidate_is_before_it(
    tag: str, existing: str, before: str | None
) -> None:
    found = previous(parse_tag(tag), [parse_tag(one) for one in existing.split()])
    assert (found and found.tag) == before


@pytest.mark.parametrize("tag", ["v2.3.0", "v2.3.1", "v2.4.0", "v10.0.0"])
def test_the_highest_release_of_all_is_latest(tag: str) -> None:
    assert is_latest(parse_tag(tag), versions_of(REAL_TAGS))


@pytest.mark.parametrize("tag", ["v2.4.0-rc.0", "v9.0.0-rc.0", "v2.2.1", "v2.0.3"])
def test_candidates_and_patches_of_older_lines_are_not_latest(tag: str) -> None:
    assert not is_latest(parse_tag(tag), versions_of(REAL_TAGS))


@given(st.lists(VERSIONS, min_size=1, max_size=12))
def test_at_most_one_version_is_latest_in_whatever_order_tags_come(versions: list[Version]) -> None:
    latest = {version for version in versions if is_latest(version, versions)}
    releases = [version for version in versions if not version.is_candidate]
    assert latest == ({max(releases)} if releases else set())


@pytest.mark.parametrize(
    ("tag", "existing", "missing"),
    [
        ("v1.5.0-rc.0", "", ""),
        ("v1.5.0-rc.2", "", "v1.5.0-rc.0 v1.5.0-rc.1"),
        ("v1.5.0-rc.2", "v1.5.0-rc.1", "v1.5.0-rc.0"),
        ("v1.5.0-rc.1", "v1.5.0-rc.0 v1.5.0-rc.3", ""),
        ("v1.5.0", "", ""),
        ("v1.5.0", "v1.5.0-rc.0 v1.5.0-rc.1", ""),
        ("v1.5.0", "v1.5.0-rc.0 v1.5.0-rc.2", "v1.5.0-rc.1"),
        ("v1.5.2", "v1.5.0", "v1.5.1"),
        ("v1.5.2", "v1.5.1", "v1.5.0"),
        ("v1.5.1-rc.0", "v1.5.0-rc.0", "v1.5.0"),
        ("v1.7.0", "v1.5.0", ""),
        ("v1.5.0-rc.1", "v1.4.0-rc.1", ""),
        ("v1.5.0-rc.3", "v1.4.0-rc.1 v1.4.0", "v1.5.0-rc.1 v1.5.0-rc.2"),
        ("v1.5.0-rc.2", "v1.4.0-rc.1 v1.5.0-rc.0", "v1.5.0-rc.1"),
        ("v1.5.0", "v1.4.0-rc.1 v1.5.0-rc.2", "v1.5.0-rc.1"),
    ],
)
def test_gaps_are_named(tag: str, existing: str, missing: str) -> None:
    found = missing_before(parse_tag(tag), versions_of([*existing.split(), tag]))
    assert [version.tag for version in found] == missing.split()


def test_a_gap_of_absurd_size_is_not_listed_whole() -> None:
    assert len(missing_before(parse_tag("v1.5.999999"), [])) == 1000


@pytest.mark.parametrize(
    ("version", "existing", "expected"),
    [
        ("v1.5.0-rc.1", "v1.5.0-rc.0 v1.5.0-rc.1", "v1.5.0-rc.2"),
        ("v1.5.0-rc.1", "v1.5.0-rc.4 v1.5.1-rc.7 v1.6.0-rc.9", "v1.5.0-rc.5"),
        ("v1.5.0-rc.1", "", "v1.5.0-rc.2"),
        ("v1.5.0-rc.1", "v1.5.0 v1.5.3-rc.0 v1.6.7", "v1.5.4-rc.0"),
        ("v1.5.0-rc.1", "v1.5.0 v1.4.0-rc.1", "v1.5.1-rc.1"),
        ("v1.5.0", "v1.5.0 v1.4.9 v2.5.9", "v1.5.1"),
        ("v1.5.0", "v1.5.0 v1.5.2-rc.3", "v1.5.3"),
    ],
)
def test_what_is_cut_instead_of_a_version_that_is_spent(version: str, existing: str, expected: str) -> None:
    assert following(parse_tag(version), versions_of(existing.split())).tag == expected


def test_a_candidate_is_cut_instead_of_a_release_where_one_is_needed() -> None:
    assert following(parse_tag("v1.5.0"), versions_of(["v1.5.1"]), as_candidate=True).tag == "v1.5.2-rc.0"


@pytest.mark.parametrize(
    ("text", "minor"), [("1.5", (1, 5)), ("v1.5", (1, 5)), ("1.5.0", None), ("01.5", None), ("1.5 ", None), ("", None)]
)
def test_a_minor_version_by_its_name(text: str, minor: tuple[int, int] | None) -> None:
    assert parse_minor_version(text) == minor


def test_a_minor_version_is_written_with_a_dot() -> None:
    assert f"{Version(1, 5, 2, 0).minor_version}" == "1.5"
