"""What may go into a build."""

import pytest

from release_actions.core.errors import Code, ReleaseError
from release_actions.core.version import Version
from release_actions.image.build import (
    BuildSecret,
    metadata,
    parse_arguments,
    parse_commit,
    parse_labels,
    parse_secrets,
    parse_target,
)

COMMIT = "0123456789abcdef0123456789abcdef01234567"


def test_an_image_says_what_it_is() -> None:
    assert metadata(Version(1, 5, 0, 0), COMMIT, "https://github.com/kubeflow/demo", 1_700_000_000) == {
        "org.opencontainers.image.version": "1.5.0-rc.0",
        "org.opencontainers.image.revision": COMMIT,
        "org.opencontainers.image.source": "https://github.com/kubeflow/demo",
        "org.opencontainers.image.created": "2023-11-14T22:13:20Z",
    }
    assert "org.opencontainers.image.source" not in metadata(Version(1, 5, 0), COMMIT, "", 0)


@pytest.mark.parametrize("line", ["A=b", "A=", "_a1=x=y", "A=--flag -x $(id) `id` 'q'", "GOPROXY=off", "A=é"])
def test_a_build_argument_is_passed_on_as_it_is(line: str) -> None:
    assert parse_arguments([line]) == (line,)


@pytest.mark.parametrize(
    "line",
    [
        *(
            "A",
            "=b",
            "1A=b",
            "-A=b",
            "--build-arg=A=b",
            "A B=c",
            "a-b=c",
            "\u0410=b",
            "A=b\x1b[0m",
            "A=b\u2028c",
            "A=b\rc",
        ),
        *("BUILDKIT_SYNTAX=evil/frontend", "buildkit_syntax=evil", "BUILDKIT_=x", "SOURCE_DATE_EPOCH=0"),
        *("HTTP_PROXY=http://evil", "https_proxy=x", "No_Proxy=x", "FTP_PROXY=x", "ALL_PROXY=x"),
    ],
    ids=ascii,
)
def test_a_build_argument_that_changes_the_build_is_refused(line: str) -> None:
    with pytest.raises(ReleaseError) as failure:
        parse_arguments(["OK=1", line])
    assert failure.value.code is Code.E_INPUT
    assert "`build-args`" in failure.value.what
    assert failure.value.what.isascii()


def test_labels_are_read() -> None:
    assert parse_labels(["a.b/c=1", "d="]) == {"a.b/c": "1", "d": ""}


@pytest.mark.parametrize(
    "line",
    ["a", "=b", "-a=b", "a b=c", "a=b\nc", "index:a=b", "org.opencontainers.image.revision=x"],
    ids=ascii,
)
def test_a_label_that_is_none_or_the_releases_own_is_refused(line: str) -> None:
    with pytest.raises(ReleaseError, match="`labels`"):
        parse_labels([line])


def test_a_secret_is_taken_from_its_variable_and_never_shown() -> None:
    secrets = parse_secrets(["npm=NPM_TOKEN"], {"NPM_TOKEN": "S3cret"})
    assert secrets == (BuildSecret("npm", "S3cret"),)
    assert "S3cret" not in repr(secrets)


@pytest.mark.parametrize(
    "line", ["npm", "npm=", "=NPM", "npm=UNSET", "npm=EMPTY", "npm,src=/etc/shadow=NPM", "n m=NPM", "npm=N M", "-n=NPM"]
)
def test_a_secret_without_a_value_is_refused(line: str) -> None:
    with pytest.raises(ReleaseError) as failure:
        parse_secrets([line], {"NPM": "S3cret", "EMPTY": ""})
    assert failure.value.code is Code.E_INPUT
    assert "S3cret" not in str(failure.value)


def test_what_may_be_the_value_of_a_secret_by_mistake_is_not_shown() -> None:
    with pytest.raises(ReleaseError) as failure:
        parse_secrets(["npm=ghp_S3cret+/="], {})
    assert "S3cret" not in str(failure.value)


@pytest.mark.parametrize("text", ["-x", "a b", "a,b", "$(id)", "a\n"])
def test_a_target_is_the_name_of_a_stage(text: str) -> None:
    assert parse_target("final-stage_1.2") == "final-stage_1.2"
    assert parse_target("") == ""
    with pytest.raises(ReleaseError, match="`target`"):
        parse_target(text)


@pytest.mark.parametrize("text", ["", "main", COMMIT[:7], COMMIT.upper(), COMMIT + "\n", "-" + COMMIT])
def test_a_commit_is_its_full_id(text: str) -> None:
    assert parse_commit(COMMIT) == COMMIT
    with pytest.raises(ReleaseError, match="`commit`"):
        parse_commit(text)
