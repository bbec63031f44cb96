"""What the runner tells about the run, read once from the environment."""

import os
from collections.abc import Mapping
from pathlib import Path

import msgspec

from release_actions.core.errors import Code, ReleaseError


class Context(msgspec.Struct, frozen=True, kw_only=True):
    """The run: where it works, what started it, and where its pages are. Outside Actions most of it is empty."""

    in_actions: bool
    workspace: Path
    temp: Path | None
    event: str
    ref: str
    sha: str
    repository: str
    server_url: str
    api_url: str
    run_url: str
    action: str
    debug: bool

    @property
    def tag(self) -> str:
        """The tag that started the run; raises E_EVENT when it was something else."""
        prefix = "refs/tags/"
        if not self.ref.startswith(prefix):
            raise ReleaseError(
                Code.E_EVENT,
                f"No tag started this run (event {self.event!a}, ref {self.ref!a}).",
                next_step="Give the input `tag`, for example `tag: ${{ inputs.tag }}` under workflow_dispatch.",
            )
        return self.ref.removeprefix(prefix)


def read_context(environment: Mapping[str, str] = os.environ) -> Context:
    """The run's context from GitHub's default environment variables."""
    server = environment.get("GITHUB_SERVER_URL", "https://github.com")
    repository = environment.get("GITHUB_REPOSITORY", "")
    run = environment.get("GITHUB_RUN_ID", "")
    action = environment.get("GITHUB_ACTION_REPOSITORY", "")
    temp = environment.get("RUNNER_TEMP")
    return Context(
        in_actions=environment.get("GITHUB_ACTIONS") == "true",
        workspace=Path(environment.get("GITHUB_WORKSPACE") or Path.cwd()).resolve(),
        temp=Path(temp) if temp else None,
        event=environment.get("GITHUB_EVENT_NAME", ""),
        ref=environment.get("GITHUB_REF", ""),
        sha=environment.get("GITHUB_SHA", ""),
        repository=repository,
        server_url=server,
        api_url=environment.get("GITHUB_API_URL", "https://api.github.com"),
        run_url=f"{server}/{repository}/actions/runs/{run}" if run else "",
        action=f"{action}@{environment.get('GITHUB_ACTION_REF', '')}" if action else "",
        debug=environment.get("RUNNER_DEBUG") == "1",
    )
