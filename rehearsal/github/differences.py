"""What changed between two commits, file by file."""

from typing import Any
from urllib.parse import quote

from rehearsal.github.bare import NOTHING
from rehearsal.github.exchange import Request
from rehearsal.github.state import Repository

_STATUS = {"A": "added", "D": "removed", "M": "modified", "R": "renamed", "C": "copied", "T": "changed"}


def diff_entries(request: Request, repository: Repository, base: str, head: str) -> list[dict[str, Any]]:
    """The `diff-entry` of each file that differs; `base` may be a tree."""
    git, links, name = repository.git, request.links, repository.full_name
    arguments = ("diff-tree", "-r", "-M", "--no-commit-id")
    raw = iter(git.run(*arguments, "--raw", "-z", base, head).decode(errors="replace").split("\0")[:-1])
    counts = [line.split("\t")[:2] for line in git.lines(*arguments, "--numstat", base, head)]
    patches = git.run(*arguments, "--patch", base, head).decode(errors="replace").split("\ndiff --git ")
    entries = []
    for index, header in enumerate(raw):
        _, _, old, new, kind = header.split(" ")
        before = next(raw)
        path = next(raw) if kind[0] in "RC" else before
        added, removed = (0 if count == "-" else int(count) for count in counts[index])
        place = f"{head}/{quote(path)}"
        entry = {
            "sha": old if new == NOTHING else new,
            "filename": path,
            "status": _STATUS[kind[0]],
            "additions": added,
            "deletions": removed,
            "changes": added + removed,
            "blob_url": f"{links.page(name)}/blob/{place}",
            "raw_url": f"{links.page(name)}/raw/{place}",
            "contents_url": f"{links.repository(name)}/contents/{quote(path)}?ref={head}",
        }
        if path != before:
            entry["previous_filename"] = before
        if "\n@@ " in patches[index]:
            entry["patch"] = "@@ " + patches[index].partition("\n@@ ")[2].rstrip("\n")
        entries.append(entry)
    return entries


def figures(entries: list[dict[str, Any]]) -> dict[str, int]:
    added, removed = (sum(entry[name] for entry in entries) for name in ("additions", "deletions"))
    return {"additions": added, "deletions": removed, "total": added + removed}
