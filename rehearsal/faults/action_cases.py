"""The actions that write outside of the chain of a release, and what there is of their work, read from storage alone.

Parts have the names by which the product calls them in its sentence about what was written.
"""

from collections.abc import Callable
from dataclasses import dataclass

from rehearsal.base.programs import run
from rehearsal.faults.action_scene import BEFORE, FLOATED, NEXT, Scene
from rehearsal.faults.picks import parts_of
from rehearsal.faults.project import IMAGE, NAME

_CHARTS = "ghcr.io/kubeflow/charts"
_FIX = 1
_PICKED = ("release-1.4", "release-1.5")
_FLOATING = (f"{FLOATED}:latest", f"{FLOATED}:v1", f"{FLOATED}:v1.4")


@dataclass(frozen=True, slots=True)
class Case:
    """An action with its inputs, and what there is of its work; `complete` are the parts of all of it."""

    name: str
    action: str
    inputs: dict[str, str]
    parts: Callable[[Scene], set[str]]
    complete: Callable[[Scene], set[str]]


def _git(scene: Scene, *arguments: str) -> str:
    return run(["git", "-C", str(scene.git), *arguments]).strip()


def _refs(scene: Scene, *patterns: str) -> set[str]:
    return set(_git(scene, "for-each-ref", "--format=%(refname:short)", *patterns).split())


def _pulls(scene: Scene, head: str) -> int:
    with scene.github.world.lock:
        issues = scene.github.repository(NAME).issues.values()
        return sum(one.pull is not None and one.pull.head_branch == head for one in issues)


def _proposal(scene: Scene, branch: str) -> set[str]:
    """A pull request, which is there in part when its branch is; two of them are one too many."""
    pulls = _pulls(scene, branch)
    if not pulls:
        return {branch} if branch in _refs(scene, "refs/heads") else set()
    return {branch, f"{pulls} pull requests from {branch}"}


def _picks(scene: Scene) -> set[str]:
    return parts_of(scene.github, NAME, scene.git)


def _all_picks(scene: Scene) -> set[str]:
    with scene.github.world.lock:
        pulls = [number for number in scene.github.repository(NAME).issues if number > _FIX]
    return {
        f"comment on #{_FIX}",
        *(f"{what} of #{number}" for number in pulls for what in ("labels", "assignees")),
        *(f"branch cherry-pick-{_FIX}-to-{one}" for one in _PICKED),
        *(f"pull request of #{_FIX} to {one}" for one in _PICKED),
    }


def _tagged(scene: Scene) -> set[str]:
    """The tag, and the commit on the release branch with its one version place."""
    found = _refs(scene, f"refs/tags/{NEXT}")
    if _git(scene, "show", "release-1.5:VERSION") == NEXT:
        found |= {"VERSION:1", _git(scene, "rev-parse", "refs/heads/release-1.5")}
    return found


def _all_tagged(scene: Scene) -> set[str]:
    return {NEXT, "VERSION:1", _git(scene, "rev-parse", "refs/heads/release-1.5")}


def _cut(scene: Scene) -> set[str]:
    """The branch and what follows it."""
    with scene.github.world.lock:
        repository = scene.github.repository(NAME)
        labels = {one.name for one in repository.labels.values() if one.name.startswith("cherry-pick/")}
        milestones = [one.title for one in repository.milestones.values()]
    found = _refs(scene, "refs/heads/release-1.6") | labels | set(milestones) | _proposal(scene, "next-v1.7.0-rc.0")
    return found | {f"{one} twice" for one in milestones if milestones.count(one) > 1}


def _link(scene: Scene, repository: str, tag: str) -> str:
    link = scene.repositories / repository.partition("/")[2] / "_manifests" / "tags" / tag / "current" / "link"
    return link.read_text() if link.exists() else ""


def _floating(scene: Scene) -> set[str]:
    """The floating tags that are at the release."""
    released = _link(scene, FLOATED, BEFORE)
    return {one for one in _FLOATING if _link(scene, *one.rsplit(":", 1)) == released}


def _root(scene: Scene) -> set[str]:
    there = {f"{IMAGE}:{BEFORE}": _link(scene, IMAGE, BEFORE)}
    there[f"oci://{_CHARTS}/op:{BEFORE[1:]}"] = _link(scene, f"{_CHARTS}/op", BEFORE[1:])
    return {name for name, digest in there.items() if digest}


_RELEASE = {"tag": BEFORE, "image": IMAGE, "chart": "charts/op", "registry": f"oci://{_CHARTS}"}

CASES = (
    Case(
        "cherry-pick",
        "cherry_pick",
        {"pull-requests": f"{_FIX}", "branches": " ".join(_PICKED), "pull-request-labels": "backport"},
        _picks,
        _all_picks,
    ),
    Case(
        "prepare-release, a push",
        "prepare_release",
        {"make": "candidate", "mode": "push", "release-branch": "release-1.5"},
        _tagged,
        _all_tagged,
    ),
    Case(
        "prepare-release, a pull request",
        "prepare_release",
        {"make": "candidate", "release-branch": "release-1.5"},
        lambda scene: _proposal(scene, f"prepare-{NEXT}"),
        lambda _: {f"prepare-{NEXT}", f"1 pull requests from prepare-{NEXT}"},
    ),
    Case(
        "create-release-branch",
        "create_release_branch",
        {"version": "1.6", "follow-ups": "label milestone development-version"},
        _cut,
        lambda _: {
            *("release-1.6", "cherry-pick/release-1.6", "v1.6"),
            *("next-v1.7.0-rc.0", "1 pull requests from next-v1.7.0-rc.0"),
        },
    ),
    Case(
        "move-floating-tags",
        "move_floating_tags",
        {"tag": BEFORE, "images": FLOATED, "floating-tags": "latest, major, minor"},
        _floating,
        lambda _: set(_FLOATING),
    ),
    Case(
        "the root action",
        "release",
        _RELEASE,
        _root,
        lambda _: {f"{IMAGE}:{BEFORE}", f"oci://{_CHARTS}/op:{BEFORE[1:]}"},
    ),
)
