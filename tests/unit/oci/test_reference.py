"""References and platforms as Docker and containerd read them."""

import contextlib

import pytest
from hypothesis import given
from hypothesis import strategies as st

from release_actions.core.errors import Code, ReleaseError
from release_actions.oci.reference import (
    Platform,
    Reference,
    missing,
    parse_digest,
    parse_name,
    parse_platform,
    parse_reference,
)

SHA = "sha256:" + "0123456789abcdef" * 4


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("ubuntu", "docker.io/library/ubuntu:latest"),
        ("ubuntu:24.04", "docker.io/library/ubuntu:24.04"),
        ("library/ubuntu", "docker.io/library/ubuntu:latest"),
        ("kubeflow/op:v1.5.0", "docker.io/kubeflow/op:v1.5.0"),
        ("docker.io/ubuntu", "docker.io/library/ubuntu:latest"),
        ("index.docker.io/ubuntu", "docker.io/library/ubuntu:latest"),
        ("index.docker.io/kubeflow/op", "docker.io/kubeflow/op:latest"),
        ("ghcr.io/kubeflow/op:v1.5.0-rc.0", "ghcr.io/kubeflow/op:v1.5.0-rc.0"),
        ("localhost/op", "localhost/op:latest"),
        ("localhost:5000/op:a", "localhost:5000/op:a"),
        ("127.0.0.1:5000/a/b/c:x", "127.0.0.1:5000/a/b/c:x"),
        ("[::1]:5000/op", "[::1]:5000/op:latest"),
        ("myhost/op", "docker.io/myhost/op:latest"),
        ("MyHost/op", "MyHost/op:latest"),
        (f"ghcr.io/kubeflow/op@{SHA}", f"ghcr.io/kubeflow/op@{SHA}"),
        (f"op:v1@{SHA}", f"docker.io/library/op:v1@{SHA}"),
        ("ghcr.io/a__b/c-----d/e.f_g:_.-", "ghcr.io/a__b/c-----d/e.f_g:_.-"),
        ("ghcr.io/op:" + "t" * 128, "ghcr.io/op:" + "t" * 128),
        ("ghcr.io/" + "n" * 247 + ":v1", "ghcr.io/" + "n" * 247 + ":v1"),
    ],
)
def test_a_reference_is_completed_as_docker_does(text: str, expected: str) -> None:
    assert str(parse_reference(text)) == expected


def test_the_parts_of_a_reference() -> None:
    reference = parse_reference(f"ghcr.io/kubeflow/op:v1@{SHA}")
    assert reference == Reference("ghcr.io", "kubeflow/op", "v1", SHA)
    assert reference.name == "ghcr.io/kubeflow/op"
    assert str(reference.tagged("v2")) == "ghcr.io/kubeflow/op:v2"
    assert str(reference.at(SHA)) == f"ghcr.io/kubeflow/op@{SHA}"


@pytest.mark.parametrize(
    "text",
    [
        "",
        " ",
        "/op",
        "op/",
        "ghcr.io/",
        "ghcr.io//op",
        "ghcr.io/Op",
        "Op",
        "op:",
        "op@",
        ":v1",
        "op:v1:v2",
        "op:.v1",
        "op:-v1",
        "op:v1+build",
        "op:v1\n",
        "op\n",
        "-op",
        "--output=x",
        "op-",
        "a___b",
        "a._b",
        "a..b",
        "../op",
        "ghcr.io/../op",
        "ghcr.io/op:v1 ",
        "https://ghcr.io/op",
        "oci://ghcr.io/op",
        "user:password@ghcr.io/op",
        "ghcr.io:/op",
        "ghcr.io:http/op",
        "ghcr.io:123456/op",
        "-ghcr.io/op",
        "[fe80::1%25eth0]/op",
        "op@sha256:abc",
        "op@md5:" + "0" * 32,
        "op@" + SHA.upper(),
        "op@sha256:" + "A" * 64,
        f"op@{SHA}@{SHA}",
        "a" * 64,
        "op:" + "t" * 129,
        "ghcr.io/" + "n" * 248,
        "o\u0440",
        "op:v\u0661",
        "gh\u200bcr.io/op",
        "op$(id)",
    ],
    ids=ascii,
)
def test_what_is_not_a_reference_is_refused(text: str) -> None:
    with pytest.raises(ReleaseError) as failure:
        parse_reference(text)
    assert failure.value.code is Code.E_IMAGE_REFERENCE
    assert failure.value.what.isascii()


