"""Whether fixes are found where they are, over made-up histories whose maker knows it without asking git.

`python -m bench.fix_oracle` makes 1,900 histories, 100 of each kind, with up to five branches, and asks what there is
of each fix on each branch. It fails for a fix that is said to be there and is not, for one that is said to be missing
and is there, for a conflict where nothing was edited that overlaps, and where the default branch reverted a fix or
replaced its lines and that is not said, or is said of another one.
"""

import argparse
import sys
import tempfile
import time
from collections import Counter
from collections.abc import Iterator
from pathlib import Path
from typing import NamedTuple

from bench.fix_histories import Branch, Files, Fix, History, blocks, make_history
from bench.fix_kinds import KINDS
from release_actions.backport.requested_changes import RequestedChanges
from release_actions.git.checkout import Checkout
from release_actions.git.partial_clone import PartialClone
from release_actions.git.remote import Refs, Remote
from release_actions.history.content import Content
from release_actions.history.fix_on_branch import FixFinding, Standing
from release_actions.history.picks import Change

_LACKS = (Standing.MISSING, Standing.TAKEN_BACK)


class Wrong(NamedTuple):
    """A finding that is not so."""

    kind: str
    fix: str
    branch: str
    expected: str
    found: FixFinding


def check(number: int, folder: Path) -> tuple[Counter[str], list[Wrong]]:
    """The findings in one history, counted, and those that are wrong."""
    history = make_history(number, folder, KINDS)
    found = findings(history, folder)
    wrong = []
    for fix in history.fixes:
        for branch in history.branches:
            said, truth = found[fix.number, branch.name], expected(fix, branch, history.kind)
            if not fits(said.standing, truth, fix, branch):
                wrong.append(Wrong(history.kind, fix.title, branch.name, truth, said))
            on_main = expected_on_main(fix, history.main.files)
            began = on_main == "superseded" and _is_alike(fix, history.main.files, branch.files)
            if on_main != _on_main(said) and not (began and said.undone is None):
                wrong.append(Wrong(history.kind, fix.title, branch.name, f"{on_main} on main", said))
    return Counter(one.standing.value for one in found.values()), wrong


def expected(fix: Fix, branch: Branch, kind: str) -> str:
    """What there is of a fix on a branch, by the blocks of its files."""
    at = fix.at(branch.files)
    if fix.empty:
        return "empty"
    if fix.title in branch.adapted:
        return "there otherwise"
    if not at:
        return "no code"
    if kind == "dependencies" and not all(at):
        return "newer" if _version(branch) > fix.number % 100 else "missing"
    return "there" if all(at) else "part" if any(at) else "missing"


def expected_on_main(fix: Fix, files: Files) -> str:
    """What the default branch did to a fix: none of the lines that it adds is left, and the older ones are back."""
    there = blocks(files)
    adds, back = [], []
    for name, before, after in fix.blocks:
        old, new, now = Counter(before), Counter(after), Counter(there[name])
        adds += [now[line] >= new[line] for line in new - old]
        back += [now[line] >= old[line] for line in old - new] or [there[name] == before]
    return "kept" if any(adds) or not fix.blocks else "reverted" if all(back) else "superseded"


def _on_main(said: FixFinding) -> str:
    return "kept" if said.undone is None else "superseded" if said.undone.superseded else "reverted"


def _is_alike(fix: Fix, one: Files, other: Files) -> bool:
    """Whether the blocks of a fix are the same, so that a branch may have begun with what the default branch has."""
    return all(blocks(one).get(name) == blocks(other).get(name) for name, _, _ in fix.blocks)


def _version(branch: Branch) -> int:
    [line] = [line for line in blocks(branch.files)["== go.mod 0"] if "example.org" in line]
    return int(line.split(".")[-2])


def fits(said: Standing, truth: str, fix: Fix, branch: Branch) -> bool:
    """Whether what was said is so; a conflict is, where a person edited what the fix changes."""
    overlaps = bool({name for name, _, _ in fix.blocks} & branch.overlaps)
    allowed = {
        "empty": {Standing.NOT_NEEDED},
        "no code": {Standing.NOT_NEEDED},
        "newer": {Standing.NOT_NEEDED, Standing.CHANGED},
        "there": {Standing.THERE, Standing.ADAPTED, Standing.CHANGED},
        "there otherwise": {Standing.THERE, Standing.ADAPTED, Standing.CHANGED},
        "part": {Standing.PARTLY},
        "missing": set(_LACKS),
    }[truth]
    return said in allowed or (said is Standing.CONFLICT and overlaps and truth in ("missing", "part"))


def findings(history: History, folder: Path) -> dict[tuple[int, str], FixFinding]:
    """What this project's code says of each fix on each branch."""
    remote = Remote(Checkout(folder, "", 0, str(history.repository), ""), folder / "picks.git", token="", server_url="")
    alternates = folder / "picks.git" / "objects" / "info" / "alternates"
    alternates.write_text(f"{history.repository / 'objects'}\n")
    content = Content(PartialClone(remote, folder / "picks", complete=True))
    branches = {one.name: one.tip for one in (history.main, *history.branches)}
    requested = RequestedChanges(content, Refs(branches, {}, {}), "main")
    changes = {fix.number: change_of(fix) for fix in history.fixes}
    work = [(change, branch.name) for change in changes.values() for branch in history.branches]
    found = requested.find(work)
    return {
        (number, branch.name): found[change, branch.name]
        for number, change in changes.items()
        for branch in history.branches
    }


def change_of(fix: Fix) -> Change:
    """A fix as cherry-pick knows it."""
    return Change(number=fix.number, title=fix.title, commits=tuple(fix.commits), mainline=fix.mainline)


def checked(numbers: range) -> Iterator[tuple[int, Counter[str], list[Wrong]]]:
    """Histories in folders of their own."""
    for number in numbers:
        with tempfile.TemporaryDirectory() as name:
            yield number, *check(number, Path(name))


def main() -> int:
    arguments = argparse.ArgumentParser(description=__doc__)
    arguments.add_argument("--histories", type=int, default=100 * len(KINDS))
    arguments.add_argument("--first", type=int, default=0)
    given = arguments.parse_args()
    start, counted, problems = time.process_time(), Counter[str](), 0
    for number, some, wrong in checked(range(given.first, given.first + given.histories)):
        counted += some
        problems += len(wrong)
        for one in wrong:
            print(f"{number} {one.kind}: {one.fix} on {one.branch} is {one.expected}")
            print(f"    {one.found.standing.value}: {one.found.reason}")
    told = ", ".join(f"{count} {what}" for what, count in sorted(counted.items()))
    print(f"{given.histories} histories, {counted.total()} findings: {told}; {problems} wrong")
    print(f"{time.process_time() - start:.1f} s of CPU in this process")
    return 1 if problems else 0


if __name__ == "__main__":
    sys.exit(main())
