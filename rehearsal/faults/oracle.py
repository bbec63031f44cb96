"""What is public of a release, read from where the servers keep it, without any of the actions' own code.

Nothing else can tell whether the actions are right, the verification among them.
"""

import hashlib
import json
import subprocess
from dataclasses import dataclass
from enum import Enum
from pathlib import Path
from typing import Any

import yaml

from rehearsal.base.programs import program, run
from rehearsal.faults.project import BEFORE, CHART, IMAGE, INDEX_BRANCH, NAME, PLATFORMS, TAG, VERSION
from rehearsal.faults.world import World
from rehearsal.github.state import Release

_LEDGER = "release-ledger.json"

MOVED = "the tag has moved"
"""What is wrong when the tag points to another commit than the release is of."""


class Completeness(Enum):
    """What a look finds, in the words of the report."""

    NOTHING = "nothing visible"
    PARTIAL = "partial, and a re-run goes on"
    COMPLETE = "complete"
    HALF = "half-published"


@dataclass(frozen=True, slots=True)
class Look:
    """What is visible of the release, in the order in which it has to appear, and what is wrong with it."""

    image: bool
    chart: bool
    entry: bool
    release: bool
    wrong: tuple[str, ...]

    @property
    def visible(self) -> tuple[bool, ...]:
        """Whether each artefact is there."""
        return (self.image, self.chart, self.entry, self.release)

    @property
    def is_complete(self) -> bool:
        return all(self.visible) and not self.wrong

    def completeness(self, *, succeeded: bool) -> Completeness:
        """What to make of it after a run that reported success, or did not."""
        visible = self.visible
        if self.wrong or list(visible) != sorted(visible, reverse=True) or (succeeded and not all(visible)):
            return Completeness.HALF
        if all(visible):
            return Completeness.COMPLETE
        return Completeness.PARTIAL if any(visible) else Completeness.NOTHING


