"""`make demo`: a small operator is released from tag to GitHub release, an outage included; what must be refused is."""

import signal
import sys
import time
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

from rehearsal.base.errors import RehearsalError
from rehearsal.base.programs import PROJECT
from rehearsal.base.run_folder import own_folder
from rehearsal.demo.printing import tell
from rehearsal.git.origin import Origin
from rehearsal.git.worktree import WorkTree
from rehearsal.net.proxy import Answer
from rehearsal.oci.published import table
from rehearsal.projects.example import NAME, create, say_version
from rehearsal.run.rehearse import Rehearsal, Run

_BRANCH = "release-1.5"
_VALUES = "charts/example-operator/values.yaml"


@dataclass(frozen=True, slots=True)
class Scene:
    """A tag is pushed: `says` is the version that the files of its commit say, `published` what must come of it.

    With `outage` the registry takes no chart the first time, and the run is started again when it does. With
    `old_image` the chart's values name the operator's image by that tag.
    """

    title: str
    tag: str
    says: str
    published: bool
    outage: bool = False
    old_image: str = ""


_SCENES = (
    Scene("a release candidate", "v1.5.0-rc.0", says="v1.5.0-rc.0", published=True),
    Scene("the release, verified as the candidate", "v1.5.0", says="v1.5.0", published=True),
    Scene("a patch, while the registry is half down", "v1.5.1", says="v1.5.1", published=True, outage=True),
    Scene("a tag that is spelled wrong", "v1.5.2-rc1", says="v1.5.1", published=False),
    Scene("a tag whose chart still says the last version", "v1.5.2", says="v1.5.1", published=False),
    Scene("a chart that pulls an old image", "v1.5.3", says="v1.5.3", published=False, old_image="v1.5.1"),
)


def main() -> int:
    """0 when every scene came out as it must."""
    signal.signal(signal.SIGTERM, lambda *_: sys.exit(128 + signal.SIGTERM))
    try:
        return _play()
    except RehearsalError as error:
        print(f"demo: {error}", file=sys.stderr)
        return 1


def _play() -> int:
    began = time.monotonic()
    with (
        own_folder(PROJECT / ".rehearsal") as folder,
        Rehearsal(folder, show=lambda _: None) as rehearsal,
    ):
        print(f"A registry, BuildKit and github.com play on loopback: {NAME} is released.\n")
        origin = rehearsal.stage(_project(rehearsal.folder / "project"), NAME)
        clone = rehearsal.clone(origin)
        clone.branch(_BRANCH)
        good = [_play_scene(rehearsal, origin, clone, scene) for scene in _SCENES]
        good.append(_play_again(rehearsal, origin, _SCENES[2].tag))
        print(table(rehearsal.published()))
        print(f"\nReleases on GitHub, with their assets:\n{_releases(rehearsal)}")
        print(f"\nAll pages, logs and registries are in {rehearsal.folder}.")
    print(f"{time.monotonic() - began:.0f} s, {'as it must be' if all(good) else 'NOT as it must be'}.")
    return 0 if all(good) else 1


def _project(folder: Path) -> Path:
    """The example as a repository of its own, on main and on its release branch."""
    create(folder, {}).branch(_BRANCH)
    return folder


def _play_scene(rehearsal: Rehearsal, origin: Origin, clone: WorkTree, scene: Scene) -> bool:
    print(f"── {scene.tag}: {scene.title}")
    say_version(clone, scene.says)
    if scene.old_image:
        values = (clone.folder / _VALUES).read_text()
        clone.write({_VALUES: values.replace('tag: ""', f"tag: {scene.old_image}", 1)})
        clone.commit(f"Use the image {scene.old_image}")
    clone.tag(scene.tag)
    clone.push(scene.tag)
    since = len(rehearsal.internet.proxy.calls)
    failed = not scene.outage or _play_outage(rehearsal, origin, scene.tag)
    runs = rehearsal.push_tag(origin, scene.tag)
    tell(runs)
    wrote = bool(rehearsal.internet.writes(since))
    return failed and _succeeded(runs) == scene.published == wrote


def _play_outage(rehearsal: Rehearsal, origin: Origin, tag: str) -> bool:
    """Whether the run fails, as it must, when the chart can't be pushed though the image could."""
    proxy, before = rehearsal.internet.proxy, rehearsal.internet.proxy.hook
    proxy.hook = lambda call: Answer(503) if call.writes and "/charts/" in call.path else before(call)
    try:
        runs = rehearsal.push_tag(origin, tag)
    finally:
        proxy.hook = before
    tell(runs)
    print("── The registry is up again, and the run is simply started again")
    return not _succeeded(runs)


def _play_again(rehearsal: Rehearsal, origin: Origin, tag: str) -> bool:
    print(f"── {tag}: the same tag again")
    since = len(rehearsal.internet.proxy.calls)
    runs = rehearsal.push_tag(origin, tag)
    tell(runs)
    writes = rehearsal.internet.writes(since)
    print(f"   {len(writes)} writes to any registry\n")
    return not writes and _succeeded(runs)


def _succeeded(runs: Sequence[Run]) -> bool:
    return all(one.outcome.exit_code == 0 for one in runs)


def _releases(rehearsal: Rehearsal) -> str:
    found = rehearsal.github.repository(NAME).releases.values()
    lines = [
        f"{one.tag}: {', '.join(sorted(asset.name for asset in one.assets.values()))}" for one in found if not one.draft
    ]
    return "\n".join(lines)


if __name__ == "__main__":
    sys.exit(main())
