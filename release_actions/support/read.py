"""The support matrix of a repository, from its tags and the files at the newest tag of each minor version."""

from collections.abc import Callable, Sequence
from datetime import date, datetime, timezone
from pathlib import Path

import msgspec

from release_actions.core.files import Files
from release_actions.core.version import versions_of
from release_actions.git.remote import Refs, Remote
from release_actions.project.config import Config
from release_actions.project.live_branches import ReleaseBranches
from release_actions.project.support_settings import Support
from release_actions.support.facts import patterns, read_facts
from release_actions.support.kubernetes import KubernetesSupport, read_support
from release_actions.support.open_work import with_open_work
from release_actions.support.policy import SupportRow, rows
from release_actions.support.supported import Supported
from release_actions.support.tag_dates import read_releases
from release_actions.support.tag_files import TagFiles
from release_actions.system.workspace import read_text

_KUBERNETES = Path(__file__).with_name("kubernetes.yaml")


def read_matrix(remote: Remote, refs: Refs, config: Config, today: date, warn: Callable[..., None]) -> list[SupportRow]:
    """All minor versions with a release, the newest first; `warn` gets a sentence about each tag that hides a fact.

    Raises E_CONFIG, E_REMOTE_UNAVAILABLE, E_TAG_OBJECT, and E_PATH for a configured file that is no path.
    """
    policy, charts = config.support or Support(), [one.path for one in config.charts]
    found = rows(policy, read_releases(remote, refs.tags), today)
    commits = [refs.commits[row.newest.version.tag] for row in found]
    files = TagFiles(remote).read(commits, patterns(policy, charts))
    complete = [
        msgspec.structs.replace(row, facts=read_facts(policy, charts, files[commit]))
        for row, commit in zip(found, commits, strict=True)
    ]
    for row in complete:
        if row.facts.unknown:
            tag = row.newest.version.tag
            warn(f"It is not known which Kubernetes versions {tag} was tested with: {row.facts.unknown}", title=tag)
    return complete


def with_branches(
    found: Sequence[SupportRow], remote: Remote, refs: Refs, config: Config, warn: Callable[..., None]
) -> list[SupportRow]:
    """The rows with the open work on their branches; `warn` gets a sentence about each branch that is missing."""
    supported = Supported(ReleaseBranches.of(config.branch, refs.branches, versions_of(refs.tags)), tuple(found))
    for sentence in supported.missing:
        warn(sentence, title="No branch")
    return with_open_work(found, supported.there.known, remote, refs)


def read_supported(open_remote: Callable[[], Remote], refs: Refs, config: Config, pattern: str = "") -> Supported:
    """Which branches are supported today; a remote is opened only where the project has a policy.

    `pattern` is how release branches are named, else the configuration says it. Raises as `read_releases` and `rows`.
    """
    there = ReleaseBranches.of(pattern or config.branch, refs.branches, versions_of(refs.tags))
    if config.support is None:
        return Supported(there)
    today = datetime.now(timezone.utc).date()
    return Supported(there, tuple(rows(config.support, read_releases(open_remote(), refs.tags), today)))


def read_kubernetes(files: Files, given: str) -> KubernetesSupport:
    """Which Kubernetes versions are supported, by a given file or by ours; raises E_PATH and as `read_support`."""
    return read_support(files.read(given), given) if given else read_support(read_text(_KUBERNETES), _KUBERNETES.name)