class Oracle:
    """Knows the release that has to come about in a world: its commit, and its chart's package."""

    def __init__(self, world: World) -> None:
        self._world = world
        self._commit = _git(world.git, "rev-parse", f"refs/tags/{TAG}^{{commit}}").strip()
        self._package = self._layer(self._tagged(CHART, VERSION))
        self._before = self._facts_before()

    def look(self) -> Look:
        """What is there now."""
        wrong: list[str] = []
        image, chart = self._tagged(IMAGE, TAG), self._tagged(CHART, VERSION)
        entry = self._entry(wrong)
        release = self._release(image, chart, wrong)
        if image:
            wrong += self._wrong_image(image)
        if chart and self._layer(chart) != self._package:
            wrong.append("the chart has another content")
        if _git(self._world.git, "rev-parse", f"refs/tags/{TAG}^{{commit}}").strip() != self._commit:
            wrong.append(MOVED)
        if self._facts_before() != self._before:
            wrong.append(f"something of {BEFORE} has changed")
        return Look(bool(image), bool(chart), entry, release, tuple(wrong))

    def facts(self) -> dict[str, str]:
        """The parts of the release as messages name them, with their digests, or whether they are there as a text."""
        public = any(not one.draft for one in self._releases(TAG))
        return {
            f"image {IMAGE}:{TAG}": self._tagged(IMAGE, TAG),
            f"chart {CHART}:{VERSION}": self._tagged(CHART, VERSION),
            f"index entry {INDEX_BRANCH}: op {VERSION}": "there" if self._entry([]) else "",
            f"GitHub release {TAG}": "there" if public else "",
        }

    def _wrong_image(self, digest: str) -> list[str]:
        wrong, platforms = [], set()
        for child in json.loads(self._blob(digest)).get("manifests", []):
            name = "{os}/{architecture}".format(**child["platform"])
            if name == "unknown/unknown":
                continue
            platforms.add(name)
            config = json.loads(self._blob(json.loads(self._blob(child["digest"]))["config"]["digest"]))
            labels = config["config"]["Labels"]
            if labels["org.opencontainers.image.revision"] != self._commit:
                wrong.append(f"the image for {name} is of another commit")
        if platforms != set(PLATFORMS):
            wrong.append(f"the image is for {sorted(platforms)}")
        return wrong

    def _entry(self, wrong: list[str]) -> bool:
        """Whether the index has the version; what is wrong with it is added."""
        listed = [one["version"] for one in self._index()]
        if len(set(listed)) != len(listed):
            wrong.append("the index has an entry twice")
        found = next((one for one in self._index() if one["version"] == VERSION), None)
        if found:
            package = _git_bytes(self._world.git, f"{INDEX_BRANCH}:op-{VERSION}.tgz")
            if f"sha256:{found['digest']}" != _sha256(package) or _sha256(package) != self._package:
                wrong.append("the index entry is not that of the package")
        return found is not None

    def _release(self, image: str, chart: str, wrong: list[str]) -> bool:
        """Whether the release is public; what is wrong with it is added."""
        found = self._releases(TAG)
        public = [one for one in found if not one.draft]
        if not public:
            return False
        if len(found) > 1:
            wrong.append(f"there are {len(found)} releases of {TAG}, drafts among them")
        wrong += _wrong_release(public[0], image, chart, self._commit)
        if self._world.github.repository(NAME).latest_release != public[0].id:
            wrong.append("the release is not the latest one")
        return True

    def _facts_before(self) -> tuple[object, ...]:
        """The release before, of which nothing may ever change."""
        release = self._releases(BEFORE)[0]
        entry = [one for one in self._index() if one["version"] == BEFORE.removeprefix("v")]
        chart = self._tagged(CHART, BEFORE.removeprefix("v"))
        log = _git(self._world.git, "rev-list", "--reverse", INDEX_BRANCH).split()
        assets = {asset.name: _sha256(asset.content) for asset in release.assets.values()}
        return entry, self._tagged(IMAGE, BEFORE), chart, release.body, assets, release.draft, log[0]

    def _releases(self, tag: str) -> list[Release]:
        with self._world.github.world.lock:
            return [one for one in self._world.github.repository(NAME).releases.values() if one.tag == tag]

    def _index(self) -> list[dict[str, Any]]:
        entries: list[dict[str, Any]] = yaml.safe_load(_git(self._world.git, "show", f"{INDEX_BRANCH}:index.yaml"))[
            "entries"
        ]["op"]
        return entries

    def _tagged(self, repository: str, tag: str) -> str:
        """The digest that a tag in the registry points to, or nothing."""
        name = repository.partition("/")[2]
        link = self._world.repositories / name / "_manifests" / "tags" / tag / "current" / "link"
        return link.read_text() if link.exists() else ""

    def _layer(self, digest: str) -> str:
        """The digest of a chart's package."""
        return str(json.loads(self._blob(digest))["layers"][0]["digest"])

    def _blob(self, digest: str) -> bytes:
        text = digest.removeprefix("sha256:")
        return (self._world.storage / f"docker/registry/v2/blobs/sha256/{text[:2]}/{text}/data").read_bytes()


def _wrong_release(release: Release, image: str, chart: str, commit: str) -> list[str]:
    assets = {asset.name: asset for asset in release.assets.values()}
    wrong = [f"the asset {name} is not whole" for name, asset in assets.items() if asset.state != "uploaded"]
    if release.prerelease:
        wrong.append("the release is marked as a candidate")
    if _LEDGER not in assets:
        return [*wrong, "the release has no ledger"]
    ledger = json.loads(assets[_LEDGER].content)
    if ledger["commit"] != commit:
        wrong.append("the release is of another commit")
    if [one["digest"] for one in (*ledger["images"], *ledger["charts"])] != [image, chart]:
        wrong.append("the ledger names other digests than the registry")
    there = {name: _sha256(asset.content) for name, asset in assets.items()}
    unlike = [file["name"] for file in ledger["files"] if there.get(file["name"]) != file["digest"]]
    return [*wrong, *(f"the asset {name} is not the one of the ledger" for name in unlike)]


def _git(repository: Path, *arguments: str) -> str:
    return run(["git", "-C", str(repository), *arguments])


def _git_bytes(repository: Path, name: str) -> bytes:
    return subprocess.run([program("git"), "-C", str(repository), "show", name], check=True, capture_output=True).stdout


def _sha256(content: bytes) -> str:
    return f"sha256:{hashlib.sha256(content).hexdigest()}"
