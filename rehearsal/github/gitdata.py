"""Git's objects: annotated tags, commits, trees and blobs (docs.github.com/rest/git)."""

import base64
import binascii
from datetime import datetime
from typing import Any

from rehearsal.github.bare import NOTHING, Bare, GitError
from rehearsal.github.exchange import Answer, Request, answer, created
from rehearsal.github.fields import Fields
from rehearsal.github.objects import Person, Tag, read_commit, read_tag, timestamp, write_commit, write_tag
from rehearsal.github.problems import not_found, refused
from rehearsal.github.routes import Routes
from rehearsal.github.views import git_commit_view, node_id, verification

routes = Routes()

_GIT = "/repos/{owner}/{repo}/git"


@routes.get(f"{_GIT}/tags/{{tag_sha}}", "contents:read")
def get_tag(request: Request) -> Answer:
    _expect(request.repository.git, request.place["tag_sha"], "tag")
    return answer(_tag_view(request, read_tag(request.repository.git, request.place["tag_sha"])))


@routes.post(f"{_GIT}/tags", "contents:write")
def create_tag(request: Request) -> Answer:
    """Makes the tag object alone; the ref is a second request, as on GitHub."""
    git, fields = request.repository.git, request.fields
    name, target, kind = fields.text("tag"), fields.text("object"), fields.text("type")
    if git.kind(target) != kind:
        raise refused("Object does not exist" if git.kind(target) is None else f"Object is not a {kind}")
    try:
        sha = write_tag(
            git, name, fields.text("message"), target=target, kind=kind, tagger=author(request, fields.object("tagger"))
        )
    except GitError as error:
        raise refused(str(error)) from None
    return created(_tag_view(request, read_tag(git, sha)))


@routes.get(f"{_GIT}/commits/{{commit_sha}}", "contents:read")
def get_commit(request: Request) -> Answer:
    _expect(request.repository.git, request.place["commit_sha"], "commit")
    commit = read_commit(request.repository.git, request.place["commit_sha"])
    return answer(git_commit_view(request, request.repository, commit))


@routes.post(f"{_GIT}/commits", "contents:write")
def create_commit(request: Request) -> Answer:
    git, fields = request.repository.git, request.fields
    message, tree = fields.text("message"), fields.text("tree")
    parents = tuple(str(parent) for parent in fields.items("parents"))
    if git.kind(tree) != "tree":
        raise refused("Tree SHA does not exist")
    if any(git.kind(parent) != "commit" for parent in parents):
        raise refused("Parent SHA does not exist or is not a commit object")
    writer = author(request, fields.object("author"))
    committer = author(request, fields.object("committer")) if "committer" in fields else writer
    sha = write_commit(git, tree, parents, message, author=writer, committer=committer)
    return created(git_commit_view(request, request.repository, read_commit(git, sha)))


@routes.get(f"{_GIT}/trees/{{tree_sha}}", "contents:read")
def get_tree(request: Request) -> Answer:
    git, name = request.repository.git, request.place["tree_sha"]
    found = name if git.kind(name) == "tree" else git.commit(name)
    if found is None:
        raise not_found()
    return answer(
        _tree_view(request, git.text("rev-parse", f"{found}^{{tree}}"), recursive="recursive" in request.query)
    )


@routes.post(f"{_GIT}/trees", "contents:write")
def create_tree(request: Request) -> Answer:
    git, fields = request.repository.git, request.fields
    base = fields.text_or("base_tree", "")
    if base and git.commit(base) is None and git.kind(base) != "tree":
        raise not_found()
    try:
        tree = git.edited_tree(base, [_index_line(git, Fields(entry)) for entry in fields.items("tree")])
    except GitError as error:
        raise refused(str(error)) from None
    return created(_tree_view(request, tree, recursive=False))


@routes.post(f"{_GIT}/blobs", "contents:write")
def create_blob(request: Request) -> Answer:
    content = request.fields.text("content").encode()
    if request.fields.text_or("encoding", "utf-8") == "base64":
        content = decode(content)
    sha = request.repository.git.store("blob", content)
    return created({"sha": sha, "url": request.links.repository(request.repository.full_name, "git", "blobs", sha)})


def author(request: Request, fields: Fields) -> Person:
    """Who is named in the request, else who made it, now."""
    user, date = request.user, fields.text_or("date", request.world.now())
    try:
        moment = datetime.fromisoformat(date.replace("Z", "+00:00"))
    except ValueError:
        raise refused(f"{date} is not a valid timestamp") from None
    return Person(
        fields.text_or("name", user.login),
        fields.text_or("email", f"{user.id}+{user.login}@users.noreply.github.com"),
        timestamp(moment),
    )


def decode(content: bytes) -> bytes:
    """Base64 with or without line ends. Raises the ApiError 422 when it is not."""
    try:
        return base64.b64decode(b"".join(content.split()), validate=True)
    except binascii.Error:
        raise refused("content is not valid Base64") from None


def _expect(git: Bare, sha: str, kind: str) -> None:
    if git.kind(sha) != kind:
        raise not_found()


def _index_line(git: Bare, entry: Fields) -> str:
    """One line for `git update-index --index-info`; a `sha` of null removes the path."""
    if entry.has("sha") and "sha" not in entry:
        return f"0 {NOTHING}\t{entry.text('path')}"
    sha = entry.text("sha") if "sha" in entry else git.store("blob", entry.text("content").encode())
    return f"{entry.text('mode')} {sha}\t{entry.text('path')}"


def _tag_view(request: Request, tag: Tag) -> dict[str, Any]:
    links, name = request.links, request.repository.full_name
    return {
        "node_id": node_id("Tag", tag.sha),
        "sha": tag.sha,
        "url": links.repository(name, "git", "tags", tag.sha),
        "tag": tag.name,
        "message": tag.message,
        "tagger": {"name": tag.tagger.name, "email": tag.tagger.email, "date": tag.tagger.date},
        "object": {
            "sha": tag.object,
            "type": tag.kind,
            "url": links.repository(name, "git", f"{tag.kind}s", tag.object),
        },
        "verification": verification(tag.signature),
    }


def _tree_view(request: Request, tree: str, *, recursive: bool) -> dict[str, Any]:
    git, links, name = request.repository.git, request.links, request.repository.full_name
    flags = ["-r", "-t"] if recursive else []
    entries = []
    for line in filter(None, git.run("ls-tree", "-l", "-z", *flags, tree).decode().split("\0")):
        what, _, path = line.partition("\t")
        mode, kind, sha, size = what.split()
        entry = {"path": path, "mode": mode, "type": kind, "sha": sha}
        entry |= {"url": links.repository(name, "git", f"{kind}s", sha)}
        entries.append({**entry, "size": int(size)} if kind == "blob" else entry)
    return {"sha": tree, "url": links.repository(name, "git", "trees", tree), "tree": entries, "truncated": False}
