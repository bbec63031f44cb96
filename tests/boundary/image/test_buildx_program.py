"""What becomes of buildx's failures: a program on PATH plays buildx and fails in its words."""

import os
from collections.abc import Iterator
from pathlib import Path

import pytest

from release_actions.core.errors import Code, ReleaseError
from release_actions.image.build import Build, BuildSecret
from release_actions.image.buildx import Buildx, find_buildx
from release_actions.oci.credentials import Credentials, private_credentials
from release_actions.oci.reference import Platform, Reference

NAME = Reference("ghcr.io", "kubeflow/op")
DIGEST = f"sha256:{'0' * 64}"
SOLVE = "ERROR: failed to build: failed to solve: "
PUSH = f"{SOLVE}failed to push ghcr.io/kubeflow/op: "
SYNTAX = """\
Dockerfile:3
--------------------
   3 | >>> COPPY a b
--------------------
ERROR: failed to build: failed to solve: dockerfile parse error on line 3: unknown instruction: COPPY
"""
DRIVER = "ERROR: failed to build: Multi-platform build is not supported for the docker driver."


@pytest.fixture
def folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A folder that is all of PATH."""
    made = tmp_path / "bin"
    made.mkdir()
    monkeypatch.setenv("PATH", str(made))
    monkeypatch.setenv("HOME", str(tmp_path))
    return made


@pytest.fixture
def credentials(tmp_path: Path) -> Iterator[Credentials]:
    """Nobody is logged in."""
    with private_credentials(tmp_path, {}) as made:
        yield made


def put(folder: Path, name: str, script: str) -> None:
    file = folder / name
    file.write_text(f"#!/bin/sh\n{script}\n")
    file.chmod(0o755)


def push(folder: Path, tmp_path: Path, script: str, pauses: list[float]) -> str:
    put(folder, "buildx", script)
    build = Build(
        workspace=tmp_path,
        context=".",
        file="Dockerfile",
        platforms=(Platform("linux", "amd64"),),
        epoch=0,
        labels={},
        secrets=(BuildSecret("npm", "S3cret"),),
    )
    buildx = Buildx([str(folder / "buildx")], "", dict(os.environ), echo=lambda _line: None, pause=pauses.append)
    return buildx.push(build, [NAME], tmp_path / "build.json")


def saying(text: str) -> str:
    """A program that fails with these words."""
    return f"while IFS= read -r line; do echo \"$line\" >&2; done <<'END'\n{text}\nEND\nexit 1"


@pytest.mark.parametrize(
    ("text", "code", "part"),
    [
        (SYNTAX, Code.E_BUILD, "unknown instruction: COPPY"),
        (DRIVER, Code.E_BUILD, "docker driver"),
        (f"{SOLVE}failed to fetch oauth token: toomanyrequests", Code.E_REGISTRY_UNAVAILABLE, "toomanyrequests"),
        (f"{SOLVE}python:3: failed to authorize: failed to fetch oauth token: 503", Code.E_BUILD, "python:3"),
        (f"{SOLVE}python:3\u2028ERROR: failed to authorize: 401", Code.E_BUILD, "python:3"),
        ("", Code.E_BUILD, "exit code 1"),
        (f"{PUSH}unexpected status from POST request: 401 Unauthorized", Code.E_REGISTRY_LOGIN, "401"),
        (f"{PUSH}denied: permission_denied: write_package", Code.E_REGISTRY_LOGIN, "write_package"),
        (f"{PUSH}unexpected status: 503 Service Unavailable", Code.E_REGISTRY_UNAVAILABLE, "503"),
    ],
    ids=["syntax", "driver", "token", "base image", "two lines in one", "silent", "login", "rights", "unavailable"],
)
def test_a_failure_says_what_is_wrong(folder: Path, tmp_path: Path, text: str, code: Code, part: str) -> None:
    with pytest.raises(ReleaseError) as failure:
        push(folder, tmp_path, saying(text), [])
    assert failure.value.code is code
    assert part in failure.value.what


def test_the_place_in_the_dockerfile_is_told(folder: Path, tmp_path: Path) -> None:
    with pytest.raises(ReleaseError) as failure:
        push(folder, tmp_path, saying(SYNTAX), [])
    assert (failure.value.file, failure.value.line) == ("Dockerfile", 3)


def test_a_builder_that_cannot_do_it_is_replaced_in_the_next_step(folder: Path, tmp_path: Path) -> None:
    with pytest.raises(ReleaseError) as failure:
        push(folder, tmp_path, saying(DRIVER), [])
    assert "docker-container" in failure.value.next_step


def test_the_builder_inside_docker_is_not_used(folder: Path, tmp_path: Path) -> None:
    calls = tmp_path / "calls"
    script = f"""echo "$*" >> {calls}
case "$1" in
  inspect) echo "Name:   default"; echo "Driver: docker" ;;
  build) echo '{{"containerimage.digest": "{DIGEST}"}}' > {tmp_path / "build.json"} ;;
esac"""
    assert push(folder, tmp_path, script, []) == DIGEST
    _, create, build, remove = calls.read_text().splitlines()
    name = create.rpartition("--name=")[2]
    assert create == f"create --driver=docker-container --bootstrap --name={name}"
    assert f"--builder={name} " in build
    assert remove == f"rm --force {name}"


def test_the_builder_made_for_a_build_is_removed_when_the_build_fails(folder: Path, tmp_path: Path) -> None:
    calls = tmp_path / "calls"
    script = f"""echo "$1" >> {calls}
