"""Whether picks made without a working tree are those of `git cherry-pick`, over made-up histories.

`python -m bench.pick_oracle` makes 500 histories with five branches each and picks one change onto every branch, twice:
by this project's code from a shallow fetch without files, and by `git cherry-pick` in a clone. Trees, messages and
authors have to be equal, or the outcome (empty, or a conflict in the same files).
"""

import argparse
import subprocess
import sys
import tempfile
from collections import Counter
from collections.abc import Iterable
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from typing import NamedTuple

from bench.pick_histories import History, make_history
from release_actions.backport.cherry_pick import CherryPicker
from release_actions.core.errors import ReleaseError
from release_actions.git.checkout import Checkout
from release_actions.git.commits import Commit, read_commits
from release_actions.git.partial_clone import PartialClone
from release_actions.git.person import Person
from release_actions.git.remote import Remote
from release_actions.history.content import Content
from release_actions.history.picks import Change
from release_actions.system.process import environment

BOT = Person("Bot", "bot@example.org")


class Result(NamedTuple):
    """What a pick led to: `kind` is `picked`, `empty`, `conflict` or `error`; `what` its tree, or the files."""

    kind: str
    what: str
    said: str


class Difference(NamedTuple):
    """A branch on which the two do not agree."""

    history: int
    tip: str
    ours: Result
    theirs: Result


def compare(number: int, folder: Path, branches: int = 5) -> tuple[Counter[str], list[Difference]]:
    """Outcomes by their kind, and where the two differ, in one history."""
    history = make_history(number, folder, branches)
    made, told = picks_here(history, folder), picks_there(history, folder)
    pairs = list(zip(history.tips, made, told, strict=True))
    return Counter(there.kind for _, _, there in pairs), [
        Difference(number, tip, ours, theirs) for tip, ours, theirs in pairs if ours != theirs
    ]


def picks_here(history: History, folder: Path) -> list[Result]:
    """By this project's code, from a shallow fetch without files."""
    checkout = Checkout(folder, "", 0, f"file://{history.repository}", "")
    remote = Remote(checkout, folder / "picks.git", token="", server_url="")
    clone, change = PartialClone(remote, folder / "picks"), history.change
    clone.fetch_commits([change.commits[-1], *history.tips], depth=len(change.commits) + 1)
    picker = CherryPicker(Content(clone), BOT)
    return [pick_here(picker, change, tip) for tip in read_commits(clone.git, history.tips)]


def pick_here(picker: CherryPicker, change: Change, tip: Commit) -> Result:
    """What this project's code makes of a pick."""
    try:
        picked = picker.pick(change, tip)
    except ReleaseError as error:
        return Result("error", error.what, "\n".join(error.details))
    if picked.conflict:
        return Result("conflict", _names(picked.conflict.files), picked.conflict.commit)
    if picked.tip.id == tip.id:
        return Result("empty", "", "")
    last = picked.tip
    text = "" if change.mainline else f"{last.author} {last.email} {last.author_date}\n{last.message.strip()}"
    return Result("picked", last.tree, text)


def picks_there(history: History, folder: Path) -> list[Result]:
    """By `git cherry-pick` in a clone."""
    clone = folder / "clone"
    _git(folder, "clone", "--quiet", "--no-checkout", "--", str(history.repository), str(clone))
    return [pick_there(clone, history.change, tip) for tip in history.tips]


def pick_there(clone: Path, change: Change, tip: str) -> Result:
    """What git makes of it in a working tree."""
    _git(clone, "checkout", "--quiet", "--force", "--detach", tip)
    _git(clone, "clean", "-ffdxq")
    picked = False
    for commit in change.commits:
        how = ["-m1"] if change.mainline else []
        done = _git(clone, "cherry-pick", "-x", *how, commit, check=False)
        if done.returncode == 0:
            picked = True
            continue
        conflicts = _git(clone, "diff", "--name-only", "--diff-filter=U", "-z").stdout
        if conflicts or "CONFLICT" in done.stdout:
            _git(clone, "reset", "--quiet", "--hard")
            return Result("conflict", _names(conflicts.split("\0")), commit)
        if "now empty" not in done.stdout + done.stderr:
            return Result("error", done.stderr, done.stdout)
        _git(clone, "cherry-pick", "--skip")
    if not picked:
        return Result("empty", "", "")
    tree, text = _git(clone, "log", "-1", "--date=raw", "--format=%T%x00%an %ae %ad%n%B").stdout.split("\0")
    return Result("picked", tree, "" if change.mainline else text.strip())


def _names(files: Iterable[str]) -> str:
    """The files in conflict. Behind `~` is git's name for a side, which has a shortened id of no fixed length."""
    return "\n".join(sorted({name.partition("~")[0] for name in files if name}))


def _git(folder: Path, *arguments: str, check: bool = True) -> "subprocess.CompletedProcess[str]":
    who = {f"GIT_COMMITTER_{key}": value for key, value in (("NAME", BOT.name), ("EMAIL", BOT.email))}
    author = {"GIT_AUTHOR_NAME": BOT.name, "GIT_AUTHOR_EMAIL": BOT.email} if "cherry-pick" not in arguments else {}
    return subprocess.run(
        ["git", *arguments],
        cwd=folder,
        env=environment(GIT_CONFIG_NOSYSTEM="1", GIT_CONFIG_GLOBAL="/dev/null", GIT_EDITOR="true", **who, **author),
        text=True,
        capture_output=True,
        check=check,
    )


def main() -> int:
    arguments = argparse.ArgumentParser(description=__doc__)
    arguments.add_argument("--histories", type=int, default=500)
    arguments.add_argument("--first", type=int, default=1)
    given = arguments.parse_args()
    numbers = range(given.first, given.first + given.histories)
    outcomes: Counter[str] = Counter()
    differences: list[Difference] = []
    with tempfile.TemporaryDirectory() as folder, ThreadPoolExecutor(2) as workers:

        def one(number: int) -> tuple[Counter[str], list[Difference]]:
            with tempfile.TemporaryDirectory(dir=folder) as own:
                return compare(number, Path(own))

        for counted, found in workers.map(one, numbers):
            outcomes += counted
            differences += found
    told = ", ".join(f"{count} {kind}" for kind, count in sorted(outcomes.items()))
    print(f"{len(numbers)} histories, {outcomes.total()} picks: {told}; {len(differences)} differ")
    for one_difference in differences:
        print(one_difference)
    return 1 if differences else 0


if __name__ == "__main__":
    sys.exit(main())
