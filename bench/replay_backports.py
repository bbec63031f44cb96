"""What is said afterwards of the backports that projects made: which of them are found, and how.

`python -m bench.replay_backports FOLDER` takes a folder with bare clones of projects. Each backport is a commit on a
release branch that says which commit of the default branch it was picked from: by the trailer of `git cherry-pick -x`,
or by a title that exactly one commit there has (`[release-1.5] Fix it (#12)`). Whatever is said of it has to hold: the
branch has it, or a later commit of the branch took it back. Nothing is written to the clones.
"""

import argparse
import sys
import tempfile
import time
from collections import Counter, defaultdict
from collections.abc import Iterator
from pathlib import Path
from typing import NamedTuple

from release_actions.backport.requested_changes import RequestedChanges
from release_actions.git.checkout import Checkout
from release_actions.git.commits import Commit, read_commits
from release_actions.git.partial_clone import PartialClone
from release_actions.git.program import Git
from release_actions.git.remote import Refs, Remote
from release_actions.history.content import Content
from release_actions.history.fix_on_branch import FixFinding, Standing
from release_actions.history.picks import Change, picked_from, plain_title

PROJECTS = (
    *("kubeflow/spark-operator", "kubernetes-sigs/kueue", "cert-manager/cert-manager", "kubeflow/trainer"),
    "kubernetes-sigs/cluster-api",
)
_PREFIXES = ("[release-", "[cherry-pick", "[cherrypick", "automated cherry pick", "cherry pick of", "cherry-pick")
_FOUND = (Standing.THERE, Standing.ADAPTED, Standing.CHANGED)


class Backport(NamedTuple):
    """A commit on a release branch, and the commit it was picked from."""

    branch: str
    commit: Commit
    original: Commit


def find_backports(git: Git, default: str, branches: dict[str, str]) -> Iterator[Backport]:
    """The backports of a repository, the last one of each change on each branch."""
    mainline = {commit.id: commit for commit in _history(git, default)}
    titled: dict[str, list[Commit]] = defaultdict(list)
    for commit in mainline.values():
        if len(commit.parents) == 1:
            titled[plain_title(commit.title)].append(commit)
    for branch, tip in branches.items():
        seen: set[str] = set()
        for commit in _history(git, tip, f"^{default}"):
            original = _original(commit, mainline, titled) if len(commit.parents) == 1 else None
            if original and original.id not in seen:
                seen.add(original.id)
                yield Backport(branch, commit, original)


def _original(commit: Commit, mainline: dict[str, Commit], titled: dict[str, list[Commit]]) -> Commit | None:
    named = picked_from(commit.message)
    if named:
        known = [mainline[one] for one in named & mainline.keys() if len(mainline[one].parents) == 1]
        return known[0] if len(known) == len(named) == 1 else None
    same = titled.get(plain_title(commit.title), [])
    return same[0] if commit.title.lower().startswith(_PREFIXES) and len(same) == 1 else None


def _history(git: Git, *revisions: str) -> list[Commit]:
    return read_commits(git, git.run("rev-list", *revisions, "--").split())


def replay(clone: Path, folder: Path) -> list[tuple[Backport, FixFinding]]:
    """What is said of each backport of a clone."""
    git = Git(clone, {"safe.directory": "*"}, allowed="none")
    default = git.run("rev-parse", "--abbrev-ref", "HEAD").strip()
    listed = git.run("for-each-ref", "--format=%(refname:lstrip=2) %(objectname)", "refs/heads/").split("\n")
    heads = dict(line.split(" ") for line in listed if line)
    branches = {name: one for name, one in heads.items() if name.startswith("release-")}
    backports = list(find_backports(git, heads[default], branches))
    remote = Remote(Checkout(folder, "", 0, str(clone), ""), folder / "picks.git", token="", server_url="")
    objects = (clone / git.run("rev-parse", "--git-path", "objects").strip()).resolve()
    (folder / "picks.git" / "objects" / "info" / "alternates").write_text(f"{objects}\n")
    content = Content(PartialClone(remote, folder / "picks", complete=True))
    requested = RequestedChanges(content, Refs(heads, {}, {}), default)
    changes = [Change(number=0, title=one.original.title, commits=(one.original.id,)) for one in backports]
    found = requested.find([(change, one.branch) for change, one in zip(changes, backports, strict=True)])
    return [(one, found[change, one.branch]) for change, one in zip(changes, backports, strict=True)]


def class_of(finding: FixFinding) -> str:
    """How a finding on a backport that a person made is counted."""
    if finding.standing in _FOUND or finding.standing is Standing.CONFLICT:
        return finding.standing.value
    # It came, and is not there any more; or it is not needed, as a newer version of a dependency is there.
    return finding.standing.value if finding.changed_by or finding.standing is Standing.NOT_NEEDED else "wrong"


def main() -> int:
    arguments = argparse.ArgumentParser(description=__doc__)
    arguments.add_argument("folder", type=Path)
    arguments.add_argument("--only", nargs="*", default=PROJECTS, help="projects, as OWNER/NAME")
    arguments.add_argument("--show", nargs="*", default=[], help="classes of which each backport is shown")
    given = arguments.parse_args()
    for project in given.only:
        clone = given.folder / project.replace("/", "+") / "repo"
        if not clone.is_dir():
            print(f"{project}: no clone at {clone}")
            continue
        start = time.perf_counter()
        with tempfile.TemporaryDirectory() as name:
            found = replay(clone, Path(name))
        counted = Counter(class_of(finding) for _, finding in found)
        good = sum(counted[one.value] for one in _FOUND)
        told = ", ".join(f"{count} {what}" for what, count in counted.most_common())
        share = f"{good / counted.total():.1%}" if found else "none"
        print(f"{project}: {counted.total()} backports: {told}; {share} found, {time.perf_counter() - start:.0f} s")
        for one, finding in found:
            if class_of(finding) in given.show:
                print(f"  {one.branch} {one.commit.id[:12]} of {one.original.id[:12]} ({one.original.title[:60]})")
                print(f"    {finding.standing.value}: {finding.reason}")
    return 0


if __name__ == "__main__":
    sys.exit(main())
