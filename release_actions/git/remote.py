"""A checkout's remote, worked with in a private bare repository: its branches and tags, and which commit is on which.

A depth-1 checkout of a tag is enough. What is needed of the history is fetched as commits alone, without trees and
files; a server that can't leave those out sends them as well (git-fetch(1), `--filter`).
"""

import base64
import re
import time
from collections.abc import Callable, Mapping
from pathlib import Path
from typing import Final
from urllib.parse import urlsplit

import msgspec

from release_actions.core.errors import Code, ReleaseError
from release_actions.core.text import each_line, is_plain, without_logins
from release_actions.git.checkout import Checkout, no_checkout
from release_actions.git.program import Git, failed
from release_actions.system.process import Completed
from release_actions.system.retry import Retry, RetryPolicy

_POLICY = RetryPolicy(longest_total=900.0)
# What git and curl say when the server or the way to it failed for now.
_PASSING = re.compile(
    "error: 429|error: 5[0-9]{2}|HTTP 429|HTTP 5[0-9]{2}|RPC failed|hung up|disconnect|early EOF|Empty reply|timed out"
    "|transfer closed|reset by peer|Could not resolve host|Failed to connect|Couldn't connect|Connection refused"
    "|Recv failure|Send failure|SSL_ERROR_SYSCALL|TLS packet|Broken pipe"
)
_REFUSED = re.compile("(?:error:|HTTP) 4(?!29)[0-9]{2}|not our ref")
_DENIED = re.compile(
    "(?:error:|HTTP) 40[13]|Authentication failed|could not read (?:Username|Password)|Permission (?:to|denied)"
)
_DEEPEST_TAG = 5
_BRANCHES, _TAGS = "refs/heads/", "refs/tags/"
_PEELED = "^{}"  # what ls-remote writes behind a tag's name for what it leads to
_ALL = 2_147_483_647  # shallow(5); without it a fetch from a server with a shallow repository never ends
_SHOWN = 10
_SHORTEST_SECRET = 4


class Refs(msgspec.Struct, frozen=True):
    """The branches and tags of a remote: object ids by short name; `commits` has what tags point to."""

    branches: Mapping[str, str]
    tags: Mapping[str, str]
    commits: Mapping[str, str]


class Tag(msgspec.Struct, frozen=True):
    """A tag that leads to a commit; dates are seconds since 1970.

    `id` is the tag object's or, for a lightweight tag, the commit's. `tagged_at` is None for a lightweight tag, which
    has no date of its own.
    """

    name: str
    id: str
    commit: str
    committed_at: int
    tagged_at: int | None


class AccessError(ReleaseError):
    """The remote answered, and does not let this run in."""


class PushDeniedError(AccessError):
    """The remote answered a push, and took nothing of it."""


