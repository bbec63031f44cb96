"""Real programs live in the loopback internet as they do in the real one, and can't leave it."""

import json
import sys
from collections.abc import Callable
from pathlib import Path

import pytest

from rehearsal.base.programs import run
from rehearsal.hosts.internet import Internet
from rehearsal.net.proxy import Answer, Call
from rehearsal.oci.buildkit import BuildKit
from rehearsal.oci.registry import Registry

Shell = Callable[..., str]
Ask = Callable[[str, str], tuple[int, str]]


@pytest.fixture
def sh(loopback: Internet, tmp_path: Path) -> Shell:
    """Runs a program in the loopback internet, in this test's folder, and returns its stdout."""

    def in_loopback(*argv: str) -> str:
        return run(argv, cwd=tmp_path, env=loopback.env())

    return in_loopback


@pytest.fixture
def image(sh: Shell, tmp_path: Path) -> Callable[[str], None]:
    """Pushes an image of one small layer under the given reference."""

    def push(reference: str) -> None:
        (tmp_path / "greeting").write_text("hello\n")
        sh("tar", "--create", "--file=layer.tar", "greeting")
        sh("crane", "append", "--new_layer=layer.tar", f"--new_tag={reference}")

    return push


@pytest.fixture
def ask(loopback: Internet) -> Ask:
    """Asks a URL with Python's requests; returns status and body, or 0 and the error."""
    code = """
import requests, sys
try:
    answer = requests.request(sys.argv[1], sys.argv[2], data=b"body", timeout=10)
    print(answer.status_code, answer.text, end="")
except requests.RequestException as error:
    print(0, error, end="")
"""

    def request(method: str, url: str) -> tuple[int, str]:
        status, _, text = run([sys.executable, "-c", code, method, url], env=loopback.env()).partition(" ")
        return int(status), text

    return request


@pytest.mark.parametrize("name", ["ghcr.io/acme/pushed", "docker.io/acme/pushed", "acme/short", "quay.io/acme/pushed"])
def test_an_image_is_pushed_and_pulled(name: str, sh: Shell, image: Callable[[str], None]) -> None:
    image(f"{name}:v1")
    sh("crane", "export", f"{name}:v1", "pulled.tar")
    assert sh("tar", "--extract", "--to-stdout", "--file=pulled.tar", "greeting") == "hello\n"


def test_a_host_keeps_its_images_to_itself(sh: Shell, image: Callable[[str], None]) -> None:
    image("ghcr.io/acme/alone:v1")
    assert "alone" in sh("crane", "catalog", "ghcr.io")
    assert "alone" not in sh("crane", "catalog", "quay.io")


@pytest.mark.parametrize("host", ["ghcr.io", "docker.io"])
def test_a_chart_is_pushed_and_pulled(host: str, sh: Shell) -> None:
    sh("helm", "create", "operator")
    sh("helm", "package", "operator", "--version=1.5.0-rc.0")
    sh("helm", "push", "operator-1.5.0-rc.0.tgz", f"oci://{host}/acme-{host}/charts")
    shown = sh("helm", "show", "chart", f"oci://{host}/acme-{host}/charts/operator", "--version=1.5.0-rc.0")
    assert "version: 1.5.0-rc.0" in shown


def test_a_body_of_many_megabytes_goes_both_ways(sh: Shell, tmp_path: Path) -> None:
    (tmp_path / "large").write_bytes(bytes(range(256)) * 4096 * 30)
    sh("tar", "--create", "--file=layer.tar", "large")
    sh("crane", "append", "--new_layer=layer.tar", "--new_tag=ghcr.io/acme/large:v1")
    sh("crane", "export", "ghcr.io/acme/large:v1", "pulled.tar")
    sh("tar", "--extract", "--file=pulled.tar", "--one-top-level=pulled")
    assert (tmp_path / "pulled" / "large").read_bytes() == (tmp_path / "large").read_bytes()


def test_buildx_pushes_two_platforms(
    loopback: Internet, builder: BuildKit, registry: Registry, sh: Shell, tmp_path: Path
) -> None:
    (tmp_path / "Dockerfile").write_text("FROM scratch\nCOPY Dockerfile /\n")
    references = ["ghcr.io/acme/built:v1", "docker.io/acme/built:v1", f"{registry.host}/acme/built:v1"]
    tags = [f"--tag={reference}" for reference in references]
    run(
        ["buildx", "build", "--platform=linux/amd64,linux/arm64", "--provenance=false", "--push", *tags, "."],
        cwd=tmp_path,
        env={**loopback.env(), **builder.env()},
    )
    indexes = [json.loads(sh("crane", "manifest", reference)) for reference in references]
    assert indexes[0] == indexes[1] == indexes[2]
    assert {entry["platform"]["architecture"] for entry in indexes[0]["manifests"]} == {"amd64", "arm64"}


def test_python_trusts_a_host(ask: Ask) -> None:
    assert ask("GET", "https://ghcr.io/v2/") == (200, "{}")


@pytest.mark.parametrize(
    ("url", "host"),
    [
        ("https://example.com/", "example.com"),
        ("http://example.com/", "example.com"),
        ("https://ghcr.io:8443/v2/", "ghcr.io"),
        ("http://ghcr.io/v2/", "ghcr.io"),
    ],
)
def test_a_host_that_does_not_exist_is_refused_and_recorded(url: str, host: str, loopback: Internet, ask: Ask) -> None:
    before = len(loopback.refused)
    status, _ = ask("GET", url)
    assert status != 200
    assert [(call.host, call.status) for call in loopback.refused[before:]] == [(host, 403)]


def test_calls_are_recorded_in_order(loopback: Internet, sh: Shell, image: Callable[[str], None]) -> None:
    image("ghcr.io/acme/recorded:v1")
    start = len(loopback.proxy.calls)
    sh("crane", "digest", "ghcr.io/acme/recorded:v1")
    calls = loopback.proxy.calls
    assert [call.index for call in calls] == list(range(len(calls)))
    assert calls[-1] == Call(len(calls) - 1, "ghcr.io", "HEAD", "/v2/acme/recorded/manifests/v1", 200)
    assert {call.method for call in calls[start:]} == {"GET", "HEAD"}


def test_the_hook_answers_in_place_of_a_host(loopback: Internet, ask: Ask) -> None:
    def teapot(call: Call) -> Answer | None:
        return Answer(418, b"short and stout") if call.path == "/v2/acme/teapot" else None

    loopback.proxy.hook, forward = teapot, loopback.proxy.hook
    try:
        assert ask("POST", "https://ghcr.io/v2/acme/teapot") == (418, "short and stout")
    finally:
        loopback.proxy.hook = forward


def test_nothing_of_the_user_is_seen(loopback: Internet, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("GITHUB_TOKEN", "the user's own")
    monkeypatch.setenv("DOCKER_CONFIG", "the user's own")
    assert "the user's own" not in loopback.env().values()
    assert loopback.env()["HOME"].startswith(str(loopback.folder))
