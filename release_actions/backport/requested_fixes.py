"""What GitHub tells of fixes for release branches: which labels ask for, which are proposed, which conflicted."""

from collections.abc import Iterable, Sequence
from datetime import datetime, timedelta, timezone

import msgspec

from release_actions.backport.comment import MARKER, read_comment
from release_actions.backport.matrix import Fix, Open, RequestedFix
from release_actions.backport.names import label_of
from release_actions.git.commits import Commit
from release_actions.github.pull_requests import PullRequests
from release_actions.history.names import own_number
from release_actions.support.supported import WORD

_MOST_COMMENTS = 200
_CLOCKS_DIFFER = timedelta(days=1)


def asked_for(branches: Iterable[str], default: Sequence[Commit], pulls: PullRequests) -> list[RequestedFix]:
    """The merged pull requests that labels ask for on these branches, on one of them or on all supported ones.

    `default` are the default branch's commits since the oldest of them was cut. What is not among them is on all
    branches, or was merged to another one.
    """
    if not default:
        return []
    known = {one.id for one in default}
    squashed = {own_number(one.title): one.id for one in reversed(default)}
    since = datetime.fromtimestamp(min(one.committed_at for one in default), timezone.utc) - _CLOCKS_DIFFER
    wanted: dict[int, RequestedFix] = {}
    for_all = pulls.merged_with(label_of(WORD))
    for branch in branches:
        labelled = {one.number: one for one in (*pulls.merged_with(label_of(branch)), *for_all)}
        for one in labelled.values():
            if one.number in wanted:
                before = wanted[one.number]
                wanted[one.number] = msgspec.structs.replace(before, branches=(*before.branches, branch))
            elif one.merged_at >= since.strftime("%Y-%m-%dT%H:%M:%SZ"):
                commit = squashed.get(one.number) or _merged_as(one.number, pulls)
                if commit in known:
                    asked = RequestedFix(number=one.number, title=one.title, commit=commit, branches=(branch,))
                    wanted[one.number] = asked
    return list(wanted.values())


def with_answers(asked: Sequence[RequestedFix], fixes: Sequence[Fix], pulls: PullRequests) -> list[RequestedFix]:
    """The same, with what cherry-pick's comments say of the branches that lack them."""
    lacking = {fix.number for fix in fixes if any(one.asked and one.state.is_lacking for one in fix.cells)}
    answered = {}
    for number in sorted(lacking, reverse=True)[:_MOST_COMMENTS]:
        for comment in pulls.marked_comments(number, MARKER)[:1]:
            answered[number] = {row.branch: row.outcome for row in read_comment(comment.body)}
    return [msgspec.structs.replace(one, told=answered.get(one.number, {})) for one in asked]


def proposed(branches: Iterable[str], pulls: PullRequests) -> list[Open]:
    """The open pull requests to these branches."""
    bases = set(branches)
    return [
        Open(number=one.number, title=one.title, base=one.base.ref, head=one.head.ref, draft=one.draft)
        for one in pulls.all_open()
        if one.base.ref in bases
    ]


def _merged_as(number: int, pulls: PullRequests) -> str:
    found = pulls.get(number)
    return (found.merge_commit_sha or "") if found else ""
