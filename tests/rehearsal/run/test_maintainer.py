"""The release manager speaks with the played GitHub and with nothing else."""

import pytest

from rehearsal.base.errors import RehearsalError
from rehearsal.git.server import GitServer
from rehearsal.github import GitHub
from rehearsal.run.maintainer import Manager


def test_the_proxy_of_this_machine_is_not_asked(
    github: GitHub, git_server: GitServer, monkeypatch: pytest.MonkeyPatch
) -> None:
    github.add("acme/managed", git_server.repository("acme/managed"))
    manager = Manager(github.url, "acme/managed", github.token(pull_requests="write"))
    for name in ("HTTP_PROXY", "http_proxy"):
        monkeypatch.setenv(name, "http://127.0.0.1:9")
    monkeypatch.setenv("NO_PROXY", "")
    assert manager.open_pulls("main") == []
    with pytest.raises(RehearsalError, match="PUT /pulls/1/merge: GitHub answers 403"):
        manager.merge(1)
