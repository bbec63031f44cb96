"""The arguments that buildx gets: one word for each value, and no secret among them."""

from pathlib import Path

import pytest
from msgspec.structs import replace

from release_actions.image.build import Build, BuildSecret
from release_actions.image.buildx import build_arguments, tag_arguments
from release_actions.oci.reference import Platform, Reference

AMD, ARM = Platform("linux", "amd64"), Platform("linux", "arm64")
NAME = Reference("ghcr.io", "kubeflow/op")
OTHER = Reference("docker.io", "kubeflow/op")
DIGEST = f"sha256:{'0' * 64}"
OUTPUT = (
    'type=image,"name=ghcr.io/kubeflow/op",push=true,push-by-digest=true,name-canonical=true,unpack=false'
    ",oci-mediatypes=true,rewrite-timestamp=true"
)
BUILD = Build(
    workspace=Path("/workspace"), context=".", file="Dockerfile", platforms=(AMD, ARM), epoch=1_700_000_000, labels={}
)


def arguments(build: Build = BUILD, names: tuple[Reference, ...] = (NAME,), builder: str = "") -> list[str]:
    return build_arguments(build, names, builder, Path("/temp/build.json"))


def test_the_usual_build() -> None:
    assert arguments() == [
        "build",
        "--progress=plain",
        "--platform=linux/amd64,linux/arm64",
        "--file=./Dockerfile",
        "--build-arg=SOURCE_DATE_EPOCH=1700000000",
        "--provenance=false",
        "--sbom=false",
        f"--output={OUTPUT}",
        "--metadata-file=/temp/build.json",
        "--",
        "./.",
    ]


@pytest.mark.parametrize(
    ("changed", "expected"),
    [
        (replace(BUILD, target="final"), "--target=final"),
        (replace(BUILD, arguments=("A=--b c",)), "--build-arg=A=--b c"),
        (replace(BUILD, labels={"a": "b c"}), "--label=a=b c"),
        (replace(BUILD, labels={"a": "b"}), "--annotation=index,manifest:a=b"),
        (replace(BUILD, labels={"a": "b"}, platforms=(AMD,)), "--annotation=manifest:a=b"),
        (replace(BUILD, provenance="max"), "--provenance=mode=max"),
        (replace(BUILD, sbom=True), "--sbom=true"),
        (replace(BUILD, context="-", file="-"), "--file=./-"),
        (replace(BUILD, context="-", file="-"), "./-"),
    ],
    ids=lambda value: value if isinstance(value, str) else "",
)
def test_each_option_is_one_word(changed: Build, expected: str) -> None:
    assert expected in arguments(changed)


def test_a_builder_and_several_names() -> None:
    found = arguments(names=(NAME, OTHER), builder="cluster")
    assert "--builder=cluster" in found
    assert any('"name=ghcr.io/kubeflow/op,docker.io/kubeflow/op"' in word for word in found)


def test_a_secret_is_named_and_its_value_is_elsewhere() -> None:
    found = arguments(replace(BUILD, secrets=(BuildSecret("npm", "S3cret"), BuildSecret("pip", "0ther"))))
    assert "--secret=id=npm,env=RELEASE_ACTIONS_SECRET_0" in found
    assert "--secret=id=pip,env=RELEASE_ACTIONS_SECRET_1" in found
    assert not any("S3cret" in word or "0ther" in word for word in found)


def test_a_tag_keeps_the_digest_of_its_only_source() -> None:
    assert tag_arguments(NAME.tagged("v1"), [NAME.at(DIGEST)], {}, "") == [
        "imagetools",
        "create",
        "--progress=plain",
        "--prefer-index=false",
        "--tag=ghcr.io/kubeflow/op:v1",
        "--",
        f"ghcr.io/kubeflow/op@{DIGEST}",
    ]


def test_a_join_is_annotated() -> None:
    found = tag_arguments(NAME.tagged("v1"), [NAME.at(DIGEST)] * 2, {"a": "b"}, "cluster")
    assert "--annotation=index:a=b" in found
    assert "--builder=cluster" in found