[ "$1" = inspect ] && echo "Driver: docker"
[ "$1" != build ]"""
    with pytest.raises(ReleaseError, match="E_BUILD"):
        push(folder, tmp_path, script, [])
    assert calls.read_text().split() == ["inspect", "create", "build", "rm"]


def test_a_runner_on_which_docker_is_down_is_told_so(folder: Path, tmp_path: Path) -> None:
    script = """[ "$1" = inspect ] && echo "Driver: docker" && exit 0
echo "ERROR: failed to connect to the docker API" >&2; exit 1"""
    with pytest.raises(ReleaseError, match="failed to connect to the docker API") as failure:
        push(folder, tmp_path, script, [])
    assert failure.value.code is Code.E_PROGRAM


def test_a_push_that_is_slowed_down_is_tried_again(folder: Path, tmp_path: Path) -> None:
    pauses: list[float] = []
    count, metadata = tmp_path / "count", tmp_path / "build.json"
    script = f"""
[ "$1" = build ] || exit 0
echo x >> {count}
n=0; while read -r _; do n=$((n + 1)); done < {count}
[ $n -lt 3 ] && {{ echo '{PUSH}unexpected status: 429 Too Many Requests' >&2; exit 1; }}
echo '{{"containerimage.digest": "{DIGEST}"}}' > {metadata}"""
    assert push(folder, tmp_path, script, pauses) == DIGEST
    assert [5 <= pauses[0] <= 10, 30 <= pauses[1] <= 60] == [True, True]


@pytest.mark.parametrize("metadata", ["", "{}", '{"containerimage.digest": "sha256:0"}'])
def test_a_push_without_a_digest_is_no_success(folder: Path, tmp_path: Path, metadata: str) -> None:
    with pytest.raises(ReleaseError) as failure:
        push(folder, tmp_path, f"echo '{metadata}' > {tmp_path / 'build.json'}", [])
    assert failure.value.code is Code.E_PROGRAM


def test_the_value_of_a_secret_is_in_the_environment_alone(folder: Path, tmp_path: Path) -> None:
    seen = tmp_path / "seen"
    script = f"""[ "$1" = build ] || exit 0
echo "$@" > {seen}; echo "$RELEASE_ACTIONS_SECRET_0" >> {seen}
echo '{{"containerimage.digest": "{DIGEST}"}}' > {tmp_path / "build.json"}"""
    push(folder, tmp_path, script, [])
    arguments, value = seen.read_text().splitlines()
    assert "S3cret" not in arguments
    assert value == "S3cret"
    assert "RELEASE_ACTIONS_SECRET_0" not in os.environ


@pytest.mark.parametrize(
    ("programs", "used"),
    [
        ({"docker": "exit 0", "buildx": "exit 0"}, "docker"),
        ({"docker": "exit 1", "buildx": "exit 0"}, "buildx"),
        ({"docker-buildx": "exit 0"}, "docker-buildx"),
    ],
    ids=["plugin", "docker without the plugin", "no docker"],
)
def test_buildx_is_found_as_a_plugin_or_alone(
    folder: Path, tmp_path: Path, credentials: Credentials, programs: dict[str, str], used: str
) -> None:
    for name, script in programs.items():
        put(folder, name, f'echo "$0 $*" >> {tmp_path / "calls"}; {script}')
    find_buildx(credentials, "", lambda _line: None).tag(NAME.tagged("v1"), [NAME.at(DIGEST)], {})
    last = (tmp_path / "calls").read_text().splitlines()[-1]
    assert last.startswith(f"{folder / used} ")
    assert last.endswith(f"imagetools create --progress=plain --prefer-index=false --tag={NAME}:v1 -- {NAME}@{DIGEST}")


@pytest.mark.usefixtures("folder")
def test_without_buildx_there_is_one_clear_error(credentials: Credentials) -> None:
    with pytest.raises(ReleaseError, match="no `docker buildx`") as failure:
        find_buildx(credentials, "", lambda _line: None)
    assert failure.value.code is Code.E_PROGRAM


@pytest.mark.parametrize("name", ["-x", "a b", "a;b", "a\n"])
def test_what_is_no_name_of_a_builder_is_refused(credentials: Credentials, name: str) -> None:
    with pytest.raises(ReleaseError, match="not the name of a builder"):
        find_buildx(credentials, name, lambda _line: None)


def test_only_what_names_a_builder_is_kept_of_the_environment(
    folder: Path, tmp_path: Path, credentials: Credentials, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("BUILDX_BUILDER", "cluster")
    monkeypatch.setenv("BUILDX_EXPERIMENTAL", "1")
    monkeypatch.setenv("GITHUB_TOKEN", "S3cret")
    monkeypatch.setenv("SOURCE_DATE_EPOCH", "1")
    put(folder, "buildx", f"export > {tmp_path / 'environment'}")
    find_buildx(credentials, "", lambda _line: None).tag(NAME.tagged("v1"), [NAME.at(DIGEST)], {})
    environment = (tmp_path / "environment").read_text()
    assert "BUILDX_BUILDER='cluster'" in environment
    assert credentials.environment["DOCKER_CONFIG"] in environment
    for name in ("BUILDX_EXPERIMENTAL", "GITHUB_TOKEN", "SOURCE_DATE_EPOCH"):
        assert name not in environment
