"""A chart repository on a branch, and who publishes to it."""

import time
from collections.abc import Callable

from rehearsal.git.project import GitProject
from release_actions.chart.package import write
from release_actions.chart_repository.branch import RACE, IndexBranch
from release_actions.chart_repository.entry import IndexEntry, entry_of
from release_actions.git.checkout import Checkout
from release_actions.git.person import Person
from release_actions.git.remote import Remote
from release_actions.system.retry import RetryPolicy
from tests.support.relay import Relay

AUTHOR = Person("github-actions[bot]", "bot@example.org")
TIME = 1_700_000_000
REF = "refs/heads/gh-pages"


def package(version: str, name: str = "operator", extra: str = "") -> bytes:
    chart = f"apiVersion: v2\nname: {name}\nversion: {version}\n{extra}"
    return write({f"{name}/Chart.yaml": chart.encode()}, TIME)


def entry(version: str, name: str = "operator", extra: str = "") -> IndexEntry:
    urls = [f"https://example.org/{name}-{version}.tgz"]
    return entry_of(package(version, name, extra), urls=urls, created=TIME)


class Pages(GitProject):
    """A repository whose branch gh-pages is a chart repository, and publishers of it."""

    def publisher(
        self,
        name: str,
        url: str = "",
        branch: str = "gh-pages",
        *,
        policy: RetryPolicy = RACE,
        pause: Callable[[float], None] = time.sleep,
    ) -> IndexBranch:
        (workspace := self.folder / name).mkdir()
        checkout = Checkout(workspace, "0" * 40, 0, url or self.url, authorization="")
        remote = Remote(checkout, workspace / "private", token="", server_url="", pause=pause)
        return IndexBranch(remote, branch, policy)

    def through(self, relay: Relay) -> str:
        """The repository's address, with a relay before its server."""
        return f"{relay.url}/{self.url.split('/', 3)[3]}"

    def hook(self, name: str, *commands: str) -> None:
        """Let the server run these shell commands as one of git's hooks."""
        hook = self.origin / "hooks" / name
        hook.write_text("\n".join(("#!/bin/sh", *commands, "")))
        hook.chmod(0o755)

    def start(self, **files: str) -> None:
        """The branch with these files, in a second commit."""
        self.switch("gh-pages")
        for name, text in files.items():
            self.write(name.replace("_", "."), text)
        self.commit("start the chart repository")
        self.push()

    def served(self, *arguments: str) -> str:
        return self.git(*arguments, cwd=self.origin)

    def index(self) -> bytes:
        return f"{self.served('show', f'{REF}:index.yaml')}\n".encode()

    def tip(self) -> str:
        return self.served("rev-parse", REF)
