"""How users, commits and differences look in every answer they are part of."""

import base64
from typing import Any
from urllib.parse import quote

from rehearsal.github.exchange import Request
from rehearsal.github.objects import Commit, Person, read_commit
from rehearsal.github.state import Repository, User

Json = dict[str, Any]


def node_id(kind: str, number: object) -> str:
    """The id by which GraphQL knows a thing."""
    return base64.b64encode(f"{kind}:{number}".encode()).decode()


def user_view(request: Request, user: User) -> Json:
    """A `simple-user`."""
    url = f"{request.links.api}/users/{quote(user.login)}"
    followed = ("followers", "subscriptions", "orgs", "repos", "received_events")
    names = {"orgs": "organizations"}
    return {
        "login": user.login,
        "id": user.id,
        "node_id": node_id("User", user.id),
        "avatar_url": f"{request.links.web}/avatars/{user.id}",
        "gravatar_id": "",
        "url": url,
        "html_url": f"{request.links.web}/{quote(user.login)}",
        **{f"{names.get(part, part)}_url": f"{url}/{part}" for part in followed},
        "following_url": f"{url}/following{{/other_user}}",
        "gists_url": f"{url}/gists{{/gist_id}}",
        "starred_url": f"{url}/starred{{/owner}}{{/repo}}",
        "events_url": f"{url}/events{{/privacy}}",
        "type": user.kind,
        "user_view_type": "public",
        "site_admin": False,
    }


def verification(signature: str) -> Json:
    """Nobody's keys are known here, so what is signed is signed by an unknown key."""
    return {
        "verified": False,
        "reason": "unknown_key" if signature else "unsigned",
        "signature": signature or None,
        "payload": None,
        "verified_at": None,
    }


def git_commit_view(request: Request, repository: Repository, commit: Commit) -> Json:
    """A `git-commit`: what the git database endpoints tell."""
    links, name = request.links, repository.full_name
    return {
        "sha": commit.sha,
        "node_id": node_id("Commit", commit.sha),
        "url": links.repository(name, "git", "commits", commit.sha),
        "html_url": links.page(name, "commit", commit.sha),
        "author": _person_view(commit.author),
        "committer": _person_view(commit.committer),
        "tree": {"sha": commit.tree, "url": links.repository(name, "git", "trees", commit.tree)},
        "message": commit.message,
        "parents": [
            {
                "sha": parent,
                "url": links.repository(name, "git", "commits", parent),
                "html_url": links.page(name, "commit", parent),
            }
            for parent in commit.parents
        ],
        "verification": verification(commit.signature),
    }


def commit_view(request: Request, repository: Repository, sha: str) -> Json:
    """A `commit` without its files and figures."""
    links, name = request.links, repository.full_name
    commit = read_commit(repository.git, sha)
    return {
        "sha": sha,
        "node_id": node_id("Commit", sha),
        "url": links.repository(name, "commits", sha),
        "html_url": links.page(name, "commit", sha),
        "comments_url": links.repository(name, "commits", sha, "comments"),
        "commit": {
            "author": _person_view(commit.author),
            "committer": _person_view(commit.committer),
            "message": commit.message,
            "tree": {"sha": commit.tree, "url": links.repository(name, "git", "trees", commit.tree)},
            "url": links.repository(name, "git", "commits", sha),
            "comment_count": 0,
            "verification": verification(commit.signature),
        },
        "author": _account(request, commit.author),
        "committer": _account(request, commit.committer),
        "parents": [
            {
                "sha": parent,
                "url": links.repository(name, "commits", parent),
                "html_url": links.page(name, "commit", parent),
            }
            for parent in commit.parents
        ],
    }


def _person_view(person: Person) -> Json:
    return {"name": person.name, "email": person.email, "date": person.date}


def _account(request: Request, person: Person) -> Json | None:
    """GitHub knows an author by the mail address; here by that of its no-reply form."""
    mailbox, _, host = person.email.partition("@")
    login = mailbox.rpartition("+")[2]
    known = request.world.users.get(login.lower()) if host == "users.noreply.github.com" else None
    return user_view(request, known) if known else None
