"""Read what each release branch has and lacks, and put it in one matrix."""

import os
from collections.abc import Sequence
from pathlib import Path

import msgspec

from release_actions.backport.kept import Kept
from release_actions.backport.ledger import FixReader
from release_actions.backport.matrix import Fix, matrix
from release_actions.backport.requested_fixes import asked_for, proposed, with_answers
from release_actions.git.commits import read_commits, read_since
from release_actions.git.partial_clone import PartialClone
from release_actions.git.remote import Refs, Remote
from release_actions.github.pull_requests import PullRequests
from release_actions.history.branch_history import BranchHistory
from release_actions.history.content import Content
from release_actions.runner.run import Run


class Repositories(msgspec.Struct, frozen=True, kw_only=True):
    """The repository twice: commits without content (`history`), and what a few of them contain (`contents`)."""

    history: Remote
    contents: Remote
    refs: Refs
    default: str


def fixes_by_branch(
    branches: Sequence[str], repositories: Repositories, pulls: PullRequests, kept: Kept, run: Run
) -> list[Fix]:
    """Every fix, and what became of it on each branch; what was computed is kept for the next run."""
    default, refs = repositories.default, repositories.refs
    seen, histories = look(branches, default, repositories.history, refs)
    asked, pending = asked_for(branches, seen.own, pulls), proposed(branches, pulls)
    requested = [one.commit for one in asked]
    key = [run.context.repository, *requested, *(refs.branches[name] for name in (default, *branches))]
    known = kept.read(key)
    if known is None:
        clone = PartialClone(repositories.contents, run.temp / "contents")
        content = Content(clone, kept.effects([seen, *histories]))
        known = FixReader(content, repositories.history.git).read(seen, histories, requested)
        if not kept.save(key, known, content.kept()):
            run.warn("What was computed can't be kept for the next run.", title="Cache")
    fixes = matrix(known, branches, asked, pending)
    return matrix(known, branches, with_answers(asked, fixes, pulls), pending)


def cache_folder(given: str, root: Path) -> Path | None:
    """Where findings are kept between runs, if anywhere; a relative path counts from the workspace."""
    shared = os.environ.get("RELEASE_ACTIONS_CACHE", "")
    return root / given if given else Path(shared) / "backports" if shared else None


def look(
    branches: Sequence[str], default: str, remote: Remote, refs: Refs
) -> tuple[BranchHistory, list[BranchHistory]]:
    """The history of the default branch and the release branches, as far as they differ."""
    remote.fetch(*(f"refs/heads/{name}" for name in (default, *branches)))
    tip = refs.branches[default]
    lacking = {name: read_since(remote.git, refs.branches[name], tip) for name in branches}
    tips = {one.id: one for one in read_commits(remote.git, {tip, *(refs.branches[name] for name in branches)})}
    on_default = max(lacking.values(), key=len, default=[])
    found = []
    for name in branches:
        one = tips[refs.branches[name]]
        lacks = {commit.id for commit in lacking[name]}
        inherited = (commit.id for commit in on_default if commit.id not in lacks)
        found.append(BranchHistory(name, one, read_since(remote.git, tip, one.id), inherited))
    return BranchHistory(default, tips[tip], on_default), found
