"""Real servers for the tests, each started once per worker when the first test asks for it.

They are shared by all tests of a worker: take a repository name of your own in each test.
"""

import signal
import sysconfig
from collections.abc import Iterator
from pathlib import Path

import pytest

from rehearsal.git.server import GitServer
from rehearsal.github import GitHub
from rehearsal.hosts.internet import Internet
from rehearsal.oci.buildkit import BuildKit
from rehearsal.oci.registry import Registry
from scripts.run import packages_folder

# So that an assert in a module which several tests share says what it saw, as one in a test does.
pytest.register_assert_rewrite("tests.actions", "tests.boundary", "tests.support", "tests.workflows")


def pytest_configure() -> None:
    """Let SIGINT reach what tests start: a shell lets what it starts in the background ignore it, with all below."""
    signal.signal(signal.SIGINT, signal.default_int_handler)


@pytest.fixture(scope="session")
def package_cache(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A cache in which the actions find their packages: those of this Python, so that nothing is installed."""
    cache = tmp_path_factory.mktemp("cache")
    packages_folder(cache).symlink_to(sysconfig.get_path("purelib"), target_is_directory=True)
    return cache


@pytest.fixture(scope="session")
def registry(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Registry]:
    """A registry on 127.0.0.1 over plain HTTP that needs no login: `.host`, `.url`."""
    with Registry(tmp_path_factory.mktemp("registry")) as started:
        yield started


@pytest.fixture(scope="session")
def registry_with_login(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Registry]:
    """A registry on 127.0.0.1 over plain HTTP where even reading needs `.login`."""
    with Registry(tmp_path_factory.mktemp("registry-with-login"), needs_login=True) as started:
        yield started


@pytest.fixture(scope="session")
def git_server(tmp_path_factory: pytest.TempPathFactory) -> Iterator[GitServer]:
    """A git server on 127.0.0.1 over plain HTTP where anyone may push.

    `.repository("owner/name")` gives the path of a bare repository, created empty when it is not
    there; it is cloned from `f"{git_server.url}/owner/name"`.
    """
    with GitServer(tmp_path_factory.mktemp("git")) as started:
        yield started


@pytest.fixture
def github() -> Iterator[GitHub]:
    """A GitHub REST API of the test's own, without any repository.

    `.add("owner/name", git_server.repository("owner/name"))` serves one that git serves as well;
    `.token(contents="write")` makes a token, `.url` is what GITHUB_API_URL has to be.
    """
    with GitHub() as started:
        yield started


@pytest.fixture(scope="session")
def loopback(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Internet]:
    """A whole internet on loopback: github.com, ghcr.io, docker.io, … over HTTPS.

    Run programs with `env=loopback.env()` to let them live in it. `.git` is its git server,
    `.registry("ghcr.io")` a registry of it, `.proxy.calls` every call so far, `.refused` those to
    hosts that do not exist.
    """
    with Internet(tmp_path_factory.mktemp("loopback")) as started:
        yield started


@pytest.fixture(scope="session")
def builder(tmp_path_factory: pytest.TempPathFactory, loopback: Internet, registry: Registry) -> Iterator[BuildKit]:
    """BuildKit with a buildx builder, which can push to every host of `loopback` and to `registry`.

    Run buildx with `env={**loopback.env(), **builder.env()}`.
    """
    folder = tmp_path_factory.mktemp("buildkit")
    with BuildKit(folder, loopback.env(), plain_http=[registry.host]) as started:
        yield started
