"""What an outsider sees of a release: nothing, all of it, or a part while another part is missing.

It asks crane, helm, git and GitHub's API, never the code that published, and each server directly: no fault that the
proxy injects meets it, and it leaves no call in the record.
"""

import json
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from enum import Enum
from functools import partial
from http.client import HTTPConnection

import yaml

from rehearsal.base.errors import RehearsalError
from rehearsal.base.programs import run
from rehearsal.github import GitHub
from rehearsal.hosts.internet import Internet

_MISSING = "missing"
_ABSENT = ("NAME_UNKNOWN", "MANIFEST_UNKNOWN", "not found")


class Outcome(Enum):
    """What a release came to."""

    NOTHING = "nothing visible"
    COMPLETE = "complete"
    HALF = "half-published"


@dataclass(frozen=True, slots=True, kw_only=True)
class Expected:
    """What has to be there of a tag's release in `repository` (`OWNER/NAME`).

    `images` are names with their platforms, `charts` names in OCI registries; `index_branch` has the index of a chart
    repository, if there is one. `image_tag` is what the images are tagged with and the charts' appVersion.
    """

    repository: str
    tag: str
    images: Mapping[str, frozenset[str]]
    charts: tuple[str, ...] = ()
    index_branch: str = ""
    release: bool = True

    @property
    def version(self) -> str:
        return self.tag.removeprefix("v")


@dataclass(frozen=True, slots=True)
class Sight:
    """Each artefact that was looked for: what is wrong with it, or nothing when it is right; `visible` are there."""

    problems: Mapping[str, str]
    visible: frozenset[str]

    @property
    def outcome(self) -> Outcome:
        """Whether users see nothing of the release, all of it as it should be, or less than that."""
        if not self.visible:
            return Outcome.NOTHING
        return Outcome.HALF if any(self.problems.values()) else Outcome.COMPLETE

    def __str__(self) -> str:
        lines = [f"{name}: {problem or 'right'}" for name, problem in self.problems.items()]
        return "\n".join([self.outcome.value, *lines])


class _MissingError(Exception):
    """There is no such thing."""


class Oracle:
    """Looks at one release, as often as it is asked."""

    def __init__(self, internet: Internet, github: GitHub, expected: Expected) -> None:
        self._internet, self._github, self._expected = internet, github, expected
        self._origin = internet.git.repository(expected.repository)

    def look(self) -> Sight:
        """What is there now; the tag, which a person makes, has to be there."""
        wanted = self._expected
        asked: dict[str, Callable[[], str]] = {}
        for image, platforms in wanted.images.items():
            asked[f"image {image}"] = partial(self._image, image, platforms)
        for chart in wanted.charts:
            asked[f"chart {chart}"] = partial(self._chart, chart)
            if wanted.index_branch:
                asked[f"index entry {chart}"] = partial(self._entry, chart)
        if wanted.release:
            asked[f"release {wanted.tag}"] = self._release
        problems = {name: _told(ask) for name, ask in asked.items()}
        return Sight(problems, frozenset(name for name, problem in problems.items() if problem != _MISSING))

    def _image(self, name: str, platforms: frozenset[str]) -> str:
        reference = self._direct(f"{name}:{self._expected.tag}")
        index = json.loads(_found(["crane", "manifest", reference, "--insecure"]))
        there = [f"{one['platform']['os']}/{one['platform']['architecture']}" for one in index.get("manifests", [])]
        lacking = sorted(platforms.difference(there))
        if lacking:
            return f"lacks {', '.join(lacking)}"
        commit = self._git("rev-parse", f"refs/tags/{self._expected.tag}^{{commit}}").strip()
        for platform in sorted(platforms):
            config = json.loads(_found(["crane", "config", f"--platform={platform}", reference, "--insecure"]))
            revision = config["config"]["Labels"]["org.opencontainers.image.revision"]
            if revision != commit:
                return f"{platform} is of {revision}"
        return ""

    def _chart(self, name: str) -> str:
        wanted = self._expected
        arguments = [f"oci://{self._direct(name)}", f"--version={wanted.version}", "--plain-http"]
        shown = _found(["helm", "show", "chart", *arguments])
        fields = dict(line.split(": ", 1) for line in shown.splitlines() if ": " in line)
        said = fields.get("version", ""), fields.get("appVersion", "").strip('"')
        return "" if said == (wanted.version, wanted.tag) else f"says version {said[0]}, appVersion {said[1]}"

    def _entry(self, chart: str) -> str:
        name, version = chart.rpartition("/")[2], self._expected.version
        try:
            index = self._git("show", f"refs/heads/{self._expected.index_branch}:index.yaml")
        except RehearsalError as error:
            raise _MissingError from error
        entries = (yaml.safe_load(index).get("entries") or {}).get(name, [])
        matching = [one for one in entries if one["version"] == version]
        if not matching:
            raise _MissingError
        return "" if len(matching) == 1 else f"is there {len(matching)} times"

    def _release(self) -> str:
        token = self._github.token(contents="read", repository=self._expected.repository)
        path = f"/api/v3/repos/{self._expected.repository}/releases/tags/{self._expected.tag}"
        connection = HTTPConnection(*self._github.address)
        try:
            connection.request("GET", path, headers={"Authorization": f"Bearer {token}"})
            answer = connection.getresponse()
            release = json.load(answer)
        finally:
            connection.close()
            self._github.revoke(token)
        if answer.status == 404:
            raise _MissingError
        names = {one["name"] for one in release["assets"] if one["state"] == "uploaded"}
        return "" if "release-ledger.json" in names else "has no ledger"

    def _git(self, *arguments: str) -> str:
        return run(["git", "-C", str(self._origin), *arguments])

    def _direct(self, reference: str) -> str:
        """The same in the registry itself, which needs no proxy."""
        host, _, path = reference.partition("/")
        return f"{self._internet.registry(host).host}/{path}"


def _told(ask: Callable[[], str]) -> str:
    try:
        return ask()
    except _MissingError:
        return _MISSING


def _found(argv: list[str]) -> str:
    """What a program says; raises _MissingError when it finds nothing there."""
    try:
        return run(argv)
    except RehearsalError as error:
        if any(sign in str(error) for sign in _ABSENT):
            raise _MissingError from error
        raise
