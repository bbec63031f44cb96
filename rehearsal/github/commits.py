"""Commits, comparisons, tags, checks and statuses (docs.github.com/rest/commits, /checks)."""

from rehearsal.github.bare import EMPTY_TREE
from rehearsal.github.differences import diff_entries, figures
from rehearsal.github.exchange import Answer, Request, answer, page, whole_number
from rehearsal.github.objects import read_commit
from rehearsal.github.problems import ApiError, not_found, refused
from rehearsal.github.routes import Routes
from rehearsal.github.views import commit_view, node_id

routes = Routes()

_REPOSITORY = "/repos/{owner}/{repo}"
_MOST_COMMITS = 250


@routes.get(f"{_REPOSITORY}/commits", "contents:read")
def list_commits(request: Request) -> Answer:
    repository, git = request.repository, request.repository.git
    start = git.commit(request.query.get("sha") or git.default_branch)
    if start is None:
        if not git.refs("refs/"):
            raise ApiError(409, "Git Repository is empty.")
        raise not_found()
    limits = [f"--{name}={request.query[name]}" for name in ("author", "since", "until") if name in request.query]
    path = request.query.get("path")
    found = git.lines("rev-list", *limits, start, "--", *([path] if path else []))
    return page(request, [commit_view(request, repository, sha) for sha in found])


@routes.get(f"{_REPOSITORY}/commits/{{ref}}", "contents:read")
def get_commit(request: Request) -> Answer:
    repository, sha = request.repository, existing_commit(request)
    parents = read_commit(repository.git, sha).parents
    files = diff_entries(request, repository, parents[0] if parents else EMPTY_TREE, sha)
    return answer({**commit_view(request, repository, sha), "stats": figures(files), "files": files})


@routes.get(f"{_REPOSITORY}/compare/{{basehead}}", "contents:read")
def compare(request: Request) -> Answer:
    """Without `page`, at most 250 commits."""
    repository, git, links = request.repository, request.repository.git, request.links
    names = request.place["basehead"].split("...")
    ends = [git.commit(name) for name in names]
    if len(ends) != 2 or ends[0] is None or ends[1] is None:
        raise not_found()
    base, head = ends[0], ends[1]
    fork = git.merge_base(base, head)
    if fork is None:
        raise ApiError(404, f"No common ancestor between {names[0]} and {names[1]}.")
    behind, ahead = (
        int(count) for count in git.text("rev-list", "--left-right", "--count", f"{base}...{head}").split()
    )
    commits = git.lines("rev-list", "--reverse", "--topo-order", f"{base}..{head}")
    status = {(True, True): "diverged", (True, False): "ahead", (False, True): "behind", (False, False): "identical"}
    size = whole_number(request.query.get("per_page"), _MOST_COMMITS)
    number = whole_number(request.query.get("page"), 1)
    url, html = (
        f"{place}/{names[0]}...{names[1]}"
        for place in (links.repository(repository.full_name, "compare"), links.page(repository.full_name, "compare"))
    )
    return answer(
        {
            "url": url,
            "html_url": html,
            "permalink_url": html,
            "diff_url": f"{html}.diff",
            "patch_url": f"{html}.patch",
            "base_commit": commit_view(request, repository, base),
            "merge_base_commit": commit_view(request, repository, fork),
            "status": status[ahead > 0, behind > 0],
            "ahead_by": ahead,
            "behind_by": behind,
            "total_commits": len(commits),
            "commits": [
                commit_view(request, repository, sha)
                for sha in commits[(number - 1) * size : number * size][:_MOST_COMMITS]
            ],
            "files": diff_entries(request, repository, fork, head) if number == 1 else [],
        }
    )


@routes.get(f"{_REPOSITORY}/tags", "contents:read")
def list_tags(request: Request) -> Answer:
    git, links, name = request.repository.git, request.links, request.repository.full_name
    tags = []
    for ref in reversed(git.refs("refs/tags/")):
        commit = git.commit(ref.name)
        if commit is not None:
            tags.append(
                {
                    "name": ref.short,
                    "commit": {"sha": commit, "url": links.repository(name, "commits", commit)},
                    "zipball_url": links.repository(name, "zipball", ref.name),
                    "tarball_url": links.repository(name, "tarball", ref.name),
                    "node_id": node_id("Ref", ref.name),
                }
            )
    return page(request, tags)


def existing_commit(request: Request, name: str = "ref") -> str:
    """The commit that a variable of the path names. Raises the ApiError 422 when there is none."""
    sha = request.repository.git.commit(request.place[name])
    if sha is None:
        raise refused(f"No commit found for SHA: {request.place[name]}")
    return sha
