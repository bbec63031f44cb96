"""What there is of cherry-picks, read from where git and the played GitHub keep it, without any of the product's code.

Parts have the names by which the product calls them in what it says.
"""

import re
from collections import Counter
from pathlib import Path

from rehearsal.base.programs import run
from rehearsal.github import GitHub

MARKER = "<!-- release-actions cherry-pick "
_BRANCH = re.compile(r"cherry-pick-([0-9]+)-to-(\S+)")


def parts_of(github: GitHub, name: str, git: Path) -> set[str]:
    """The parts of all cherry-picks in a repository, whose git is in a folder; more than one of a kind shows too."""
    listed = run(["git", "-C", str(git), "for-each-ref", "--format=%(refname:short)", "refs/heads/cherry-pick-*"])
    found = [f"branch {branch}" for branch in listed.split()]
    with github.world.lock:
        repository = github.repository(name)
        for issue in repository.issues.values():
            if issue.pull and (made := _BRANCH.fullmatch(issue.pull.head_branch)):
                found.append(f"pull request of #{made[1]} to {made[2]}")
                found += [f"labels of #{issue.number}"] if issue.labels else []
                found += [f"assignees of #{issue.number}"] if issue.assignees else []
                found += [f"milestone of #{issue.number}"] if issue.milestone else []
        for comment in repository.comments.values():
            if comment.body.startswith(MARKER):
                found.append(f"comment on #{comment.issue}")
    counted = Counter(found)
    return {name if times == 1 else f"{name}, {times} times" for name, times in counted.items()}
