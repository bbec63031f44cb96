"""A registry that needs login lets in its own account alone."""

import pytest

from rehearsal.base.errors import RehearsalError
from rehearsal.base.programs import run
from rehearsal.hosts.internet import Internet
from rehearsal.oci.registry import Registry


def test_login(registry_with_login: Registry, loopback: Internet) -> None:
    loopback.connect("private.example", registry_with_login.address)
    login = registry_with_login.login
    for env in (loopback.env(), {**loopback.env(), "DOCKER_CONFIG": str(loopback.folder / "other-docker-config")}):
        with pytest.raises(RehearsalError, match=r"401|UNAUTHORIZED"):
            run(["crane", "catalog", "private.example"], env=env)
    user = f"--username={login.username}"
    run(["crane", "auth", "login", "private.example", user, "--password-stdin"], env=env, stdin=login.password)
    run(["crane", "catalog", "private.example"], env=env)
    with pytest.raises(RehearsalError, match=r"401|unauthorized|UNAUTHORIZED"):
        run(["helm", "registry", "login", "private.example", user, "--password-stdin"], env=env, stdin="wrong")
