"""How a pull request looks."""

from typing import Any

from rehearsal.github.differences import diff_entries, figures
from rehearsal.github.exchange import Request
from rehearsal.github.issue_views import common_view
from rehearsal.github.repository_views import repository_view
from rehearsal.github.state import Issue, Pull, Repository
from rehearsal.github.views import node_id, user_view

Json = dict[str, Any]


def commits_of(repository: Repository, pull: Pull) -> list[str]:
    """Its commits, oldest first."""
    return repository.git.lines("rev-list", "--reverse", "--topo-order", f"{pull.base_sha}..{pull.head_sha}")


def short_pull_view(request: Request, issue: Issue) -> Json:
    """A `pull-request-simple`."""
    pull = _pull(issue)
    links, name, number = request.links, request.repository.full_name, issue.number
    url, html, issue_url = (
        links.repository(name, "pulls", number),
        links.page(name, "pull", number),
        links.repository(name, "issues", number),
    )
    addresses = {
        "issue": issue_url,
        "commits": f"{url}/commits",
        "review_comments": f"{url}/comments",
        "review_comment": f"{links.repository(name)}/pulls/comments{{/number}}",
        "comments": f"{issue_url}/comments",
        "statuses": links.repository(name, "statuses", pull.head_sha),
    }
    return {
        **common_view(request, issue),
        "id": pull.id,
        "node_id": node_id("PullRequest", pull.id),
        "url": url,
        "html_url": html,
        "diff_url": f"{html}.diff",
        "patch_url": f"{html}.patch",
        **{f"{key}_url": address for key, address in addresses.items()},
        "_links": {key: {"href": address} for key, address in {**addresses, "self": url, "html": html}.items()},
        "merged_at": pull.merged_at,
        "merge_commit_sha": pull.merge_sha,
        "requested_reviewers": [],
        "requested_teams": [],
        "head": _end(request, pull.head_repository, pull.head_branch, pull.head_sha),
        "base": _end(request, name, pull.base_branch, pull.base_sha),
        "auto_merge": None,
        "draft": pull.draft,
    }


def pull_view(request: Request, issue: Issue) -> Json:
    """A `pull-request`."""
    pull, repository = _pull(issue), request.repository
    fork = repository.git.merge_base(pull.base_sha, pull.head_sha) or pull.base_sha
    files = diff_entries(request, repository, fork, pull.head_sha)
    counts = figures(files)
    open_and = None if issue.state == "closed" else pull.merge_sha is not None
    return {
        **short_pull_view(request, issue),
        "merged": pull.merged_at is not None,
        "mergeable": open_and,
        "rebaseable": open_and,
        "mergeable_state": {None: "unknown", True: "clean", False: "dirty"}[open_and],
        "merged_by": user_view(request, pull.merged_by) if pull.merged_by else None,
        "comments": sum(comment.issue == issue.number for comment in repository.comments.values()),
        "review_comments": 0,
        "maintainer_can_modify": pull.maintainers_may_push,
        "commits": len(commits_of(repository, pull)),
        "additions": counts["additions"],
        "deletions": counts["deletions"],
        "changed_files": len(files),
    }


def _pull(issue: Issue) -> Pull:
    assert issue.pull is not None
    return issue.pull


def _end(request: Request, full_name: str, branch: str, sha: str) -> Json:
    repository = request.world.repository(full_name) or request.repository
    return {
        "label": f"{repository.owner.login}:{branch}",
        "ref": branch,
        "sha": sha,
        "user": user_view(request, repository.owner),
        "repo": repository_view(request, repository),
    }