@given(st.text(max_size=40))
def test_any_text_is_a_reference_that_reads_back_or_one_clear_error(text: str) -> None:
    with contextlib.suppress(ReleaseError):
        reference = parse_reference(text)
        assert parse_reference(str(reference)) == reference


def test_a_name_to_push_to_has_neither_tag_nor_digest() -> None:
    assert parse_name("ghcr.io/kubeflow/op") == Reference("ghcr.io", "kubeflow/op")
    for text in ("ghcr.io/kubeflow/op:v1", f"ghcr.io/kubeflow/op@{SHA}"):
        with pytest.raises(ReleaseError, match="tag or a digest") as failure:
            parse_name(text)
        assert "`ghcr.io/kubeflow/op`" in failure.value.next_step


@pytest.mark.parametrize("text", ["", "v1.0.0+build", ".v1", "-v1", "v1/2", "v1:2", "v" * 129, "v1\n"], ids=ascii)
def test_a_tag_that_no_registry_takes_is_refused(text: str) -> None:
    with pytest.raises(ReleaseError, match="E_IMAGE_REFERENCE"):
        Reference("ghcr.io", "op").tagged(text)


@pytest.mark.parametrize("text", ["", "sha256:", SHA[:-1], SHA + "0", SHA.upper(), "sha512:" + "0" * 64, SHA + "\n"])
def test_what_is_not_a_digest_is_refused(text: str) -> None:
    with pytest.raises(ReleaseError, match="E_IMAGE_REFERENCE"):
        parse_digest(text)


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("linux/amd64", "linux/amd64"),
        ("linux/amd64/v1", "linux/amd64"),
        ("linux/amd64/v2", "linux/amd64/v2"),
        ("linux/x86_64", "linux/amd64"),
        ("Linux/AMD64", "linux/amd64"),
        ("linux/arm64", "linux/arm64"),
        ("linux/arm64/v8", "linux/arm64"),
        ("linux/arm64/v9", "linux/arm64/v9"),
        ("linux/aarch64", "linux/arm64"),
        ("linux/arm", "linux/arm/v7"),
        ("linux/arm/7", "linux/arm/v7"),
        ("linux/arm/v6", "linux/arm/v6"),
        ("linux/armhf", "linux/arm/v7"),
        ("linux/armel", "linux/arm/v6"),
        ("linux/i386", "linux/386"),
        ("linux/s390x", "linux/s390x"),
        ("windows/amd64", "windows/amd64"),
        ("macos/arm64", "darwin/arm64"),
    ],
)
def test_a_platform_is_normalised_as_containerd_does(text: str, expected: str) -> None:
    assert str(parse_platform(text)) == expected


@pytest.mark.parametrize(
    "text", ["", "linux", "linux/", "/amd64", "linux/arm/v7/x", "linux amd64", "linux/a\n", "lin,ux/a"]
)
def test_what_is_not_a_platform_is_refused(text: str) -> None:
    with pytest.raises(ReleaseError, match="not a platform"):
        parse_platform(text)


def test_missing_platforms_come_in_the_promised_order() -> None:
    arm, amd = Platform("linux", "arm64"), Platform("linux", "amd64")
    assert missing([arm, amd], [amd]) == [arm]
    assert missing([arm, amd], []) == [arm, amd]
    assert missing([arm], [amd, arm]) == []
    assert arm.slug == "linux-arm64"
