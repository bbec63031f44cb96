"""Generated release notes (docs.github.com/rest/releases/releases, "Generate release notes content")."""

from dataclasses import dataclass

from rehearsal.github.exchange import Request
from rehearsal.github.objects import read_commit
from rehearsal.github.problems import invalid
from rehearsal.github.state import Issue


@dataclass(frozen=True, slots=True)
class Notes:
    name: str
    body: str


def generate(request: Request, tag: str, target: str, previous: str) -> Notes:
    """Lists the pull requests that were merged between two tags.

    Raises the ApiError 422 for a previous tag or a target that does not exist.
    """
    git = request.repository.git
    end = git.commit(f"refs/tags/{tag}") or git.commit(target or git.default_branch)
    if end is None:
        raise invalid("Release", "target_commitish", "invalid")
    if previous and git.ref(f"refs/tags/{previous}") is None:
        raise invalid("Release", "previous_tag_name", "invalid")
    start = previous or _previous(request, tag)
    between = git.lines("rev-list", end, *([f"^refs/tags/{start}"] if start else []))
    merged = [issue for issue in request.repository.issues.values() if issue.pull and issue.pull.merge_sha in between]
    page = request.links.page
    name = request.repository.full_name
    lines = [_line(request, issue) for issue in merged]
    changes = ["## What's Changed", *lines, ""] if lines else []
    link = page(name, "compare", f"{start}...{tag}") if start else page(name, "commits", tag)
    return Notes(tag, "\n".join([*changes, f"**Full Changelog**: {link}"]))


def _previous(request: Request, tag: str) -> str:
    """The tag of the newest published release before, by the date of its commit."""
    git = request.repository.git
    tags = {release.tag for release in request.repository.releases.values() if not release.draft} - {tag}
    dated = [
        (read_commit(git, commit).committer.date, name) for name in tags if (commit := git.commit(f"refs/tags/{name}"))
    ]
    return max(dated, default=("", ""))[1]


def _line(request: Request, issue: Issue) -> str:
    url = request.links.page(request.repository.full_name, "pull", issue.number)
    return f"* {issue.title} by @{issue.author.login} in {url}"
