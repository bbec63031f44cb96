"""A repository with a Dockerfile that is released as an image, and what a run of build-push-image said."""

import json
from collections.abc import Callable
from pathlib import Path
from typing import Any

from rehearsal.act.step import Result
from rehearsal.base.programs import run
from rehearsal.git.server import GitServer
from rehearsal.oci.crane import crane
from rehearsal.oci.registry import Registry

TAG = "v1.5.0-rc.0"
DOCKERFILE = "FROM scratch\nARG NOTE=none\nLABEL note=$NOTE\nCOPY hello /hello\n"

BuildPush = Callable[..., Result]


class Project:
    """A repository with a Dockerfile, and an image name of its own in the registry; its tag is where it is released."""

    def __init__(self, folder: Path, registry: Registry, git: GitServer) -> None:
        self.folder = folder
        self.image = f"{registry.host}/{folder.parent.name.lower()}/op"
        self.name = f"kubeflow/{folder.parent.name.lower().replace('_', '-')}"
        self.server = git.url
        git.repository(self.name)
        folder.mkdir()
        self._git("init", "--quiet")
        self._git("remote", "add", "origin", f"{self.server}/{self.name}")
        (folder / "hello").write_text("hello\n")
        self.commit(Dockerfile=DOCKERFILE)

    def commit(self, **files: str) -> str:
        """Commit these files as what is tagged, and return the commit's id."""
        for name, text in files.items():
            (self.folder / name).write_text(text)
        self._git("add", "--all")
        identity = ["-c", "user.name=Demo", "-c", "user.email=demo@example.com", "-c", "commit.gpgsign=false"]
        self._git(*identity, "commit", "--quiet", "--allow-empty", "--message=x")
        self._git("push", "--quiet", "--force", "origin", f"HEAD:refs/tags/{TAG}")
        return self.head

    @property
    def head(self) -> str:
        return self._git("rev-parse", "HEAD").strip()

    def _git(self, *arguments: str) -> str:
        return run(["git", "-C", str(self.folder), *arguments])


def labels(reference: str, platform: str) -> dict[str, str]:
    found: dict[str, str] = json.loads(crane("config", f"--platform={platform}", reference))["config"]["Labels"]
    return found


def platforms(index: dict[str, Any]) -> list[str]:
    found = [one["platform"] for one in index["manifests"]]
    return sorted(f"{one['os']}/{one['architecture']}" for one in found if one["os"] != "unknown")


def require_error(done: Result, code: str) -> str:
    """The message of the one error of a failed run."""
    assert done.code == 1, done.log + done.errors
    (error,) = (one for one in done.annotations if one.level == "error")
    assert error.code == code, error.message
    assert done.error == code
    assert "Traceback" not in done.log + done.errors
    return error.message


def shown(done: Result) -> str:
    """All that a step wrote, without the lines that tell the runner what to hide."""
    log = "\n".join(line for line in done.log.splitlines() if not line.startswith("::add-mask::"))
    return "\n".join((log, done.errors, done.summary, *done.outputs.values()))


def require_success(done: Result) -> dict[str, str]:
    """The outputs of a run that did not fail."""
    assert done.code == 0, done.log + done.errors
    return done.outputs
