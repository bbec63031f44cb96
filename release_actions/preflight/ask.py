"""What GitHub, registries and the checkout answer to the questions of preflight."""

from collections.abc import Callable, Sequence
from pathlib import Path
from typing import Any

from release_actions.chart import staging
from release_actions.chart_repository.branch import IndexBranch
from release_actions.core.errors import Code, ReleaseError
from release_actions.core.files import Files
from release_actions.core.report import State
from release_actions.core.version import Version
from release_actions.git import worktree
from release_actions.git.remote import AccessError
from release_actions.github.releases import Releases
from release_actions.image import floating_state
from release_actions.image.context import require_fetched
from release_actions.image.published import Identity, observe_image, require_no_conflict
from release_actions.oci import push_right
from release_actions.oci.credentials import Login
from release_actions.oci.push_right import PushRight
from release_actions.oci.reference import Reference
from release_actions.oci.registry import Registry
from release_actions.preflight.questions import Answer
from release_actions.project.at_tag import read_at_tag
from release_actions.release import published
from release_actions.release.content import own_names
from release_actions.release.ledger import Marker
from release_actions.system.http import Transport

_UNKNOWN = {Code.E_REGISTRY_UNAVAILABLE, Code.E_GITHUB_UNAVAILABLE, Code.E_RATE_LIMIT, Code.E_TIMEOUT}


def answered(question: str, ask: Callable[[], str]) -> Answer:
    """The answer of `ask`, which returns a note or raises what is wrong; who does not answer leaves it unknown."""
    try:
        return Answer(question, note=ask())
    except ReleaseError as error:
        away = error.code is Code.E_REMOTE_UNAVAILABLE and not isinstance(error, AccessError)
        return Answer(question, error, unknown=away or error.code in _UNKNOWN)


def release_page(releases: Releases, version: Version, commit: str, charts: Sequence[Reference]) -> str:
    """A note on a person's draft; raises E_RELEASE_EXISTS for a release that publish-release could not complete."""
    found = published.observe(releases.of(version.tag), Marker(version.tag, commit, ""))
    published.require_free(found, own_names(charts), releases)
    return "the draft of a person is there; it is completed, with its notes and files" if found.of_person else ""


def right_to_release(releases: Releases, version: Version) -> str:
    """Raises E_GITHUB_PERMISSION without the right to make releases: their notes are composed for nobody else."""
    releases.generated_notes(version.tag, "")
    return ""


def image_tag(registry: Registry, image: Reference, identity: Identity) -> str:
    """Raises E_VERSION_EXISTS when the version's tag is at an image of another commit."""
    found = observe_image(registry, image, identity)
    require_no_conflict(found, identity)
    return ""


def floating_tag(registry: Registry, floating: Reference, released: Reference, version: Version) -> str:
    """Raises E_VERSION_EXISTS for a floating tag on what is no release, which move-floating-tags would leave alone."""
    found = floating_state.observe(registry, floating, version, "")
    if found.state is State.CONFLICT:
        raise floating_state.conflict(floating, found, released)
    return ""


def right_to_push(transport: Transport, login: Callable[[str], Login | None], repository: Reference) -> str:
    """A note where the registry doesn't say; raises E_REGISTRY_LOGIN where it refuses."""
    answer = push_right.ask(transport, login, repository)
    if answer is PushRight.NO:
        raise ReleaseError(
            Code.E_REGISTRY_LOGIN,
            f"{repository.registry} does not let this run push to {repository.repository}.",
            next_step="Give the job's token `packages: write` and this repository access to the package, or a login "
            "that may push in `registry-username` and `registry-password`.",
        )
    return "the registry does not say" if answer is PushRight.UNKNOWN else ""


def inputs_as_configured(files: Files, file: str, **given: Any) -> str:
    """Raises E_INPUT for inputs that say another release than the configuration, which verify-release goes by."""
    if differences := read_at_tag(files, file, **given).differences:
        raise ReleaseError(
            Code.E_INPUT,
            " ".join(differences),
            next_step="Remove the input, or let it say the same; to release something else, change the file first.",
            file=file,
        )
    return ""


def index_branch(index: IndexBranch, *, is_protected: bool) -> str:
    """A note on a branch with rules, which only a push itself meets; raises E_REMOTE_UNAVAILABLE where refused."""
    index.require_push()
    return "the branch is protected, and its rules may refuse this run's push" if is_protected else ""


def changed_files(workspace: Path) -> str:
    """Raises E_CHECKOUT for tracked files that are not as the tag's commit has them."""
    worktree.require_unchanged(workspace, ["."])
    return ""


def files_of_chart(workspace: Path, chart: str) -> str:
    """Raises E_CHECKOUT for pointers of Git LFS that a package would get, and for files that no commit has."""
    staging.require_files(workspace, chart)
    return ""


def lfs_of_build(workspace: Path, context: str, file: str) -> str:
    """Raises E_CHECKOUT for pointers of Git LFS that a build would take, which .dockerignore does not leave out."""
    require_fetched(workspace, context, file)
    return ""
