"""Files of a branch (docs.github.com/rest/repos/contents)."""

import base64
from typing import Any
from urllib.parse import quote

from rehearsal.github.bare import GitError
from rehearsal.github.exchange import Answer, Request, answer
from rehearsal.github.gitdata import author, decode
from rehearsal.github.objects import read_commit, write_commit
from rehearsal.github.problems import ApiError, not_found, refused
from rehearsal.github.routes import Routes
from rehearsal.github.views import git_commit_view
from rehearsal.github.writing import move_ref

routes = Routes()

_CONTENTS = "/repos/{owner}/{repo}/contents/{path}"


@routes.get(_CONTENTS, "contents:read")
def get_contents(request: Request) -> Answer:
    """A file with its content, or the list of a folder; as application/vnd.github.raw the content alone."""
    git, path = request.repository.git, request.place["path"].rstrip("/")
    ref = request.query.get("ref") or git.default_branch
    commit = git.commit(ref)
    if commit is None:
        raise ApiError(404, f"No commit found for the ref {ref}")
    kind, sha = _entry(request, commit, path)
    if kind == "tree":
        entries = [line.partition("\t") for line in git.run("ls-tree", "-z", sha).decode().split("\0")[:-1]]
        prefix = f"{path}/" if path else ""
        return answer([_view(request, ref, f"{prefix}{name}", *what.split()[1:]) for what, _, name in entries])
    content = git.run("cat-file", "blob", sha)
    if "raw" in request.incoming.headers.get("accept", ""):
        return Answer(200, content, {"Content-Type": "application/vnd.github.raw; charset=utf-8"})
    encoded = base64.encodebytes(content).decode()
    return answer({**_view(request, ref, path, kind, sha), "encoding": "base64", "content": encoded})


@routes.put(_CONTENTS, "contents:write")
def put_contents(request: Request) -> Answer:
    """Commits one file. Changing one that is there needs its `sha`, so that nobody's change is lost."""
    git, fields, path = request.repository.git, request.fields, request.place["path"]
    branch = fields.text_or("branch", git.default_branch)
    if path.startswith(".github/workflows/") and not request.may("workflows:write"):
        raise ApiError(403, request.token.kind.refusal if request.token else "Forbidden")
    ref = git.ref(f"refs/heads/{branch}")
    if ref is None:
        raise ApiError(404, f"Branch {branch} not found")
    present = _present(request, ref.sha, path)
    given = fields.text_or("sha", "")
    if present and not given:
        raise refused('Invalid request.\n\n"sha" wasn\'t supplied.')
    if given != present:
        raise ApiError(409, f"{path} does not match {given}")
    blob = git.store("blob", decode(fields.text("content").encode()))
    try:
        tree = git.edited_tree(ref.sha, [f"100644 {blob}\t{path}"])
    except GitError:
        raise refused("path contains a malformed path component") from None
    writer = author(request, fields.object("author") if "author" in fields else fields.object("committer"))
    committer = author(request, fields.object("committer"))
    commit = write_commit(git, tree, (ref.sha,), fields.text("message"), author=writer, committer=committer)
    move_ref(request, ref.name, commit, ref.sha)
    shown = git_commit_view(request, request.repository, read_commit(git, commit))
    view = _view(request, branch, path, "blob", blob)
    return answer({"content": view, "commit": shown}, 200 if present else 201)


def _entry(request: Request, commit: str, path: str) -> tuple[str, str]:
    git = request.repository.git
    try:
        sha = git.text("rev-parse", "--verify", "--quiet", "--end-of-options", f"{commit}:{path}")
    except GitError:
        raise not_found() from None
    return git.kind(sha) or "", sha


def _present(request: Request, commit: str, path: str) -> str:
    try:
        return _entry(request, commit, path)[1]
    except ApiError:
        return ""


def _view(request: Request, ref: str, path: str, kind: str, sha: str) -> dict[str, Any]:
    links, git, name = request.links, request.repository.git, request.repository.full_name
    url = f"{links.repository(name)}/contents/{quote(path)}?ref={quote(ref)}"
    kept = f"{links.repository(name)}/git/{kind}s/{sha}"
    html = f"{links.page(name)}/{kind}/{quote(ref)}/{quote(path)}"
    return {
        "name": path.rpartition("/")[2],
        "path": path,
        "sha": sha,
        "size": int(git.text("cat-file", "-s", sha)) if kind == "blob" else 0,
        "url": url,
        "html_url": html,
        "git_url": kept,
        "download_url": f"{links.page(name)}/raw/{quote(ref)}/{quote(path)}" if kind == "blob" else None,
        "type": "file" if kind == "blob" else "dir",
        "_links": {"self": url, "git": kept, "html": html},
    }
