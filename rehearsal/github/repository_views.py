"""How a repository looks."""

from typing import Any

from rehearsal.github.exchange import Request
from rehearsal.github.state import Repository
from rehearsal.github.views import node_id, user_view

# Addresses as they stand in every repository's object: name, and what follows the repository's own.
_TEMPLATES = {
    "archive": "{archive_format}{/ref}",
    "assignees": "assignees{/user}",
    "blobs": "git/blobs{/sha}",
    "branches": "branches{/branch}",
    "collaborators": "collaborators{/collaborator}",
    "comments": "comments{/number}",
    "commits": "commits{/sha}",
    "compare": "compare/{base}...{head}",
    "contents": "contents/{+path}",
    "contributors": "contributors",
    "deployments": "deployments",
    "downloads": "downloads",
    "events": "events",
    "forks": "forks",
    "git_commits": "git/commits{/sha}",
    "git_refs": "git/refs{/sha}",
    "git_tags": "git/tags{/sha}",
    "hooks": "hooks",
    "issue_comment": "issues/comments{/number}",
    "issue_events": "issues/events{/number}",
    "issues": "issues{/number}",
    "keys": "keys{/key_id}",
    "labels": "labels{/name}",
    "languages": "languages",
    "merges": "merges",
    "milestones": "milestones{/number}",
    "notifications": "notifications{?since,all,participating}",
    "pulls": "pulls{/number}",
    "releases": "releases{/id}",
    "stargazers": "stargazers",
    "statuses": "statuses/{sha}",
    "subscribers": "subscribers",
    "subscription": "subscription",
    "tags": "tags",
    "teams": "teams",
    "trees": "git/trees{/sha}",
}
_COUNTS = (
    *("forks", "forks_count", "network_count", "open_issues", "open_issues_count", "size"),
    *("stargazers_count", "subscribers_count", "watchers", "watchers_count"),
)
_OFF = ("archived", "disabled", "has_discussions", "has_downloads", "has_pages", "has_projects", "has_wiki")


def repository_view(request: Request, repository: Repository) -> dict[str, Any]:
    """A `full-repository`; what other objects hold of a repository are parts of it."""
    links, name = request.links, repository.full_name
    url, host = links.repository(name), links.web.partition("://")[2]
    return {
        "id": repository.id,
        "node_id": node_id("Repository", repository.id),
        "name": repository.name,
        "full_name": name,
        "owner": user_view(request, repository.owner),
        "private": repository.private,
        "visibility": "private" if repository.private else "public",
        "html_url": links.page(name),
        "description": None,
        "homepage": None,
        "language": None,
        "license": None,
        "mirror_url": None,
        "fork": bool(repository.parent),
        "url": url,
        **{f"{key}_url": f"{url}/{rest}" for key, rest in _TEMPLATES.items()},
        "git_url": f"git://{host}/{name}.git",
        "ssh_url": f"git@{host}:{name}.git",
        "clone_url": f"{links.page(name)}.git",
        "svn_url": links.page(name),
        "default_branch": repository.git.default_branch,
        **dict.fromkeys(_COUNTS, 0),
        **dict.fromkeys(_OFF, False),
        "has_issues": True,
        "allow_forking": True,
        "is_template": False,
        "web_commit_signoff_required": False,
        "topics": [],
        "pushed_at": repository.created_at,
        "created_at": repository.created_at,
        "updated_at": repository.created_at,
        "permissions": {
            "admin": request.may("administration:write"),
            "maintain": request.may("administration:write"),
            "push": request.may("contents:write"),
            "triage": request.may("issues:write"),
            "pull": True,
        },
    }
