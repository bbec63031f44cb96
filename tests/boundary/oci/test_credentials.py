"""Logins: the runner's own, those from inputs, and what is left of them afterwards."""

import json
import os
import stat
from base64 import b64encode
from pathlib import Path

import pytest

from rehearsal.base.programs import program
from rehearsal.oci.registry import Registry
from release_actions.chart.package import write
from release_actions.core.errors import Code, ReleaseError
from release_actions.oci.credentials import Login, login_from_inputs, private_credentials
from release_actions.system import process

HELPER = """#!/bin/sh
read -r server
case "$server" in
  ghcr.io|https://index.docker.io/v1/) echo "{\\"Username\\": \\"helper\\", \\"Secret\\": \\"for $server\\"}" ;;
  127.0.0.1:*) echo '{"Username": "old", "Secret": "expired"}' ;;
  token.example) echo '{"Username": "<token>", "Secret": "identity"}' ;;
  broken.example) echo 'secret problem'; exit 1 ;;
  *) echo 'credentials not found in native keychain'; exit 1 ;;
esac
"""


@pytest.fixture
def docker_config(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """The runner's own Docker configuration: an empty folder, and a HOME where nobody ever logged in."""
    folder = tmp_path / "home" / ".docker"
    folder.mkdir(parents=True)
    for name in ("DOCKER_CONFIG", "HELM_REGISTRY_CONFIG", "HELM_CONFIG_HOME", "XDG_CONFIG_HOME"):
        monkeypatch.delenv(name, raising=False)
    monkeypatch.setenv("HOME", str(tmp_path / "home"))
    return folder


@pytest.fixture
def helper(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> str:
    """A credential helper on PATH."""
    (tmp_path / "bin").mkdir()
    file = tmp_path / "bin" / "docker-credential-demo"
    file.write_text(HELPER)
    file.chmod(0o755)
    monkeypatch.setenv("PATH", f"{file.parent}:{os.environ['PATH']}")
    return "demo"


def entry(username: str, password: str) -> dict[str, str]:
    return {"auth": b64encode(f"{username}:{password}".encode()).decode()}


@pytest.mark.usefixtures("docker_config")
def test_without_any_login_there_is_none(tmp_path: Path) -> None:
    with private_credentials(tmp_path, {}) as credentials:
        assert credentials.login("ghcr.io") is None


@pytest.mark.parametrize(
    ("auths", "registry"),
    [
        ({"ghcr.io": entry("me", "pw:1")}, "ghcr.io"),
        ({"https://ghcr.io/v2/": entry("me", "pw:1")}, "ghcr.io"),
        ({"https://index.docker.io/v1/": entry("me", "pw:1")}, "docker.io"),
        ({"localhost:5000": entry("me", "pw:1")}, "localhost:5000"),
        ({"ghcr.io": {"username": "me", "password": "pw:1"}}, "ghcr.io"),
        ({"ghcr.io": {"auth": "", "username": "me", "password": "pw:1"}}, "ghcr.io"),
    ],
    ids=["host", "address", "hub", "port", "name and password", "an empty pair"],
)
def test_the_runners_own_login_is_used(
    docker_config: Path, tmp_path: Path, auths: dict[str, dict[str, str]], registry: str
) -> None:
    (docker_config / "config.json").write_text(json.dumps({"auths": auths}))
    with private_credentials(tmp_path, {}) as credentials:
        assert credentials.login(registry) == Login("me", "pw:1")
        assert credentials.login("quay.io") is None


def test_helms_own_login_is_used_where_docker_has_none(docker_config: Path, tmp_path: Path) -> None:
    (docker_config / "config.json").write_text(json.dumps({"auths": {"ghcr.io": entry("docker", "1")}}))
    helm = docker_config.parent / ".config" / "helm" / "registry" / "config.json"
    helm.parent.mkdir(parents=True)
    helm.write_text(json.dumps({"auths": {"ghcr.io": entry("helm", "2"), "quay.io": entry("helm", "3")}}))
    with private_credentials(tmp_path, {}) as credentials:
        assert credentials.login("ghcr.io") == Login("docker", "1")
        assert credentials.login("quay.io") == Login("helm", "3")


@pytest.mark.parametrize("kind", ["credsStore", "credHelpers"])
def test_credential_helpers_are_asked(docker_config: Path, tmp_path: Path, helper: str, kind: str) -> None:
    hosts = ("ghcr.io", "token.example", "none.example", "https://index.docker.io/v1/")
    value = helper if kind == "credsStore" else dict.fromkeys(hosts, helper)
    (docker_config / "config.json").write_text(json.dumps({kind: value}))
    with private_credentials(tmp_path, {}) as credentials:
        assert credentials.login("ghcr.io") == Login("helper", "for ghcr.io")
        assert credentials.login("docker.io") == Login("helper", "for https://index.docker.io/v1/")
        token = credentials.login("token.example")
        assert token is not None
        assert token.identity_token == "identity"
        assert credentials.login("none.example") is None


@pytest.mark.parametrize(("name", "registry"), [("demo", "broken.example"), ("absent", "ghcr.io")])
@pytest.mark.usefixtures("helper")
def test_a_helper_that_fails_is_named(docker_config: Path, tmp_path: Path, name: str, registry: str) -> None:
    (docker_config / "config.json").write_text(json.dumps({"credsStore": name}))
    with (
        private_credentials(tmp_path, {}) as credentials,
        pytest.raises(ReleaseError, match=f"docker-credential-{name}") as failure,
    ):
        credentials.login(registry)
    assert failure.value.code is Code.E_REGISTRY_LOGIN
    assert "secret problem" not in failure.value.what


@pytest.mark.parametrize(
    "text",
    ["{", "[]", '{"auths": []}', '{"auths": {"ghcr.io": {"auth": "%"}}}', '{"auths": {"ghcr.io": "x"}}', "\xff"],
    ids=ascii,
)
def test_a_broken_configuration_is_one_clear_error(docker_config: Path, tmp_path: Path, text: str) -> None:
    (docker_config / "config.json").write_text(text, encoding="latin-1")
    with pytest.raises(ReleaseError, match="E_REGISTRY_LOGIN"), private_credentials(tmp_path, {}):
        pytest.fail("it was accepted")


def test_a_login_from_inputs_comes_before_the_runners(docker_config: Path, tmp_path: Path, helper: str) -> None:
    (docker_config / "config.json").write_text(
        json.dumps({"auths": {"quay.io": entry("old", "1")}, "credsStore": helper, "credHelpers": {"ghcr.io": helper}})
    )
    given = {"ghcr.io": Login("me", "new"), "docker.io": Login("me", "hub")}
    with private_credentials(tmp_path, given) as credentials:
        assert credentials.login("ghcr.io") == Login("me", "new")
        assert credentials.login("docker.io") == Login("me", "hub")
        config = json.loads((Path(credentials.environment["DOCKER_CONFIG"]) / "config.json").read_bytes())
    assert config["auths"]["ghcr.io"] == entry("me", "new")
    assert config["auths"]["https://index.docker.io/v1/"] == entry("me", "hub")
    assert config["credsStore"] == helper
    assert config["credHelpers"] == {"ghcr.io": "", "https://index.docker.io/v1/": ""}


@pytest.mark.usefixtures("docker_config")
def test_nobody_else_can_read_the_files_and_nothing_is_left(tmp_path: Path) -> None:
    with private_credentials(tmp_path, {"ghcr.io": Login("me", "S3cret")}) as credentials:
        folder = Path(credentials.environment["DOCKER_CONFIG"])
        assert stat.S_IMODE(folder.stat().st_mode) == 0o700
        assert {stat.S_IMODE(file.stat().st_mode) for file in folder.iterdir()} == {0o600}
        assert "S3cret" not in repr(credentials.login("ghcr.io"))
        assert "S3cret" not in str(credentials.environment)
    assert not folder.exists()


@pytest.mark.usefixtures("docker_config")
def test_nothing_is_left_after_a_failure(tmp_path: Path) -> None:
    before = set(tmp_path.iterdir())
    with (
        pytest.raises(KeyboardInterrupt),
        private_credentials(tmp_path, {"ghcr.io": Login("me", "S3cret")}),
    ):
        raise KeyboardInterrupt
    assert set(tmp_path.iterdir()) == before


def test_plugins_builders_and_contexts_stay_in_reach_and_untouched(docker_config: Path, tmp_path: Path) -> None:
    for part in ("cli-plugins/docker-buildx", "buildx/current", "contexts/meta/x.json"):
        (docker_config / part).parent.mkdir(parents=True)
        (docker_config / part).write_text(part)
    with private_credentials(tmp_path, {}) as credentials:
        folder = Path(credentials.environment["DOCKER_CONFIG"])
        assert (folder / "cli-plugins" / "docker-buildx").read_text() == "cli-plugins/docker-buildx"
        assert (folder / "buildx" / "current").read_text() == "buildx/current"
        (folder / "buildx" / "new").write_text("a builder's state")
    assert (docker_config / "buildx" / "new").exists()
    assert (docker_config / "contexts" / "meta" / "x.json").exists()


def test_variables_of_cloud_helpers_reach_programs_only_where_a_helper_is_configured(
    docker_config: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("AWS_PROFILE", "release")
    with private_credentials(tmp_path, {}) as credentials:
        assert "AWS_PROFILE" not in credentials.environment
    (docker_config / "config.json").write_text('{"credHelpers": {"1.dkr.ecr.eu-west-1.amazonaws.com": "ecr-login"}}')
    with private_credentials(tmp_path, {}) as credentials:
        assert credentials.environment["AWS_PROFILE"] == "release"


@pytest.mark.usefixtures("docker_config")
def test_programs_log_in_with_a_login_from_inputs(registry_with_login: Registry, tmp_path: Path) -> None:
    account = registry_with_login.login
    given = {registry_with_login.host: Login(account.username, account.password)}
    catalog = [program("crane"), "catalog", registry_with_login.host]
    with private_credentials(tmp_path, given) as credentials:
        assert process.run(catalog, env=process.environment(**credentials.environment)).ok
    with private_credentials(tmp_path, {}) as credentials:
        assert not process.run(catalog, env=process.environment(**credentials.environment)).ok


def test_helm_logs_in_with_a_login_from_inputs_whatever_store_it_has(
    docker_config: Path, helper: str, registry_with_login: Registry, tmp_path: Path
) -> None:
    helm = docker_config.parent / ".config" / "helm" / "registry" / "config.json"
    helm.parent.mkdir(parents=True)
    helm.write_text(json.dumps({"credsStore": helper}))
    (tmp_path / "op-1.5.0.tgz").write_bytes(write({"op/Chart.yaml": b"apiVersion: v2\nname: op\nversion: 1.5.0\n"}, 0))
    account, host = registry_with_login.login, registry_with_login.host
    push = [program("helm"), "push", "--plain-http", str(tmp_path / "op-1.5.0.tgz"), f"oci://{host}/store"]
    with private_credentials(tmp_path, {host: Login(account.username, account.password)}) as credentials:
        pushed = process.run(push, env=process.environment(**credentials.environment))
    assert pushed.ok, pushed.stderr
    with private_credentials(tmp_path, {}) as credentials:
        assert not process.run(push, env=process.environment(**credentials.environment)).ok
        assert credentials.login("ghcr.io") == Login("helper", "for ghcr.io")


def test_a_jobs_token_is_for_ghcr_alone() -> None:
    token = Login("x-access-token", "T0ken")
    assert login_from_inputs(["ghcr.io", "quay.io"], "", "", ghcr_token="T0ken") == {"ghcr.io": token}
    assert login_from_inputs(["quay.io"], "", "", ghcr_token="T0ken") == {}
    both = login_from_inputs(["ghcr.io", "quay.io"], "me", "pw", ghcr_token="T0ken")
    assert both == {"ghcr.io": token, "quay.io": Login("me", "pw")}
    assert login_from_inputs(["ghcr.io"], "me", "pw", ghcr_token="T0ken") == {"ghcr.io": Login("me", "pw")}
    with pytest.raises(ReleaseError, match="E_INPUT"):
        login_from_inputs(["ghcr.io", "quay.io", "docker.io"], "me", "pw", ghcr_token="T0ken")


def test_a_login_from_inputs_is_for_one_registry() -> None:
    assert login_from_inputs(["ghcr.io", "ghcr.io"], "me", "pw") == {"ghcr.io": Login("me", "pw")}
    assert login_from_inputs(["ghcr.io", "docker.io"], "", "") == {}
    with pytest.raises(ReleaseError, match=r"docker\.io, ghcr\.io"):
        login_from_inputs(["ghcr.io", "docker.io"], "me", "pw")


@pytest.mark.parametrize(("username", "password", "wanted"), [("me", "", "password"), ("", "pw", "username")])
def test_half_a_login_is_refused(username: str, password: str, wanted: str) -> None:
    with pytest.raises(ReleaseError, match=f"without `registry-{wanted}`") as failure:
        login_from_inputs(["ghcr.io"], username, password)
    assert failure.value.code is Code.E_INPUT