class Remote:
    """The remote of a checkout.

    A login that the checkout left is used where there is one, else `token`, which goes to `server_url` alone. Neither
    is ever an argument, part of an address, or in a file. `git` works in the private repository. `pause` waits a number
    of seconds before another attempt, of which `policy` allows some.
    """

    def __init__(
        self,
        checkout: Checkout,
        folder: Path,
        *,
        token: str,
        server_url: str,
        pause: Callable[[float], None] = time.sleep,
        policy: RetryPolicy = _POLICY,
    ) -> None:
        if not checkout.url:
            raise no_checkout("The checkout has no remote named `origin`.")
        self.pause: Final = pause
        self._policy = policy
        self._url = checkout.url
        self._left_out: set[str] = set()
        scheme, _, rest = checkout.url.partition("://")
        self._address_login = rest.rpartition("@")[0] if scheme else ""
        config = {"remote.origin.url": checkout.url, **_login(checkout, token, server_url)}
        # A relative path as remote counts from the workspace, so git runs there; what it reads is `folder` alone.
        self.git: Final = Git(checkout.workspace, config, allowed="file:git:http:https:ssh", GIT_DIR=str(folder))
        object_format = "sha256" if len(checkout.commit) == 64 else "sha1"
        self.git.run("init", "--quiet", "--bare", "--template=", f"--object-format={object_format}")

    @classmethod
    def of_repository(
        cls, server_url: str, name: str, folder: Path, *, token: str, policy: RetryPolicy = _POLICY
    ) -> "Remote":
        """The remote of a repository `OWNER/NAME` of a server, for work without any checkout."""
        nowhere = Checkout(folder.parent, commit="", time=0, url=f"{server_url}/{name}", authorization="")
        return cls(nowhere, folder, token=token, server_url=server_url, policy=policy)

    @property
    def url(self) -> str:
        """The remote's address without a login, which ends at the last `@` whatever it has in it."""
        return self._url.replace(f"{self._address_login}@", "", 1) if self._address_login else self._url

    def refs(self, warn: Callable[[str], None]) -> Refs:
        """All branches and tags in one request; raises E_REMOTE_UNAVAILABLE.

        Left out are those whose names are not what they look like; `warn` gets a sentence that names them.
        """
        refs, odd = self._list()
        new = sorted(set(odd) - self._left_out)
        if new:
            names = ", ".join(map(ascii, new[:_SHOWN]))
            warn(
                f"The remote has {len(new)} refs with control characters or separators in their names: {names}. "
                "They are left out."
            )
            self._left_out.update(new)
        return refs

    def find(self, *names: str) -> Refs:
        """Those of these full names that are there, in one request; raises E_REMOTE_UNAVAILABLE."""
        return self._list(*(pattern for name in names for pattern in (name, f"{name}{_PEELED}")))[0]

    def _list(self, *patterns: str) -> tuple[Refs, list[str]]:
        """The refs that fit a pattern, and the full names of those that are left out."""
        branches: dict[str, str] = {}
        tags: dict[str, str] = {}
        commits: dict[str, str] = {}
        odd: list[str] = []
        for line in each_line(self.ask("ls-remote", "--quiet", "--heads", "--tags", "--", "origin", *patterns)):
            found, _, ref = line.partition("\t")
            name = ref.removeprefix(_TAGS)
            if not is_plain(ref):
                odd += [] if ref.endswith(_PEELED) else [ref]
            elif name == ref:
                branches[ref.removeprefix(_BRANCHES)] = found
            elif name.endswith(_PEELED):
                commits[name.removesuffix(_PEELED)] = found
            else:
                tags[name] = found
                commits.setdefault(name, found)
        return Refs(branches, tags, commits), odd

    def fetch(self, *refs: str, shallow: bool = False) -> None:
        """Fetch refs, given in full (`refs/heads/release-1.5`), without trees and files where the server can do so.

        `shallow` is for one commit of each, without its history. Raises E_REMOTE_UNAVAILABLE.
        """
        how = ["--quiet", "--no-tags", "--no-write-fetch-head", "--no-recurse-submodules", "--filter=tree:0"]
        depth = 1 if shallow else _ALL
        self.ask("fetch", *how, f"--depth={depth}", "--", "origin", *(f"+{ref}:{ref}" for ref in refs))

    def tag(self, name: str, *, under_any_name: bool = False) -> Tag:
        """A fetched tag, followed to its commit.

        Raises E_TAG_OBJECT when it leads elsewhere, or when its tag object was made for another name, as a signature
        stays valid under any ref. `under_any_name` is for a tag that others are only compared with: nothing is lost
        by its object's name, which a lightweight tag does not have either.
        """
        first = found = self.git.read(f"refs/tags/{name}")
        for _ in range(_DEEPEST_TAG):
            if found is None or found.kind != "tag":
                break
            found = self.git.read(found.headers.get("object", ""))
        if first is None or found is None or found.kind != "commit":
            raise _bad_tag(f"The tag {name!a} does not lead to a commit but to a {found.kind if found else 'nothing'}.")
        if first.kind == "tag" and first.headers.get("tag") != name and not under_any_name:
            raise _bad_tag(f"The tag {name!a} holds a tag object that was made as {first.headers.get('tag')!a}.")
        tagged_at = first.date("tagger") if first.kind == "tag" else None
        return Tag(name, first.id, found.id, found.date("committer"), tagged_at)

    def is_ancestor(self, commit: str, of: str) -> bool:
        """Whether a fetched commit is another one, or in its history; raises E_GIT."""
        if commit == of:
            return True
        answer = self.git.start("merge-base", "--is-ancestor", "--end-of-options", commit, of)
        if answer.returncode > 1:
            raise failed(answer)
        return answer.ok

    def ask(self, *arguments: str) -> str:
        """What a command that asks the server wrote; it is tried again when it fails for a reason that may pass.

        Raises E_REMOTE_UNAVAILABLE.
        """
        retry = Retry(self.pause, self._policy)
        while True:
            answer = self.git.start(*arguments, timeout=self._policy.longest_total)
            if answer.ok:
                return answer.stdout
            if not may_pass(answer) or not retry.wait():
                raise self.unavailable(answer)

    def unavailable(self, answer: Completed) -> ReleaseError:
        """The E_REMOTE_UNAVAILABLE error of a command that failed at the server, an AccessError when it was refused."""
        pushes = "push" in answer.argv
        what, permission = ("push to", "write") if pushes else ("read", "read")
        kind, problem = ReleaseError, "can't be reached or refuses access"
        if _DENIED.search(answer.stderr):
            kind, problem = PushDeniedError if pushes else AccessError, "refuses access"
        elif may_pass(answer):
            problem = "can't be reached"
        return kind(
            Code.E_REMOTE_UNAVAILABLE,
            f"The git remote {self.url!a} {problem}: this run could not {what} it.",
            next_step=f"Check the network, and that the input `token` may {what} this repository (`contents: "
            f"{permission}`); then run the job again.",
            details=tuple(map(self._without_login, answer.tail())),
        )

    def _without_login(self, line: str) -> str:
        """A line of git's, which may show the login of an address, or what it took for a host's name in it."""
        login = self._address_login
        line = without_logins(line.replace(f"{login}@", "") if login else line)
        for part in re.split("[@/:?#]", login):
            line = line.replace(part, "***") if len(part) >= _SHORTEST_SECRET else line
        return line


def may_pass(answer: Completed) -> bool:
    """Whether a command failed at the server for a reason that may pass by itself, which a refusal is not."""
    return bool(_PASSING.search(answer.stderr)) and not _REFUSED.search(answer.stderr)


def _login(checkout: Checkout, token: str, server_url: str) -> dict[str, str]:
    """The settings that let git in; with a login no redirect is followed."""
    if checkout.authorization:
        return {f"http.{checkout.url}.extraheader": checkout.authorization, "http.followRedirects": "false"}
    if not token:
        return {}
    basic = base64.b64encode(f"x-access-token:{token}".encode()).decode()
    parts = urlsplit(server_url)
    server = f"{parts.scheme}://{parts.netloc}/"
    return {
        f"http.{server}.extraheader": f"AUTHORIZATION: basic {basic}",
        f"url.{server}.insteadOf": f"git@{parts.hostname}:",  # a checkout by SSH left no key, but the token will do
        "http.followRedirects": "false",
    }


def _bad_tag(what: str) -> ReleaseError:
    return ReleaseError(
        Code.E_TAG_OBJECT, what, next_step="Cut the next version, with a tag of its own on the release commit."
    )
