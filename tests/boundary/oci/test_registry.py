"""A real registry, a registry that wants a login, and one across a proxy with TLS, as the client sees them."""

from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

from rehearsal.base.programs import run
from rehearsal.hosts.internet import Internet
from rehearsal.oci.registry import Registry as Server
from release_actions.core.errors import Code, ReleaseError
from release_actions.oci.credentials import Login
from release_actions.oci.reference import Reference, parse_platform, parse_reference
from release_actions.oci.registry import Registry
from release_actions.system.http import Transport

AMD, ARM, S390 = (parse_platform(f"linux/{name}") for name in ("amd64", "arm64", "s390x"))


@pytest.fixture
def client() -> Iterator[Registry]:
    """A client without any login."""
    with Registry(lambda _registry: None) as made:
        yield made


def test_an_index_is_read_by_tag_and_by_digest(
    client: Registry, registry: Server, push_image: Callable[..., str]
) -> None:
    digest = push_image("read/index", "v1", {"linux/amd64": {"a": "1"}, "linux/arm64": {"a": "2"}})
    tagged = parse_reference(f"{registry.host}/read/index:v1")
    index = client.resolve(tagged)
    assert index is not None
    assert index.digest == digest
    assert client.resolve(tagged.at(digest)) == index
    assert set(client.platforms(tagged, index)) == {AMD, ARM}
    assert client.labels(tagged, index) == {AMD: {"a": "1"}, ARM: {"a": "2"}}


def test_an_image_for_one_platform_says_so_in_its_configuration(
    client: Registry, registry: Server, push_image: Callable[..., str]
) -> None:
    digest = push_image("read/single", "v1", {"linux/arm64/v8": {"a": "1"}})
    reference = parse_reference(f"{registry.host}/read/single:v1")
    manifest = client.resolve(reference)
    assert manifest is not None
    assert client.platforms(reference, manifest) == {ARM: digest}
    assert client.labels(reference, manifest) == {ARM: {"a": "1"}}


@pytest.mark.parametrize("name", ["nowhere:v1", "read/nothing:v9", f"read/nothing@sha256:{'0' * 64}"])
def test_what_is_not_there_is_none(
    client: Registry, registry: Server, push_image: Callable[..., str], name: str
) -> None:
    push_image("read/nothing", "v1", {"linux/amd64": {}})
    reference = parse_reference(f"{registry.host}/{name}")
    assert client.resolve(reference) is None
    assert not client.exists(reference)


def test_many_references_are_asked_at_once_and_answered_in_order(
    client: Registry, registry: Server, push_image: Callable[..., str]
) -> None:
    push_image("many/both", "v1", {"linux/amd64": {}, "linux/arm64": {}})
    push_image("many/one", "v1", {"linux/amd64": {}})
    references = [parse_reference(f"{registry.host}/many/{name}:v1") for name in ("both", "one", "none")] * 5
    found = client.resolve_many(references, [AMD, ARM])
    assert [one.reference for one in found] == references
    assert [(one.ok, bool(one.digest), one.missing) for one in found[:3]] == [
        (True, True, ()),
        (False, True, (ARM,)),
        (False, False, ()),
    ]


def test_a_reference_that_cannot_be_asked_for_does_not_hide_the_others(
    client: Registry, registry: Server, registry_with_login: Server, push_image: Callable[..., str]
) -> None:
    push_image("errors/fine", "v1", {"linux/amd64": {}})
    denied, fine = client.resolve_many(
        [Reference(registry_with_login.host, "op", "v1"), Reference(registry.host, "errors/fine", "v1")], [AMD]
    )
    assert fine.ok
    assert denied.error is not None
    assert denied.error.code is Code.E_REGISTRY_LOGIN


def test_a_login_is_needed_and_used(registry_with_login: Server) -> None:
    account = registry_with_login.login
    right, wrong = Login(account.username, account.password), Login(account.username, "wrong")
    reference = Reference(registry_with_login.host, "op", "v1")
    with Registry({registry_with_login.host: right}.get) as client:
        assert client.resolve(reference) is None
    for logins in ({registry_with_login.host: wrong}, {}):
        with Registry(logins.get) as client, pytest.raises(ReleaseError, match="E_REGISTRY_LOGIN"):
            client.resolve(reference)


def test_netrc_is_not_read(registry_with_login: Server, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    account = registry_with_login.login
    netrc = tmp_path / ".netrc"
    netrc.write_text(f"machine 127.0.0.1 login {account.username} password {account.password}\n")
    netrc.chmod(0o600)
    monkeypatch.setenv("HOME", str(tmp_path))
    monkeypatch.setenv("NETRC", str(netrc))
    with Registry(lambda _registry: None) as client, pytest.raises(ReleaseError, match="E_REGISTRY_LOGIN"):
        client.resolve(Reference(registry_with_login.host, "op", "v1"))


def test_a_registry_that_is_down_is_asked_five_times() -> None:
    pauses: list[float] = []
    with (
        Registry(lambda _registry: None, transport=Transport(pause=pauses.append)) as client,
        pytest.raises(ReleaseError, match="refused") as failure,
    ):
        client.resolve(Reference("127.0.0.1:1", "op", "v1"))
    assert failure.value.code is Code.E_REGISTRY_UNAVAILABLE
    assert len(pauses) == 4
    assert all(0 <= pause <= 2**attempt for attempt, pause in enumerate(pauses))


def test_loopback_is_never_reached_through_a_proxy(
    client: Registry, registry: Server, monkeypatch: pytest.MonkeyPatch
) -> None:
    for name in ("HTTP_PROXY", "http_proxy", "ALL_PROXY"):
        monkeypatch.setenv(name, "http://127.0.0.1:1")
    for name in ("NO_PROXY", "no_proxy"):
        monkeypatch.delenv(name, raising=False)
    assert client.resolve(Reference(registry.host, "not/there", "v1")) is None


def test_public_registries_are_reached_by_the_usual_proxy_and_certificates(
    client: Registry,
    loopback: Internet,
    monkeypatch: pytest.MonkeyPatch,
    registry: Server,
    push_image: Callable[..., str],
) -> None:
    digest = push_image("proxied/op", "v1", {"linux/amd64": {}})
    target = f"{loopback.registry('docker.io').host}/library/op:v1"
    run(["crane", "copy", "--insecure", f"{registry.host}/proxied/op:v1", target], env=loopback.env())
    for name, value in loopback.env().items():
        if "PROXY" in name.upper() or name == "REQUESTS_CA_BUNDLE":
            monkeypatch.setenv(name, value)
    assert client.find(parse_reference("op:v1"), [AMD]).digest == digest
    monkeypatch.delenv("REQUESTS_CA_BUNDLE")
    with Registry(lambda _registry: None) as other, pytest.raises(ReleaseError, match="certificate") as failure:
        other.resolve(parse_reference("op:v1"))
    assert failure.value.code is Code.E_REGISTRY_UNAVAILABLE
