"""Backports that a project made, made again: how many come out the same, and why the others do not.

`python -m bench.replay_backports PATH` takes a clone and finds on its release branches the commits that say which
commit they were picked from: by the trailer of `git cherry-pick -x`, or by a title that exactly one commit of the
default branch has (`[release-1.5] Fix it (#12)`). Each original is picked onto the parent of its backport, and the
trees are compared. With `--verify`, whatever is not identical is picked by `git cherry-pick` as well. Nothing is
written to the clone.
"""

import argparse
import sys
import tempfile
from collections import Counter, defaultdict
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from typing import NamedTuple

from bench.pick_oracle import pick_here, pick_there
from rehearsal.base.programs import run
from release_actions.backport.cherry_pick import BarePicks, Committer
from release_actions.git.checkout import Checkout
from release_actions.git.commits import Commit, changed_blobs, changed_files, read_commits
from release_actions.git.program import Git
from release_actions.git.remote import Remote
from release_actions.history.picks import Change, picked_from, plain_title

_PREFIXES = ("[release-", "[cherry-pick", "[cherrypick", "automated cherry pick", "cherry pick of", "cherry-pick")

IDENTICAL = "identical"


class Backport(NamedTuple):
    """A commit on a release branch, the commit it was picked from, and what tells so."""

    commit: Commit
    original: Commit
    by: str


def find_backports(git: Git, default: str, releases: list[str]) -> Iterator[Backport]:
    """The backports of a repository, each once."""
    own = _history(git, *releases, f"^{default}")
    mainline = {commit.id: commit for commit in _history(git, default)}
    titled: dict[str, list[Commit]] = defaultdict(list)
    for commit in mainline.values():
        if len(commit.parents) == 1:
            titled[plain_title(commit.title)].append(commit)
    for commit in own:
        if len(commit.parents) != 1:
            continue
        named = picked_from(commit.message) & mainline.keys()
        same = titled.get(plain_title(commit.title), [])
        if len(picked_from(commit.message)) == len(named) == 1:
            [original] = named
            if len(mainline[original].parents) == 1:
                yield Backport(commit, mainline[original], "trailer")
        elif not picked_from(commit.message) and commit.title.lower().startswith(_PREFIXES) and len(same) == 1:
            yield Backport(commit, same[0], "title")


def replay(picks: BarePicks, backport: Backport) -> str:
    """What came of making a backport again, in words."""
    original, git = backport.original, picks.git
    [before] = read_commits(git, backport.commit.parents)
    picked = picks.pick(change_of(backport), before.id)
    if picked.conflict:
        return "conflict, which a person resolved"
    if picked.tip.tree == backport.commit.tree:
        return IDENTICAL
    if picked.empty:
        return "the original changes nothing there; the backport does something else"
    wanted, made = set(changed_blobs(git, original)), set(changed_files(git, before.id, backport.commit.tree))
    differs = {
        (False, False): "the same files, edited after the pick",
        (True, False): "the backport changes more files than the original",
        (False, True): "the backport leaves out files of the original",
        (True, True): "the backport changes other files than the original",
    }
    return differs[bool(made - wanted), bool(wanted - made)]


def change_of(backport: Backport) -> Change:
    return Change(number=0, title=backport.original.title, commits=(backport.original.id,))


def verify(picks: BarePicks, backports: list[Backport], clone: Path, folder: Path) -> list[Backport]:
    """Those that `git cherry-pick` makes something else of than this project's code."""
    tree = folder / "tree"
    run(["git", "clone", "--quiet", "--shared", "--no-checkout", "--", str(clone), str(tree)])
    pairs = ((one, change_of(one), one.commit.parents[0]) for one in backports)
    return [one for one, change, tip in pairs if pick_here(picks, change, tip) != pick_there(tree, change, tip)]


def open_clone(clone: Path, folder: Path) -> BarePicks:
    """A private repository that borrows the clone's objects."""
    checkout = Checkout(folder, "", 0, str(clone), "")
    remote = Remote(checkout, folder / "picks.git", token="", server_url="")
    objects = _reading(clone).run("rev-parse", "--git-path", "objects").strip()
    alternates = folder / "picks.git" / "objects" / "info" / "alternates"
    alternates.write_text(f"{(clone / objects).resolve()}\n")
    return BarePicks(remote, folder / "picks", Committer("Bench", "bench@example.org"))


def _reading(clone: Path) -> Git:
    return Git(clone, {"safe.directory": "*"}, allowed="none")


def main() -> int:
    arguments = argparse.ArgumentParser(description=__doc__)
    arguments.add_argument("clone", type=Path)
    arguments.add_argument("--show", action="store_true", help="list every one that is not identical")
    arguments.add_argument("--verify", action="store_true", help="pick those with `git cherry-pick` as well")
    given = arguments.parse_args()
    clone = given.clone.resolve()
    default = _reading(clone).run("rev-parse", "--abbrev-ref", "HEAD").strip()
    heads = _reading(clone).run(
        "for-each-ref", "--format=%(objectname)", "refs/heads/release-*", "refs/heads/release/*"
    )
    tip = _reading(clone).run("rev-parse", f"refs/heads/{default}").strip()
    with tempfile.TemporaryDirectory() as folder:
        picks = open_clone(clone, Path(folder))
        backports = list(find_backports(picks.git, tip, heads.split()))
        with ThreadPoolExecutor(2) as workers:
            told = list(workers.map(lambda one: replay(picks, one), backports))
        others = [one for what, one in zip(told, backports, strict=True) if what != IDENTICAL]
        wrong = verify(picks, others, clone, Path(folder)) if given.verify else []
    for kind in ("trailer", "title"):
        counted = Counter(what for what, one in zip(told, backports, strict=True) if one.by == kind)
        print(f"by {kind}: {counted.total()} backports, {counted[IDENTICAL]} {IDENTICAL}")
        for what, count in counted.most_common():
            if what != IDENTICAL:
                print(f"  {count:4} {what}")
    if given.verify:
        print(f"git cherry-pick agrees on {len(others) - len(wrong)} of the {len(others)} that are not identical")
        for one in wrong:
            print(f"  not on {one.original.id} onto {one.commit.parents[0]}")
    if given.show:
        for what, one in zip(told, backports, strict=True):
            if what != IDENTICAL:
                print(f"{one.commit.id[:12]} from {one.original.id[:12]}: {what} ({one.commit.title})")
    return 0


def _history(git: Git, *revisions: str) -> list[Commit]:
    return read_commits(git, git.run("rev-list", *revisions, "--").split())


if __name__ == "__main__":
    sys.exit(main())
