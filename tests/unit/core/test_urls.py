"""Where a registry may send us, and our login."""

import pytest

from release_actions.core.errors import Code, ReleaseError
from release_actions.core.urls import base_url, check_realm, redirect_target


@pytest.mark.parametrize(
    ("registry", "url"),
    [
        ("ghcr.io", "https://ghcr.io"),
        ("docker.io", "https://registry-1.docker.io"),
        ("registry.example:5000", "https://registry.example:5000"),
        ("10.0.0.1:5000", "https://10.0.0.1:5000"),
        ("127.0.0.1:5000", "http://127.0.0.1:5000"),
        ("127.9.9.9", "http://127.9.9.9"),
        ("localhost:5000", "http://localhost:5000"),
        ("[::1]:5000", "http://[::1]:5000"),
        ("localhost.example", "https://localhost.example"),
        ("127.0.0.1.example", "https://127.0.0.1.example"),
    ],
)
def test_only_loopback_is_plain_http(registry: str, url: str) -> None:
    assert base_url(registry) == url


@pytest.mark.parametrize(
    ("registry", "realm"),
    [
        ("ghcr.io", "https://ghcr.io/token"),
        ("docker.io", "https://auth.docker.io/token"),
        ("quay.io", "https://quay.io/v2/auth"),
        ("registry.gitlab.com", "https://gitlab.com/jwt/auth"),
        ("10.0.0.1:5000", "https://10.0.0.1:5001/token"),
        ("registry:5000", "https://registry:5001/token"),
        ("127.0.0.1:5000", "http://127.0.0.1:5001/token"),
        ("localhost:5000", "http://127.0.0.1/token"),
        ("localhost:5000", "https://auth.example/token"),
    ],
)
def test_a_login_may_go_to_the_registrys_token_server(registry: str, realm: str) -> None:
    check_realm(registry, realm)


@pytest.mark.parametrize(
    ("registry", "realm"),
    [
        ("ghcr.io", "https://evil.example/token"),
        ("ghcr.io", "https://ghcr.io.evil.example/token"),
        ("docker.io", "https://docker.io/token"),
        ("quay.io", "http://quay.io/token"),
        ("quay.io", "https://169.254.169.254/token"),
        ("quay.io", "https://127.0.0.1/token"),
        ("quay.io", "https://127.1/token"),
        ("quay.io", "https://2130706433/token"),
        ("quay.io", "https://0x7f.1/token"),
        ("quay.io", "https://0x7f000001/token"),
        ("quay.io", "https://[::1]/token"),
        ("quay.io", "https://[::ffff:10.0.0.1]/token"),
        ("quay.io", "https://10.0.0.1/token"),
        ("quay.io", "https://localhost/token"),
        ("quay.io", "https://intranet/token"),
        ("quay.io", "https://127\u30020\u30020\u30021/token"),
        ("quay.io", "https://\u24d4vil.example/token"),
        ("quay.io", "https://me:pw@auth.example/token"),
        ("quay.io", "https://quay.io\\@evil.example/token"),
        ("quay.io", "https://quay.io/to ken"),
        ("quay.io", "https://quay.io/\r\nHost: x"),
        ("quay.io", "https://quay.io:0/token"),
        ("quay.io", "https://quay.io:99999/token"),
        ("quay.io", "https://[quay.io/token"),
        ("quay.io", "file:///etc/passwd"),
        ("quay.io", "//quay.io/token"),
        ("quay.io", "/token"),
        ("quay.io", ""),
        ("127.0.0.1:5000", "http://auth.example/token"),
    ],
    ids=ascii,
)
def test_a_login_goes_nowhere_else(registry: str, realm: str) -> None:
    with pytest.raises(ReleaseError) as failure:
        check_realm(registry, realm)
    assert failure.value.code is Code.E_REGISTRY_RESPONSE
    assert failure.value.what.isascii()


@pytest.mark.parametrize(
    ("source", "location", "target"),
    [
        ("https://ghcr.io/v2/a", "/v2/b", "https://ghcr.io/v2/b"),
        ("https://ghcr.io/v2/a", "b?x=1", "https://ghcr.io/v2/b?x=1"),
        ("https://ghcr.io/v2/a", "https://cdn.example/b", "https://cdn.example/b"),
        ("https://10.0.0.1:5000/v2/a", "https://10.0.0.2:9000/b", "https://10.0.0.2:9000/b"),
        ("https://registry:5000/v2/a", "https://registry:9000/b", "https://registry:9000/b"),
        ("http://127.0.0.1:5000/v2/a", "http://127.0.0.1:9000/b", "http://127.0.0.1:9000/b"),
        ("http://127.0.0.1:5000/v2/a", "https://cdn.example/b", "https://cdn.example/b"),
    ],
)
def test_a_redirect_that_is_followed(source: str, location: str, target: str) -> None:
    assert redirect_target(source, location) == target


@pytest.mark.parametrize(
    ("source", "location"),
    [
        ("https://ghcr.io/v2/a", "http://ghcr.io/v2/a"),
        ("https://ghcr.io/v2/a", "http://127.0.0.1:5000/v2/a"),
        ("https://ghcr.io/v2/a", "https://127.0.0.1/v2/a"),
        ("https://ghcr.io/v2/a", "https://127.1/v2/a"),
        ("https://ghcr.io/v2/a", "https://localhost/v2/a"),
        ("https://ghcr.io/v2/a", "https://169.254.169.254/latest"),
        ("https://ghcr.io/v2/a", "https://me:pw@ghcr.io/v2/a"),
        ("https://ghcr.io/v2/a", "ftp://ghcr.io/v2/a"),
        ("https://ghcr.io/v2/a", "file:///etc/passwd"),
        ("https://ghcr.io/v2/a", "https://[x"),
        ("http://127.0.0.1:5000/v2/a", "http://ghcr.io/v2/a"),
    ],
)
def test_a_redirect_that_is_not_followed(source: str, location: str) -> None:
    with pytest.raises(ReleaseError, match="E_REGISTRY_RESPONSE"):
        redirect_target(source, location)
